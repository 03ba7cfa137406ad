package workflows

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

// does lets the bot do something more, after what it does anyway.
func (w *world) does(more func(*bot.State, bot.Event) []bot.Effect) {
	w.step = func(b *bot.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		s, effects, err := stepWithCalls(b, s, e)
		return s, append(effects, more(&s, e)...), err
	}
}

func TestADefinitionMayEndAConversationBeforeItsTime(t *testing.T) {
	for _, tt := range []struct {
		name    string
		limit   time.Duration
		outcome string
		after   time.Duration
	}{
		{"its own limit", 2 * time.Hour, bot.ReasonLimit, 2 * time.Hour},
		{"days", 3 * 24 * time.Hour, bot.ReasonLimit, 3 * 24 * time.Hour},
		{"none", 0, OutcomeLifetime, maxLifetime},
		{"the same as ours", maxLifetime, OutcomeLifetime, maxLifetime},
		{"a longer one", 30 * 24 * time.Hour, OutcomeLifetime, maxLifetime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.does(func(s *bot.State, _ bot.Event) []bot.Effect {
				s.Lifetime = tt.limit
				return []bot.Effect{{Kind: bot.EffectTimerClear, Timer: &bot.Timer{Kind: bot.TimerIdle}}}
			})
			c := newChat(t, w)
			c.says(0, "Hola")
			c.run(ConversationInput{})
			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, tt.outcome, w.archived[0].Outcome)
			require.Equal(t, tt.after, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
		})
	}
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

func TestTimersHaveAPurpose(t *testing.T) {
	for want, timer := range map[string]bot.Timer{
		"remind or close: no answer":                {Kind: bot.TimerIdle, ID: "idle/1/0"},
		"go on: the answer is complete":             {Kind: bot.TimerCollect, ID: "collect/1"},
		"close: silent for a day after the handoff": {Kind: bot.TimerHandoff, ID: "handoff"},
		"go on: nobody has taken the chat":          {Kind: bot.TimerHandoff, ID: "handoff/derivar"},
		"another":                                   {Kind: "another"},
	} {
		require.Equal(t, want, timerPurpose(timer))
	}
	require.Equal(t, "7 days", formatDays(maxLifetime))
	require.Equal(t, "36h0m0s", formatDays(36*time.Hour))
}

// Silence is the contact's: an answer that comes in pieces is complete when no more comes,
// whether or not the ISV takes what was said before.
func TestACollectTimerRunsWhileRepliesWait(t *testing.T) {
	w := newWorld(t)
	w.refuse = func(int, string) bool { return w.now().Before(time.Date(2026, 3, 10, 12, 5, 0, 0, time.UTC)) }
	var collected time.Time
	w.step = func(b *bot.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		if e.Timer == "collect/1" {
			s.At, collected = e.At, e.At
			return s, []bot.Effect{say("completo")}, nil
		}
		s, effects, err := bot.Step(b, s, e)
		if e.Cause == "wamid.1" {
			effects = append(effects, bot.Effect{Kind: bot.EffectTimerSet, Timer: &bot.Timer{
				Kind: bot.TimerCollect, ID: "collect/1", Set: s.At, At: s.At.Add(8 * time.Second),
			}})
		}
		return s, effects, err
	}
	c := newChat(t, w)
	c.says(0, "Hola")
	var waiting Snapshot
	c.RegisterDelayedCallback(func() { waiting = c.snapshot() }, time.Minute)
	c.says(10*time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, time.Date(2026, 3, 10, 12, 0, 8, 0, time.UTC), collected)
	require.Equal(t, 3, waiting.Undelivered)
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

func TestAHandoffIsCarriedIntoTheNextRun(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.updates(time.Minute, UpdateHandoff, HandoffRequest{Note: "reclamo"})
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 2*time.Minute)
	c.says(3*time.Minute, "hola")
	c.run(ConversationInput{})
	require.Equal(t, &bot.Handoff{Note: "reclamo"}, c.carriedOn().Carried.Handoff)
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

func TestWhatTheBotDidNotUnderstandIsArchivedByState(t *testing.T) {
	w := newWorld(t)
	w.does(func(s *bot.State, e bot.Event) []bot.Effect {
		s.Refused = map[string]int{"menu": s.Turns}
		return nil
	})
	c := newChat(t, w)
	c.says(0, "Hola")
	c.says(time.Second, "¿qué?")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, map[string]int{"menu": 3}, w.archived[0].Refused)
	require.Zero(t, w.archived[0].Unanswered, "they were answered, if with a question")
}

func TestAnOptOutIsKept(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(2, time.Minute, "algo")
	c := newChat(t, w)
	c.says(0, "consulta")
	c.says(time.Second, "baja")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []store.Preference{{
		Channel: testChannel, WaID: testContact, OptedOut: true, At: time.Date(2026, 3, 10, 12, 0, 1, 0, time.UTC),
	}}, w.preferences)
}

// The server refuses an input above 2 MiB for ever.
func TestACallFitsIntoWhatIsCarried(t *testing.T) {
	// A body of control characters is six times as long as JSON; everything else is at its bound.
	body := strings.Repeat("\x01", 64<<10)
	carried := Carried{
		State: &bot.State{Vars: map[string]json.RawMessage{"v": json.RawMessage(`"` + strings.Repeat("x", 64<<10) + `"`)}},
		Call: &requestedCall{
			Call:    bot.Call{ID: "c", URL: "https://api.example/" + strings.Repeat("x", 32<<10)},
			Outcome: &activities.CallOutcome{Result: bot.CallResult{Call: "c", Body: body}},
		},
		Handoff: &bot.Handoff{Note: strings.Repeat("ñ", 1<<10)},
		Inbox:   []queued{{Inbound: Inbound{Message: json.RawMessage(`"` + strings.Repeat("x", maxCarried) + `"`)}}},
	}
	for i := range maxRemembered {
		id := store.MessageID{Hash: uint64(i), Timestamp: 1 << 62}
		carried.Own.IDs, carried.Others.IDs = append(carried.Own.IDs, id), append(carried.Others.IDs, id)
	}
	for range maxOutbox {
		carried.Outbox = append(carried.Outbox, Parked{ID: "msg_" + strings.Repeat("f", 32), Sequence: 1 << 20})
	}
	require.Less(t, jsonSize(t, ConversationInput{Carried: &carried}), 2<<20)
}
