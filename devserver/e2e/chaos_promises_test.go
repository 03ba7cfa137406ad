package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/chattigo/api-isv/store"
)

// endEverything closes what is open, and waits until no workflow runs. The list of running
// workflows is a little late: a conversation that follows another is missing there for a
// moment, so that nothing has to run for a while.
func (c *chaos) endEverything(t *testing.T) {
	t.Helper()
	const longEnough = 100 // looks, at 10 ms and more each
	asked, quiet := map[string]bool{}, 0
	require.True(t, eventually(t, 3*time.Minute, func() bool {
		open := c.open(t)
		for _, row := range open {
			if !asked[row.ID] {
				status, _, err := c.try(t.Context(), http.MethodPost, c.api+"/conversations/"+row.ID+"/close", nil)
				asked[row.ID] = err == nil && status != http.StatusServiceUnavailable
			}
		}
		if quiet++; len(open) > 0 || c.count(t, `ExecutionStatus = "Running"`) > 0 {
			quiet = 0
		}
		return quiet >= longEnough
	}), "conversations are still open: %v", c.open(t))
}

func (c *chaos) open(t *testing.T) []store.Conversation {
	t.Helper()
	rows, err := c.db.OpenConversations(t.Context(), store.OpenQuery{Before: time.Now().Add(time.Hour), Limit: 1000})
	require.NoError(t, err)
	return rows
}

func (c *chaos) count(t *testing.T, query string) int64 {
	t.Helper()
	counted, err := c.temporal.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: query + ` AND WorkflowType IN ("Conversation", "Notice", "Recovery")`,
	})
	require.NoError(t, err)
	return counted.GetCount()
}

func (c *chaos) rows(t *testing.T) (all []store.Conversation) {
	t.Helper()
	q := store.ConversationQuery{Channel: c.waID, Limit: 200}
	for {
		rows, err := c.db.Conversations(t.Context(), q)
		require.NoError(t, err)
		all = append(all, rows...)
		if len(rows) < q.Limit {
			return all
		}
		last := rows[len(rows)-1]
		q.After = store.ConversationCursor{OpenedAt: last.OpenedAt, ID: last.ID}
	}
}

// answerTimes is how long POSTs of the ISV took.
type answerTimes struct {
	mu                sync.Mutex
	slowest           time.Duration
	answered, without int
}

func (a *answerTimes) count(took time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil:
		a.answered++
		a.slowest = max(a.slowest, took)
	case errors.Is(err, context.DeadlineExceeded): // else the process was killed, or is not up again
		a.without++
	}
}

// String is the line that a person reads.
func (a *answerTimes) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprintf("POSTs that were answered: %d, the slowest after %s; not answered at all: %d",
		a.answered, a.slowest.Round(time.Millisecond), a.without)
}

// tally is what came of what was accepted.
type tally struct {
	accepted, lost, twice           int
	delivered, disordered, repeated int
	conversations                   int
}

// String is the line that a person reads.
func (n tally) String() string {
	return fmt.Sprintf("accepted: %d messages; lost: %d; processed twice: %d; delivered: %d replies and notices of %d conversations; out of order by first arrival: %d; repeated POSTs: %d",
		n.accepted, n.lost, n.twice, n.delivered, n.conversations, n.disordered, n.repeated)
}

// tally counts without judging, so that a broken promise is seen in its whole extent.
func (c *chaos) tally(t *testing.T) tally {
	t.Helper()
	processed, rows, n := map[string]int{}, c.rows(t), tally{accepted: len(c.accepted)}
	n.conversations = len(rows)
	for _, row := range rows {
		for _, id := range c.processed(t, row.ID) {
			processed[id]++
		}
	}
	for _, id := range c.accepted {
		switch processed[id] {
		case 0:
			n.lost++
		case 1:
		default:
			n.twice++
		}
	}
	posted, last := c.hook.all(), map[string]int{}
	for _, d := range fresh(t, posted) {
		n.delivered++
		if d.Sequence != last[d.Conversation]+1 {
			n.disordered++
		}
		last[d.Conversation] = d.Sequence
	}
	n.repeated = len(posted) - n.delivered
	return n
}

// processed returns the ids of the messages that the bot was given in a conversation, in order.
func (c *chaos) processed(t *testing.T, conversation string) (in []string) {
	t.Helper()
	pages, err := c.db.Pages(t.Context(), conversation)
	require.NoError(t, err)
	for _, page := range pages {
		for _, e := range page.Entries {
			if e.Direction == store.In && e.Note == "" {
				in = append(in, e.ID)
			}
		}
	}
	return in
}

func (c *chaos) requirePromises(t *testing.T) {
	t.Helper()
	processed := map[string]int{}
	said := map[string][]delivery{}
	for _, d := range fresh(t, c.hook.all()) {
		said[d.Conversation] = append(said[d.Conversation], d)
	}
	for _, row := range c.rows(t) {
		in := c.processed(t, row.ID)
		for _, id := range in {
			processed[id]++
		}
		require.NotEmpty(t, said[row.ID], "nothing was said in %+v", row)
		requireOrderlyConversation(t, said[row.ID], in)
		delete(said, row.ID)
	}
	require.Empty(t, said, "conversations without a row")
	require.NotEmpty(t, c.accepted)
	for _, id := range c.accepted {
		require.Equal(t, 1, processed[id], "%s was accepted once", id)
	}
	require.Positive(t, c.killed.Load())
}

// requireOrderlyConversation holds what a conversation said, without repeats, against its
// transcript's messages.
func requireOrderlyConversation(t *testing.T, said []delivery, in []string) {
	t.Helper()
	requireInOrder(t, said)
	var answered []string
	for i, d := range said {
		require.Equal(t, i == len(said)-1, d.isNotice(), "one notice, last: no. %d of %d of %s", d.Sequence, len(said), d.Conversation)
		if n := len(answered); d.InReplyTo != "" && (n == 0 || answered[n-1] != d.InReplyTo) {
			answered = append(answered, d.InReplyTo)
		}
	}
	asked := slices.DeleteFunc(slices.Clone(in), func(id string) bool { return !slices.Contains(answered, id) })
	require.Equal(t, asked, answered, "answers in the order of the messages")
}
