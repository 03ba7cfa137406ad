package workflows

import (
	"fmt"
	"strings"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// Snapshot is the answer to QueryState. It embeds nothing of Carried, with which it shares most fields:
// their JSON differs in names, order and in what is left out when it is empty.
type Snapshot struct {
	Conversation string     `json:"conversation"`
	Bot          string     `json:"bot"`
	Status       string     `json:"status"`
	State        *bot.State `json:"state,omitempty"`
	// Waiting counts the messages that have not been answered, Undelivered the replies that
	// wait in the ledger.
	Waiting     int         `json:"waiting"`
	Undelivered int         `json:"undelivered"`
	Timers      []bot.Timer `json:"timers,omitempty"`
	// Call is the HTTP call in flight, Handoff what the bot said of the handoff; nil when there is none.
	Call       *CallOut     `json:"call,omitempty"`
	Handoff    *bot.Handoff `json:"handoff,omitempty"`
	Closing    *Closing     `json:"closing,omitempty"`
	Messages   int          `json:"messages"`
	Replies    int          `json:"replies"`
	Repeats    int          `json:"repeats"`
	Unanswered int          `json:"unanswered"`
	// Deadline is when the conversation acts by itself next; zero when nothing is due.
	Deadline time.Time `json:"deadline,omitzero"`
	// Sequence is the number of the latest message to the ISV, Outbox are those that wait in the ledger.
	Sequence int      `json:"sequence,omitempty"`
	Outbox   []Parked `json:"outbox,omitempty"`
	// Overflow are messages that wait in the database; nil for none.
	Overflow *activities.OverflowRange `json:"overflow,omitempty"`
	// Page is the number of the transcript's page that Tail is going to be.
	Page int `json:"page,omitempty"`
	// Tail is the end of the transcript; what came before it is in pages.
	Tail []Entry `json:"tail,omitempty"`
}

// CallOut is what may be seen of a call in flight: neither its headers nor what was sent.
type CallOut struct {
	Method string `json:"method"`
	// Target is host and path.
	Target string    `json:"target"`
	Since  time.Time `json:"since"`
}

func (c *conversation) snapshot() (Snapshot, error) {
	_, deadline, _ := c.nextDeadline()
	return newSnapshot(c, deadline), nil
}

func newSnapshot(c *conversation, deadline time.Time) Snapshot {
	return Snapshot{
		Conversation: c.id, Bot: c.attributes.label, Status: c.attributes.status, State: c.state,
		Waiting: c.inbox.waiting(), Overflow: c.inbox.overflow.rows(), Undelivered: len(c.outbox.parked),
		Timers: c.clock.timers, Closing: c.closing, Call: c.call.view(), Handoff: c.handoff,
		Messages: c.transcript.messages, Replies: c.transcript.replies, Repeats: c.transcript.repeats, Unanswered: c.transcript.unanswered,
		Deadline: deadline, Sequence: c.outbox.sequence, Outbox: c.outbox.parked, Page: c.transcript.nextPage, Tail: c.transcript.tail,
	}
}

// details are what operators see of a conversation in the Temporal UI, where they cost no event.
type details struct {
	Snapshot
	channel, contact string
	// purpose is what the conversation will do by itself at its deadline; empty for nothing.
	purpose string
	// since is the time of the first message that waits; zero when it is in the database, or none does.
	since time.Time
	// trouble is why messages are not delivered, noticing whether the close notice is being delivered.
	trouble  string
	noticing bool
	now      time.Time
	lines    []string
}

func newDetails(c *conversation) details {
	purpose, deadline, _ := c.nextDeadline()
	return details{
		Snapshot: newSnapshot(c, deadline), channel: c.in.Channel, contact: c.in.Contact(), purpose: purpose, since: c.inbox.since(),
		trouble: c.outbox.trouble, noticing: c.notice.activity.running(), now: c.now, lines: c.transcript.lines,
	}
}

// page is a short page of Markdown. It has lists and no table: the UI draws tables without lines, and
// cells without a gap between them.
func (d details) page() string {
	var page strings.Builder
	fmt.Fprintf(&page, "**%s**%s on channel **%s**\n\n", d.contact, d.name(), d.channel)
	row := func(what, format string, args ...any) { fmt.Fprintf(&page, "- "+what+": "+format+"\n", args...) }
	row("conversation", "%s", d.Conversation)
	row("bot", "%s", d.Bot)
	row("status", "**%s**", d.phase())
	if d.State != nil {
		row("since", "%s", formatTime(d.State.Started))
	}
	row("messages", "%d in, %d out, %d repeated, %d not answered", d.Messages, d.Replies, d.Repeats, d.Unanswered)
	if d.purpose != "" {
		row("next by itself", "%s, %s", d.purpose, formatTime(d.Deadline))
	}
	for _, line := range d.undone() {
		page.WriteString("\n" + line + "\n")
	}
	if len(d.lines) > 0 {
		page.WriteString("\nLast words (UTC):\n\n" + strings.Join(d.lines, "\n") + "\n")
	}
	return page.String()
}

// undone says what has not been done yet, and why.
func (d details) undone() (lines []string) {
	if d.Waiting > 0 {
		since := ""
		if !d.since.IsZero() {
			since = ", the first since " + formatTime(d.since)
		}
		lines = append(lines, fmt.Sprintf("**%d waiting to be answered**%s.", d.Waiting, since))
	}
	if d.Undelivered > 0 {
		why := d.trouble
		switch why {
		case "":
			why = "others wait before it"
		case activities.Pull:
			why = "the ISV pulls its messages"
		}
		lines = append(lines, fmt.Sprintf("**%d not delivered**, from no. %d: %s. *Pending Activities* has the latest attempt.", d.Undelivered, d.Outbox[0].Sequence, why))
	}
	if line := d.expected(); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// expected says from whom the next thing is expected.
func (d details) expected() string {
	switch {
	case d.noticing:
		return "**The close notice is being delivered.**"
	case d.Closing != nil || d.State == nil:
	case d.State.Muted():
		return "**A person answers** since " + formatTime(d.State.MutedAt) + "; the bot is mute until it is resumed." + d.handoff()
	case d.Call != nil:
		return "**A call is out** since " + formatTime(d.Call.Since) + ": " + codeSpan(d.Call.Method+" "+d.Call.Target) + "; what comes meanwhile waits for it."
	case d.State.QuietUntil.After(d.now):
		return "**The bot keeps still** until " + formatTime(d.State.QuietUntil) + ": it seems to talk to another bot."
	case d.State.Ask != nil:
		return "Waits for the answer to " + codeSpan(d.State.Ask.State) + "."
	}
	return ""
}

// handoff says who has to take over, and with which note.
func (d details) handoff() (line string) {
	if d.Handoff == nil {
		return ""
	}
	if d.Handoff.To != "" {
		line = " Handed off to " + codeSpan(d.Handoff.To) + "."
	}
	if d.Handoff.Note != "" {
		line += " Note: " + codeSpan(d.Handoff.Note) + "."
	}
	return line
}

// phase is the status, or how the conversation ends.
func (d details) phase() string {
	if d.Closing == nil {
		return d.Status
	}
	return fmt.Sprintf("%s: %s, at %s", StatusClosing, d.Closing.Reason, formatTime(d.Closing.At))
}

func (d details) name() string {
	if d.State == nil || d.State.Contact.Name == "" {
		return ""
	}
	return " (" + codeSpan(d.State.Contact.Name) + ")"
}

func formatTime(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }
