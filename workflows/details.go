package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// Snapshot is the answer to QueryState.
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
	// Call is the call that is out, Handoff what is known of a handoff; nil when there is none.
	Call       *CallOut     `json:"call,omitempty"`
	Handoff    *bot.Handoff `json:"handoff,omitempty"`
	Closing    *Closing     `json:"closing,omitempty"`
	Messages   int          `json:"messages"`
	Replies    int          `json:"replies"`
	Repeats    int          `json:"repeats"`
	Unanswered int          `json:"unanswered"`
	// Deadline is when the conversation acts by itself next; zero when nothing is due.
	Deadline time.Time `json:"deadline,omitzero"`
	// Sequence is the number of the latest message to the ISV, Outbox what of them waits in
	// the ledger.
	Sequence int      `json:"sequence,omitempty"`
	Outbox   []Parked `json:"outbox,omitempty"`
	// Overflow are messages that wait in the database; nil for none.
	Overflow *activities.OverflowRange `json:"overflow,omitempty"`
	// Page is the number of the transcript's page that Tail is going to be.
	Page int `json:"page,omitempty"`
	// Tail is the end of the transcript; what came before it is in pages.
	Tail []Entry `json:"tail,omitempty"`
}

// CallOut is what may be seen of a call: neither its headers nor what was sent.
type CallOut struct {
	Method string `json:"method"`
	// Target is host and path.
	Target string    `json:"target"`
	Since  time.Time `json:"since"`
}

func (c *conversation) callOut() *CallOut {
	if !c.calling() {
		return nil
	}
	return &CallOut{Method: c.Call.Method, Target: target(c.Call.Call), Since: c.Call.Since}
}

func (c *conversation) snapshot() (Snapshot, error) {
	_, deadline, _ := c.nextDeadline()
	return Snapshot{
		Conversation: c.ID, Bot: c.Label, Status: c.Status, State: c.State,
		Waiting: c.waiting(), Overflow: c.overflowRange(), Undelivered: len(c.Outbox), Timers: c.Timers, Closing: c.Closing,
		Call: c.callOut(), Handoff: c.Handoff,
		Messages: c.Messages, Replies: c.Replies, Repeats: c.Repeats, Unanswered: c.Unanswered,
		Deadline: deadline, Sequence: c.Sequence, Outbox: c.Outbox, Page: c.NextPage, Tail: c.Tail,
	}, nil
}

// describe shows operators the conversation in the Temporal UI. It costs no event.
func (c *conversation) describe() { workflow.SetCurrentDetails(c.work, c.details()) }

// details are a short page. It has lists and no table: the UI draws tables without lines, and
// cells without a gap between them.
func (c *conversation) details() string {
	var page strings.Builder
	fmt.Fprintf(&page, "**%s**%s on channel **%s**\n\n", c.in.Contact(), c.name(), c.in.Channel)
	row := func(what, format string, args ...any) { fmt.Fprintf(&page, "- "+what+": "+format+"\n", args...) }
	row("conversation", "%s", c.ID)
	row("bot", "%s", c.Label)
	row("status", "**%s**", c.phase())
	if c.State != nil {
		row("since", "%s", clock(c.State.Started))
	}
	row("messages", "%d in, %d out, %d repeated, %d not answered", c.Messages, c.Replies, c.Repeats, c.Unanswered)
	if what, at, ok := c.nextDeadline(); ok {
		row("next by itself", "%s, %s", what, clock(at))
	}
	for _, line := range c.waitsFor() {
		page.WriteString("\n" + line + "\n")
	}
	if len(c.lines) > 0 {
		page.WriteString("\nLast words (UTC):\n\n" + strings.Join(c.lines, "\n") + "\n")
	}
	return page.String()
}

// waitsFor says what has not been done yet, and why.
func (c *conversation) waitsFor() (lines []string) {
	if n := c.waiting(); n > 0 {
		lines = append(lines, fmt.Sprintf("**%d waiting to be answered**%s.", n, c.waitingSince()))
	}
	if n := len(c.Outbox); n > 0 {
		why := c.Trouble
		if why == "" {
			why = "others wait before it"
		}
		lines = append(lines, fmt.Sprintf("**%d not delivered**, from no. %d: %s. *Pending Activities* has the latest attempt.", n, c.Outbox[0].Sequence, why))
	}
	if line := c.goesOnWith(); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// waitingSince says since when, where the first of them is here.
func (c *conversation) waitingSince() string {
	if len(c.Inbox) == 0 {
		return ""
	}
	return ", the first since " + clock(c.Inbox[0].At)
}

// goesOnWith says whose turn it is.
func (c *conversation) goesOnWith() string {
	switch call := c.callOut(); {
	case c.notice.out():
		return "**The close notice is being delivered.**"
	case c.Closing != nil || c.State == nil:
	case c.muted():
		return "**A person answers** since " + clock(c.State.MutedAt) + "; the bot is mute until it is resumed." + c.desk()
	case call != nil:
		return "**A call is out** since " + clock(call.Since) + ": " + harmless(call.Method+" "+call.Target) + "; what comes meanwhile waits for it."
	case c.State.QuietUntil.After(c.Now):
		return "**The bot keeps still** until " + clock(c.State.QuietUntil) + ": it seems to talk to another bot."
	case c.State.Ask != nil:
		return "Waits for the answer to " + harmless(c.State.Ask.State) + "."
	}
	return ""
}

// desk says who is to take over, and with which note.
func (c *conversation) desk() string {
	if c.Handoff == nil {
		return ""
	}
	line := ""
	if c.Handoff.To != "" {
		line = " Handed off to " + harmless(c.Handoff.To) + "."
	}
	if c.Handoff.Note != "" {
		line += " Note: " + harmless(c.Handoff.Note) + "."
	}
	return line
}

// phase is the status, or how the conversation ends.
func (c *conversation) phase() string {
	if c.Closing == nil {
		return c.Status
	}
	return fmt.Sprintf("%s: %s, at %s", StatusClosing, c.Closing.Reason, clock(c.Closing.At))
}

func (c *conversation) name() string {
	if c.State == nil || c.State.Contact.Name == "" {
		return ""
	}
	return " (" + harmless(c.State.Contact.Name) + ")"
}

func clock(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }

// refreshStatus: what waits for the ISV's webhook matters more to operators than who answers.
func (c *conversation) refreshStatus() {
	switch {
	case len(c.Outbox) > 0:
		c.setStatus(StatusWaitingWebhook)
	case c.muted():
		c.setStatus(StatusHandedOff)
	default:
		c.setStatus(StatusOpen)
	}
}

// setStatus and label change a search attribute only when it differs: each change is an
// event.
func (c *conversation) setStatus(status string) {
	if status != c.Status {
		c.Status = status
		c.upsert(AttributeStatus().ValueSet(status))
	}
}

func (c *conversation) label(label string) {
	if label == c.Label {
		return
	}
	c.Label = label
	if was, _ := workflow.GetTypedSearchAttributes(c.work).GetKeyword(AttributeBot()); was != label {
		c.upsert(AttributeBot().ValueSet(label))
	}
}

func (c *conversation) upsert(update temporal.SearchAttributeUpdate) {
	if err := workflow.UpsertTypedSearchAttributes(c.work, update); err != nil {
		workflow.GetLogger(c.work).Error("a search attribute was not set", "conversation", c.ID, "error", err)
	}
}
