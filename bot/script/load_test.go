package script_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// one is a small good test file; tests break it by replacing a piece.
const one = `bot: one.bot.yaml
now: 2026-03-10T10:00:00-03:00
contact: {wa_id: "56911112222"}
http:
  - {match: GET https://a.example/*, json: {}}
cases:
  - name: first
    steps:
      - user: hi
      - bot: {state: a, as: old}
      - tap: {id: x, from: old}
`

func TestProblems(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"empty", one, "", []string{"1:1: the test file is empty [syntax]"}},
		{"a list", one, "[1]", []string{"1:1: the test file must be an object, with the keys bot, cases, contact, http, kept, loop_guard, now, opted_out, vars: each as key: value [type]"}},
		{"too large", "hi", strings.Repeat("x", 1<<20), []string{"1:1: a test file may have at most 1024 KiB [too-large]"}},
		{"no cases", one, "bot: x", []string{`1:1: the test file needs the key "cases" [missing-key]`}},
		{"an anchor", "user: hi", "user: &x hi", []string{"9:15: anchors (&x) are not allowed; write the value again where it is needed, or put a text that begins with & in quotes [anchor]"}},
		{"a key twice", "bot: one", "bot: a\nbot: one", []string{`2:1: the key "bot" is there twice, first at line 1, column 1; leave one of them [duplicate-key]`}},
		{"an unknown key", "now:", "then:", []string{`2:1: the test file has no key "then"; it may have bot, cases, contact, http, kept, loop_guard, now, opted_out, vars [unknown-key]`}},
		{"a time without offset", "10:00:00-03:00", "10:00:00", []string{"2:6: now must be a time with its offset, such as 2026-03-10T10:00:00-03:00 [value]"}},
		{"a number that is no phone number", "56911112222", "+569", []string{"3:18: wa_id must be 5 to 20 digits [value]"}},
		{"a mock without scheme", "GET https", "GET http", []string{`5:13: match: "GET http://a.example/*" is not a method and an https URL, such as "GET https://example.com/orders*" [value]`}},
		{"two answers in one", "json: {}", "json: {}, text: x", []string{"5:5: an answer has only one of json, text and error, not json and text [value]"}},
		{"an error with a status", "json: {}", "error: timeout, status: 500", []string{"5:5: an error has no status [value]"}},
		{"an unknown error", "json: {}", "error: refused", []string{"5:45: error must be one of timeout, connection [value]"}},
		{"an impossible status", "json: {}", "status: 700", []string{"5:46: status must be from 100 to 599 [value]"}},
		{"answers and one beside them", "json: {}", "json: {}, answers: [{status: 200}]", []string{"5:5: a mock with answers has its json there [value]"}},
		{"a step of two", "user: hi", "user: hi\n        wait: 5m", []string{"9:9: a step has exactly one of its keys; write one step for each thing that happens [step]"}},
		{"a step of none", "user: hi", "json: {}", []string{"9:9: a step has exactly one of its keys; write one step for each thing that happens [step]"}},
		{"an unknown step", "user: hi", "says: hi", []string{`9:9: a step has no key "says"; it may have bot, call, close, closed, echo, error, handoff, json, kept, none, resume, state, tap, user, vars, wait [unknown-key]`}},
		{"json beside no call", "user: hi", "user: hi\n        json: {}", []string{"10:15: json stands beside call only [step]"}},
		{"a text that is a number", "user: hi", "user: 42", []string{"9:15: user must be a text; put it in quotes [type]"}},
		{"a message of two types", "user: hi", "user: {image: {}, video: {}}", []string{"9:34: a message is of one type, not image and video [step]"}},
		{"a message of no type", "user: hi", "user: {referral: {}}", []string{"9:15: user needs a text, a form, another payload such as image, or raw alone [step]"}},
		{"raw beside something", "user: hi", "user: {raw: {}, text: x}", []string{"9:21: raw is a whole message, and stands alone [step]"}},
		{"raw that is no message", "user: hi", "user: {raw: [x]}", []string{"9:21: raw must be what WhatsApp puts there: an object [type]"}},
		{"a payload of the wrong shape", "user: hi", "user: {contacts: {}}", []string{"9:26: contacts must be what WhatsApp puts there: a list [type]"}},
		{"a key that no body has", "state: a", "stat: a", []string{`10:15: bot has no key "stat"; did you mean "state"? [unknown-key]`}},
		{"not RE2", "{state: a, as: old}", "/(/", []string{
			`10:14: bot: a ) is missing; write \( for a parenthesis that is part of the text [regexp]`,
			`11:9: no step before this one remembers a message as "old" [unknown-name]`,
		}},
		{"a long regular expression", "{state: a, as: old}", "{text: /" + strings.Repeat("x", 1000) + "/, as: old}", []string{"10:21: text: the regular expression is longer than 1000 bytes [regexp]"}},
		{"a wait that is none", "user: hi", "wait: 0s", []string{`9:15: wait must be a time such as "90s", "5m", "2h" or "1d" [value]`}},
		{"none of false", "user: hi", "none: false", []string{"9:15: none must be true [value]"}},
		{"a reason that is none", "user: hi", "close: No Way", []string{"9:16: close must be a name, such as resolved [value]"}},
		{"two cases of one name", "cases:", "cases:\n  - {name: first, steps: [{user: x}]}", []string{`8:5: there is a case "first" at line 7 already [duplicate-case]`}},
		{"a case without steps", "cases:", "cases:\n  - {name: empty}", []string{`7:5: a case needs the key "steps" [missing-key]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, one, tt.old)
			_, err := script.Load([]byte(strings.Replace(one, tt.old, tt.new, 1)))
			var ps script.Problems
			require.ErrorAs(t, err, &ps)
			require.Equal(t, strings.Join(tt.want, "\n")+"\n", ps.List())
			require.NotEmpty(t, ps.Error())
		})
	}
}

func TestAFileWithWarningsLoads(t *testing.T) {
	f := load(t, []byte(strings.Replace(one, "user: hi", "user: no", 1)))
	require.Len(t, f.Warnings(), 1)
	require.Equal(t, "9:15: warning: put no in quotes: other YAML tools read it as a boolean [quote]", f.Warnings()[0].String())
}

func TestACasesOwnSetupGoesFirst(t *testing.T) {
	f := load(t, []byte(one+`
  - name: second
    now: 2026-03-11T10:00:00-03:00
    contact: {user_id: CL.1, name: Eva}
    vars: {a: 1}
    http: [{match: "* *", status: 404}]
    steps: [{user: hi}]
`))
	first, second := f.Cases[0].Setup, f.Cases[1].Setup
	require.Equal(t, "56911112222", first.Contact.WaID)
	require.Len(t, first.Mocks, 1)
	require.Empty(t, first.Vars)
	require.Equal(t, "CL.1", second.Contact.UserID)
	require.Empty(t, second.Contact.WaID)
	require.Equal(t, "Eva", second.Contact.Name)
	require.Equal(t, 11, second.Now.Day())
	require.Equal(t, 404, second.Mocks[0].Answers[0].Status)
	require.Equal(t, 200, second.Mocks[1].Answers[0].Status)
	require.JSONEq(t, "1", string(second.Vars["a"]))
}

func TestJSONAndYAMLAreTheSame(t *testing.T) {
	yaml := load(t, []byte(`cases: [{name: a, steps: [{user: hi}, {bot: {text: /h/}}, {wait: 5m}]}]`))
	json := load(t, []byte(`{"cases": [{"name": "a", "steps": [{"user": "hi"}, {"bot": {"text": "/h/"}}, {"wait": "5m"}]}]}`))
	for i := range yaml.Cases[0].Steps {
		a, b := yaml.Cases[0].Steps[i], json.Cases[0].Steps[i]
		a.Column, b.Column = 0, 0
		require.Equal(t, a, b)
	}
	require.Equal(t, "bot: {text: /h/}", yaml.Cases[0].Steps[1].Text)
}

func TestCheckFindsSlips(t *testing.T) {
	b := loadBot(t, "testdata/tienda.bot.yaml")
	f := load(t, []byte(`cases:
  - name: a
    vars: {estados: x}
    steps:
      - bot: {state: hola}
      - bot: {state: ola}
      - state: nmero
      - vars: {pedido: x, peddo: x}
`))
	var lines []string
	for _, p := range f.Check(b) {
		lines = append(lines, p.String())
	}
	require.Equal(t, []string{
		`3:12: the bot declares no variable "estados"; did you mean "estado"? [unknown-var]`,
		`6:22: the bot has no state "ola"; did you mean "hola"? [unknown-state]`,
		`7:16: the bot has no state "nmero"; did you mean "numero"? [unknown-state]`,
		`8:27: the bot declares no variable "peddo"; did you mean "pedido"? [unknown-var]`,
	}, lines)
}

// deskbot hands off, ends, and offers buttons in a message of its own and in a list from data.
const deskbot = `bot: v1
name: desk
start: a
vars: {n: {type: int}, d: {type: date}, t: {type: timestamp}, l: {type: list, max: 2}, rows: {type: list}}
states:
  a:
    say: [{interactive: {type: button, body: {text: x}, action: {buttons: [{type: reply, reply: {id: si, title: Sí}}]}}}]
    ask: {choices: {si: b}, idle: [{after: 1m, say: [{interactive: {type: button, body: {text: x}, action: {buttons: [{type: reply, reply: {id: si, title: Sí}}]}}}]}]}
  b: {say: [{interactive: {type: button, body: {text: x}, action: {buttons: [{type: reply, reply: {id: ya, title: Ya}}]}}}], ask: {choices: {ya: c}}}
  c: {handoff: {to: ventas, timeout: 1m, on_timeout: d}}
  d: {close: {reason: done}}
`

func TestCheckFindsSlipsOfEveryKind(t *testing.T) {
	check := func(src, steps string) []string {
		b, err := definition.Load([]byte(src))
		require.NoError(t, err)
		all := []string{}
		for _, p := range load(t, []byte("cases:\n- {name: a, steps: ["+steps+"]}\n")).Check(b) {
			all = append(all, p.String())
		}
		return all
	}
	for _, tt := range []struct{ steps, want string }{
		{"{tap: nope}", `2:27: the bot has no button or row "nope" [unknown-choice]`},
		{"{tap: {id: nope}}", `2:32: the bot has no button or row "nope" [unknown-choice]`},
		{"{bot: {choices: [si, nope]}}", `2:42: the bot has no button or row "nope" [unknown-choice]`},
		{"{bot: {choices: [ya], state: a}}", `2:38: the state "a" has no button or row "ya" [unknown-choice]`},
		{"{handoff: {to: soporte}}", `2:36: the bot never hands off to "soporte" [unknown-desk]`},
		{"{closed: {reason: dome}}", `2:39: no chat ends for the reason "dome"; did you mean "done"? [unknown-reason]`},
		{"{vars: {n: x}}", `2:29: the variable n is of the type int, and never "x" [type]`},
		{"{vars: {d: 2026-02-30}}", `2:29: the variable d is of the type date, and never "2026-02-30" [type]`},
		{"{vars: {t: 2026-02-03}}", `2:29: the variable t is of the type timestamp, and never "2026-02-03" [type]`},
		{"{vars: {l: {}}}", `2:29: the variable l is of the type list, and never {} [type]`},
		{"{vars: {l: [1, 2, 3]}}", `2:29: the variable l holds at most 2 (max), and never 3 [value]`},
	} {
		require.Equal(t, []string{tt.want}, check(deskbot, tt.steps), tt.steps)
	}
	require.Empty(t, check(deskbot, `{tap: si}, {bot: {choices: [si], state: a}}, {bot: {state: b, choices: [ya]}}, {handoff: {to: /x/}}, {handoff: {to: ventas}},
  {closed: {reason: done}}, {closed: {reason: timeout}}, {closed: {reason: lifetime}}, {closed: {reason: number_changed}}, {closed: {reason: /x/}}, {close: gone}, {closed: {reason: gone}},
  {vars: {n: 1, d: 2026-02-03, t: 2026-02-03T10:00:00Z, l: []}}, {vars: {n: null, d: ""}}`))
	dynamic := strings.Replace(deskbot, "{id: ya, title: Ya}}", "{id: \"${input.id}\", title: Ya}}", 1)
	require.Empty(t, check(strings.Replace(dynamic, "choices: {ya: c}", "choices: {\"*\": c}", 1), "{tap: nope}, {bot: {state: b, choices: [nope]}}"), "ids of expressions may be any")
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(one))
	f.Add([]byte(`{"cases": [{"name": "a", "steps": [{"user": {"raw": null}}, {"call": "* *", "json": 1}]}]}`))
	f.Add([]byte("cases: [{name: a, steps: [{user: {form: [1]}}, {bot: {choices: [], text: {a: 1e999999999}}}]}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		loaded, err := script.Load(src)
		if err == nil {
			require.NotEmpty(t, loaded.Cases)
			return
		}
		var ps script.Problems
		require.ErrorAs(t, err, &ps)
		require.NotEmpty(t, ps.List())
	})
}

func TestAContactMayHaveOptedOutBefore(t *testing.T) {
	f, err := script.Load([]byte("opted_out: true\ncases:\n  - {name: a, steps: [{user: hi}]}\n  - {name: b, opted_out: false, steps: [{user: hi}]}\n"))
	require.NoError(t, err)
	require.True(t, f.Cases[0].Setup.OptedOut)
	require.False(t, f.Cases[1].Setup.OptedOut)
	b := loadBot(t, "testdata/tienda.bot.yaml")
	for _, c := range f.Cases {
		p := script.NewPlayer(b, c.Setup, nil)
		require.NoError(t, p.Receive(script.NewText("hola")))
		require.Equal(t, c.Setup.OptedOut, p.State().OptedOut)
	}
}

func TestAnyTextIsWrittenSoThatItIsReadAsTheSame(t *testing.T) {
	for _, text := range []string{"a\u0085b", "\u009b31m", "\ufffe", "\u007f", "\ufeffx\ufeff", "\u2028", "\u202e", "a\\u0085", "\x00", "\x1b[2J\a", "a\tb\rc\nd", "/(/", "- a: {b}"} {
		setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}}
		recorded := script.Record("x", "x", setup, []script.Entry{{Kind: script.EntryPerson, Text: text}})
		f, err := script.Load(recorded)
		require.NoError(t, err, "%q", text)
		require.Equal(t, text, f.Cases[0].Steps[0].Words)
		require.NotRegexp(t, `[\x00-\x09\x0b-\x1f\x7f-\x{9f}\x{2028}-\x{202e}]`, string(recorded), "%q", text)
	}
}
