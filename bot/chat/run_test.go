package chat

import (
	"encoding/json"
	"fmt"
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
func (r *room) open(messages ...Incoming) Input {
	r.t.Helper()
	state := bot.NewState(r.bot, ours, bot.Contact{WaID: contact}, opened())
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
		in     Input
		says   func(bot.Event) []string
		events string
		left   string
	}{
		{"between the messages", Input{Messages: two}, nil, "inbound@2m0s timerF@5m0s timerI@10m0s inbound@20m0s", "L"},
		{"idle ones not while held", Input{Messages: two, Hold: true}, nil, "inbound@2m0s timerF@5m0s inbound@20m0s", "LI"},
		{"idle ones not once something was said", Input{Messages: two}, always("{}"), "inbound@2m0s timerF@5m0s inbound@20m0s", "LI"},
		{"until the fired one", Input{Until: at(10 * time.Minute)}, nil, "timerF@5m0s timerI@10m0s", "L"},
		{"not before", Input{Until: at(10*time.Minute - 1)}, nil, "timerF@5m0s", "LI"},
		{"the fired ones after the messages", Input{Messages: two[:1], Until: at(time.Hour)}, nil, "inbound@2m0s timerF@5m0s timerI@10m0s timerL@30m0s", ""},
		{
			"a wish comes in its turn",
			Input{Messages: []Incoming{two[0], wish(bot.ControlClose, 7*time.Minute), two[1]}, Until: at(time.Hour)},
			nil, "inbound@2m0s timerF@5m0s control@7m0s timerI@10m0s inbound@20m0s timerL@30m0s", "",
		},
		{
			"a reaction lets them go too",
			Input{Messages: []Incoming{incoming("m1", 7*time.Minute, `{"type":"reaction"}`)}},
			nil, "timerF@5m0s inbound@7m0s", "LI",
		},
		{"a repeat is no event", Input{Messages: []Incoming{text("seen", time.Hour, "a")}}, nil, "", "LIF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := r.scripted(tt.says)
			in := r.open(tt.in.Messages...)
			in.Timers, in.Hold, in.Until = timers, tt.in.Hold, tt.in.Until
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

func TestATurnThatTakesTooLongLeavesTheRestForTheNext(t *testing.T) {
	r := newRoom(t)
	in := r.input(text("a", 0, "hola"), text("b", 0, "menu"), text("c", 0, "menu"))
	all := r.reply(in)

	in.Late = func() bool { return true }
	var apart []Send
	for turns := 1; len(in.Messages) > 0; turns++ {
		out := r.reply(in)
		require.Equal(t, 1, out.Handled, "each turn gets on")
		apart = append(apart, out.Sends...)
		rest := in.Messages[1:]
		in = r.next(out, rest...)
		in.Late = func() bool { return true }
	}
	require.Equal(t, all.Sends, apart)
}
