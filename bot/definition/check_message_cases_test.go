package definition_test

import (
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
)

// messageChecks are about messages and the choices that answer them.
func messageChecks() []publishCheck {
	return []publishCheck{
		{
			definition.CodeButtonWithoutChoice, "a button that is not in choices",
			edits{freeText, "say: [{use: m}, {" + buttonX + "}]\n    ask: {as: text, choices: {w: b}}"},
			[]string{
				`14:112: no choice and no trigger takes the button "x" [button-without-choice]`,
				`15:31: no button or row of this state has the id "w" [choice-without-button]`,
			},
		},
		{
			definition.CodeButtonWithoutChoice, "a button where nothing is asked",
			edits{"say: [bye]", "say: [{" + buttonX + "}]"},
			[]string{`17:102: no choice and no trigger takes the button "x" [button-without-choice]`},
		},
		{
			definition.CodeChoiceWithoutButton, "a choice that no button makes",
			edits{freeText, "say: [{use: m}, {" + buttonX + "}]\n    ask: {choices: {x: b, w: b}}"},
			[]string{`15:27: no button or row of this state has the id "w" [choice-without-button]`},
		},
		{
			definition.CodeChoiceWithoutButton, "a choice that nothing offers",
			edits{"{as: text, to: b}", "{to: b}"},
			[]string{"15:5: the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as [choice-without-button]"},
		},
		{
			definition.CodeDuplicateID, "the same id in two messages",
			edits{freeText, "say: [{use: m}, {" + buttonX + "}, {" + buttonX + "}]\n    ask: {to: b}"},
			[]string{`14:222: another message of this state has a button with the id "x" [duplicate-id]`},
		},
		{
			definition.CodeDynamic, `dynamic rows without "*"`,
			edits{freeText, "say: [{use: m}, {interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: T, rows: \"${vars.l}\"}]}}}]\n    ask: {choices: {x: b}}"},
			[]string{`15:5: the ids of some options come from an expression; add the choice "*", which takes every id that is not named [dynamic]`},
		},
		{
			definition.CodeMessage, "the same id twice in a message",
			edits{freeText, "say: [{use: m}, {interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: T, rows: [{id: x, title: X}, {id: x, title: W}]}]}}}]\n    ask: {to: b}"},
			[]string{"14:140: interactive.action.sections[0].rows[1].id is the same as an earlier one [message]"},
		},
		{
			definition.CodeMessage, "what is written out beside an expression is too long already",
			edits{freeText, "say: [{use: m}, {interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: \"xxxxxxxxxxxxxxxxxxxxx${vars.s}\"}}]}}}]\n    ask: {to: b}"},
			[]string{"14:122: interactive.action.buttons[0].reply.title has 21 characters, at most 20 are allowed [message]"},
		},
		{
			definition.CodeMessage, "a message beside the question",
			edits{"to: b}\n  b", "to: b, retry: {max: 1, say: [{image: {link: x}}], else: b}}\n  b"},
			[]string{"15:65: image.link must be an http or https address [message]"},
		},
		{
			definition.CodeMessage, "a limit of WhatsApp",
			edits{freeText, "say: [{use: m}, {interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: xxxxxxxxxxxxxxxxxxxxx}}]}}}]\n    ask: {to: b}"},
			[]string{"14:122: interactive.action.buttons[0].reply.title has 21 characters, at most 20 are allowed [message]"},
		},
	}
}

// exprChecks are about expressions, and what they and calls need.
func exprChecks() []publishCheck {
	return []publishCheck{
		{
			definition.CodeExpression, "bad syntax",
			edits{"to: b}\n  b", "to: [{if: \"vars.i = 1\", to: b}, {to: b}]}\n  b"},
			[]string{"15:39: this is not expected here; compare with == [expression]"},
		},
		{
			definition.CodeExpression, "a type that does not fit",
			edits{"to: b}\n  b", "to: [{if: \"vars.i\", to: b}, {to: b}]}\n  b"},
			[]string{"15:32: this has to be a bool and is an int [expression]"},
		},
		{
			definition.CodeExpression, "types that do not go together",
			edits{"[bye]", `["${vars.i + vars.s}"]`},
			[]string{"17:21: + does not go with int and string; convert one with string(…), int(…) or double(…) [expression]"},
		},
		{
			definition.CodeExpression, "answer where none is",
			edits{"[bye]", `["${answer.text}"]`},
			[]string{"17:14: answer exists only where a question is answered (save, reject) [expression]"},
		},
		{
			definition.CodeExpression, "result outside of a call",
			edits{"to: b}\n  b", "save: {s: result.text}, to: b}\n  b"},
			[]string{"15:31: result exists only in the save of a call [expression]"},
		},
		{
			definition.CodeExpression, "an expression without end",
			edits{"[bye]", `["${vars.i"]`},
			[]string{"17:12: the expression has no end: } is missing (for the characters ${ write $${) [expression]"},
		},
		{
			definition.CodeCost, "lists walked in a list in a list",
			edits{"[bye]", `["${vars.l.filter(x, vars.l.exists(z, vars.l.exists(y, x + y == z)))}"]`},
			[]string{"17:67: the expression may do too much work: 210060803 of 100000 units; 203000000 of them are for x + y, done for each of 1000000 elements; do it in several steps, each into a variable of its own [cost]"},
		},
		{
			definition.CodeCost, "too much work at worst",
			edits{"to: b}\n  b", "to: [{if: \"vars.l.exists(x, fold(x) == fold(input.text))\", to: b}, {to: b}]}\n  b"},
			[]string{"15:64: the expression may do too much work: 1259802 of 100000 units; 1229000 of them are for fold(input.text), done for each of 100 elements; it is the same for each of them: compute it once, into a variable, before [cost]"},
		},
		{
			definition.CodeRegexp, "a pattern that is too large",
			edits{"[bye]", `["${vars.s.matches('(a{30}){30}')}"]`},
			[]string{"17:29: the regular expression is too large; use fewer or smaller repetitions [regexp]"},
		},
		{
			definition.CodeTimezone, "a time without a time zone",
			edits{"timezone: America/Santiago\n", ""},
			[]string{`7:8: opening hours need the key timezone, such as "America/Santiago" [timezone]`},
		},
		{
			definition.CodeMissingString, "a language without the string",
			edits{"hi: {es: hola, en: hello}", "hi: {es: hola}"},
			[]string{`7:11: the string "hi" has no text in "en", one of the bot's languages [missing-string]`},
		},
		{definition.CodeHours, "hours that cannot be told", edits{"09:00-18:00", "9 to 6"}, []string{`8:31: "9 to 6" is no span of hours; write one such as "08:30-13:00" [hours]`}},
		{
			definition.CodeSecret, "a secret in a text",
			edits{"[bye]", `["${secret.token}"]`},
			[]string{"17:14: secrets stand only in the headers of a call, by themselves: ${secret.name} [secret]"},
		},
		{
			definition.CodeSecret, "a secret in a URL",
			edits{"say: [bye]", "call: {http: {get: \"https://x.test/${secret.token}\"}, on_error: b}\n    say: [bye]"},
			[]string{"17:42: secrets stand only in the headers of a call, by themselves: ${secret.name} [secret]"},
		},
		{
			definition.CodeSecret, "a secret in a query",
			edits{"say: [bye]", `call: {http: {get: "https://x.test/", query: {k: "${secret.token}"}}, on_error: b}
    say: [bye]`},
			[]string{"17:57: secrets stand only in the headers of a call, by themselves: ${secret.name} [secret]"},
		},
		{
			definition.CodeSecret, "a secret in a body",
			edits{"say: [bye]", `call: {http: {post: "https://x.test/", json: {k: "${secret.token}"}}, on_error: b}
    say: [bye]`},
			[]string{"17:57: secrets stand only in the headers of a call, by themselves: ${secret.name} [secret]"},
		},
		{
			definition.CodeURL, "a URL that is not https",
			edits{"say: [bye]", "call: {http: {get: \"http://x.test/\"}, on_error: b}\n    say: [bye]"},
			[]string{"17:24: the URL must begin with https:// [url]"},
		},
		{
			definition.CodeURL, "a host from an expression",
			edits{"say: [bye]", "call: {http: {get: \"https://${vars.s}/\"}, on_error: b}\n    say: [bye]"},
			[]string{"17:24: the URL must be https://, a host and a path [url]"},
		},
		{
			definition.CodeURL, "a URL with a password",
			edits{"say: [bye]", "call: {http: {get: \"https://a:b@x.test/\"}, on_error: b}\n    say: [bye]"},
			[]string{"17:24: the URL must be https://, a host and a path [url]"},
		},
		{
			definition.CodeURL, "a URL of more than 2,048 characters",
			edits{"say: [bye]", `call: {http: {get: "https://x.test/` + strings.Repeat("x", 2048) + `"}, on_error: b}` + "\n    say: [bye]"},
			[]string{"17:24: the URL may have at most 2048 characters [url]"},
		},
		{
			definition.CodeCall, "a header of the service's own",
			edits{"say: [bye]", "call: {http: {get: \"https://x.test/\", headers: {Host: x}}, on_error: b}\n    say: [bye]"},
			[]string{"17:53: the header Host is set by the service [call]"},
		},
		{
			definition.CodeCall, "a name of a header with 65 characters",
			edits{"say: [bye]", "call: {http: {get: \"https://x.test/\", headers: {" + strings.Repeat("x", 65) + ": x}}, on_error: b}\n    say: [bye]"},
			[]string{`17:53: "` + strings.Repeat("x", 65) + `" is no name of a header [call]`},
		},
		{
			definition.CodeCall, "two methods",
			edits{"say: [bye]", `call: {http: {get: "https://x.test/", post: "https://x.test"}, on_error: b}
    say: [bye]`},
			[]string{"17:43: http has one method; this one has get and post [call]"},
		},
		{
			definition.CodeCall, "a body of a get",
			edits{"say: [bye]", "call: {http: {get: \"https://x.test/\", json: {}}, on_error: b}\n    say: [bye]"},
			[]string{"17:43: get has no body; use query, or post [call]"},
		},
	}
}
