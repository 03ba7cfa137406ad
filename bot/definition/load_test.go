package definition_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

func load(t testing.TB, src string) *definition.Bot {
	t.Helper()
	b, err := definition.Load([]byte(src))
	require.NoError(t, err)
	return b
}

func problemsOf(ps []definition.Problem) []string {
	var all []string
	for _, p := range ps {
		all = append(all, p.String())
	}
	return all
}

func problems(t testing.TB, src string) definition.Problems {
	t.Helper()
	_, err := definition.Load([]byte(src))
	var ps definition.Problems
	require.ErrorAs(t, err, &ps)
	require.NotEmpty(t, ps.Error())
	return ps
}

func TestLaterFeaturesAreRefusedByName(t *testing.T) {
	src, err := os.ReadFile("testdata/later.bot.yaml")
	require.NoError(t, err)
	want, err := os.ReadFile("testdata/later.problems.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), problems(t, string(src)).List())
}

// one is a small good definition; tests break it by replacing a piece.
const one = `bot: v1
name: one
start: a
states:
  a:
    say:
      - interactive:
          type: button
          body: {text: "pick"}
          action:
            buttons:
              - {type: reply, reply: {id: x, title: X}}
              - {type: reply, reply: {id: z, title: Z}}
    ask:
      choices: {x: b, z: b}
  b:
    say: [bye]
    close: {reason: done}
`

func TestLoadReportsAllProblemsWithTheirPlaces(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"empty", one, "", []string{"1:1: the bot is empty [syntax]"}},
		{"comment only", one, "# nothing\n", []string{"1:1: the bot is empty [syntax]"}},
		{"not YAML", one, "bot: v1\n  name: x\n", []string{"2:7: not valid YAML: this line goes on with the text of the line above it; indent it like that line, or put a text of several lines in quotes [syntax]"}},
		{"rubbish behind the document", one, "'a' 'b'", []string{"1:5: not valid YAML: the text is complete before this [syntax]"}},
		{"not UTF-8", "bye", "\xff", []string{"17:11: the text is not valid UTF-8 here; save the file as UTF-8 (in the encoding Latin-1, or Windows-1252, this byte is ÿ) [syntax]"}},
		{"a list", one, "[1]", []string{"1:1: the bot must be an object, with the keys bot, data, defaults, hours, languages, limits, messages, name, optout, reply_ids, start, states, strings, timezone, triggers, vars: each as key: value [type]"}},
		{"two documents", "states:", "---\nstates:", []string{"4:1: a bot is one YAML document, and here another begins; take out the line --- [documents]"}},
		{"too large", "bye", strings.Repeat("x", 256<<10), []string{"1:1: a bot may have at most 256 KiB [too-large]"}},
		{"too deep", "[bye]", strings.Repeat("[", 40) + strings.Repeat("]", 40), []string{"17:40: nested more than 32 deep [too-deep]"}},
		{"anchor and alias", "say: [bye]", "say: [&w bye, *w]", []string{
			"17:11: anchors (&w) are not allowed; write the value again where it is needed, or put a text that begins with & in quotes (also at 17:19) [anchor]",
		}},
		{"merge key", "close: {", "close: {<<: {notice: true}, ", []string{
			"18:13: merge keys (<<) are not allowed; write out what is meant [anchor]",
		}},
		{"tag", "say: [bye]", "say: [!!str bye]", []string{"17:11: tags (!!str) are not allowed; take it out, or put a text that begins with ! in quotes [tag]"}},
		{"duplicate key", "  b:\n", "  b: {close: {reason: x}}\n  b:\n", []string{`17:3: the key "b" is there twice, first at line 16, column 3; leave one of them [duplicate-key]`}},
		{"a key that is a list", "name: one", "name: one\n[a]: b", []string{
			"3:1: a key must be a text; put a text that begins with {{ or [ in quotes [type]",
		}},
		{"unknown keys, all at once", "say: [bye]", "says: [bye]\n    colour: red", []string{
			`17:5: a state has no key "says"; did you mean "say"? [unknown-key]`,
			`18:5: a state has no key "colour"; it may have about, ask, call, close, goto, handoff, return, run, say, set [unknown-key]`,
		}},
		{"missing keys", "name: one\nstart: a\n", "", []string{
			`1:1: the bot needs the key "name" [missing-key]`, `1:1: the bot needs the key "start" [missing-key]`,
		}},
		{"wrong version", "bot: v1", "bot: v2", []string{"1:6: bot must be one of v1 [value]"}},
		{"bad name", "name: one", "name: One!", []string{`2:7: name must be at most 63 small letters, digits and -, a letter or digit first, such as "one" [value]`}},
		{"number for a text", "title: X", "title: 2024", []string{"12:53: interactive.action.buttons[0].reply.title must be a text; put it in quotes [type]"}},
		{"boolean for a text", "title: X", "title: true", []string{"12:53: interactive.action.buttons[0].reply.title must be a text; put it in quotes [type]"}},
		{"odd number", "title: X", "title: 0x10", []string{
			"12:53: interactive.action.buttons[0].reply.title must be a text; put it in quotes [type]",
			"12:53: write the number in plain decimal digits, or the text in quotes [value]",
		}},
		{"null", "say: [bye]", "say:", []string{"17:9: say must be a list with at least one item [type]"}},
		{"text for a list", "say: [bye]", "say: bye", []string{"17:10: say must be a list with at least one item; put it in [ ], or write - and a space before it, on a line of its own [type]"}},
		{"empty text", "say: [bye]", `say: [" "]`, []string{"17:11: text.body is required [message]"}},
		{"too many messages", "say: [bye]", "say: [1a,1,1,1,1,1,1,1,1,1,1]", []string{"17:32: say may have at most 10 items [too-large]"}},
		{"NUL", "say: [bye]", `say: ["a\0b"]`, []string{"17:11: a message must not hold a NUL character [value]"}},
		{"unknown states", "{x: b, z: b}", "{x: c, z: d}", []string{
			`15:20: there is no state "c" [unknown-state]`, `15:26: there is no state "d" [unknown-state]`,
		}},
		{"unknown start", "start: a", "start: q", []string{`3:8: there is no state "q" [unknown-state]`}},
		{"no exit", "    close: {reason: done}\n", "", []string{`16:3: state "b" has no exit; it needs one of ask, goto, run, return, handoff and close [no-exit]`}},
		{"two exits", "    close:", "    goto: a\n    close:", []string{
			`19:5: state "b" has more than one exit; it may have one of ask, goto, run, return, handoff and close [two-exits]`,
		}},
		{"close without reason", "{reason: done}", "{}", []string{`18:12: close needs the key "reason" [missing-key]`}},
		{"button without choice", "{x: b, z: b}", "{x: b}", []string{`13:43: no choice and no trigger takes the button "z" [button-without-choice]`}},
		{"choice without button", "{x: b, z: b}", "{x: b, z: b, q: b}", []string{`15:29: no button or row of this state has the id "q" [choice-without-button]`}},
		{"question without buttons", "interactive:\n          type: button\n          body: {text: \"pick\"}\n          action:\n            buttons:\n              - {type: reply, reply: {id: x, title: X}}\n              - {type: reply, reply: {id: z, title: Z}}", "text: {body: pick}", []string{
			"8:5: the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as [choice-without-button]",
			`9:17: no button or row of this state has the id "x" [choice-without-button]`,
			`9:23: no button or row of this state has the id "z" [choice-without-button]`,
		}},
		{"button where nothing is asked", "say: [bye]", "say: [{interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: w, title: W}}]}}}]", []string{
			`17:102: no choice and no trigger takes the button "w" [button-without-choice]`,
		}},
		{"button in a reminder that nothing takes", "    ask:\n", "    ask:\n      idle: [{after: 1m, say: [{interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: w, title: W}}]}}}]}]\n", []string{
			`15:123: no choice and no trigger takes the button "w" [button-without-choice]`,
		}},
		{"ask without a way on", "choices: {x: b, z: b}", "as: choice", []string{
			"14:5: ask needs choices, to, or both [missing-key]",
		}},
		{"duplicate id in a message", "id: z", "id: x", []string{
			"13:43: interactive.action.buttons[1].reply.id is the same as an earlier one [message]",
			`15:23: no button or row of this state has the id "z" [choice-without-button]`,
		}},
		{"duplicate id in another message", "    ask:", "      - interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: W}}]}}\n    ask:", []string{
			`14:99: another message of this state has a button with the id "x" [duplicate-id]`,
		}},
		{"id with a tilde", "id: z, title: Z", "id: z~1, title: Z", []string{
			`13:43: no choice and no trigger takes the button "z~1" [button-without-choice]`,
			"13:43: an id must not hold ~, which separates the tag of its question [value]",
			`15:23: no button or row of this state has the id "z" [choice-without-button]`,
		}},
		{"WhatsApp's limits, all at once", "title: X}}", "title: \"123456789012345678901\"}}\n              - {type: reply, reply: {id: v, title: V}}\n              - {type: reply, reply: {id: u, title: U}}", []string{
			"12:15: interactive.action.buttons has 4 items, at most 3 are allowed [message]",
			"12:53: interactive.action.buttons[0].reply.title has 21 characters, at most 20 are allowed [message]",
			`13:43: no choice and no trigger takes the button "v" [button-without-choice]`,
			`14:43: no choice and no trigger takes the button "u" [button-without-choice]`,
		}},
		{"id that is too long with its tag", "id: z, title: Z", "id: " + strings.Repeat("z", 251) + ", title: Z", []string{
			`13:43: no choice and no trigger takes the button "` + strings.Repeat("z", 59) + `…" [button-without-choice]`,
			"13:43: interactive.action.buttons[1].reply.id has 257 characters, at most 256 are allowed; the tag of its question takes 6 [message]",
			`15:23: no button or row of this state has the id "z" [choice-without-button]`,
		}},
		{"message of an unknown kind", "say: [bye]", "say: [{txt: hi}]", []string{
			`17:12: a message has no key "txt"; did you mean "text"? [unknown-key]`,
		}},
		{"message without content", "say: [bye]", "say: [{type: text}]", []string{"17:11: a message needs one of text, image, audio, video, document, sticker, location, contacts, interactive, template, reaction, or use [missing-key]"}},
		{"type that contradicts", "say: [bye]", "say: [{type: image, text: {body: hi}}]", []string{`17:18: type is "image" but the message has text [value]`}},
		{"two contents", "say: [bye]", "say: [{type: interactive, text: {body: hi}, interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: W}}]}}}]", []string{
			`17:49: a message has one payload; this one has text and interactive [message]`,
		}},
		{"unknown and unused messages", "say: [bye]\n    close: {reason: done}", "say: [{use: nobody}]\n    close: {reason: done}\nmessages: {one: hi}", []string{
			`17:17: there is no message "nobody" under messages [unknown-message]`,
			`19:12: warning: nobody says the message "one" [unused]`,
		}},
		{"idle out of order", "    ask:\n", "    ask:\n      idle:\n        - {after: 5m, say: [a]}\n        - {after: 5m, to: b}\n        - {after: 1d, say: [a], to: b}\n        - {after: 0s}\n", []string{
			"17:11: after must be later than that of the item before [idle]",
			"17:11: the exit (to) must be the last item of idle [idle]",
			"18:11: after 24 hours of silence WhatsApp takes only templates; say one, or let after be less than 24h [idle]",
			"18:11: an item of idle has either say or to [idle]",
			"18:11: the exit (to) must be the last item of idle [idle]",
			"19:11: an item of idle has either say or to [idle]",
			`19:19: after must be a time such as "90s", "5m", "2h" or "1d" [value]`,
		}},
		{"retry without else", "    ask:\n", "    ask:\n      retry: {max: 11}\n", []string{
			`15:14: retry needs the key "else" [missing-key]`, "15:20: max must be from 0 to 10 [value]",
		}},
		{"cycle", "close: {reason: done}", "goto: c\n  c: {goto: d}\n  d: {goto: b}", []string{
			`20:13: from here the bot comes back to "b" without asking anything [cycle]`,
		}},
		{"cycle of one", "close: {reason: done}", "goto: b", []string{`18:11: from here the bot comes back to "b" without asking anything [cycle]`}},
		{"triggers", "start: a", `start: a
triggers:
  - {to: b}
  - {text: {}, to: b}
  - {text: {any: ["¡!"]}, to: b}
  - {text: {matches: "(?<!x)y"}, to: b}
  - {text: {matches: "(\\pL{100}){10}(\\pL{100}){10}"}, to: b}
  - {text: {matches: "` + strings.Repeat("a", 201) + `"}, to: b}
  - {type: [telepathy], to: b}
  - {first: false, to: b}
  - {text: {any: [a]}}`, []string{
			"5:5: a trigger needs at least one of text, choice, type, referral, first and if [trigger]",
			"6:12: text needs at least one of any, words and matches [trigger]",
			"7:19: an item of any needs a letter, a digit or a symbol such as an emoji [trigger]",
			"8:22: matches: (?<…) looks ahead or behind, which is not possible here; write what has to match, and use a second condition for what must not [regexp]",
			"9:22: the regular expressions of this bot are too large; use fewer or smaller repetitions [regexp]",
			"10:22: matches may have at most 200 characters [regexp]",
			"11:13: type must be one of text, image, audio, video, document, sticker, location, contacts, reaction, interactive, button, order, unsupported [value]",
			"12:13: first can only be true; leave it out otherwise [value]",
			`13:5: a trigger needs the key "to" [missing-key]`,
		}},
		{"limits and languages", "start: a", "start: a\nlimits: {turns: 0}\nlanguages: [spanish!]\nreply_ids: none\ntimezone: \"\"", []string{
			"4:17: turns must be from 1 to 1000000 [value]",
			"5:13: a language must be written as in es, en or pt-BR [value]",
			"6:12: reply_ids must be one of tagged, raw [value]",
			`7:11: there is no time zone ""; write one such as "America/Santiago" [value]`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, one, tt.old)
			src := strings.Replace(one, tt.old, tt.new, 1)
			require.Equal(t, tt.want, problemsOf(problems(t, src)))
		})
	}
}

func TestWarningsDoNotStopADefinition(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"unreachable state", "  b:\n", "  lost: {goto: b}\n  b:\n", `16:3: warning: nothing leads to the state "lost" [unreachable]`},
		{"unused message", "start: a", "start: a\nmessages: {m: hi}", `4:12: warning: nobody says the message "m" [unused]`},
		{"unquoted boolean", "id: z, title: Z", "id: z, title: No", `13:53: warning: put No in quotes: other YAML tools read it as a boolean [quote]`},
		{"hijack", "start: a", "start: a\ntriggers: [{text: {words: [z]}, interrupt: true, to: a}]", `4:12: warning: this interrupt takes away the answer "Z" of the state "a" [hijack]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := load(t, strings.Replace(one, tt.old, tt.new, 1))
			found := slices.DeleteFunc(b.Warnings(), func(p definition.Problem) bool { return p.Code == definition.CodeNoPerson })
			require.Len(t, found, 1)
			require.Equal(t, tt.want, found[0].String())
		})
	}
}

func TestAtMostAHundredProblemsAreReported(t *testing.T) {
	require.Len(t, problems(t, "{"+strings.Repeat(`"x": 1, `, 5000)+`"y": 1}`), 100)
	require.Len(t, problems(t, chain("", 501, 0)), 1)
}

func TestProblemsOfJSONHaveTheirPlaces(t *testing.T) {
	src := "{\"bot\": \"v1\", \"name\": \"ñ\\u00f1\",\n\t\"start\" : \"a\", \"é\": [1, {}, null, true],\n \"states\": {\"a\": {\"close\": {\"reason\": 3}}}}"
	require.Equal(t, []string{
		`1:23: name must be at most 63 small letters, digits and -, a letter or digit first, such as "nn" [value]`,
		`2:17: the bot has no key "é"; it may have bot, data, defaults, hours, languages, limits, messages, name, optout, reply_ids, start, states, strings, timezone, triggers, vars [unknown-key]`,
		"3:39: reason must be a text; put it in quotes [type]",
	}, problemsOf(problems(t, src)))
}
