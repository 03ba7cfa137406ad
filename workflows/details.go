package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

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
	Closing     *Closing    `json:"closing,omitempty"`
	Messages    int         `json:"messages"`
	Replies     int         `json:"replies"`
	Repeats     int         `json:"repeats"`
	Unanswered  int         `json:"unanswered"`
	// Deadline is when the conversation acts by itself next; zero when nothing is due.
	Deadline time.Time `json:"deadline,omitzero"`
	// Sequence is the number of the latest message to the ISV, Outbox what of them waits in
	// the ledger.
	Sequence int      `json:"sequence,omitempty"`
	Outbox   []Parked `json:"outbox,omitempty"`
	// Page is the number of the transcript's page that Tail is going to be.
	Page int `json:"page,omitempty"`
	// Tail is the end of the transcript; what came before it is in pages.
	Tail []Entry `json:"tail,omitempty"`
}

func (c *conversation) snapshot() (Snapshot, error) {
	deadline, _ := c.deadline()
	return Snapshot{
		Conversation: c.ID, Bot: c.Label, Status: c.Status, State: c.State,
		Waiting: len(c.Inbox), Undelivered: len(c.Outbox), Timers: c.Timers, Closing: c.Closing,
		Messages: c.Messages, Replies: c.Replies, Repeats: c.Repeats, Unanswered: c.Unanswered,
		Deadline: deadline, Sequence: c.Sequence, Outbox: c.Outbox, Page: c.NextPage, Tail: c.Tail,
	}, nil
}

// describe is what operators read in the Temporal UI. It costs no event.
func (c *conversation) describe() {
	var page strings.Builder
	fmt.Fprintf(&page, "**%s** with %s on channel %s\n\n", c.ID, c.in.Contact(), c.in.Channel)
	fmt.Fprintf(&page, "- bot: %s\n- status: %s\n- messages: %d, replies: %d\n", c.Label, c.Status, c.Messages, c.Replies)
	if c.State != nil && c.State.Ask != nil {
		fmt.Fprintf(&page, "- waiting for the answer to state `%s`\n", c.State.Ask.State)
	}
	if len(c.Inbox) > 0 {
		fmt.Fprintf(&page, "- not answered yet: %d\n", len(c.Inbox))
	}
	if len(c.Outbox) > 0 {
		fmt.Fprintf(&page, "- not delivered yet: %d, from no. %d\n", len(c.Outbox), c.Outbox[0].Sequence)
	}
	if c.Closing != nil {
		fmt.Fprintf(&page, "- closing: %s, since %s\n", c.Closing.Reason, c.Closing.At.Format(time.RFC3339))
	} else if at, ok := c.deadline(); ok {
		fmt.Fprintf(&page, "- next deadline: %s\n", at.Format(time.RFC3339))
	}
	workflow.SetCurrentDetails(c.work, page.String())
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
