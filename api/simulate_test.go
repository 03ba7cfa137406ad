package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// shop asks, reminds, calls and hands off.
const shop = `bot: v1
name: tienda
languages: [es]
start: menu
vars:
  estado: {type: string}
states:
  menu:
    say:
      - interactive:
          type: button
          body: {text: "¿Qué necesitas?"}
          action:
            buttons:
              - {type: reply, reply: {id: pedido, title: "Mi pedido"}}
              - {type: reply, reply: {id: persona, title: "Una persona"}}
    ask:
      choices: {pedido: buscar, persona: persona}
      idle:
        - {after: 5m, say: ["¿Sigues ahí?"]}
        - {after: 15m, to: fin}
  buscar:
    call:
      http: {get: "https://api.tienda.example/pedidos"}
      save: {estado: result.json.estado}
      on_error: fin
    say: ["Está ${vars.estado}."]
    close: {reason: resolved}
  persona:
    say: ["Te paso con una persona."]
    handoff: {to: ventas, note: "quiere hablar"}
  fin:
    say: ["Adiós."]
    close: {reason: timeout, notice: false}
`

type simulated struct {
	State    json.RawMessage   `json:"state"`
	Messages []json.RawMessage `json:"messages"`
	Timers   []struct{ ID, Kind, At string }
	Call     *struct{ State, Method, URL string }
	Deferred bool
	Handoff  *struct{ To, Note string }
	Close    *struct {
		Reason string
		Notice bool
	}
	Trace []string
}

// simulate applies an event to a state; both are JSON.
func (f *fixture) simulate(t testing.TB, state json.RawMessage, event string) simulated {
	t.Helper()
	if state == nil {
		state = json.RawMessage("null")
	}
	var s simulated
	require.NoError(t, json.Unmarshal([]byte(f.ok(t, "isv", "POST", "/bots/tienda/simulate", fmt.Sprintf(`{"state":%s,"event":%s}`, state, event))), &s))
	return s
}

// tapOn is an event with a tap on a button of a message.
func tapOn(t testing.TB, message json.RawMessage, button int) string {
	t.Helper()
	var m struct {
		Interactive struct {
			Action struct {
				Buttons []struct{ Reply json.RawMessage }
			}
		}
	}
	require.NoError(t, json.Unmarshal(message, &m))
	return fmt.Sprintf(`{"message":{"interactive":{"type":"button_reply","button_reply":%s}}}`, m.Interactive.Action.Buttons[button].Reply)
}

func withShop(t testing.TB) *fixture {
	t.Helper()
	f := setUp(t)
	f.ok(t, "isv", "PUT", "/bots/tienda", shop)
	return f
}

func TestAConversationIsSimulatedEventByEvent(t *testing.T) {
	f := withShop(t)
	asked := f.simulate(t, nil, `{"message":"hola"}`)
	require.Len(t, asked.Messages, 1)
	require.Contains(t, string(asked.Messages[0]), "¿Qué necesitas?")
	require.Equal(t, "2026-03-10T12:05:00.123Z", asked.Timers[0].At)
	require.NotEmpty(t, asked.Trace)
	require.Nil(t, asked.Close)

	t.Run("a timer fires", func(t *testing.T) {
		reminded := f.simulate(t, asked.State, fmt.Sprintf(`{"timer":%q}`, asked.Timers[0].ID))
		require.Contains(t, string(reminded.Messages[0]), "¿Sigues ahí?")
		closed := f.simulate(t, reminded.State, fmt.Sprintf(`{"timer":%q}`, reminded.Timers[0].ID))
		require.Equal(t, "timeout", closed.Close.Reason)
		require.False(t, closed.Close.Notice)
		again := f.simulate(t, closed.State, `{"message":"hola"}`)
		require.Contains(t, string(again.Messages[0]), "¿Qué necesitas?", "a new conversation")
	})
	t.Run("time passes before a message", func(t *testing.T) {
		late := f.simulate(t, asked.State, `{"message":"pedido","at":"2026-03-10T13:00:00Z"}`)
		require.Contains(t, string(late.Messages[0]), "¿Sigues ahí?")
	})
	t.Run("a call has a result", func(t *testing.T) {
		called := f.simulate(t, asked.State, tapOn(t, asked.Messages[0], 0))
		require.Equal(t, "GET https://api.tienda.example/pedidos", called.Call.Method+" "+called.Call.URL)
		waits := f.simulate(t, called.State, `{"message":"¿y?"}`)
		require.True(t, waits.Deferred)
		done := f.simulate(t, waits.State, `{"result":{"status":200,"json":{"estado":"listo"}}}`)
		require.Contains(t, string(done.Messages[0]), "Está listo.")
		failed := f.simulate(t, called.State, `{"result":{"error":"timeout"}}`)
		require.Contains(t, string(failed.Messages[0]), "Adiós.")
	})
	t.Run("a person takes over", func(t *testing.T) {
		handed := f.simulate(t, asked.State, tapOn(t, asked.Messages[0], 1))
		require.Equal(t, "ventas", handed.Handoff.To)
		closed := f.simulate(t, handed.State, `{"control":"close","reason":"sold"}`)
		require.Equal(t, "sold", closed.Close.Reason)
	})
	t.Run("the same state and event give the same", func(t *testing.T) {
		first := f.simulate(t, asked.State, `{"message":"x"}`)
		require.Equal(t, first, f.simulate(t, asked.State, `{"message":"x"}`))
	})
	require.Empty(t, f.temporal.all())
}

func TestADraftIsSimulatedThatIsNotStored(t *testing.T) {
	f := setUp(t)
	draft, err := json.Marshal(shop)
	require.NoError(t, err)
	body := f.ok(t, "isv", "POST", "/bots/tienda/simulate", fmt.Sprintf(`{"definition":%s,"event":{"message":{"image":{}}}}`, draft))
	require.Contains(t, body, "¿Qué necesitas?")
	require.Equal(t, `{"bots":[]}`, f.ok(t, "isv", "GET", "/bots", ""))
	status, body := f.as(t, "isv", "POST", "/bots/tienda/simulate", `{"definition":"bot: v1","event":{"message":"x"}}`)
	require.Equal(t, 422, status)
	require.Contains(t, messageOf(t, body), "the definition has ")
}

func TestEventsAndStatesThatCannotBeAreRefused(t *testing.T) {
	f := withShop(t)
	asked := f.simulate(t, nil, `{"message":"hola"}`)
	state := string(asked.State)
	for _, tc := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"no event", `{}`, 400, `event must be an object, such as {"message":"hola"}`},
		{"an empty event", `{"event":{}}`, 400, "event must have one of message, timer, result and control"},
		{"two events", `{"event":{"message":"x","timer":"y"}}`, 400, "event must have one of message, timer, result and control"},
		{"an unknown message", `{"event":{"message":{"hologram":{}}}}`, 400, "event.message has an error at line 1, column 2: "},
		{"a number", `{"event":{"message":7}}`, 400, "event.message has an error at line 1, column 1: user must be a text; put it in quotes"},
		{"an unknown control", `{"event":{"control":"explode"}}`, 400, "event.control must be one of close, handoff, resume"},
		{"a status that is none", `{"event":{"result":{"status":7}}}`, 400, "event.result.status must be a status of HTTP, such as 200"},
		{"an error that is none", `{"event":{"result":{"error":"x"}}}`, 400, "event.result.error must be one of timeout, connection, forbidden, too_large, secret"},
		{"no call is out", `{"event":{"result":{"status":200}}}`, 422, "no call is out whose result this could be"},
		{"no timer is set", `{"event":{"timer":"idle:1"}}`, 422, `no timer "idle:1" is set`},
		{"a bad time", `{"event":{"message":"x","at":"yesterday"}}`, 400, "event.at must be a time of this century as in RFC 3339, such as 2026-03-10T12:00:00Z"},
		{"version and definition", `{"version":1,"definition":"x","event":{"message":"x"}}`, 400, "either version or definition must be given, not both"},
		{"a state of another definition", `{"state":` + strings.Replace(state, hashOf(t, shop), "0123456789", 1) + `,"event":{"message":"x"}}`, 422, "the state is of another definition, tienda@01234567, and this is "},
		{"a state that is none", `{"state":7,"event":{"message":"x"}}`, 400, "state must be the state of an earlier answer"},
		{"a state that is too large", `{"state":{"x":"` + strings.Repeat("x", 128<<10) + `"},"event":{"message":"x"}}`, 400, "state must be the state of an earlier answer"},
		{"nobody's state", `{"state":` + strings.Replace(state, `"15550001111"`, `""`, 1) + `,"event":{"message":"x"}}`, 422, "the bot cannot go on from this state with this event"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := f.as(t, "isv", "POST", "/bots/tienda/simulate", tc.body)
			require.Equal(t, tc.status, status, body)
			require.Contains(t, body, strings.Trim(jsonText(t, tc.want), `"`))
		})
	}
}

func jsonText(t testing.TB, text string) string {
	t.Helper()
	encoded, err := json.Marshal(text)
	require.NoError(t, err)
	return string(encoded)
}

// TestNoStateMakesTheBotPanic changes values of a state at random.
func TestNoStateMakesTheBotPanic(t *testing.T) {
	f := withShop(t)
	asked := f.simulate(t, nil, `{"message":"hola"}`)
	called := f.simulate(t, asked.State, tapOn(t, asked.Messages[0], 0))
	events := []string{
		`{"message":"pedido"}`, `{"message":"1","at":"2000-01-01T00:00:00Z"}`, `{"message":"x","at":"2099-12-31T23:59:59Z"}`, tapOn(t, asked.Messages[0], 0),
		`{"timer":"` + asked.Timers[0].ID + `"}`, `{"result":{"status":200,"json":{"estado":7}}}`, `{"control":"resume"}`, `{"control":"close"}`, `{"control":"handoff"}`,
	}
	rapid.Check(t, func(rt *rapid.T) {
		raw := rapid.SampledFrom([]json.RawMessage{asked.State, called.State}).Draw(rt, "state")
		var state any
		require.NoError(rt, json.Unmarshal(raw, &state))
		for range rapid.IntRange(1, 3).Draw(rt, "changes") {
			spoil(rt, state)
		}
		spoiled, err := json.Marshal(state)
		require.NoError(rt, err)
		event := rapid.SampledFrom(events).Draw(rt, "event")
		status, body := f.as(t, "isv", "POST", "/bots/tienda/simulate", fmt.Sprintf(`{"state":%s,"event":%s}`, spoiled, event))
		require.Contains(rt, []int{200, 400, 422}, status, body)
	})
	require.NotContains(t, f.log.String(), `"panic"`)
}

// spoil changes one value somewhere in JSON to something else.
func spoil(t *rapid.T, value any) {
	odd := rapid.SampledFrom([]any{nil, 0, -1, 1e18, "", "x", "menu", "buscar", "fin", "2026-03-10T12:00:00Z", "9999-12-31T23:59:59Z", []any{}, map[string]any{}, true, map[string]any{"estado": "x"}})
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			v["state"] = odd.Draw(t, "value")
			return
		}
		var keys []string
		for key := range v {
			keys = append(keys, key)
		}
		key := rapid.SampledFrom(sorted(keys)).Draw(t, "key")
		if _, leaf := v[key].(map[string]any); leaf && rapid.Bool().Draw(t, "deeper") {
			spoil(t, v[key])
			return
		}
		v[key] = odd.Draw(t, "value")
	case []any:
		for i := range v {
			spoil(t, v[i])
		}
	}
}

func sorted(keys []string) []string {
	slices.Sort(keys)
	return keys
}
