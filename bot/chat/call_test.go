package chat

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// caller is a bot that makes a call when it hears "call", and says every cause. While a call is
// out it defers what is neither from outside nor "stop".
type caller struct {
	causes []string
}

func (c *caller) step(_ *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
	c.causes = append(c.causes, e.Cause)
	words := ""
	if e.Message != nil {
		words = e.Message.TypedText()
	}
	if s.Pending != nil && e.Kind != bot.EventResult && e.Kind != bot.EventControl && words != "stop" {
		return s, []bot.Effect{{Kind: bot.EffectTrace}, {Kind: bot.EffectDeferred}}, nil
	}
	if e.At.After(s.At) {
		s.At = e.At
	}
	s.Pending = nil
	effects := []bot.Effect{saying(e.Cause)}
	switch {
	case words == "call" || (e.Result != nil && e.Result.Body == "again"):
		call := bot.Call{ID: e.Cause + "/0", State: "s", Method: "GET", URL: "https://api.example/x"}
		s.Pending = &bot.Pending{Call: call.ID, State: "s"}
		effects = append(effects, bot.Effect{Kind: bot.EffectCall, Call: &call})
	case words == "stop" || e.Control == bot.ControlClose:
		s.Closed = true
		effects = append(effects, bot.Effect{Kind: bot.EffectClose, Close: &bot.Close{Reason: "optout"}})
	case e.Control == bot.ControlHandoff:
		s.MutedAt, effects = s.At, nil
	}
	return s, effects, nil
}

func saying(words string) bot.Effect {
	body, _ := json.Marshal(words)
	return bot.Effect{Kind: bot.EffectSend, Send: &bot.Send{Body: body}}
}

func (r *room) calling() *caller {
	c := &caller{}
	r.step = c.step
	return c
}

// outcome is what came of the call that the message m1 led to.
func outcome(after time.Duration, body string) *CallOutcome {
	return &CallOutcome{Result: bot.CallResult{Call: "m1/0", Status: 200, Body: body}, At: at(after)}
}

// bodiesOf are a turn's messages: the caller says its causes.
func bodiesOf(r Output) string {
	var all []string
	for _, s := range r.Sends {
		all = append(all, strings.Trim(string(s.Body), `"`))
	}
	return strings.Join(all, " ")
}

// out is the result of a turn that has made a call.
func (r *room) out() Output {
	r.t.Helper()
	result := r.reply(r.open(text("m1", 0, "call")))
	require.Equal(r.t, "m1/0", result.Call.ID)
	require.Equal(r.t, "m1", result.CallFor)
	return result
}

func TestWhatComesWhileACallIsOutIsDeferred(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before", "seen")
	for _, tt := range []struct {
		name     string
		messages []Incoming
		deferred []int
		handled  int
		said     string
		closes   bool
	}{
		{"messages", []Incoming{text("m2", 1, "hola"), text("m3", 2, "¿?")}, []int{0, 1}, 2, "", false},
		{"a repeat is none of them", []Incoming{text("m2", 1, "a"), text("seen", 2, "b"), text("m3", 3, "c")}, []int{0, 2}, 3, "", false},
		{"what may not wait jumps ahead", []Incoming{text("m2", 1, "hola"), text("m3", 2, "stop"), text("m4", 3, "x")}, []int{0}, 2, "m3", true},
		{"a wish does not wait", []Incoming{text("m2", 1, "hola"), wish(bot.ControlClose, 2)}, []int{0}, 2, "u1", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r.calling()
			in := r.next(r.out(), tt.messages...)
			result := r.reply(in)
			require.Equal(t, tt.deferred, result.Deferred)
			require.Equal(t, tt.handled, result.Handled)
			require.Equal(t, tt.said, bodiesOf(result))
			require.Equal(t, tt.closes, result.Close != nil)
			require.Equal(t, tt.closes, result.State.Pending == nil)
			require.Nil(t, result.Call, "it is out already")
			require.Equal(t, bytesOf(t, result), bytesOf(t, r.reply(in)))
		})
	}
}

func TestWhatWasDeferredStaysBeforeWhatCameAfterIt(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.calling()
	in := r.next(r.out(), text("m2", 1, "hola"), wish(bot.ControlHandoff, 2), text("m3", 3, "x"))
	in.Until = at(time.Hour)
	in.Timers = []bot.Timer{{Kind: bot.TimerIdle, ID: "I", At: at(time.Minute)}}
	result := r.reply(in)
	require.Equal(t, []int{0}, result.Deferred)
	require.Equal(t, 2, result.Handled, "the next turn begins with m2")
	require.Len(t, result.Timers, 1)
	require.Equal(t, "m2 m3", said(r.reply(r.next(result, in.Messages[0], in.Messages[2]))))
}

func TestATurnThatMakesACallDefersWhatFollows(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	c := r.calling()
	result := r.reply(r.open(text("m1", 0, "call"), text("m2", 1, "hola"), incoming("m3", 2, `{"type":"reaction"}`)))
	require.Equal(t, []int{1, 2}, result.Deferred)
	require.Equal(t, "m1", bodiesOf(result))
	require.Equal(t, "m1/0", result.Call.ID)
	require.Equal(t, []string{"m1", "m2", "m3"}, c.causes)
	require.Equal(t, opened(), result.Now, "what is deferred has no time yet")

	// The outcome comes first, then what waited, in order.
	in := r.next(result, text("m2", 1, "hola"), text("m3", 2, "¿?"))
	in.Result, in.CallFor = outcome(5*time.Second, "ok"), "m1"
	c.causes = nil
	result = r.reply(in)
	require.Equal(t, []string{"m1/0", "m2", "m3"}, c.causes)
	require.Equal(t, "m1/0 m2 m3", bodiesOf(result))
	require.Equal(t, "m1 m2 m3", said(result), "what a call led to answers the message that led to it")
	require.Empty(t, result.Deferred)
	require.Equal(t, at(5*time.Second), result.Sends[0].At)
	require.Equal(t, at(5*time.Second), result.Sends[1].At, "time does not go back")
	require.Equal(t, MessageID(ours, "m1/0", 0, result.Sends[0].Body), result.Sends[0].ID)
}

// A message that is no part of an answer that comes in pieces completes it. When that leads to a
// call, the message itself has to wait for it.
func TestAMessageMayMakeACallAndWaitForIt(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := r.scripted(nil)
	s.does = func(state *bot.State, e bot.Event) []bot.Effect {
		if e.Cause == "m2" || state.Pending != nil {
			return []bot.Effect{{Kind: bot.EffectDeferred}}
		}
		state.Pending = &bot.Pending{Call: "c"}
		return []bot.Effect{saying("flushed"), {Kind: bot.EffectCall, Call: &bot.Call{ID: "c"}}, {Kind: bot.EffectDeferred}}
	}
	result := r.reply(r.open(text("m1", 1, "menu"), text("m2", 2, "hola")))
	require.Equal(t, []int{0, 1}, result.Deferred)
	require.Equal(t, "flushed", bodiesOf(result))
	require.Equal(t, "c", result.Call.ID)
	require.Equal(t, "m1", result.CallFor)
}

func TestAnOutcomeMayLeadToTheNextCall(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.calling()
	in := r.next(r.out(), text("m2", 1, "hola"))
	in.Result, in.CallFor = outcome(time.Second, "again"), "m1"
	result := r.reply(in)
	require.Equal(t, "m1/0/0", result.Call.ID)
	require.Equal(t, "m1", result.CallFor)
	require.Equal(t, []int{0}, result.Deferred)
}

func TestACallThatIsNotWantedAnyMoreIsNotMade(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.calling()
	for name, last := range map[string]Incoming{
		"closed": text("m2", 1, "stop"), "handed off": wish(bot.ControlHandoff, 1), "closed from outside": wish(bot.ControlClose, 1),
	} {
		t.Run(name, func(t *testing.T) {
			result := r.reply(r.open(text("m1", 0, "call"), last))
			require.Nil(t, result.Call)
			require.Empty(t, result.CallFor)
			require.Nil(t, result.State.Pending)
		})
	}
}

// However much has been deferred, what may not wait is looked at in one turn.
func TestDeferredMessagesDoNotFillATurn(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.calling()
	var messages []Incoming
	for n := range 5 {
		messages = append(messages, text("m2"+string(rune('a'+n)), 1, strings.Repeat("x", 100<<10)))
	}
	result := r.reply(r.next(r.out(), append(messages, text("m3", 2, "stop"))...))
	require.Equal(t, []int{0, 1, 2, 3, 4}, result.Deferred)
	require.Equal(t, "m3", bodiesOf(result))
}

func TestDeadlinesWhileACallIsOut(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	c := r.calling()
	timers := []bot.Timer{
		{Kind: bot.TimerCollect, ID: "C", At: at(2 * time.Second)},
		{Kind: bot.TimerIdle, ID: "I", At: at(8 * time.Second)},
	}
	first := r.out()
	in := r.next(first, text("m2", 3*time.Second, "hola"))
	in.Timers, in.Until = timers, at(4*time.Second)
	c.causes = nil
	result := r.reply(in)
	require.Equal(t, timers, result.Timers, "they have to come again")
	require.Equal(t, []string{timerCause("C", timers[0].At), "m2"}, c.causes, "each is offered once a turn")

	in.Result = outcome(5*time.Second, "ok")
	c.causes = nil
	result = r.reply(in)
	require.Equal(t, []string{timerCause("C", timers[0].At), "m1/0", timerCause("C", timers[0].At), "m2"}, c.causes,
		"what was due before the outcome goes before it, if it may; else at once after it")
	require.Equal(t, timers[1:], result.Timers)
}

// The shell relies on the contract: who breaks it is ended, and waits for nothing.
func TestABotThatWaitsForNothingApologises(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	deferring := func(*bot.State, bot.Event) []bot.Effect { return []bot.Effect{{Kind: bot.EffectDeferred}} }
	for _, tt := range []struct {
		name string
		out  bool
		does func(*bot.State, bot.Event) []bot.Effect
		in   []Incoming
		with *CallOutcome
	}{
		{"deferred without a call", false, deferring, []Incoming{text("m2", 1, "x")}, nil},
		{"a wish is deferred", true, deferring, []Incoming{wish(bot.ControlResume, 1)}, nil},
		{"an outcome is deferred", true, func(s *bot.State, _ bot.Event) []bot.Effect {
			s.Pending = nil
			return []bot.Effect{{Kind: bot.EffectDeferred}}
		}, nil, outcome(1, "")},
		{"waits for a call that was never made", false, func(s *bot.State, _ bot.Event) []bot.Effect {
			s.Pending = &bot.Pending{Call: "other"}
			return nil
		}, []Incoming{text("m2", 1, "x")}, nil},
		{"still waits for one that is back", true, func(*bot.State, bot.Event) []bot.Effect { return nil }, nil, outcome(1, "")},
		{"a call that is too large", false, func(s *bot.State, _ bot.Event) []bot.Effect {
			s.Pending = &bot.Pending{Call: "c"}
			return []bot.Effect{{Kind: bot.EffectCall, Call: &bot.Call{ID: "c", Body: []byte(strings.Repeat("x", bot.MaxCall))}}}
		}, []Incoming{text("m2", 1, "x")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := r.scripted(nil)
			s.does = tt.does
			in := r.open(tt.in...)
			if tt.out {
				in.State.Pending = &bot.Pending{Call: "m1/0"}
			}
			in.Result = tt.with
			result := r.reply(in)
			require.Equal(t, &bot.Close{Reason: definition.ReasonError, Notice: true}, result.Close)
			require.Len(t, result.Sends, 1)
			require.Nil(t, result.Call)
			require.Empty(t, result.Deferred)
			require.Len(t, result.Faults, 1)
		})
	}
}

// A turn that is repeated with what has come meanwhile says the same, and then more; also while a
// call is out, and when it is back.
func TestATurnWithCallsThatIsRepeatedSaysTheSame(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.calling()
	opening := r.open()
	rapid.Check(t, func(t *rapid.T) {
		in := opening
		if rapid.Bool().Draw(t, "out") {
			in = r.next(r.mustReply(t, r.open(text("m1", 0, "call"))))
			if rapid.Bool().Draw(t, "back") {
				in.Result, in.CallFor = outcome(time.Minute, rapid.SampledFrom([]string{"ok", "again"}).Draw(t, "body")), "m1"
			}
		}
		var messages []Incoming
		for n := range rapid.IntRange(0, 6).Draw(t, "messages") {
			words := rapid.SampledFrom([]string{"call", "hola", "hola", "stop", "handoff"}).Draw(t, "words")
			m := text("x"+string(rune('a'+n)), time.Duration(n)*time.Second, words)
			if words == "handoff" {
				m = Incoming{ID: m.ID, At: m.At, Control: &Control{Kind: bot.ControlHandoff}}
			}
			messages = append(messages, m)
		}
		var earlier Output
		for n := range len(messages) + 1 {
			in.Messages = messages[:n]
			result := r.mustReply(t, in)
			require.Equal(t, bytesOf(t, result), bytesOf(t, r.mustReply(t, in)))
			for i, send := range earlier.Sends {
				require.Equal(t, send, result.Sends[i])
			}
			if result.Call != nil {
				require.Equal(t, result.Call.ID, result.State.Pending.Call)
			}
			earlier = result
		}
	})
}
