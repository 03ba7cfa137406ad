package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// asked are the names of the regular activities, in the order in which they began.
func (c *session) asked() *[]string {
	var names []string
	c.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		names = append(names, info.ActivityType.Name+"@"+info.TaskQueue)
	})
	return &names
}

func TestACallsOutcomeIsSaidAndWhatWaitedIsAnsweredInOrder(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(3, 4*time.Second, "dos horas")
	c := newChat(t, w)
	names := c.asked()
	consulta := c.says(0, "consulta")
	during := c.says(time.Second, "menu")
	again := c.says(2*time.Second, "horarios")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"wamid.1/0#1", "wamid.1/0#2", "wamid.1/0#3"}, w.called)
	require.Contains(t, *names, "Call@"+activities.CallsQueue)
	require.Equal(t, []string{"buscando", "encontré dos horas"}, w.words()[:2])
	var causes []string
	for _, p := range w.posts {
		if n := len(causes); n == 0 || causes[n-1] != p.InReplyTo {
			causes = append(causes, p.InReplyTo)
		}
	}
	require.Equal(t, []string{consulta, during, again, "wamid.4", ""}, causes)
	require.Equal(t, 8*time.Second, w.posts[1].At.Sub(w.posts[0].At), "nothing was said before the call was back")
	archived := w.archived[0]
	require.Equal(t, 4, archived.Messages)
	require.Zero(t, archived.Unanswered)
	require.Equal(t, []string{consulta, during, again, "wamid.4"}, saidBy(archived.Entries, store.In))
}

// saidBy are the ids of one side of a transcript.
func saidBy(entries []Entry, side store.Direction) (ids []string) {
	for _, e := range entries {
		if e.Direction == side {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func TestAMessageThatWaitsForItsOwnCallIsAnsweredAfterIt(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(2, 4*time.Second, "algo")
	c := newChat(t, w)
	c.says(0, "cambio")
	c.says(time.Second, "horarios")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"un momento", "encontré algo"}, w.words()[:2])
	require.Equal(t, []string{"wamid.1", "wamid.2", "wamid.3"}, inOrder(w.posts))
	require.Equal(t, []string{"wamid.1/0#1", "wamid.1/0#2"}, w.called)
	require.Equal(t, 3, w.archived[0].Messages)
}

func TestACallCostsNoTurnBesideItsOutcome(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	var turns []string
	c.SetOnLocalActivityStartedListener(func(info *activity.Info, _ context.Context, _ []any) {
		turns = append(turns, info.ActivityType.Name)
	})
	timers := 0
	c.SetOnTimerScheduledListener(func(string, time.Duration) { timers++ })
	c.says(0, "consulta")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"Reply", "Deliver", "Reply", "Deliver", "Reply", "Deliver"}, turns)
	require.Equal(t, 1, timers, "the conversation's own")
}

// What is deferred is no work: it is looked at again only with something new.
func TestWhatWaitsForACallIsNotLookedAtInACircle(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(3, time.Minute, "algo")
	c := newChat(t, w)
	replies := 0
	c.SetOnLocalActivityStartedListener(func(info *activity.Info, _ context.Context, _ []any) {
		if info.ActivityType.Name == "Reply" {
			replies++
		}
	})
	c.says(0, "Hola") // its reminder is due after 10 minutes
	c.says(9*time.Minute, "consulta")
	c.says(9*time.Minute+30*time.Second, "menu")
	c.says(10*time.Minute+30*time.Second, "menu")
	c.says(20*time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 6, replies, "four messages before the outcome, the outcome, and the last message")
}

func TestACallWithoutOutcomeTimesOut(t *testing.T) {
	for _, tt := range []struct {
		name string
		fail func() error
	}{
		{"its worker was lost", func() error { return temporal.NewTimeoutError(1, errors.New("lost")) }},
		{"no attempt is left", func() error { return comeAgain(time.Second) }},
		{"it fails for good", func() error { return temporal.NewNonRetryableApplicationError("x", "x", nil) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.api = func(activities.CallInput, int) (bot.CallResult, error) { return bot.CallResult{}, tt.fail() }
			c := newChat(t, w)
			c.says(0, "consulta")
			c.says(time.Second/2, "menu")
			c.says(time.Minute, "salir")
			var recorded []string
			c.SetOnTimerScheduledListener(func(_ string, d time.Duration) { recorded = append(recorded, d.String()) })
			c.run(ConversationInput{})
			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, []string{"buscando", "encontré timeout"}, w.words()[:2])
			require.Contains(t, recorded, "1ms", "the time of it is recorded before anything is said")
			require.Equal(t, 3, w.archived[0].Messages)
			require.LessOrEqual(t, len(w.called), 3)
		})
	}
}

// inOrder are the messages that were answered, each once.
func inOrder(posts []post) (ids []string) {
	for _, p := range posts {
		if n := len(ids); p.InReplyTo != "" && (n == 0 || ids[n-1] != p.InReplyTo) {
			ids = append(ids, p.InReplyTo)
		}
	}
	return ids
}

// A call that came back just as its run ended is carried as an outcome.
func TestAnOutcomeIsCarriedIntoTheNextRun(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	carried := Carried{
		ID: "cnv_1", NextPage: 1, Bot: w.hash,
		Call: &requestedCall{
			Call: bot.Call{ID: "wamid.0/0"}, For: "wamid.0",
			Outcome: &chat.CallOutcome{Result: bot.CallResult{Call: "wamid.0/0", Body: "algo"}, At: c.Now()},
		},
	}
	b, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	state := bot.NewState(b, "cnv_1", bot.Contact{WaID: testContact}, c.Now())
	state.Pending = &bot.Pending{Call: "wamid.0/0"}
	carried.State = &state
	raw, err := json.Marshal(carried)
	require.NoError(t, err)
	carried = Carried{}
	require.NoError(t, json.Unmarshal(raw, &carried))
	c.says(time.Minute, "salir")
	c.run(ConversationInput{Carried: &carried})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, "encontré algo", w.words()[0])
	require.Equal(t, "wamid.0", w.posts[0].InReplyTo)
	require.Empty(t, w.called)
}

func TestTheEndWaitsForNoCall(t *testing.T) {
	for _, tt := range []struct {
		name    string
		end     func(*session)
		outcome string
	}{
		{"closed by an operator", func(c *session) { c.updates(2*time.Second, UpdateClose, CloseRequest{Reason: "spam"}) }, "spam"},
		{"cancelled", func(c *session) { c.RegisterDelayedCallback(c.CancelWorkflow, 2*time.Second) }, OutcomeCanceled},
		{"opted out", func(c *session) { c.says(2*time.Second, "baja") }, "optout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.api = slowly(3, time.Minute, "algo")
			c := newChat(t, w)
			c.says(0, "consulta")
			waited := c.says(time.Second, "menu")
			tt.end(c)
			c.run(ConversationInput{})
			if tt.outcome == OutcomeCanceled {
				require.True(t, temporal.IsCanceledError(c.GetWorkflowError()))
			} else {
				require.NoError(t, c.GetWorkflowError())
			}
			archived := w.archived[0]
			require.Equal(t, tt.outcome, archived.Outcome)
			require.Less(t, w.archivedAt.Sub(archived.OpenedAt), 5*time.Second)
			require.Equal(t, noticeBody, w.posts[len(w.posts)-1].Body)
			require.NotContains(t, w.words(), "encontré algo")
			require.Equal(t, 1, archived.Unanswered, "what waited for the call belongs to the conversation that ended")
			var notes []string
			for _, e := range archived.Entries {
				if e.ID == waited {
					notes = append(notes, e.Note)
				}
			}
			require.Equal(t, []string{noteCallOut}, notes)
		})
	}
}

func TestAnOutcomeThatClosesLeavesWhatWaitedToTheNextConversation(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(2, 4*time.Second, "close")
	c := newChat(t, w)
	c.says(0, "consulta")
	c.says(time.Second, "gracias")
	c.run(ConversationInput{})
	next := c.carriedOn()
	require.Empty(t, next.Carried.ID)
	require.Nil(t, next.Carried.Call)
	require.Len(t, next.Carried.Inbox, 1)
	require.Equal(t, "found", w.archived[0].Outcome)
	require.Equal(t, 1, w.archived[0].Messages)
}

func TestAHandoffEndsTheWaitForACall(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(3, time.Minute, "algo")
	c := newChat(t, w)
	c.says(0, "consulta")
	c.says(time.Second, "menu")
	c.updates(2*time.Second, UpdateHandoff, HandoffRequest{Note: "reclamo"})
	var during, after Snapshot
	c.RegisterDelayedCallback(func() { during = c.snapshot() }, 1500*time.Millisecond)
	c.RegisterDelayedCallback(func() { after = c.snapshot() }, 3*time.Second)
	c.updates(10*time.Minute, UpdateClose, CloseRequest{})
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, &CallOut{Method: "GET", Target: "api.example/horas/7", Since: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}, during.Call)
	require.Equal(t, 1, during.Waiting)
	require.Nil(t, after.Call)
	require.Zero(t, after.Waiting, "a person reads it")
	require.Equal(t, &bot.Handoff{Note: "reclamo"}, after.Handoff)
	require.NotContains(t, w.words(), "encontré algo")
	require.Equal(t, 2, w.archived[0].Messages)
}

// A call that was called off and the next one do not get into each other's way.
func TestACallAfterOneThatWasCalledOff(t *testing.T) {
	w := newWorld(t)
	w.api = func(in activities.CallInput, attempt int) (bot.CallResult, error) {
		if in.Call.ID == "wamid.1/0" && attempt == 1 {
			return bot.CallResult{}, comeAgain(30 * time.Second)
		}
		return bot.CallResult{Body: in.Call.ID}, nil
	}
	c := newChat(t, w)
	c.says(0, "consulta")
	c.updates(time.Second, UpdateHandoff, HandoffRequest{})
	c.updates(2*time.Second, UpdateResume, ResumeRequest{})
	c.says(3*time.Second, "consulta")
	c.says(2*time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Contains(t, w.words(), "encontré wamid.4/0")
	require.NotContains(t, w.words(), "encontré wamid.1/0")
}

func TestCallsFollowOneAnother(t *testing.T) {
	w := newWorld(t)
	w.api = func(in activities.CallInput, _ int) (bot.CallResult, error) {
		return bot.CallResult{Body: map[bool]string{true: "again", false: "algo"}[in.Call.ID == "wamid.1/0"]}, nil
	}
	c := newChat(t, w)
	c.says(0, "consulta")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"wamid.1/0#1", "wamid.1/0/0#1"}, w.called)
	require.Equal(t, []string{"wamid.1", "wamid.2"}, inOrder(w.posts))
}

// A message that may not wait is posted in a later workflow task than the one that found it: were
// that one repeated, the call could be back before it.
func TestWhatJumpsAheadIsRecordedBeforeItIsSaid(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(3, time.Minute, "algo")
	c := newChat(t, w)
	var order []string
	c.SetOnTimerScheduledListener(func(_ string, d time.Duration) {
		if d == time.Millisecond {
			order = append(order, "recorded")
		}
	})
	c.SetOnLocalActivityStartedListener(func(info *activity.Info, _ context.Context, _ []any) {
		order = append(order, info.ActivityType.Name)
	})
	c.says(0, "consulta")
	c.says(time.Second, "menu")
	c.says(2*time.Second, "baja")
	c.run(ConversationInput{})
	require.Equal(t, []string{"Reply", "Deliver", "Reply", "Reply", "recorded", "Deliver"}, order)
}

func TestTargetShowsHostAndPathOnly(t *testing.T) {
	for url, want := range map[string]string{
		"https://api.example/horas":              "api.example/horas",
		"https://api.example":                    "api.example/",
		"https://api.example?rut=1":              "api.example/",
		"https://api.example/a/b?rut=1#c":        "api.example/a/b",
		"https://api.example/a#b?c":              "api.example/a",
		"https://user:pass@api.example:8443/a@b": "api.example:8443/a@b",
		"":                                       "an unreadable address",
		"nonsense":                               "an unreadable address",
	} {
		require.Equal(t, want, target(bot.Call{URL: url}), url)
	}
	long := target(bot.Call{URL: "https://api.example/" + string(make([]byte, 500))})
	require.LessOrEqual(t, len(long), maxTarget+len("…"))
}
