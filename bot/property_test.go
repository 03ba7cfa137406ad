package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/whatsapp"
)

// world draws events for a conversation, sensible and senseless ones.
type world struct {
	bot   *bot.Bot
	state bot.State
	now   time.Time
	armed *bot.Timer
	ids   []string // all reply ids that were ever sent
}

func (w *world) draw(t *rapid.T) bot.Event {
	w.now = w.now.Add(time.Duration(rapid.IntRange(-60, 3600).Draw(t, "seconds")) * time.Second)
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return bot.Event{Kind: bot.EventTimer, At: w.now, Timer: fmt.Sprintf("idle/%d/%d", rapid.IntRange(0, 5).Draw(t, "no"), rapid.IntRange(-1, 4).Draw(t, "index"))}
	case 1, 2:
		if w.armed != nil {
			return bot.Event{Kind: bot.EventTimer, At: w.armed.At, Timer: w.armed.ID}
		}
		return bot.Event{Kind: bot.EventTimer, At: w.now}
	case 3:
		if rapid.IntRange(0, 9).Draw(t, "close") == 0 {
			return bot.Event{Kind: bot.EventControl, At: w.now, Control: bot.ControlClose, Reason: "operator"}
		}
	}
	return w.message(t)
}

func (w *world) message(t *rapid.T) bot.Event {
	ids := append([]string{"alive", "first", "x~abcde", "~", ""}, w.ids...)
	id := rapid.SampledFrom(ids).Draw(t, "id")
	raw := rapid.SampledFrom([]string{
		`{"type":"text","text":{"body":` + quoted(w.words(t)) + `}}`,
		`{"type":"text","text":{"body":` + quoted(w.words(t)) + `}}`,
		`{"type":"interactive","interactive":{"button_reply":{"id":` + quoted(id) + `}}}`,
		`{"type":"interactive","interactive":{"button_reply":{"id":` + quoted(id) + `}}}`,
		`{"type":"interactive","interactive":{"button_reply":{"id":` + quoted(id) + `}}}`,
		`{"type":"button","button":{"payload":` + quoted(id) + `}}`,
		`{"type":"location","location":{}}`, `{"type":"order","id":"m","order":{}}`, `{"type":"interactive","interactive":{"nfm_reply":{}}}`,
		`{"type":"interactive","id":"m","interactive":{"list_reply":{"id":` + quoted(id) + `}}}`,
		`{"type":"image"}`, `{"type":"reaction","reaction":{}}`,
		`{"type":"unsupported","errors":[{"code":"131060"}]}`, `{"type":"system"}`, `{"type":"new_thing"}`, `null`, `{}`,
	}).Draw(t, "message")
	m := whatsapp.DecodeMessage(json.RawMessage(raw))
	return bot.Event{Kind: bot.EventInbound, At: w.now, Message: &m}
}

func (w *world) words(t *rapid.T) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"1", "2", "3", "First", "ágain", "stop", "price", "order #1", "second", "back", "good morning", "0", "carrusel", "plantilla", "reaccion", "productos", "lo quiero"}),
		rapid.String(),
	).Draw(t, "text")
}

// TestAnyEventsKeepTheInvariants plays random events: nothing panics, the same arguments
// give the same bytes, arguments are not changed, a closed conversation is silent for
// ever, and there is a timer exactly while a question is open.
func TestAnyEventsKeepTheInvariants(t *testing.T) {
	definitions := []*bot.Bot{rules(t), kinds(t), load(t, string(bot.Starter())), load(t, small("reply_ids: raw")), load(t, chain("", 51, 1))}
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SampledFrom(definitions).Draw(t, "bot")
		w := &world{bot: b, now: opened, state: bot.NewState(b, "cnv_1", bot.Contact{WaID: "569"}, opened)}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			w.play(t, w.draw(t))
		}
	})
}

func (w *world) play(t *rapid.T, e bot.Event) {
	before := encodeRapid(t, w.state)
	state, effects, err := bot.Step(w.bot, w.state, e)
	require.NoError(t, err)
	again, effectsAgain, err := bot.Step(w.bot, w.state, e)
	require.NoError(t, err)
	require.Equal(t, before, encodeRapid(t, w.state))
	require.Equal(t, encodeRapid(t, state), encodeRapid(t, again))
	require.Equal(t, encodeRapid(t, effects), encodeRapid(t, effectsAgain))
	require.False(t, state.At.Before(w.state.At))
	require.LessOrEqual(t, len(before), 64<<10)
	if w.state.Closed {
		require.Len(t, effects, 1)
		require.Equal(t, bot.EffectTrace, effects[0].Kind)
	}
	if len(effects) == 1 && effects[0].Trace == "timer ignored" && e.Timer != "" && w.armed != nil {
		require.NotEqual(t, w.armed.ID, e.Timer, "the armed timer is never ignored")
	}
	fired := e.Kind == bot.EventTimer && w.armed != nil && e.Timer == w.armed.ID
	w.take(t, state, effects, fired)
}

func (w *world) take(t *rapid.T, state bot.State, effects []bot.Effect, fired bool) {
	if fired {
		w.armed = nil
	}
	for i, f := range effects {
		switch f.Kind {
		case bot.EffectTimerSet:
			require.True(t, f.Timer.At.After(f.Timer.Set))
			require.Equal(t, state.At, f.Timer.Set)
			w.armed = f.Timer
		case bot.EffectTimerClear:
			w.armed = nil
		case bot.EffectClose:
			require.Len(t, effects, i+1, "nothing comes after the close")
			require.True(t, state.Closed)
		case bot.EffectSend:
			w.ids = append(w.ids, sentIDs(t, f.Send.Body)...)
		}
	}
	w.state = state
	require.Equal(t, state.Ask != nil, w.armed != nil, "a timer is armed exactly while a question is open")
	if state.Ask != nil {
		require.True(t, strings.HasPrefix(w.armed.ID, fmt.Sprintf("idle/%d/", state.Ask.No)))
	}
}

func sentIDs(t *rapid.T, raw []byte) []string {
	var s whatsapp.Send
	require.NoError(t, json.Unmarshal(raw, &s))
	require.Empty(t, whatsapp.Validate(s))
	var ids []string
	for _, choice := range s.Choices() {
		ids = append(ids, choice.ID)
	}
	return ids
}

func encodeRapid(t *rapid.T, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}
