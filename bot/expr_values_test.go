package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatExpressionsSeeOfAMessage(t *testing.T) {
	const fields = "${input.type}|${input.text}|${input.id}|${input.title}|${input.media_id}|${input.caption}|${input.latitude}|${input.longitude}|${input.name}|${input.form}|${has(input.referral.source_id) ? input.referral.source_id : ''}"
	for message, want := range map[string]string{
		`{"type":"text","text":{"body":" Hi "}}`:                                                                        "text| Hi |||||0|0||{}|",
		`{"type":"text","text":{"body":"a"},"referral":{"source_id":"7"}}`:                                              `text|a|||||0|0||{}|7`,
		`{"type":"interactive","interactive":{"list_reply":{"id":"x~00000","title":"T"}}}`:                              "interactive|T|x|T|||0|0||{}|",
		`{"type":"button","button":{"payload":"p","text":"T"}}`:                                                         "button|T|p|T|||0|0||{}|",
		`{"type":"image","image":{"id":"9","caption":"C"}}`:                                                             "image||||9|C|0|0||{}|",
		`{"type":"location","location":{"latitude":-33.5,"longitude":-70.25,"name":"N"}}`:                               "location||||||-33.5|-70.25|N|{}|",
		`{"type":"interactive","interactive":{"nfm_reply":{"response_json":"{\"n\":2.5,\"a\":[1]}"}}}`:                  `interactive||||||0|0||{"a":[1],"n":2.5}|`,
		`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"[\"not an object\"]"}}}`: "interactive||||||0|0||{}|",
	} {
		c := talkTo(t, "start: a\nstates:\n  a: {say: [\""+fields+"\"], close: {reason: done}}\n")
		c.receive("", message)
		require.Equal(t, []string{want}, c.texts(), message)
	}
}

func TestWhatExpressionsSeeOfAResult(t *testing.T) {
	const src = `
start: a
vars: {seen: {type: string}}
states:
  a:
    call:
      http: {get: "https://x.test"}
      save: {seen: "string(result.status) + ' ' + result.text + ' ' + string(type(result.json) == map ? type(result.json.n) == int : false)"}
      on_error: failed
    say: ["${vars.seen}"]
    close: {reason: done}
  failed: {say: [failed], close: {reason: done}}
`
	for body, want := range map[string]string{
		`{"n":2}`:                 `200 {"n":2} true`,
		`{"n":2.0}`:               `200 {"n":2.0} false`,
		`{"n":2.5}`:               `200 {"n":2.5} false`,
		"\ufeff" + `{"n":2}`:      `200 {"n":2} true`, // a byte order mark
		"\ufeff":                  `200  false`,
		`{"n":` + "\ufeff" + `2}`: "200 {\"n\":\ufeff2} false",
		`just words`:              `200 just words false`,
		``:                        `200  false`,
	} {
		c := talkTo(t, src)
		c.says("hola")
		c.answers(200, body)
		require.Equal(t, []string{want}, c.texts())
	}
}

func TestAFailingExpression(t *testing.T) {
	const src = `
start: a
vars: {n: {type: int}, list: {type: list}}
defaults: {error: sorry}
states:
  a: {say: [a], ask: {as: text, SAVE to: b}}
  b: {say: [before], goto: c}
  c: {SET CALL SAY GOTO}
  failed: {say: [failed], close: {reason: done}}
  sorry: {say: [sorry], close: {reason: done}}
`
	const bad = `"vars.list[vars.n]"`
	for _, tt := range []struct {
		name, place, piece string
		says               []string
	}{
		{"in save of an answer", "SAVE", "save: {n: " + bad + "},", []string{"sorry"}},
		{"in set", "SET", "set: {n: " + bad + "},", []string{"before", "sorry"}},
		{"in a call", "CALL", `call: {http: {get: "https://x.test/${vars.list[vars.n]}"}, on_error: failed},`, []string{"before", "sorry"}},
		{"in a text", "SAY", `say: [first, "${vars.list[vars.n]}"],`, []string{"before", "first", "sorry"}},
		{"in a condition of a text", "SAY", `say: [first, {text: {body: x}, if: "vars.list[vars.n] == 1"}],`, []string{"before", "first", "sorry"}},
		{"in a branch", "GOTO", `goto: [{if: "vars.list[vars.n] == 1", to: sorry}, {to: failed}]`, []string{"before", "sorry"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			def := strings.Replace(src, tt.place, tt.piece, 1)
			if tt.place != "GOTO" {
				def = strings.Replace(def, "GOTO", "goto: failed", 1)
			}
			c := talkTo(t, strings.NewReplacer("SAVE", "", "SET", "", "CALL", "", "SAY", "").Replace(def))
			c.says("hola")
			c.says("x")
			require.Equal(t, tt.says, c.texts(), "what was said before stays said")
		})
	}
	c := talkTo(t, strings.NewReplacer("SAVE", "", "SET", "", "SAY", "", "GOTO", "goto: failed",
		"CALL", `call: {http: {get: "https://x.test"}, save: {n: `+bad+`}, on_error: failed},`).Replace(src))
	c.says("hola")
	c.says("x")
	c.answers(200, "{}")
	require.Equal(t, []string{"failed"}, c.texts(), "in save of a call: on_error")
}
