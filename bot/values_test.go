package bot_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func TestAssignmentsSeeTheOldValues(t *testing.T) {
	const src = `
start: a
vars: {x: {type: int}, y: {type: int}}
states:
  a: {set: {x: "1", y: "2"}, goto: b}
  b: {set: %s, say: ["${vars.x} ${vars.y}"], close: {reason: done}}
`
	for _, set := range []string{`{x: "vars.y", y: "vars.x"}`, `{y: "vars.x", x: "vars.y"}`} {
		c := talkTo(t, fmt.Sprintf(src, set))
		c.says("hola")
		require.Equal(t, []string{"2 1"}, c.texts(), "the order of keys cannot matter")
	}
}

func TestAnAssignmentThatFailsChangesNothing(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {x: {type: int}, y: {type: int}}
defaults: {error: b}
states:
  a: {set: {x: "7", y: "1 / vars.y"}, goto: b}
  b: {say: ["${vars.x}"], close: {reason: done}}
`)
	c.says("hola")
	require.Equal(t, []string{"0"}, c.texts())
	require.Empty(t, c.state.Vars)
}

func TestAVariableThatIsNotSetIsTheZeroOfItsType(t *testing.T) {
	const unset = `
start: a
vars: {s: {type: string}, i: {type: int}, n: {type: number}, b: {type: bool}, d: {type: date}, t: {type: timestamp}, l: {type: list}, m: {type: map}}
states:
  a:
    say: ["[${vars.s}] ${vars.i} ${vars.n} ${vars.b} [${vars.d}] ${vars.l} ${vars.m} ${vars.s == '' && vars.t == timestamp('1970-01-01T00:00:00Z')}"]
    close: {reason: done}
`
	c := talkTo(t, unset)
	c.says("hola")
	require.Equal(t, []string{"[] 0 0 false [] [] {} true"}, c.texts())
	require.Empty(t, c.state.Vars)
}

func TestVariablesHoldTheirType(t *testing.T) {
	for _, tt := range []struct{ kind, value, stored string }{
		{"string", "'a' + 'b'", `"ab"`},
		{"int", "2 + 3", "5"},
		{"number", "2", "2"},
		{"number", "0.1 + 0.2", "0.30000000000000004"},
		{"bool", "1 < 2", "true"},
		{"date", "'2026-03-10'", `"2026-03-10"`},
		{"timestamp", "now", `"2026-03-10T13:00:00Z"`},
		{"list", "[1, 'a', [true]]", `[1,"a",[true]]`},
		{"map", "{'b': 1, 'a': {'c': 2.5}}", `{"a":{"c":2.5},"b":1}`},
		{"list", "input.form.rows", `[{"id":1},{"id":2.5}]`},
		{"int", "input.form.n", "12"},
		{"number", "input.form.n", "12"},
	} {
		c := talkTo(t, "start: a\nvars: {v: {type: "+tt.kind+"}}\nstates:\n  a: {set: {v: \""+tt.value+"\"}, say: [\"${vars.v}\"], close: {reason: done}}\n")
		c.receive("", `{"type":"interactive","interactive":{"nfm_reply":{"response_json":"{\"n\": 12, \"rows\": [{\"id\": 1}, {\"id\": 2.5}]}"}}}`)
		require.Equal(t, tt.stored, c.value("v"), tt.value)
		require.Len(t, c.texts(), 1)
	}
}

func TestAValueOfAnotherTypeFailsWhereOnlyTheServerShowsIt(t *testing.T) {
	const src = "start: a\nvars: {v: {type: %s}}\nstates:\n  a: {call: {http: {get: \"https://x.test\"}, save: {v: result.json.v}, on_error: failed}, say: [\"${vars.v}\"], close: {reason: done}}\n  failed: {say: [failed], close: {reason: done}}\n"
	for _, tt := range []struct{ kind, body, says string }{
		{"int", `{"v": 3}`, "3"},
		{"int", `{"v": 3.0}`, "3"},
		{"int", `{"v": 3.5}`, "failed"},
		{"int", `{"v": "3"}`, "failed"},
		{"string", `{"v": 3}`, "failed"},
		{"string", `{"v": null}`, ""},
		{"bool", `{"v": "true"}`, "failed"},
		{"list", `{"v": {}}`, "failed"},
		{"date", `{"v": "2026-02-30"}`, "failed"},
	} {
		c := talkTo(t, fmt.Sprintf(src, tt.kind))
		c.says("hola")
		c.answers(200, tt.body)
		if tt.says == "" {
			require.Empty(t, c.value("v"), "null unsets")
			continue
		}
		require.Equal(t, []string{tt.says}, c.texts(), "%s %s", tt.kind, tt.body)
	}
}

func TestWholeExpressionsKeepTheirType(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {lat: {type: number}, yes: {type: bool}, rows: {type: list}, n: {type: int}}
states:
  a:
    set: {lat: "-33.4372", yes: "true", n: "5", rows: "[{'id': 'x', 'title': 'X'}]"}
    say:
      - location: {latitude: "${vars.lat}", longitude: "${vars.lat * 2.0}", name: "n ${vars.n}"}
      - text: {body: "$${vars.n} is ${vars.n}", preview_url: "${vars.yes}"}
      - interactive: {type: list, body: {text: "${vars.n}"}, action: {button: See, sections: [{title: T, rows: "${vars.rows}"}]}}
    ask: {choices: {"*": a}}
`)
	c.says("hola")
	require.Contains(t, c.bodies()[0], `"location":{"latitude":-33.4372,"longitude":-66.8744,"name":"n 5"}`)
	require.Contains(t, c.bodies()[1], `"text":{"preview_url":true,"body":"${vars.n} is 5"}`)
	require.Contains(t, c.bodies()[2], `"body":{"text":"5"}`, "a number where people read a text is printed")
	require.Contains(t, c.bodies()[2], `"rows":[{"id":"x~`)
}

// hostile are texts that might mean something where they are put.
func hostile() []string {
	return []string{
		"${vars.secret}", "${1 + 1}", "$${x}", `"}],"type":"image","image":{"link":"https://evil.test"}}`, `\", \u0022, \\`,
		"line\nbreak\ttab", "\x00\x07\x1b[31mred\u0085", "\u202eright to left\u2066", "*bold* _it_ ~st~ ```code```", "<script>&amp;", "\ufffd \xff",
		strings.Repeat("👩‍👩‍👧‍👦", 585) + "x", "null", "{}", "[1]", "vars.secret", "{{1}}", "'", "%s %d", "a\u2028b\u2029c",
	}
}

func TestWhatAContactWritesCannotChangeAMessage(t *testing.T) {
	const src = `
start: a
vars: {v: {type: string}, secret: {type: string}}
states:
  a: {set: {secret: "'hidden'"}, say: [a], ask: {as: text, save: {v: answer.text}, to: b}}
  b:
    say:
      - "${vars.v}"
      - "${vars.v} and ${vars.v}"
      - text: {body: "<${vars.v}>"}
      - interactive: {type: button, header: {type: text, text: "${vars.v}"}, body: {text: "${vars.v}"}, action: {buttons: [{type: reply, reply: {id: x, title: "${vars.v}"}}]}}
      - interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: T, rows: "${[{'id': 'r', 'title': vars.v, 'description': vars.v}]}"}]}}
      - location: {latitude: 1, longitude: 2, name: "${vars.v}", address: "${vars.v}"}
    ask: {as: any, to: a}
`
	plain := talkTo(t, src)
	plain.says("hola")
	plain.says("plain")
	for _, text := range hostile() {
		c := talkTo(t, src)
		c.says("hola")
		c.says(text)
		require.Len(t, c.bodies(), 6, "%q", text)
		for i, body := range c.bodies() {
			require.Equal(t, shape(t, plain.bodies()[i]), shape(t, body), "%q", text)
			require.NotContains(t, body, "hidden")
			require.True(t, utf8.ValidString(body))
			require.Empty(t, refusals(c.message(i)))
		}
		said := outbound.Cut(strings.Map(unprintable, decoded(text)), 4096) // in UTF-16 units
		require.Equal(t, said, c.message(0).Text.Body, "%q", text)
	}
}

// decoded is what the bot reads of a text: bytes that are no UTF-8 are one character of their own.
func decoded(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

// unprintable leaves out the control characters but line feed and tab.
func unprintable(r rune) rune {
	if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
		return -1
	}
	return r
}

// refusals are the problems for which WhatsApp would refuse a message.
func refusals(s outbound.Message) []outbound.Problem {
	return slices.DeleteFunc(outbound.Validate(s), func(p outbound.Problem) bool { return p.Warning })
}

// shape is JSON with all its texts alike.
func shape(t testing.TB, raw string) string {
	t.Helper()
	var tree any
	require.NoError(t, json.Unmarshal([]byte(raw), &tree))
	var blank func(any) any
	blank = func(v any) any {
		switch v := v.(type) {
		case string:
			return "text"
		case []any:
			for i := range v {
				v[i] = blank(v[i])
			}
		case map[string]any:
			for key := range v {
				v[key] = blank(v[key])
			}
		}
		return v
	}
	return encode(t, blank(tree))
}

func TestDynamicTextsAreCutToWhatsAppsLimits(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a:
    say: [{interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: T, rows: "${[{'id': 'x', 'title': input.text, 'description': input.text + input.text + input.text}]}"}]}}}]
    ask: {choices: {"*": a}}
`)
	c.says("Dr. Cristóbal Fernández-Valdés 👩‍⚕️")
	row := c.message(0).Interactive.Action.Sections[0].Rows[0]
	require.Equal(t, "Dr. Cristóbal Fernández…", row.Title)
	require.LessOrEqual(t, utf8.RuneCountInString(row.Description), 72)
	require.True(t, strings.HasSuffix(row.Description, "…"))
	require.Contains(t, c.traces(), "text cut to WhatsApp's limit")
	require.Equal(t, row.Title, c.state.Ask.Options[0].Title, "as it was sent")

	c.says("corto")
	require.Equal(t, "rule 8 refused", c.trace())
}

func TestIDsThatAreTooLongFail(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a:
    say: [{interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: T, rows: "${[{'id': input.text, 'title': 'x'}]}"}]}}}]
    ask: {choices: {"*": a}}
`)
	c.says(strings.Repeat("x", 195))
	require.Equal(t, definition.ReasonError, c.ended().Reason, "a cut id would mean something else")
}

func TestAMessageIsSaidUnderItsCondition(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {n: {type: int}}
messages: {vip: {if: "vars.n > 1", text: {body: vip}}}
states:
  a:
    set: {n: "vars.n + 1"}
    say:
      - {if: "vars.n == 1", text: {body: first}}
      - {use: vip}
      - {use: vip, if: "vars.n > 2"}
      - {if: "vars.n == 2", interactive: {type: button, body: {text: two}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}}
      - {interactive: {type: button, body: {text: always}, action: {buttons: [{type: reply, reply: {id: y, title: Y}}]}}}
    ask: {choices: {x: a, y: a}}
`)
	for _, want := range []struct {
		says    []string
		options int
	}{
		{[]string{"first", "always [Y]"}, 1},
		{[]string{"vip", "two [X]", "always [Y]"}, 2},
		{[]string{"vip", "vip", "always [Y]"}, 1},
	} {
		c.says("y")
		require.Equal(t, want.says, c.texts())
		require.Len(t, c.state.Ask.Options, want.options)
	}
}

func TestOpeningHoursAndTimesInTheConversationsLanguage(t *testing.T) {
	const src = `
languages: [es, en]
timezone: America/Santiago
start: a
vars: {lang: {type: string}}
hours: {desk: {weekly: {mon-fri: ["09:00-18:00"]}, closed: ["2026-03-11"]}}
states:
  a:
    set: {lang: "input.text"}
    say: ["${open('desk')}", "${fmt(next_open('desk'), 'EEEE dd MMMM HH:mm')}", "${fmt(1234567.5, '#,##0.00')} ${money(1990, 'CLP')}"]
    ask: {as: any, to: a}
`
	c := talkTo(t, src) // Tuesday, 10:00 in Santiago
	c.says("es")
	require.Equal(t, []string{"true", "jueves 12 marzo 09:00", "1.234.567,50 $1.990"}, c.texts(), "Wednesday is closed")
	c.waits(8 * time.Hour)
	c.says("en")
	require.Equal(t, []string{"false", "Thursday 12 March 09:00"}, c.texts()[:2])
}

func TestWhatExpressionsSeeOfTheConversation(t *testing.T) {
	const src = `
start: a
states:
  a:
    say: ["${contact.key}|${contact.wa_id}|${contact.user_id}|${contact.name}|${conv.id}|${conv.turns}|${conv.started == now}|${bot.name}|${bot.version}|${bot.env}"]
    ask: {as: text, to: a}
`
	c := talkTo(t, src)
	c.state.Env = "test"
	c.says("hola")
	version := c.bot.Hash[:8]
	require.Equal(t, []string{"56911112222|56911112222||Ana|cnv_1|1|true|small|" + version + "|test"}, c.texts())
	c.waits(time.Minute)
	c.state.Contact = bot.Contact{UserID: "CL.1"}
	c.says("x")
	require.Equal(t, []string{"CL.1||CL.1||cnv_1|2|false|small|" + version + "|test"}, c.texts())
}

func TestTimesNeedATimezone(t *testing.T) {
	const zoneless = "bot: v1\nname: z\nstart: a\n"
	for name, src := range map[string]string{
		"hours":     zoneless + "hours: {desk: {weekly: {mon: [\"09:00-10:00\"]}}}\nstates: {a: {close: {reason: x}}}\n",
		"fmt":       zoneless + "states: {a: {say: [\"${fmt(now, 'HH:mm')}\"], close: {reason: x}}}\n",
		"next_open": zoneless + "states: {a: {say: [\"${next_open('desk')}\"], close: {reason: x}}}\n",
		"date":      zoneless + "states: {a: {say: [when], ask: {as: date, to: a}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			codes := map[definition.Code]bool{}
			for _, p := range problems(t, src) {
				codes[p.Code] = true
			}
			require.True(t, codes[definition.CodeTimezone] || codes[definition.CodeUnknownHours])
			b, err := definition.Load([]byte(strings.Replace(src, "start:", "timezone: America/Santiago\nstart:", 1)))
			if name == "next_open" {
				require.Error(t, err, "there are no such hours")
				return
			}
			require.NoError(t, err)
			require.NotNil(t, b)
		})
	}
}
