package chat

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
)

// drawMessages gives messages of a contact, sensible and senseless, some of them repeated,
// some with a clock that goes back.
func drawMessages(t *rapid.T, prefix string, after time.Duration) []Incoming {
	var messages []Incoming
	for n := range rapid.IntRange(0, 6).Draw(t, "messages") {
		after += time.Duration(rapid.IntRange(-30, 900).Draw(t, "seconds")) * time.Second
		id := prefix + string(rune('a'+n))
		if rapid.IntRange(0, 7).Draw(t, "repeat") == 0 {
			id = rapid.SampledFrom([]string{"seen1", "seen2"}).Draw(t, "seen")
		}
		m := drawMessage(t, id, after)
		m.Name = rapid.SampledFrom([]string{"Ana", "", "Eva"}).Draw(t, "name")
		messages = append(messages, m)
	}
	return messages
}

func drawMessage(t *rapid.T, id string, after time.Duration) Incoming {
	if rapid.IntRange(0, 3).Draw(t, "kind") > 0 {
		words := rapid.SampledFrom([]string{"hola", "1", "2", "3", "salir", "gracias", "¿qué?", "horario", "menu"})
		return text(id, after, words.Draw(t, "words"))
	}
	bodies := rapid.SampledFrom([]string{
		`{"type":"reaction","reaction":{"emoji":"👍"}}`, `{"type":"system"}`, `{"type":"image","image":{"id":"1"}}`,
		`{"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"horarios"}}}`, `{}`, `null`, `[1]`,
	})
	return incoming(id, after, bodies.Draw(t, "body"))
}

func drawTurn(t *rapid.T, in Input, after time.Duration) Input {
	in.Hold = rapid.Bool().Draw(t, "hold")
	if rapid.Bool().Draw(t, "until") {
		in.Until = at(after + time.Duration(rapid.IntRange(0, 3600).Draw(t, "until"))*time.Second)
	}
	if rapid.IntRange(0, 4).Draw(t, "wish") == 0 {
		control := rapid.SampledFrom([]bot.Control{bot.ControlClose, bot.ControlHandoff, bot.ControlResume}).Draw(t, "control")
		w := wish(control, after)
		w.ID += after.String() // a cause occurs once
		in.Messages = append(slices.Clone(in.Messages), w)
	}
	return in
}

// bodies collects what was said under each webhook-id, whichever way it came to be said.
type bodies map[string]string

func (b bodies) add(t *rapid.T, r Output) {
	seen := map[string]bool{}
	for _, s := range r.Sends {
		require.False(t, seen[s.ID], "an id occurs once in a turn")
		seen[s.ID] = true
		if body, known := b[s.ID]; known {
			require.Equal(t, body, string(s.Body))
		}
		b[s.ID] = string(s.Body)
	}
}

func (r *room) mustReply(t *rapid.T, in Input) Output {
	before := bytesOf(t, in)
	result := r.reply(in)
	require.Equal(t, before, bytesOf(t, in), "the input stays as it was")
	require.LessOrEqual(t, result.Handled, len(in.Messages))
	return result
}

// A turn is repeated whenever its workflow task is, with what has come meanwhile: the same
// again, and then more, but never something else.
func TestATurnThatIsRepeatedSaysTheSame(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before", "seen1", "seen2")
	rapid.Check(t, func(t *rapid.T) {
		in := r.input()
		all := bodies{}
		if rapid.Bool().Draw(t, "open") {
			first := r.mustReply(t, r.input(text("m0", 0, "hola")))
			all.add(t, first)
			in = r.next(first)
		}
		in.Hold = rapid.Bool().Draw(t, "hold")
		messages := drawMessages(t, "m", 0)
		var earlier Output
		for n := range len(messages) + 1 {
			in.Messages = messages[:n]
			result := r.mustReply(t, in)
			require.Equal(t, bytesOf(t, result), bytesOf(t, r.mustReply(t, in)))
			require.GreaterOrEqual(t, len(result.Sends), len(earlier.Sends))
			for i, send := range earlier.Sends {
				require.Equal(t, send, result.Sends[i])
			}
			for i, repeat := range earlier.Repeats {
				require.Equal(t, repeat, result.Repeats[i])
			}
			all.add(t, result)
			earlier = result
		}
		in.Messages = messages
		all.add(t, r.mustReply(t, drawTurn(t, in, time.Hour)))
	})
}

// Whole conversations: whatever comes, the invariants of the shell hold after every turn.
func TestTurnsKeepTheInvariants(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before", "seen1", "seen2")
	rapid.Check(t, func(t *rapid.T) {
		in := r.input()
		all := bodies{}
		for n := range rapid.IntRange(1, 6).Draw(t, "turns") {
			after := time.Duration(n) * 20 * time.Minute
			in.Messages = drawMessages(t, "t"+string(rune('0'+n)), after)
			in = drawTurn(t, in, after)
			result := r.mustReply(t, in)
			all.add(t, result)
			checkTurn(t, in, result)
			if result.Close != nil {
				return
			}
			in.State, in.Timers, in.Until = result.State, result.Timers, time.Time{}
		}
	})
}

func checkTurn(t *rapid.T, in Input, r Output) {
	if r.State == nil {
		require.Empty(t, r.Sends)
		require.Empty(t, r.Timers)
		return
	}
	require.Equal(t, r.Close != nil, r.State.Closed)
	require.Equal(t, r.Close == nil && (r.State.Ask != nil || r.State.Muted()), len(r.Timers) > 0, "a timer runs while the conversation does")
	if r.Close == nil {
		require.Equal(t, len(in.Messages), r.Handled)
		for _, m := range in.Messages {
			require.False(t, m.Control != nil && m.Control.Kind == bot.ControlClose, "a wish is never overlooked")
		}
	}
	var latest time.Time
	for _, s := range r.Sends {
		require.False(t, s.At.Before(latest), "time does not go back")
		latest = s.At
	}
	kinds := map[bot.TimerKind]bool{}
	for _, timer := range r.Timers {
		require.False(t, kinds[timer.Kind])
		kinds[timer.Kind] = true
	}
}
