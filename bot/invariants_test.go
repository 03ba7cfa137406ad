package bot_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// play steps and checks what must hold whatever happens: nothing panics, the same arguments give
// the same bytes, arguments are not changed, a state fits into 64 KiB, and what is below.
func (w *world) play(t require.TestingT, e bot.Event) {
	before, event := encodeRapid(t, w.state), encodeRapid(t, e)
	state, effects, err := bot.Step(w.bot, w.state, e)
	require.NoError(t, err)
	again, effectsAgain, err := bot.Step(w.bot, w.state, e)
	require.NoError(t, err)
	require.Equal(t, before, encodeRapid(t, w.state))
	require.Equal(t, event, encodeRapid(t, e))
	require.Equal(t, encodeRapid(t, state), encodeRapid(t, again))
	require.Equal(t, encodeRapid(t, effects), encodeRapid(t, effectsAgain))
	checkState(t, w.state, state)
	checkBounds(t, effects)
	w.checkOrder(t, e, state, effects)
	w.take(t, e, state, effects)
	require.Equal(t, timersOf(state), w.armed(), "the timers that are set are those that the state says")
}

// checkState: a state stays in its bounds, and its time never goes back.
func checkState(t require.TestingT, before, after bot.State) {
	raw := encodeRapid(t, after)
	require.LessOrEqual(t, len(raw), 64<<10)
	var back bot.State
	require.NoError(t, json.Unmarshal([]byte(raw), &back))
	require.Equal(t, raw, encodeRapid(t, back))
	require.False(t, after.At.Before(before.At))
	require.LessOrEqual(t, len(after.Asks), 20)
	require.LessOrEqual(t, len(after.Stack), 8)
	require.LessOrEqual(t, len(after.Frames), len(after.Stack))
	if after.Aside != nil {
		require.LessOrEqual(t, after.Aside.Depth, len(after.Stack))
		require.False(t, after.Unsaid)
	}
	for name, value := range after.Vars {
		require.True(t, json.Valid(value), name)
	}
	if after.Closed {
		require.True(t, after.Ask == nil && after.Pending == nil && after.Stack == nil && after.Aside == nil && !after.Muted())
	}
	require.False(t, after.Unsaid && (after.Ask != nil || after.Pending != nil || after.Closed))
	open := 0
	for _, waits := range []bool{after.Ask != nil && !after.Muted(), after.Pending != nil, after.Muted(), after.Closed} {
		if waits {
			open++
		}
	}
	require.LessOrEqual(t, open, 1, "a conversation waits for one thing")
}

// checkBounds: what an event may cause, twice where it failed on the way.
func checkBounds(t require.TestingT, effects []bot.Effect) {
	count, size := map[bot.EffectKind]int{}, 0
	for _, f := range effects {
		count[f.Kind]++
		if f.Send != nil {
			size += len(f.Send.Body)
		}
	}
	require.LessOrEqual(t, count[bot.EffectSend], 40)
	require.LessOrEqual(t, size, 256<<10)
	for _, kind := range []bot.EffectKind{bot.EffectClose, bot.EffectCall, bot.EffectHandoff, bot.EffectDeferred} {
		require.LessOrEqual(t, count[kind], 1, kind)
	}
}

func (w *world) checkOrder(t require.TestingT, e bot.Event, state bot.State, effects []bot.Effect) {
	last := effects[len(effects)-1]
	if w.state.Closed {
		require.Len(t, effects, 1, "nothing comes after the close")
		require.Equal(t, bot.EffectTrace, last.Kind)
		return
	}
	for i, f := range effects {
		if f.Kind == bot.EffectClose {
			require.Len(t, effects, i+1, "nothing comes after the close")
		}
	}
	require.Equal(t, state.Closed, last.Kind == bot.EffectClose)
	if effects[0].Trace == "timer ignored" {
		for _, armed := range w.timers {
			require.NotEqual(t, armed.ID, e.Timer, "a timer that is set is never ignored")
		}
	}
	if last.Kind == bot.EffectDeferred && len(effects) == 2 {
		require.Equal(t, encodeRapid(t, w.state), encodeRapid(t, state), "what is deferred has not happened yet")
	}
}

// timersOf are the kinds of timers with which a state waits.
func timersOf(s bot.State) []bot.TimerKind {
	switch {
	case s.Closed || s.Pending != nil:
		return nil
	case s.Muted():
		return []bot.TimerKind{bot.TimerHandoff}
	case s.Unsaid:
		return []bot.TimerKind{bot.TimerIdle}
	case s.Ask == nil:
		return nil
	case len(s.Ask.Buf) > 0:
		return []bot.TimerKind{bot.TimerCollect}
	}
	return []bot.TimerKind{bot.TimerIdle}
}

func (w *world) armed() []bot.TimerKind {
	var all []bot.TimerKind
	for kind := range w.timers {
		all = append(all, kind)
	}
	slices.Sort(all)
	return all
}

// take carries out the effects as a shell does, and checks each.
func (w *world) take(t require.TestingT, e bot.Event, state bot.State, effects []bot.Effect) {
	for kind, armed := range w.timers {
		if e.Kind == bot.EventTimer && e.Timer == armed.ID {
			delete(w.timers, kind)
		}
	}
	for _, f := range effects {
		switch f.Kind {
		case bot.EffectTimerSet:
			require.True(t, f.Timer.At.After(f.Timer.Set))
			require.Equal(t, state.At, f.Timer.Set)
			w.timers[f.Timer.Kind] = f.Timer
		case bot.EffectTimerClear:
			delete(w.timers, f.Timer.Kind)
		case bot.EffectSend:
			w.ids = append(w.ids, sentIDs(t, f.Send.Body)...)
			w.once(t, fmt.Sprintf("%s/%d", e.Cause, f.Send.Index))
		case bot.EffectCall:
			w.once(t, f.Call.ID)
			checkCall(t, state, f.Call)
		case bot.EffectDeferred:
			w.waiting = append(w.waiting, e)
		}
	}
	if len(w.ids) > 200 {
		w.ids = w.ids[len(w.ids)-200:]
	}
	w.state = state
}

// once sees to it that nothing is taken for another: a body is known by its cause and index, a
// call by its id.
func (w *world) once(t require.TestingT, id string) {
	require.False(t, w.seen[id], id)
	w.seen[id] = true
}

func checkCall(t require.TestingT, state bot.State, c *bot.Call) {
	require.True(t, state.Pending == nil || state.Pending.Call == c.ID)
	u, err := url.Parse(c.URL)
	require.NoError(t, err)
	require.Equal(t, "https", u.Scheme)
	require.Contains(t, []string{"api.example", "api.clinicasur.example"}, u.Host, "no value changes the host")
	require.True(t, len(c.Body) == 0 || json.Valid(c.Body))
	for _, h := range c.Headers {
		for _, part := range h.Value {
			require.False(t, strings.ContainsAny(part.Text, "\r\n\x00"))
		}
	}
}

func sentIDs(t require.TestingT, raw []byte) []string {
	var s outbound.Message
	require.NoError(t, json.Unmarshal(raw, &s))
	require.Empty(t, refusals(s))
	require.LessOrEqual(t, len(raw), 64<<10)
	require.Equal(t, "56911112222", s.To)
	var ids []string
	for _, choice := range s.Choices() {
		ids = append(ids, choice.ID)
	}
	return ids
}

func encodeRapid(t require.TestingT, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}
