package activities

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// script is a bot in the place of bot.Step that names the events it sees, and does what it is
// told to. While it has a call out it defers what the contract says.
type script struct {
	events []string
	// says gives the bodies of an event.
	says func(bot.Event) []string
	// does changes the state and gives other effects, which come after the bodies.
	does func(*bot.State, bot.Event) []bot.Effect
}

func (s *script) step(_ *definition.Bot, state bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
	s.events = append(s.events, fmt.Sprintf("%s%s@%s", e.Kind, e.Timer, e.At.Sub(opened())))
	if e.At.After(state.At) {
		state.At = e.At
	}
	var effects []bot.Effect
	if s.says != nil {
		for _, body := range s.says(e) {
			effects = append(effects, bot.Effect{Kind: bot.EffectSend, Send: &bot.Send{Body: json.RawMessage(body)}})
		}
	}
	if s.does != nil {
		effects = append(effects, s.does(&state, e)...)
	}
	return state, effects, nil
}

func (r *room) scripted(says func(bot.Event) []string) *script {
	s := &script{says: says}
	r.step = s.step
	return s
}

// open is the input of a turn of an open conversation.
func (r *room) open(messages ...Incoming) ReplyInput {
	r.t.Helper()
	b, err := definition.Load(definition.Starter())
	require.NoError(r.t, err)
	state := bot.NewState(b, ours, bot.Contact{WaID: contact}, opened())
	in := r.input(messages...)
	in.State = &state
	return in
}

func always(body string) func(bot.Event) []string {
	return func(bot.Event) []string { return []string{body} }
}

func TestTurnGoesByTheDeadlines(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	timer := func(kind bot.TimerKind, id string, minutes int) bot.Timer {
		return bot.Timer{Kind: kind, ID: id, Set: opened(), At: at(time.Duration(minutes) * time.Minute)}
	}
	timers := []bot.Timer{timer("later", "L", 30), timer(bot.TimerIdle, "I", 10), timer("first", "F", 5)}
	two := []Incoming{text("m1", 2*time.Minute, "a"), text("m2", 20*time.Minute, "b")}
	r.closed("cnv_before", "seen")
	for _, tt := range []struct {
		name   string
		in     ReplyInput
		says   func(bot.Event) []string
		events string
		left   string
	}{
		{"between the messages", ReplyInput{Messages: two}, nil, "inbound@2m0s timerF@5m0s timerI@10m0s inbound@20m0s", "L"},
		{"idle ones not while held", ReplyInput{Messages: two, Hold: true}, nil, "inbound@2m0s timerF@5m0s inbound@20m0s", "LI"},
		{"idle ones not once something was said", ReplyInput{Messages: two}, always("{}"), "inbound@2m0s timerF@5m0s inbound@20m0s", "LI"},
		{"until the fired one", ReplyInput{Until: at(10 * time.Minute)}, nil, "timerF@5m0s timerI@10m0s", "L"},
		{"not before", ReplyInput{Until: at(10*time.Minute - 1)}, nil, "timerF@5m0s", "LI"},
		{"the fired ones after the messages", ReplyInput{Messages: two[:1], Until: at(time.Hour)}, nil, "inbound@2m0s timerF@5m0s timerI@10m0s timerL@30m0s", ""},
		{
			"a wish comes in its turn",
			ReplyInput{Messages: []Incoming{two[0], wish(bot.ControlClose, 7*time.Minute), two[1]}, Until: at(time.Hour)},
			nil, "inbound@2m0s timerF@5m0s control@7m0s timerI@10m0s inbound@20m0s timerL@30m0s", "",
		},
		{
			"a reaction lets them go too",
			ReplyInput{Messages: []Incoming{incoming("m1", 7*time.Minute, `{"type":"reaction"}`)}},
			nil, "timerF@5m0s inbound@7m0s", "LI",
		},
		{"a repeat is no event", ReplyInput{Messages: []Incoming{text("seen", time.Hour, "a")}, Horizon: at(2 * time.Hour).Unix()}, nil, "", "LIF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := r.scripted(tt.says)
			in := r.open(tt.in.Messages...)
			in.Timers, in.Hold, in.Until, in.Horizon = timers, tt.in.Hold, tt.in.Until, tt.in.Horizon
			result := r.reply(in)
			require.Equal(t, tt.events, strings.Join(s.events, " "))
			var left string
			for _, timer := range result.Timers {
				left += timer.ID
			}
			require.Equal(t, tt.left, left)
			require.Equal(t, len(in.Messages), result.Handled)
		})
	}
}

func TestTurnEndsAtItsBound(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	sized := func(kib int) string { return `"` + strings.Repeat("x", kib<<10-2) + `"` }
	messages := []Incoming{text("m1", 0, "a"), text("m2", 1, "b"), text("m3", 2, "c"), text("m4", 3, "d")}

	r.scripted(always(sized(50)))
	in := r.open(append(slices.Clone(messages), wish(bot.ControlClose, time.Hour))...)
	in.Until = at(time.Hour)
	result := r.reply(in)
	require.Equal(t, "m1 m2 m3", said(result), "the third goes beyond the bound, the fourth waits")
	require.Equal(t, 3, result.Handled)
	require.Nil(t, result.Close)

	r.scripted(always(sized(128)))
	require.Equal(t, 1, r.reply(r.open(messages...)).Handled)

	in = r.open(messages...)
	in.Timers = []bot.Timer{{Kind: bot.TimerIdle, ID: "I", At: at(-time.Second)}}
	result = r.reply(in)
	require.Equal(t, "-", said(result), "what a timer said fills the turn")
	require.Zero(t, result.Handled)
	require.Equal(t, "m1", said(r.reply(r.next(result, messages...))))
}

// A real bot that says 80 KiB for every message; what waits is answered by the next turns.
func TestTurnsAnswerEverythingInTheEnd(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	long := strings.Repeat("é", 4000)
	r.bot = r.publish(`{"bot":"v1","name":"largo","start":"s","states":{"s":{"say":["` +
		strings.Join(slices.Repeat([]string{long}, 9), `","`) + `",{"interactive":{"type":"button","body":{"text":"?"},` +
		`"action":{"buttons":[{"type":"reply","reply":{"id":"x","title":"Otra vez"}}]}}}],"ask":{"choices":{"x":"s"}}}}}`)
	in := r.input(text("m1", 0, "hola"), text("m2", 1, "1"), text("m3", 2, "1"), text("m4", 3, "1"))
	var turns, replies int
	for len(in.Messages) > 0 {
		result := r.reply(in)
		require.Positive(t, result.Handled)
		require.Less(t, len(bytesOf(t, result)), 256<<10)
		in = r.next(result, in.Messages[result.Handled:]...)
		turns++
		replies += len(result.Sends)
	}
	require.Equal(t, 2, turns)
	require.Equal(t, 40, replies)
}

func TestABotThatFailsApologises(t *testing.T) {
	t.Parallel()
	const secret = "mi clave es 1234"
	for _, tt := range []struct {
		name string
		fail func() error
		log  string
	}{
		{"with an error", func() error { return errors.New("no way out") }, "no way out"},
		{"with a panic", func() error { panic(secret) }, "panic=string"},
		{"with a run-time error", func() error { var s *definition.Bot; return errors.New(s.Name) }, "panic=runtime.errorString"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.step = func(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
				if e.Message.TypedText() == secret {
					return s, nil, tt.fail()
				}
				return bot.Step(b, s, e)
			}
			in := r.input(text("m1", 0, "hola"), text("m2", 1, secret), text("m3", 2, "hola"))
			result := r.reply(in)
			require.Equal(t, "m1 m1 m2", said(result))
			require.Equal(t, &bot.Close{Reason: definition.ReasonError, Notice: true}, result.Close)
			require.True(t, result.State.Closed)
			require.Equal(t, 2, result.Handled)
			require.Empty(t, result.Timers)
			require.Contains(t, r.logs.String(), tt.log)
			require.NotContains(t, r.logs.String(), secret)
			require.NotContains(t, r.logs.String(), contact)
			require.Equal(t, bytesOf(t, result), bytesOf(t, r.reply(in)))
		})
	}
}

func TestAStateOfAnotherBotApologises(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	in := r.next(first, text("m2", 1, "hola"))
	in.Bot = r.publish(`{"bot":"v1","name":"otro","start":"s","states":{"s":{"say":["hola"],"close":{"reason":"x"}}}}`)
	result := r.reply(in)
	require.Equal(t, "m2", said(result))
	require.Equal(t, definition.ReasonError, result.Close.Reason)
}

func BenchmarkReply(b *testing.B) {
	r := newRoom(b)
	first := r.reply(r.input(text("m1", 0, "hola")))
	in := r.next(first, text("m2", time.Minute, "1"))
	r.log = slog.New(slog.DiscardHandler)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Reply(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
