package definition_test

import (
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
)

// textChecks are about the text and its shape: the schema.
func textChecks() []publishCheck {
	return []publishCheck{
		{definition.CodeSyntax, "neither YAML nor JSON", edits{"name: pub", "name: ["}, []string{"2:7: not valid YAML: what begins here is never closed with ] [syntax]"}},
		{definition.CodeDocuments, "more than one document", edits{"states:", "---\nstates:"}, []string{"12:1: a bot is one YAML document, and here another begins; take out the line --- [documents]"}},
		{
			definition.CodeTooLarge, "a definition of more than 256 KiB",
			edits{"[bye]", "[" + strings.Repeat("x", 256<<10) + "]"},
			[]string{"1:1: a bot may have at most 256 KiB [too-large]"},
		},
		{
			definition.CodeTooLarge, "more than 500 states",
			edits{"  b:\n", states(499) + "  b:\n"},
			[]string{
				`9:12: warning: nobody says the message "m" [unused]`,
				"13:3: a bot may have at most 500 states [too-large]",
			},
		},
		{definition.CodeTooDeep, "nested too deeply", edits{"[bye]", strings.Repeat("[", 33) + strings.Repeat("]", 33)}, []string{"17:40: nested more than 32 deep [too-deep]"}},
		{definition.CodeAnchor, "an anchor", edits{"[bye]", "&a [bye]"}, []string{"17:10: anchors (&a) are not allowed; write the value again where it is needed, or put a text that begins with & in quotes [anchor]"}},
		{definition.CodeTag, "a tag", edits{"[bye]", "!!seq [bye]"}, []string{"17:10: tags (!!seq) are not allowed; take it out, or put a text that begins with ! in quotes [tag]"}},
		{definition.CodeDuplicateKey, "a key twice", edits{"name: pub", "name: pub\nname: bup"}, []string{`3:1: the key "name" is there twice, first at line 2, column 1; leave one of them [duplicate-key]`}},
		{
			definition.CodeUnknownKey, "an unknown key",
			edits{"name: pub", "name: pub\ncolour: red"},
			[]string{`3:1: the bot has no key "colour"; it may have bot, data, defaults, hours, languages, limits, messages, name, optout, reply_ids, start, states, strings, timezone, triggers, vars [unknown-key]`},
		},
		{definition.CodeMissingKey, "a missing key", edits{"name: pub\n", ""}, []string{`1:1: the bot needs the key "name" [missing-key]`}},
		{definition.CodeType, "another type", edits{"[bye]", "bye"}, []string{"17:10: say must be a list with at least one item; put it in [ ], or write - and a space before it, on a line of its own [type]"}},
		{
			definition.CodeValue, "a value that is not allowed",
			edits{"as: text", "as: colour"},
			[]string{"15:15: as must be one of choice, text, int, number, date, time, email, phone, rut, dni, cuit, cpf, cnpj, curp, rfc, location, image, document, audio, video, contacts, form, any [value]"},
		},
		{
			definition.CodeValue, "collect for what is no text",
			edits{"as: text, to: b", "as: int, collect: 8s, to: b"},
			[]string{"15:29: only as: text and as: any can be collected [value]"},
		},
		{
			definition.CodeValue, "collect of more than a minute",
			edits{"as: text, to: b", "as: text, collect: 61s, to: b"},
			[]string{"15:30: collect may be at most 60s: the contact is waiting for an answer [value]"},
		},
		{
			definition.CodeValue, "a call that may take too long",
			edits{"say: [bye]", "call: {http: {get: \"https://x.test/\", timeout: 11s}, on_error: b}\n    say: [bye]"},
			[]string{"17:52: timeout may be at most 10s: a person is waiting [value]"},
		},
		{definition.CodeValue, "more than ten retries", edits{"to: b}\n  b", "to: b, retry: {max: 11, else: b}}\n  b"}, []string{"15:41: max must be from 0 to 10 [value]"}},
		{
			definition.CodeValue, "a conversation of more than a week",
			edits{"name: pub", "name: pub\nlimits: {lifetime: 8d}"},
			[]string{"3:20: lifetime may be at most 7d: no conversation lasts longer [value]"},
		},
		{
			definition.CodeMissingKey, "a handoff that times out to nowhere",
			edits{handOff, "handoff: {to: desk, timeout: 5m}"},
			[]string{"18:14: timeout and on_timeout belong together: how long to wait for a person, and what then [missing-key]"},
		},
		{
			definition.CodeMissingKey, "a call without on_error",
			edits{"say: [bye]", "call: {http: {get: \"https://x.test/\"}}\n    say: [bye]"},
			[]string{`17:11: call needs the key "on_error" [missing-key]`},
		},
		{definition.CodeUnsupported, "what comes later", edits{"name: pub", "name: pub\nrollout: 10"}, []string{"3:1: not supported yet: percent roll-out [unsupported]"}},
		{definition.CodeEncoding, "a text that was read in another encoding", edits{"[bye]", "[\"adiÃ³s\"]"}, []string{
			"17:15: warning: Ã³ looks like ó of a text that was read in another encoding (Latin-1) and written again; write ó [encoding]",
		}},
		{definition.CodePlaceholder, "a mark of another tool", edits{"[bye]", "[\"bye, {{name}}\"]"}, []string{
			"17:17: warning: {{name}} is said as it stands; the value is written ${contact.name} [placeholder]",
		}},
		{
			definition.CodeQuote, "a boolean-like id without quotes",
			edits{freeText, "say: [{use: m}, {interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: no, title: X}}]}}}]\n    ask: {choices: {no: b}}"},
			[]string{
				"14:112: warning: put no in quotes: other YAML tools read it as a boolean [quote]",
				"15:21: warning: put no in quotes: other YAML tools read it as a boolean [quote]",
			},
		},
	}
}

// stateChecks are about states, the ways between them, and what people may type.
func stateChecks() []publishCheck {
	return []publishCheck{
		{definition.CodeUnknownState, "an unknown state", edits{"to: b}]", "to: nowhere}]"}, []string{`11:37: there is no state "nowhere" [unknown-state]`}},
		{
			definition.CodeUnknownVar, "an unknown variable",
			edits{"[bye]", `["${vars.x}"]`},
			[]string{`17:14: there is no variable "x"; declare it under vars [unknown-var]`},
		},
		{
			definition.CodeUnknownVar, "a variable that is set but not declared",
			edits{"say: [bye]", "set: {x: \"1\"}\n    say: [bye]"},
			[]string{`17:11: there is no variable "x"; declare it under vars [unknown-var]`},
		},
		{definition.CodeUnknownString, "an unknown string", edits{"[bye]", `["${t('ho')}"]`}, []string{`17:16: there is no text "ho" under strings [unknown-string]`}},
		{definition.CodeUnknownHours, "unknown opening hours", edits{"[bye]", `["${open('bar')}"]`}, []string{`17:19: there are no opening hours "bar" under hours [unknown-hours]`}},
		{definition.CodeUnknownMessage, "an unknown message", edits{"[bye]", "[{use: x}]"}, []string{`17:17: there is no message "x" under messages [unknown-message]`}},
		{definition.CodeUnused, "a message that nobody says", edits{"{use: m}, ", ""}, []string{`9:12: warning: nobody says the message "m" [unused]`}},
		{
			definition.CodeUnreachable, "a state that nothing leads to",
			edits{"  b:\n", "  c: {close: {reason: done}}\n  b:\n"},
			[]string{`16:3: warning: nothing leads to the state "c" [unreachable]`},
		},
		{
			definition.CodeNoEnd, "no way to an ask, a handoff or a close",
			edits{freeText, `say: [{use: m}]
    call: {http: {get: "https://x.test/"}, on_error: c}
    goto: c
  c: {call: {http: {get: "https://x.test/"}, on_error: a}, goto: a}`},
			[]string{
				`13:3: from the state "a" the bot never comes to ask, hand off or close [no-end]`,
				`17:3: from the state "c" the bot never comes to ask, hand off or close [no-end]`,
			},
		},
		{
			definition.CodeCycle, "a cycle without ask or call",
			edits{freeText, "say: [{use: m}]\n    goto: c\n  c: {goto: a}"},
			[]string{`16:13: from here the bot comes back to "a" without asking anything [cycle]`},
		},
		{
			definition.CodeNoExit, "a state without exit",
			edits{"\n    " + handOff, ""},
			[]string{`16:3: state "b" has no exit; it needs one of ask, goto, run, return, handoff and close [no-exit]`},
		},
		{
			definition.CodeTwoExits, "a state with two exits",
			edits{handOff, handOff + "\n    goto: a"},
			[]string{`19:5: state "b" has more than one exit; it may have one of ask, goto, run, return, handoff and close [two-exits]`},
		},
		{
			definition.CodeLongChain, "more messages at once than an event may have",
			edits{freeText, "say: [" + strings.Repeat("x, ", 9) + "{use: m}]\n    goto: c\n  c: {goto: d, say: [" + strings.Repeat("x, ", 9) + "z]}\n  d: {goto: b, say: [z]}"},
			[]string{"13:3: warning: from here the bot goes through 4 states and says 22 messages at once; at most 50 and 20 are allowed [long-chain]"},
		},
		{
			definition.CodeBranch, "the last branch with a condition",
			edits{"to: b}\n  b", `to: [{if: "true", to: b}, {if: "true", to: b}]}
  b`},
			[]string{"15:47: the last branch must be without if: it is for everything else [branch]"},
		},
		{
			definition.CodeBranch, "a branch behind the last",
			edits{"to: b}\n  b", "to: [{to: b}, {to: b}]}\n  b"},
			[]string{"15:26: only the last branch may be without if: nothing behind this one can be reached [branch]"},
		},
		{
			definition.CodeTrigger, "a trigger without a condition",
			edits{"[{text: {words: [x]}, to: b}]", "[{to: b}]"},
			[]string{"11:12: a trigger needs at least one of text, choice, type, referral, first and if [trigger]"},
		},
		{definition.CodeTrigger, "a word that can never match", edits{"words: [x]", `words: ["¡!"]`}, []string{"11:28: an item of words needs a letter, a digit or a symbol such as an emoji [trigger]"}},
		{
			definition.CodeRegexp, "not RE2",
			edits{"words: [x]", `matches: "(?=x)"`},
			[]string{"11:29: matches: (?=…) looks ahead or behind, which is not possible here; write what has to match, and use a second condition for what must not [regexp]"},
		},
		{
			definition.CodeRegexp, "a regular expression that is too large",
			edits{"words: [x]", `matches: "(a{30}){30}(b{30}){30}(c{30}){30}"`},
			[]string{"11:29: the regular expressions of this bot are too large; use fewer or smaller repetitions [regexp]"},
		},
		{
			definition.CodeHijack, "an interrupt that is the title of an answer",
			edits{freeText, "say: [{use: m}, {" + buttonX + "}]\n    ask: {choices: {x: a}}", "words: [x]}", "words: [x]}, interrupt: true"},
			[]string{`11:12: warning: this interrupt takes away the answer "X" of the state "a" [hijack]`},
		},
		{
			definition.CodeHijack, "a word of optout that is the title of an answer",
			edits{freeText, "say: [{use: m}, {interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: Baja}}]}}}]\n    ask: {choices: {x: b}}"},
			[]string{`10:1: warning: a word of optout takes away the answer "Baja" of the state "a" when it is typed [hijack]`},
		},
		{
			definition.CodeHijack, "a trigger that optout comes before",
			edits{"words: [x]", "any: [Baja]"},
			[]string{`11:12: warning: "baja" is a word of optout, which comes before this trigger [hijack]`},
		},
		{
			definition.CodeAmbiguous, "a word that is the title of another option",
			edits{freeText, "say: [{use: m}, {interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: X}}, {type: reply, reply: {id: z, title: Z}}]}}}]\n    ask: {choices: {x: b, z: {to: b, words: [x]}}}"},
			[]string{
				`15:27: warning: "x" means this option and "x" alike; typed, it chooses neither, and the question is asked again [ambiguous]`,
			},
		},
		{
			definition.CodeOptout, "a word that opts out and in",
			edits{"words: [baja]}", "words: [baja], optin: [BAJA]}"},
			[]string{`10:1: "baja" cannot both stop and allow notices [optout]`},
		},
		{
			definition.CodeReturn, "return where no subroutine is under way",
			edits{"to: b}\n  b", "to: go}\n  go: {run: {state: b, then: end}}\n  end: {handoff: {to: desk}}\n  b", handOff + "\n", "return: true\n"},
			[]string{"18:3: warning: the state \"b\" can be entered where no subroutine is under way (by a trigger, retry.else or idle); its return ends the chat with an error there [return]"},
		},
		{
			definition.CodeNoPerson, "no way to a person",
			edits{handOff, "close: {reason: done}"},
			[]string{"5:8: warning: no state hands off, and no message tells how a person can be reached; WhatsApp's policy asks for such a way [no-person]"},
		},
		{
			definition.CodeIdle, "idle that does not ascend",
			edits{"to: b}\n  b", "to: b, idle: [{after: 2m, say: [x]}, {after: 1m, to: b}]}\n  b"},
			[]string{"15:58: after must be later than that of the item before [idle]"},
		},
		{
			definition.CodeIdle, "idle whose exit is not last",
			edits{"to: b}\n  b", "to: b, idle: [{after: 1m, to: b}, {after: 2m, say: [x]}]}\n  b"},
			[]string{"15:35: the exit (to) must be the last item of idle [idle]"},
		},
		{
			definition.CodeIdle, "a free-form reminder after 24 hours",
			edits{"to: b}\n  b", "to: b, idle: [{after: 1d, say: [x]}]}\n  b"},
			[]string{"15:35: after 24 hours of silence WhatsApp takes only templates; say one, or let after be less than 24h [idle]"},
		},
		{
			definition.CodeIdle, "an item of idle with say and to",
			edits{"to: b}\n  b", "to: b, idle: [{after: 1m, say: [x], to: b}]}\n  b"},
			[]string{"15:35: an item of idle has either say or to [idle]"},
		},
	}
}
