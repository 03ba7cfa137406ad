package explore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// What is invented has what the definition reads, so that a success is walked as one.
func TestAResponseIsInventedByWhatIsReadOfIt(t *testing.T) {
	for _, tt := range []struct{ save, want string }{
		{"", `{}`},
		{"n: result.status", `{}`},
		{"n: result.json.total", `{"total":1}`},
		{"s: result.json.client.name, b: result.json.client.vip", `{"client":{"name":"x","vip":true}}`},
		{"m: result.json", `{"code":"x"}`},
		{"m: result.json.booking", `{"booking":{"code":"x"}}`},
		{"l: result.json.items", `{"items":[]}`},
		{`l: "result.json.items.map(i, {'id': i.id, 'title': has(i.text) ? i.text : ''})"`, `{"items":[{"id":"x","text":"x"}]}`},
		{"n: result.json.items.size()", `{"items":"x"}`},
		{`b: "result.json.vip == true"`, `{"vip":"x"}`},
	} {
		save := ""
		if tt.save != "" {
			save = "save: {" + tt.save + "}, "
		}
		b, err := definition.Load([]byte(`bot: v1
name: x
languages: [en]
start: a
vars: {n: {type: int}, s: {type: string}, b: {type: bool}, m: {type: map}, l: {type: list}}
states:
  a:
    call: {http: {get: "https://api.example/"}, ` + save + `on_error: b}
    say: ["${vars.m.code}"]
    close: {reason: done}
  b: {say: [no], close: {reason: failed}}
`))
		require.NoError(t, err, tt.save)
		require.Equal(t, tt.want, sourceOf(b).response("a"), tt.save)
	}
}

func TestVariablesThatDecideNothingDoNotTellStatesApart(t *testing.T) {
	b, err := definition.Load([]byte(`bot: v1
name: x
languages: [en]
start: a
vars: {name: {type: string}, kind: {type: string}, raw: {type: string}, link: {type: string}}
states:
  a: {say: [name?], ask: {as: text, save: {name: answer.text, raw: answer.text}, to: b}}
  b:
    set: {kind: "vars.raw + '!'"}
    say: ["${vars.name}", {image: {link: "https://a.example/${vars.link}"}}]
    goto: [{if: "vars.kind == 'x!'", to: a}, {to: c}]
  c: {say: [bye], close: {reason: done}}
`))
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"kind": true, "raw": true, "link": true, "lang": true}, sourceOf(b).deciding())
	require.Equal(t, looksLike([]byte(`{"a":"x","n":[1,2]}`)), looksLike([]byte(`{"n":[3],"a":"y"}`)))
	require.NotEqual(t, looksLike([]byte(`{"a":"x"}`)), looksLike([]byte(`{"a":""}`)))
}
