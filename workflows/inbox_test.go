package workflows

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// many is one envelope with n messages of that text.
func (c *session) many(n int, text, prefix string) Envelope {
	e := c.envelope(text, prefix+".0")
	for i := 1; i < n; i++ {
		e.Messages = append(e.Messages, c.envelope(text, fmt.Sprintf("%s.%d", prefix, i)).Messages...)
	}
	return e
}

func TestMessagesBeyondAThousandWaitingAreKeptUnanswered(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() {
		e := c.envelope("Hola", "wamid.first")
		for i := range maxWaiting + 10 {
			m := c.envelope("menu", "wamid.many."+string(rune('a'+i%26))+strings.Repeat("x", i/26)).Messages[0]
			e.Messages = append(e.Messages, m)
		}
		c.SignalWorkflow(SignalInbound, e)
	}, 0)
	c.says(24*time.Hour, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 11, w.archived[0].Unanswered)
	require.Equal(t, maxWaiting, w.archived[0].Messages)
}

// What the contact wrote after the end of the lifetime opens the next conversation, whichever of
// the two is seen first: a task that is repeated may see another one first. What waits for a call
// stays before.
func TestTheLifetimeEndsBetweenMessages(t *testing.T) {
	start := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		minutes  []int
		deferred int
		want     []string
	}{
		{"alone", nil, 0, []string{"lifetime"}},
		{"behind what came before", []int{1, 2}, 0, []string{"1", "2", "lifetime"}},
		{"before what came after", []int{1, 9}, 0, []string{"1", "lifetime", "9"}},
		{"not before what is deferred", []int{9, 10}, 1, []string{"9", "lifetime", "10"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := inbox{deferred: tt.deferred}
			for _, m := range tt.minutes {
				b.enqueue(queued{At: start.Add(time.Duration(m) * time.Minute), Inbound: Inbound{ID: strconv.Itoa(m)}})
			}
			b.insertByTime(queued{At: start.Add(5 * time.Minute), Inbound: Inbound{ID: "lifetime"}})
			var got []string
			for _, m := range b.queue {
				got = append(got, m.ID)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestARedeliveredMessageIsAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.signals(time.Second, "Hola", "wamid.1")
	c.signals(2*time.Second, "Hola", "wamid.1")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.posts, 4)
	require.Equal(t, 2, w.archived[0].Messages)
}

func TestAMessageOfAnEarlierConversationOpensNothing(t *testing.T) {
	w := newWorld(t)
	first := newChat(t, w)
	first.says(0, "Hola")
	first.says(time.Minute, "salir")
	first.run(ConversationInput{})
	said := len(w.posts)

	again := newChat(t, w)
	again.signals(0, "salir", "wamid.2")
	again.run(ConversationInput{})

	require.NoError(t, again.GetWorkflowError())
	var result ConversationResult
	require.NoError(t, again.GetWorkflowResult(&result))
	require.Equal(t, OutcomeRepeat, result.Outcome)
	require.Len(t, w.posts, said)
	require.Len(t, w.rows, 1)
	require.Len(t, w.archived, 1)
}

func TestAnEchoOfTheBotsOwnMessageMutesNobody(t *testing.T) {
	for _, lane := range []string{"fast", "slow"} {
		t.Run(lane, func(t *testing.T) {
			w := newWorld(t)
			w.wamids = true
			refused := lane == "slow"
			w.refuse = func(seq int, _ string) bool {
				again := refused && seq == 1
				refused = false
				return again
			}
			c := newChat(t, w)
			c.says(0, "Hola")
			c.RegisterDelayedCallback(func() {
				e := c.envelope("…", "wamid.out.1")
				e.Messages[0].Echo = true
				c.SignalWorkflow(SignalInbound, e)
			}, 5*time.Minute)
			c.says(6*time.Minute, "salir")
			c.run(ConversationInput{})

			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, "resolved", w.archived[0].Outcome, "the bot goes on")
			var ids []uint64
			for _, id := range w.archived[0].MessageIDs {
				ids = append(ids, id.Hash)
			}
			require.Contains(t, ids, store.HashMessageID("wamid.out.1"), "the next conversation knows it too")
		})
	}
}

func TestAMessageThatWasAnsweredUnderAnotherIdentityIsARepeat(t *testing.T) {
	const user = "CL.1"
	w := newWorld(t)
	c := newChat(t, w)
	c.identified(0, "Hola", testContact, "")
	c.RegisterDelayedCallback(func() { // meanwhile, under the user id
		w.archived = append(w.archived, activities.ArchiveInput{MessageIDs: store.MessageIDs{{Hash: store.HashMessageID("wamid.other")}}})
	}, time.Second)
	c.identified(2*time.Second, "menu", testContact, user)
	c.RegisterDelayedCallback(func() {
		e := c.envelope("menu", "wamid.other")
		e.WaID, e.UserID = testContact, user
		e.Messages[0].Timestamp = e.At.Add(-time.Second).Unix()
		c.SignalWorkflow(SignalInbound, e)
	}, 3*time.Second)
	c.identified(4*time.Second, "salir", testContact, user)
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	for _, p := range w.posts {
		require.NotEqual(t, "wamid.other", p.InReplyTo)
	}
	require.Equal(t, 3, w.archived[1].Messages)
}

func TestAnEchoAloneOpensNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.echoes(0, "Hola Ana, soy Eva")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Empty(t, w.posts)
	require.Empty(t, w.archived)
}

func TestAnEchoOfAPersonsAnswerMutesTheBot(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.echoes(time.Minute, "Hola Ana, soy Eva")
	c.says(2*time.Minute, "menu")
	c.updates(time.Hour, UpdateClose, CloseRequest{Reason: "solved"})
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.posts, 4)
	require.Equal(t, "solved", w.archived[0].Outcome)
	require.Equal(t, 2, w.archived[0].Messages, "an echo is no message of the contact")
	var human []string
	for _, e := range w.archived[0].Entries {
		if e.Direction == store.Human {
			human = append(human, string(e.Body))
		}
	}
	require.Len(t, human, 1)
	require.Contains(t, human[0], "soy Eva")
}

func (c *session) echoes(after time.Duration, text string) {
	c.n++
	id := "wamid.echo" + after.String()
	c.RegisterDelayedCallback(func() {
		e := c.envelope(text, id)
		e.Messages[0].Echo = true
		c.SignalWorkflow(SignalInbound, e)
	}, after)
}
