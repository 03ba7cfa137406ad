package workflows

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

// What every step of a conversation does for its operators: the last words, and the page. It has
// to be small beside the turn itself.
func BenchmarkDetails(b *testing.B) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	c := &conversation{in: ConversationInput{Channel: testChannel, WaID: testContact}}
	c.id, c.attributes = "cnv_1", attributes{label: "inicio@73db9cec", status: StatusWaitingWebhook}
	c.state = &bot.State{Started: at, Contact: bot.Contact{WaID: testContact, Name: "Ana"}, Ask: &bot.Ask{State: "menu"}}
	c.outbox = outbox{parked: []Parked{{Sequence: 3}}, trouble: "HTTP 500"}
	body := fmt.Appendf(nil, `{"from":%q,"id":"wamid.1","type":"text","text":{"body":"¿A qué hora abren mañana?"}}`, testContact)
	entry := Entry{At: at, Direction: store.In, ID: "wamid.1", Type: "text", Body: body}
	b.Run("words", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.transcript.addLine(entry)
		}
	})
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = newDetails(c).page()
		}
	})
}

func TestTheQueryTellsWhatWaits(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.refuse = func(int, string) bool { return true }
	c.says(0, "Hola")
	var open Snapshot
	var page string
	c.RegisterDelayedCallback(func() {
		open = c.snapshot()
		page = c.details()
	}, time.Minute)
	c.updates(2*time.Minute, UpdateHandoff, HandoffRequest{})
	c.updates(3*time.Minute, UpdateClose, CloseRequest{})
	c.RegisterDelayedCallback(func() { w.refuse = nil }, 4*time.Minute)
	c.run(ConversationInput{})

	require.Equal(t, StatusWaitingWebhook, open.Status)
	require.Equal(t, 2, open.Undelivered)
	require.Len(t, open.Outbox, 2)
	require.Equal(t, 2, open.Sequence)
	require.Equal(t, 1, open.Page)
	require.Len(t, open.Tail, 4, "a message, its turn, two replies")
	require.False(t, open.Deadline.IsZero())
	require.Contains(t, page, "**2 not delivered**, from no. 1: HTTP 500")
	require.Contains(t, page, "`Hola `")
	require.Contains(t, page, "**contact**")
}

func (c *session) snapshot() (s Snapshot) {
	value, err := c.QueryWorkflow(QueryState)
	require.NoError(c.t, err)
	require.NoError(c.t, value.Get(&s))
	return s
}

// details is the page that operators see.
func (c *session) details() string {
	value, err := c.QueryWorkflow("__temporal_workflow_metadata")
	require.NoError(c.t, err)
	var metadata sdkpb.WorkflowMetadata
	require.NoError(c.t, value.Get(&metadata))
	return metadata.GetCurrentDetails()
}

func TestOperatorsSeeWhatABotWaitsFor(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(2, time.Minute, "algo")
	w.does(func(s *bot.State, e bot.Event) []bot.Effect {
		if e.Cause == "wamid.2" {
			s.QuietUntil = s.At.Add(10 * time.Minute)
		}
		return nil
	})
	c := newChat(t, w)
	c.says(0, "consulta")
	c.says(5*time.Minute, "hola")
	var calling, quiet string
	c.RegisterDelayedCallback(func() { calling = c.details() }, 30*time.Second)
	c.RegisterDelayedCallback(func() { quiet = c.details() }, 6*time.Minute)
	c.says(7*time.Minute, "salir")
	c.run(ConversationInput{})
	require.Contains(t, calling, "**A call is out** since 2026-03-10 12:00:00Z: `GET api.example/horas/7 `; what comes meanwhile waits for it.")
	for _, secret := range []string{"12345678", "agenda", "Bearer", "pass"} {
		require.NotContains(t, calling, secret)
	}
	require.Contains(t, quiet, "**The bot keeps still** until 2026-03-10 12:15:00Z: it seems to talk to another bot.")
}

func TestAHandoffsDeskAndNoteAreKnown(t *testing.T) {
	w := newWorld(t)
	w.does(func(s *bot.State, e bot.Event) []bot.Effect {
		if e.Cause != "wamid.2" {
			return nil
		}
		s.MutedAt = s.At
		return []bot.Effect{
			{Kind: bot.EffectHandoff, Handoff: &bot.Handoff{To: "ventas", Note: "quiere *un* plan"}},
			{Kind: bot.EffectNote, Note: "una nota"},
		}
	})
	c := newChat(t, w)
	c.says(0, "Hola")
	c.says(time.Minute, "humano")
	c.says(2*time.Minute, "¿hay alguien?")
	var during, after Snapshot
	var page string
	c.RegisterDelayedCallback(func() { during, page = c.snapshot(), c.details() }, 3*time.Minute)
	c.updates(4*time.Minute, UpdateResume, ResumeRequest{})
	c.RegisterDelayedCallback(func() { after = c.snapshot() }, 5*time.Minute)
	c.says(6*time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, StatusHandedOff, during.Status)
	require.Equal(t, &bot.Handoff{To: "ventas", Note: "quiere *un* plan"}, during.Handoff)
	require.Contains(t, page, "Handed off to `ventas `. Note: `quiere *un* plan `.")
	require.Nil(t, after.Handoff)
	require.Equal(t, []string{"handed off to ventas: quiere *un* plan", "una nota", "resume"}, w.notes())
	for i, e := range w.archived[0].Entries {
		if strings.HasPrefix(e.Note, "handed off") {
			require.Equal(t, "wamid.2", w.archived[0].Entries[i-1].ID, "it stands behind the message that caused it")
		}
	}
}
