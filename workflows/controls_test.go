package workflows

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/chattigo/api-isv/store"
)

// answer is what an update came to.
type answer struct {
	accepted bool
	refused  error
	result   ControlResult
	err      error
}

// updates asks for something after a delay from the start.
func (c *session) updates(after time.Duration, name string, args ...any) *answer {
	a := &answer{}
	c.n++
	id := name + "-" + after.String()
	c.RegisterDelayedCallback(func() {
		c.UpdateWorkflow(name, id, &testsuite.TestUpdateCallback{
			OnAccept: func() { a.accepted = true },
			OnReject: func(err error) { a.refused = err },
			OnComplete: func(result any, err error) {
				a.err = err
				if r, ok := result.(ControlResult); ok {
					a.result = r
				}
			},
		}, args...)
	}, after)
	return a
}

func requireRefused(t *testing.T, a *answer, kind, message string) {
	t.Helper()
	require.False(t, a.accepted)
	var refused *temporal.ApplicationError
	require.ErrorAs(t, a.refused, &refused)
	require.Equal(t, kind, refused.Type())
	require.Equal(t, message, refused.Message())
}

func (w *world) notes() []string {
	var notes []string
	for _, a := range w.archived {
		for _, e := range a.Entries {
			if e.Direction == store.Note {
				notes = append(notes, e.Note)
			}
		}
	}
	return notes
}

func TestAnOperatorClosesWithTheBotsWordsAndTheNotice(t *testing.T) {
	for _, tt := range []struct {
		name   string
		in     any
		reason string
	}{
		{"without a reason", CloseRequest{}, "operator"},
		{"with a reason", CloseRequest{Reason: "spam_1"}, "spam_1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := newChat(t, w)
			c.says(0, "Hola")
			closing := c.updates(time.Minute, UpdateClose, tt.in)
			c.run(ConversationInput{})

			require.NoError(t, c.GetWorkflowError())
			require.NoError(t, closing.err)
			require.Equal(t, ControlResult{Conversation: w.archived[0].Conversation, Status: StatusClosing}, closing.result)
			require.Equal(t, tt.reason, w.archived[0].Outcome)
			require.Len(t, w.posts, 4)
			require.Contains(t, w.words()[2], "Cerramos este chat")
			require.Equal(t, noticeBody, w.posts[3].Body)
			require.Equal(t, time.Minute, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
			require.Equal(t, []string{"close: " + tt.reason}, w.notes())
		})
	}
}

func TestAHandedOffConversationIsSilentUntilItIsResumed(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	statuses := c.watchStatus()
	c.says(0, "Hola")
	handoff := c.updates(time.Minute, UpdateHandoff, HandoffRequest{Note: "para Eva"})
	c.says(2*time.Minute, "¿me escuchas?")
	c.says(3*time.Minute, "menu")
	var muted time.Time
	c.RegisterDelayedCallback(func() { muted = w.handedOff }, 4*time.Minute)
	resume := c.updates(20*time.Hour, UpdateResume, ResumeRequest{})
	c.says(20*time.Hour+time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, StatusHandedOff, handoff.result.Status)
	require.Equal(t, StatusOpen, resume.result.Status)
	require.False(t, muted.IsZero(), "the row says that a person answers")
	require.Zero(t, w.handedOff)
	require.Len(t, w.posts, 5, "the greeting's two, the menu again, the farewell, the notice")
	require.Equal(t, 20*time.Hour, w.posts[2].At.Sub(w.posts[0].At).Truncate(time.Second))
	require.Equal(t, w.words()[1], w.words()[2])
	require.Equal(t, 4, w.archived[0].Messages)
	require.Equal(t, []string{StatusHandedOff, StatusOpen}, *statuses)
	require.Equal(t, []string{"handoff: para Eva", "resume"}, w.notes())
}

// watchStatus records every change of the search attribute.
func (c *session) watchStatus() *[]string {
	statuses := &[]string{}
	c.OnUpsertTypedSearchAttributes(mock.Anything).Return(nil).Run(func(args mock.Arguments) {
		changed, ok := args.Get(0).(temporal.SearchAttributes)
		require.True(c.t, ok)
		if status, ok := changed.GetKeyword(AttributeStatus()); ok {
			*statuses = append(*statuses, status)
		}
	})
	return statuses
}

func TestAHandedOffConversationThatIsForgottenClosesAfterADayWithoutAWord(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.updates(time.Minute, UpdateHandoff, HandoffRequest{})
	c.says(time.Hour, "¿hola?")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, "timeout", w.archived[0].Outcome)
	require.Len(t, w.posts, 3)
	require.Equal(t, noticeBody, w.posts[2].Body)
	require.Equal(t, 25*time.Hour, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
}

func TestControlsThatMakeNoSenseAreRefusedWithoutATrace(t *testing.T) {
	w := newWorld(t)
	w.noticeRefused = true
	c := newChat(t, w)
	c.says(0, "Hola")
	tooLong := c.updates(time.Second, UpdateClose, CloseRequest{Reason: strings.Repeat("a", 33)})
	noWord := c.updates(2*time.Second, UpdateClose, CloseRequest{Reason: "Not A Word"})
	longNote := c.updates(3*time.Second, UpdateHandoff, HandoffRequest{Note: strings.Repeat("é", 251)})
	c.says(3500*time.Millisecond, "menu")
	another := c.updates(3600*time.Millisecond, UpdateClose, CloseRequest{Addressee: Addressee{Conversation: "cnv_before"}})
	early := c.updates(4*time.Second, UpdateResume, ResumeRequest{})
	c.updates(5*time.Second, UpdateHandoff, HandoffRequest{})
	twice := c.updates(6*time.Second, UpdateHandoff, HandoffRequest{})
	c.updates(7*time.Second, UpdateClose, CloseRequest{})
	late := c.updates(8*time.Second, UpdateClose, CloseRequest{})
	lateHandoff := c.updates(9*time.Second, UpdateHandoff, HandoffRequest{})
	lateResume := c.updates(10*time.Second, UpdateResume, ResumeRequest{})
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	const reason = "reason must be at most 32 of a-z, 0-9 and _"
	requireRefused(t, tooLong, RefusedInvalid, reason)
	requireRefused(t, noWord, RefusedInvalid, reason)
	requireRefused(t, longNote, RefusedInvalid, "note must be at most 500 bytes of UTF-8")
	requireRefused(t, another, RefusedConflict, "the conversation is closed already")
	requireRefused(t, early, RefusedConflict, "the conversation is not handed off")
	requireRefused(t, twice, RefusedConflict, "the conversation is handed off already")
	for _, a := range []*answer{late, lateHandoff, lateResume} {
		requireRefused(t, a, RefusedConflict, "the conversation is being closed already")
	}
	require.Equal(t, []string{"handoff", "close: operator"}, w.notes())
}

// Two controls in one workflow task are checked against each other, not only against the state.
func TestControlsOfOneTaskKnowOfEachOther(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	var refused []error
	tried := 0
	try := func(name string, args ...any) {
		tried++
		c.UpdateWorkflow(name, strconv.Itoa(tried), &testsuite.TestUpdateCallback{
			OnAccept:   func() { refused = append(refused, nil) },
			OnReject:   func(err error) { refused = append(refused, err) },
			OnComplete: func(any, error) {},
		}, args...)
	}
	c.RegisterDelayedCallback(func() {
		try(UpdateHandoff, HandoffRequest{})
		try(UpdateHandoff, HandoffRequest{})
		try(UpdateResume, ResumeRequest{})
		try(UpdateClose, CloseRequest{})
		try(UpdateClose, CloseRequest{})
	}, time.Minute)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, refused, 5)
	var accepted []bool
	for _, err := range refused {
		accepted = append(accepted, err == nil)
	}
	require.Equal(t, []bool{true, false, true, true, false}, accepted)
}

// A message that came before the control is answered before it, and one that comes after the
// close opens the next conversation.
func TestAControlIsAppliedBetweenTheMessages(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() {
		c.SignalWorkflow(SignalInbound, c.envelope("2", "wamid.before"))
		c.UpdateWorkflow(UpdateClose, "u", &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { require.NoError(t, err) }, OnComplete: func(any, error) {},
		}, CloseRequest{})
		c.SignalWorkflow(SignalInbound, c.envelope("menu", "wamid.after"))
	}, time.Minute)
	c.run(ConversationInput{})

	next := c.carriedOn()
	require.Len(t, next.Carried.Inbox, 1)
	require.Equal(t, "wamid.after", next.Carried.Inbox[0].ID)
	require.Equal(t, "wamid.before", w.posts[2].InReplyTo)
	last := len(w.posts) - 1
	require.Contains(t, w.words()[last-1], "Cerramos este chat")
	require.Equal(t, noticeBody, w.posts[last].Body)
}

func TestAStreamOfHandoffsAndResumesIsBoundedAndMessagesAreAnswered(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	var answers []*answer
	for n := range MaxControls + 4 {
		name, arg := UpdateHandoff, any(HandoffRequest{})
		if n%2 == 1 {
			name, arg = UpdateResume, ResumeRequest{}
		}
		answers = append(answers, c.updates(time.Second+time.Duration(n)*20*time.Millisecond, name, arg))
	}
	last := c.says(10*time.Second, "menu")
	later := c.updates(time.Second+ControlsSpan, UpdateHandoff, HandoffRequest{})
	c.updates(2*ControlsSpan, UpdateClose, CloseRequest{Reason: "solved"})
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	for n, a := range answers {
		if n < MaxControls {
			require.True(t, a.accepted, n)
		} else if n%2 == 0 {
			requireRefused(t, a, RefusedTooMany, "the conversation was handed off and resumed too often within a minute")
		} else {
			require.False(t, a.accepted, n)
		}
	}
	require.True(t, later.accepted, "a minute later it obeys again")
	var replied bool
	for _, p := range w.posts {
		replied = replied || p.InReplyTo == last
	}
	require.True(t, replied, "what the contact writes meanwhile is answered")
	require.Equal(t, "solved", w.archived[0].Outcome, "a close is never too often")
}
