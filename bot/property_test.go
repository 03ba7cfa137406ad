package bot_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// worlds are the definitions that random events are played to.
func worlds(t testing.TB) []*definition.Bot {
	t.Helper()
	all := []*definition.Bot{rules(t), kinds(t), load(t, string(definition.Starter())), load(t, small("reply_ids: raw")), load(t, chain("", 51, 1))}
	for _, path := range []string{"testdata/rich.bot.yaml", "../examples/bots/clinica.bot.yaml"} {
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		all = append(all, load(t, string(src)))
	}
	return append(all, all[5], all[6], structured(t), structured(t)) // the rich ones twice as often
}

// TestAnyEventsKeepTheInvariants plays random events, sensible and senseless ones, to all kinds of
// bots; what must hold then is in invariants_test.go.
func TestAnyEventsKeepTheInvariants(t *testing.T) {
	definitions := worlds(t)
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SampledFrom(definitions).Draw(t, "bot")
		w := newWorld(b)
		w.state.LoopGuard = rapid.IntRange(0, 5).Draw(t, "guard") == 0
		w.state.OptedOut = rapid.IntRange(0, 5).Draw(t, "opted out") == 0
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			w.play(t, w.draw(rapidly{t}))
		}
	})
}

// world is what happens to a conversation.
type world struct {
	bot    *definition.Bot
	state  bot.State
	now    time.Time
	events int
	hurry  bool // as bots write
	timers map[bot.TimerKind]*bot.Timer
	ids    []string // the latest reply ids that were sent
	// seen are the ids of all calls that were made, and cause and index of all that was sent.
	seen map[string]bool
	// waiting are the events that have to come again when the call is back.
	waiting []bot.Event
}

func newWorld(b *definition.Bot) *world {
	return &world{
		bot: b, now: opened, state: bot.NewState(b, "cnv_1", bot.Contact{WaID: "56911112222", Name: "Ana"}, opened),
		timers: map[bot.TimerKind]*bot.Timer{}, seen: map[string]bool{},
	}
}

// lots are what events are drawn by: rapid, or a fixed sequence.
type lots interface {
	number(below int) int
	text() string
}

type rapidly struct{ t *rapid.T }

func (r rapidly) number(below int) int { return rapid.IntRange(0, below-1).Draw(r.t, "n") }
func (r rapidly) text() string         { return rapid.String().Draw(r.t, "text") }

func pick[T any](l lots, all ...T) T { return all[l.number(len(all))] }

func (w *world) draw(l lots) bot.Event {
	if w.events%30 == 0 {
		w.hurry = l.number(2) == 0
	}
	seconds := pick(l, 2, 10, 3600)
	if w.hurry {
		seconds = 3
	}
	w.now = w.now.Add(time.Duration(l.number(seconds)-1) * time.Second) // sometimes backwards
	w.events++
	if w.state.Pending == nil && len(w.waiting) > 0 {
		e := w.waiting[0]
		w.waiting = w.waiting[1:]
		return e
	}
	e := w.kind(l)
	e.Cause = fmt.Sprintf("cause %d", w.events)
	if e.At.IsZero() {
		e.At = w.now
	}
	return e
}

func (w *world) kind(l lots) bot.Event {
	switch n := l.number(20); {
	case n < 2:
		return bot.Event{Kind: bot.EventTimer, Timer: fmt.Sprintf("%s/%d/%d",
			pick(l, "idle", "collect", "handoff"), l.number(6), l.number(6)-1)}
	case n < 5:
		if due := w.nearest(); due != nil {
			return bot.Event{Kind: bot.EventTimer, At: due.At, Timer: due.ID}
		}
	case n < 6:
		return bot.Event{
			Kind: bot.EventControl, Control: pick(l, bot.ControlHandoff, bot.ControlResume, bot.ControlResume, bot.ControlUnsaid), Ask: w.state.AskNo,
		}
	case n < 7 && l.number(20) == 0:
		return bot.Event{Kind: bot.EventControl, Control: bot.ControlClose, Reason: "operator"}
	case n < 8 || w.state.Pending != nil && n < 13:
		return bot.Event{Kind: bot.EventResult, Result: w.result(l)}
	}
	m := whatsapp.DecodeMessage(json.RawMessage(w.message(l)))
	return bot.Event{Kind: bot.EventInbound, Message: &m}
}

func (w *world) nearest() *bot.Timer {
	var due *bot.Timer
	for _, kind := range []bot.TimerKind{bot.TimerIdle, bot.TimerCollect, bot.TimerHandoff} {
		if t := w.timers[kind]; t != nil && (due == nil || t.At.Before(due.At)) {
			due = t
		}
	}
	return due
}

// result is mostly that of the call that is out.
func (w *world) result(l lots) *bot.CallResult {
	r := &bot.CallResult{Call: "call_unknown", Status: pick(l, 200, 200, 200, 404, 409, 429, 500, 302)}
	if w.state.Pending != nil && l.number(10) > 0 {
		r.Call = w.state.Pending.Call
	}
	const good = `{"items": [{"id": "h1", "title": "One", "text": "x"}, {"id": "h2", "title": "A title that is longer than WhatsApp allows"}], "vip": true}`
	r.Body = pick(l, good, good, good, good,
		`{"items": [], "vip": false}`, `{"items": [{"id": 1, "title": 2}]}`, `{"items": [{"id": "", "title": ""}, {"id": "h1", "title": "One"}]}`,
		`{"horas": [{"id": "h1", "texto": "mié 11 09:00", "profesional": "Dra. Soto"}]}`, `{"codigo": "CS-1"}`, `{"price": 1990.5, "day": "2026-03-12"}`,
		`{"price": 3, "day": "soon"}`, `{"items": "none"}`, `[]`, `not JSON`, ``, `{"items":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`}`)
	if l.number(6) == 0 {
		r.Status, r.Body, r.Error = 0, "", pick(l, bot.CallTimeout, bot.CallConnection, bot.CallForbidden, bot.CallTooLarge, bot.CallSecret)
	}
	return r
}

func (w *world) message(l lots) string {
	switch n := l.number(10); {
	case w.hurry && n < 6:
		return `{"type":"text","text":{"body":"hello"}}`
	case n < 4:
		return `{"type":"text","text":{"body":` + quoted(w.words(l)) + `}}`
	case n < 8:
		return w.tap(l)
	}
	return pick(l,
		`{"type":"text","text":{"body":`+quoted(w.words(l))+`},"referral":{"source_type":"ad"}}`,
		`{"type":"location","location":{"latitude":-33.5,"longitude":-70}}`, `{"type":"location","location":{}}`,
		`{"type":"contacts","contacts":[{"name":{"formatted_name":"Eva"},"phones":[{"phone":"5"}]}]}`,
		`{"type":"interactive","interactive":{"nfm_reply":{"response_json":"{\"n\":5}"}}}`, `{"type":"interactive","interactive":{"nfm_reply":{}}}`,
		`{"type":"image","image":{"id":"7","caption":"c"}}`, `{"type":"image","timestamp":"1773147600","image":{"id":"7"}}`,
		`{"type":"interactive","context":{"id":"w"},"interactive":{"nfm_reply":{"response_json":"{\"flow_token\":\"unused\"}"}}}`, `{"type":"image"}`, `{"type":"audio","audio":{"id":"8"}}`, `{"type":"order","id":"m","order":{}}`,
		`{"type":"reaction","reaction":{}}`, `{"type":"unsupported","errors":[{"code":"131060"}]}`, `{"type":"unsupported","unsupported":{"type":"view_once"}}`, `{"type":"system"}`, `{"type":"new_thing"}`, `null`, `{}`)
}

// tap is mostly on what was sent lately.
func (w *world) tap(l lots) string {
	ids := append([]string{"alive", "first", "recordatorio_confirmar", "promo:7", "promo:", "h", "x~abcde", "~", ""}, w.ids...)
	if recent := w.ids[max(0, len(w.ids)-10):]; len(recent) > 0 && l.number(5) > 0 {
		ids = recent
	}
	id := quoted(pick(l, ids...))
	return pick(l,
		`{"type":"interactive","interactive":{"button_reply":{"id":`+id+`,"title":"x"}}}`,
		`{"type":"interactive","id":"m","interactive":{"list_reply":{"id":`+id+`}}}`,
		`{"type":"button","button":{"payload":`+id+`,"text":`+quoted(w.words(l))+`}}`)
}

func (w *world) words(l lots) string {
	if l.number(4) == 0 {
		return l.text()
	}
	return pick(l, "1", "2", "3", "👍🏽", "ℹ️", "First", "ágain", "stop", "price", "order #1", "second", "back", "good morning", "0", "carrusel", "plantilla",
		"reaccion", "productos", "lo quiero", "menu", "person", "baja", "alta", "en-US", "es", "Down", "Up", "Search", "Leave a note", "Skip", "boom", "lang", "branch", "address", "status", "human",
		"la 2", "el segundo", "2. Note", "no gracias", "chao, gracias", "👋🏽", "Nº 1", "down por favor", "12.345.678-5", "humano", "hora", "salir", strings.Repeat("👋", 4096), strings.Repeat("<&>", 1300), "${vars.name}", "\x00\u202e", "..", "None", "4", "5", "6", "7")
}
