package workflows

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"
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
func (c *chat) updates(after time.Duration, name string, args ...any) *answer {
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
func (c *chat) watchStatus() *[]string {
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

func (c *chat) echoes(after time.Duration, text string) {
	c.n++
	id := "wamid.echo" + after.String()
	c.RegisterDelayedCallback(func() {
		e := c.envelope(text, id)
		e.Messages[0].Echo = true
		c.SignalWorkflow(SignalInbound, e)
	}, after)
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

func TestAnEchoAloneOpensNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.echoes(0, "Hola Ana, soy Eva")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Empty(t, w.posts)
	require.Empty(t, w.archived)
}

func TestWishesThatMakeNoSenseAreRefusedWithoutATrace(t *testing.T) {
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

// Two wishes in one workflow task are held against each other, not only against the state.
func TestWishesOfOneTaskKnowOfEachOther(t *testing.T) {
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

// A message that came before the wish is answered before it, and one that comes after the
// close opens the next conversation.
func TestAWishStandsBetweenTheMessages(t *testing.T) {
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

func TestAWishIsCarriedIntoTheNextRun(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 30*time.Second)
	closing := c.updates(time.Minute, UpdateClose, CloseRequest{Reason: "spam"})
	c.run(ConversationInput{})

	require.True(t, closing.accepted)
	next := c.carriedOn()
	require.NotNil(t, next.Carried.Inbox[0].Control)
	second := newChat(t, w)
	second.run(next)
	require.NoError(t, second.GetWorkflowError())
	require.Equal(t, "spam", w.archived[0].Outcome)
	require.Len(t, w.posts, 4)
}

func TestACancelledConversationClosesAtTheTimeOfTheWish(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(c.CancelWorkflow, 5*time.Minute)
	c.run(ConversationInput{})
	require.Equal(t, 5*time.Minute, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
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
	require.Len(t, open.Tail, 3)
	require.False(t, open.Deadline.IsZero())
	require.Contains(t, page, "**2 not delivered**, from no. 1: HTTP 500")
	require.Contains(t, page, "`Hola `")
	require.Contains(t, page, "**contact**")
}

func (c *chat) snapshot() (s Snapshot) {
	value, err := c.QueryWorkflow(QueryState)
	require.NoError(c.t, err)
	require.NoError(c.t, value.Get(&s))
	return s
}

// details is the page that operators see.
func (c *chat) details() string {
	value, err := c.QueryWorkflow("__temporal_workflow_metadata")
	require.NoError(c.t, err)
	var metadata sdkpb.WorkflowMetadata
	require.NoError(c.t, value.Get(&metadata))
	return metadata.GetCurrentDetails()
}

func TestWhatContactsWriteCannotChangeTheOperatorsPage(t *testing.T) {
	for in, want := range map[string]string{
		"hola":                           "`hola `",
		"`code` ![x](http://evil/x.png)": "`'code' ![x](http://evil/x.png) `",
		"a\n# b\u202ec\x00":              "`a # b c  `",
		"":                               "` `",
		strings.Repeat("é", 100):         "`" + strings.Repeat("é", 79) + "… `",
	} {
		require.Equal(t, want, codeSpan(in))
	}
}

func TestTheLastWordsAreWhatPeopleRead(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"text","text":{"body":"hola"}}`:                                                              "hola",
		`{"type":"interactive","interactive":{"type":"button","body":{"text":"¿sí?"},"action":{}}}`:           "¿sí?",
		`{"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"a","title":"Sí"}}}`: "Sí",
		`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"a","title":"Uno"}}}`:    "Uno",
		`{"type":"button","button":{"payload":"p","text":"Alive"}}`:                                           "Alive",
		`{"type":"image","image":{"id":"1","caption":"mira"}}`:                                                "mira",
		`{"type":"image","image":{"id":"1"}}`:                                                                 "<image>",
		`{"type":"text","text":"not an object"}`:                                                              "<text>",
		`not json`:                                                                                            "<x>",
		``:                                                                                                    "<x>",
	} {
		require.Equal(t, want, visibleText(Entry{Type: "x", Body: []byte(body)}), body)
	}
}

func TestAWishThatComesTooLateIsNotedAndOpensNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() {
		c.SignalWorkflow(SignalInbound, c.envelope("salir", "wamid.bye"))
		c.UpdateWorkflow(UpdateHandoff, "u", &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { require.NoError(t, err) }, OnComplete: func(any, error) {},
		}, HandoffRequest{})
	}, time.Minute)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError(), "no conversation follows")
	require.Equal(t, "resolved", w.archived[0].Outcome)
	require.Equal(t, []string{"handoff: " + noteTooLate}, w.notes())
}
