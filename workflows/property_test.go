package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
)

// Whatever happens to a contact's conversations, and in whatever order: every message that was
// accepted is processed exactly once, or said to be unanswered because its conversation ended
// before the call did that it waited for; what is said arrives in order, equal ids are equal
// bytes, and each conversation says one notice, last.
func TestConversationsKeepTheirPromisesWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		l.live()
		l.requirePromises()
	})
}

// event is one thing that happens to a contact's conversations.
type event struct {
	// after is how long after the event before.
	after time.Duration
	kind  string
	text  string
	// again is which earlier message comes again.
	again int
}

func drawEvents(t *rapid.T) []event {
	kinds := rapid.SampledFrom([]string{
		"message", "message", "message", "message", "burst", "repeat", "repeat", "echo",
		"handoff", "resume", "close", "cancel", "continue", "continue", "grow", "unreadable", "reaction", "settings",
	})
	gaps := rapid.SampledFrom([]time.Duration{
		0, 0, time.Millisecond, time.Second, 5 * time.Second, time.Minute, 9 * time.Minute, 11 * time.Minute, 40 * time.Minute, 25 * time.Hour,
	})
	texts := rapid.SampledFrom([]string{"hola", "1", "2", "salir", "menu", "¿qué?", "horarios", "consulta", "consulta", "cambio", "baja"})
	var events []event
	for range rapid.IntRange(1, 25).Draw(t, "events") {
		events = append(events, event{
			after: gaps.Draw(t, "after"), kind: kinds.Draw(t, "kind"), text: texts.Draw(t, "text"), again: rapid.IntRange(0, 99).Draw(t, "again"),
		})
	}
	return events
}

// outage is a time in which the ISV refuses everything.
type outage struct{ from, to time.Time }

// life is a contact's conversations, one run after the other, in one world.
type life struct {
	t       *rapid.T
	w       *world
	events  []event
	outages []outage
	started time.Time
	// conversations counts those that were opened.
	conversations int
	// accepted are the ids of messages that reached Temporal, in order.
	accepted []string
	bodies   map[string]Envelope
	// signalled are the messages of the present run, late those that were signalled again because
	// their run had just ended.
	signalled []string
	late      map[string]bool
	// grows makes a run long enough in the middle of a workflow task: after its next local activity.
	grows bool
}

func newLife(t *rapid.T) *life {
	l := &life{
		t: t, w: newWorld(t), events: drawEvents(t), bodies: map[string]Envelope{}, late: map[string]bool{},
		started: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC),
	}
	for range rapid.IntRange(0, 3).Draw(t, "outages") {
		from := l.started.Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, "outage")) * time.Second)
		l.outages = append(l.outages, outage{from, from.Add(time.Duration(rapid.IntRange(1, 7200).Draw(t, "length")) * time.Second)})
	}
	moods := rapid.SliceOfN(rapid.Bool(), 0, 12).Draw(t, "refused")
	l.w.refuse = func(int, string) bool {
		if len(moods) > 0 {
			refused := moods[0]
			moods = moods[1:]
			return refused
		}
		return slices.ContainsFunc(l.outages, func(o outage) bool { return !l.w.now().Before(o.from) && l.w.now().Before(o.to) })
	}
	l.w.api = drawAPI(t)
	l.w.merges = rapid.Bool().Draw(t, "merges")
	l.w.recent = rapid.IntRange(0, 3).Draw(t, "recent")
	for _, name := range []string{"Reply", "Park", "WritePage", "Archive"} {
		l.w.broken[name] = rapid.IntRange(0, 3).Draw(t, name)
	}
	return l
}

// live runs one run after the other until everything has happened and every run has ended.
func (l *life) live() {
	now := l.started
	var carried *ConversationInput
	for runs := 0; len(l.events) > 0 || carried != nil; runs++ {
		require.Less(l.t, runs, 100, "the conversation does not come to an end")
		if carried == nil && !l.opens(l.events[0]) {
			l.events = l.events[1:]
			continue
		}
		now, carried = l.run(now, carried)
	}
}

// opens says whether an event starts a run when none is open.
func (l *life) opens(e event) bool {
	return e.kind == "late" || e.kind == "message" || e.kind == "burst" || e.kind == "unreadable" || e.kind == "reaction" || (e.kind == "repeat" && len(l.accepted) > 0)
}

func (l *life) run(now time.Time, carried *ConversationInput) (ended time.Time, next *ConversationInput) {
	c := newChat(l.t, l.w)
	c.SetStartTime(now)
	in := ConversationInput{Channel: testChannel, WaID: testContact}
	if carried != nil {
		in = *carried
	} else {
		l.events[0].after = 0
	}
	l.name(&in)
	c.SetOnLocalActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) {
		if l.grows {
			c.SetContinueAsNewSuggested(true)
			l.grows = false
		}
	})
	var at time.Duration
	for _, e := range l.events {
		at += e.after
		c.RegisterDelayedCallback(func() { l.happens(c, e) }, at)
	}
	c.ExecuteWorkflow(ConversationType, in)
	ended = c.Now().UTC()
	if continued, ok := errors.AsType[*workflow.ContinueAsNewError](c.GetWorkflowError()); ok {
		next = &ConversationInput{}
		require.NoError(l.t, converter.GetDefaultDataConverter().FromPayloads(continued.Input, next))
	}
	l.redeliver(next)
	return ended, next
}

// redeliver signals again what came while the run ended: a server refuses to end a run for which
// a signal has arrived, and the environment loses the signal. What the run took, it remembers.
func (l *life) redeliver(next *ConversationInput) {
	known := map[uint64]bool{}
	note := func(ids store.MessageIDs) {
		for _, id := range ids {
			known[id.Hash] = true
		}
	}
	for _, a := range l.w.archived {
		note(a.MessageIDs)
	}
	if next != nil {
		note(next.Carried.Own.IDs)
		note(next.Carried.Others.IDs)
	}
	for _, id := range slices.Backward(l.signalled) {
		if !known[store.HashMessageID(id)] {
			l.late[id] = true
			l.events = append([]event{{kind: "late", text: id}}, l.events...)
		}
	}
	l.signalled = nil
}

// name gives a conversation that opens an id of its own: in the test environment all runs have
// the same run id.
func (l *life) name(in *ConversationInput) {
	if in.Carried == nil {
		in.Carried = &Carried{}
	}
	if in.Carried.ID == "" {
		l.conversations++
		in.Carried.ID, in.Carried.NextPage, in.Carried.Status = fmt.Sprintf("cnv_%d", l.conversations), 1, StatusOpen
	}
}

// happens lets the next event happen, unless the run has ended: then it waits for the next.
func (l *life) happens(c *session, e event) {
	if c.IsWorkflowCompleted() {
		return
	}
	l.events = l.events[1:]
	switch e.kind {
	case "message":
		l.signal(c, e.text)
	case "late":
		l.send(c, e.text)
	case "burst":
		for i := range 3 {
			l.signal(c, e.text+strconv.Itoa(i))
		}
	case "repeat":
		if len(l.accepted) > 0 {
			c.SignalWorkflow(SignalInbound, l.bodies[l.accepted[e.again%len(l.accepted)]])
		}
	case "settings":
		l.w.setMerges(!l.w.merges)
	case "echo", "reaction":
		l.signalAside(c, e)
	case "unreadable":
		c.SignalWorkflow(SignalInbound, "not an envelope")
	case "continue":
		c.SetContinueAsNewSuggested(true)
	case "grow":
		l.grows = true
	case "cancel":
		c.CancelWorkflow()
	default:
		l.update(c, e)
	}
}

func (l *life) signal(c *session, text string) {
	id := fmt.Sprintf("wamid.%d", len(l.accepted))
	l.accepted = append(l.accepted, id)
	l.bodies[id] = c.envelope(text, id)
	l.send(c, id)
}

func (l *life) send(c *session, id string) {
	l.signalled = append(l.signalled, id)
	c.SignalWorkflow(SignalInbound, l.bodies[id])
}

func (l *life) signalAside(c *session, e event) {
	envelope := c.envelope(e.text, fmt.Sprintf("%s.%d", e.kind, len(l.events)))
	if e.kind == "echo" {
		envelope.Messages[0].Echo = true
	} else {
		envelope.Messages[0].Type = "reaction"
		envelope.Messages[0].Message = []byte(`{"type":"reaction","reaction":{"message_id":"wamid.0","emoji":"👍"}}`)
	}
	c.SignalWorkflow(SignalInbound, envelope)
}

// update asks for something; that it may be refused is no matter here.
func (l *life) update(c *session, e event) {
	var args []any
	switch e.kind {
	case UpdateClose:
		args = []any{CloseRequest{}}
	case UpdateHandoff:
		args = []any{HandoffRequest{}}
	case UpdateResume:
		args = []any{ResumeRequest{}}
	}
	c.UpdateWorkflow(e.kind, fmt.Sprintf("u%d", len(l.events)), &testsuite.TestUpdateCallback{
		OnAccept: func() {}, OnReject: func(error) {}, OnComplete: func(any, error) {},
	}, args...)
}

func (l *life) requirePromises() {
	transcripts := l.transcripts()
	processed := map[string]int{}
	for _, entries := range transcripts {
		for _, e := range entries {
			if e.Direction == store.In && (e.Note == "" || e.Note == noteCallOut) {
				processed[e.ID]++
			}
		}
	}
	for _, id := range l.accepted {
		require.Equal(l.t, 1, processed[id], "%s was accepted once", id)
	}
	said := map[string][]post{}
	for _, p := range l.w.posts {
		said[p.Conversation] = append(said[p.Conversation], p)
	}
	for conversation, posts := range said {
		l.requireInOrder(posts, transcripts[conversation])
	}
	for _, a := range l.w.archived {
		l.requireRerun(a, transcripts[a.Conversation])
	}
	for _, a := range l.w.archived {
		if a.Messages > 0 && a.Outcome != OutcomeUnreadable {
			require.NotEmpty(l.t, said[a.Conversation], "%s ended without its notice", a.Conversation)
		}
	}
}

// transcripts are the archived ones, pages first.
func (l *life) transcripts() map[string][]Entry {
	found := map[string][]Entry{}
	for _, page := range l.w.pages {
		found[page.Conversation] = append(found[page.Conversation], page.Entries...)
	}
	pages := map[string]int{}
	for _, a := range l.w.archived {
		require.Greater(l.t, a.Page, pages[a.Conversation], "%s was archived again over what it had", a.Conversation)
		if pages[a.Conversation] = a.Page; len(a.Entries) == 0 {
			pages[a.Conversation]-- // nothing was written
		}
		found[a.Conversation] = append(found[a.Conversation], a.Entries...)
	}
	return found
}

// requireRerun runs an archived conversation again: every byte comes out as it was said.
func (l *life) requireRerun(a activities.ArchiveInput, entries []Entry) {
	if a.Messages == 0 {
		return
	}
	c, err := archive.Read(store.Conversation{ID: a.Conversation, Bot: a.Bot}, []store.Page{{Number: 1, Entries: entries}})
	require.NoError(l.t, err)
	b, err := definition.Load(l.w.bots[a.Bot].Source)
	require.NoError(l.t, err)
	difference, err := rerun.RunWith(func(b *definition.Bot, in chat.Input) (chat.Output, error) {
		return chat.RunWith(l.w.step, b, in), nil
	}, b, c)
	require.NoError(l.t, err)
	require.Nil(l.t, difference)
	if difference, err := rerun.Run(b, c); err == nil && difference == nil { // no step of it was a test's
		_, err := archive.Record(b, c, "x.bot.yaml", "recorded")
		require.NoError(l.t, err)
	}
}

// requireInOrder holds what one conversation said against its transcript.
func (l *life) requireInOrder(posts []post, transcript []Entry) {
	known := map[string]post{}
	var order []string
	end := ""
	sequence := 0
	for _, p := range posts {
		require.False(l.t, end != "" && p.ID != end, "said after the notice: %v", posts)
		if tellsEnd(p) {
			end = p.ID
		}
		if first, repeated := known[p.ID]; repeated {
			require.Equal(l.t, first.Body, p.Body, "equal ids are equal bytes")
			require.Equal(l.t, first.Sequence, p.Sequence)
			continue
		}
		known[p.ID] = p
		sequence++
		require.Equal(l.t, sequence, p.Sequence, "%v", posts)
		if n := len(order); p.InReplyTo != "" && (n == 0 || order[n-1] != p.InReplyTo) {
			order = append(order, p.InReplyTo)
		}
	}
	require.True(l.t, tellsEnd(posts[len(posts)-1]), "%v", posts)
	l.requireLastWords(posts, transcript)
	var asked []string
	for _, e := range transcript {
		if e.Direction == store.In && slices.Contains(order, e.ID) {
			asked = append(asked, e.ID)
		}
	}
	// What made a call and waited for it stands in the next conversation if the call ended this one.
	order = slices.DeleteFunc(order, func(id string) bool { return !slices.Contains(asked, id) })
	require.True(l.t, slices.Equal(asked, order), "messages are answered in the order in which they stand: %v, not %v", asked, order)
	order = slices.DeleteFunc(order, func(id string) bool { return l.late[id] })
	require.True(l.t, slices.IsSortedFunc(order, func(a, b string) int {
		return slices.Index(l.accepted, a) - slices.Index(l.accepted, b)
	}), "and in which they came: %v", order)
}
