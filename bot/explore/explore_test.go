package explore_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/explore"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
)

const head = "bot: v1\nname: x\nlanguages: [en]\ntimezone: UTC\n"

func load(t require.TestingT, src string) *definition.Bot {
	b, err := definition.Load([]byte(src))
	if problems, ok := err.(definition.Problems); ok { //nolint:errorlint // it is never wrapped
		require.Empty(t, problems.List(), src)
	}
	require.NoError(t, err)
	return b
}

// walk explores a bot, with a test file or without, and plays the tests of all findings.
func walk(t require.TestingT, b *definition.Bot, tests string, o explore.Options) *explore.Report {
	var src []byte
	if tests != "" {
		src = []byte(tests)
	}
	require.NoError(t, o.UseTests(src))
	o.Bot = "x.bot.yaml"
	r := explore.Explore(context.Background(), b, o)
	for _, f := range r.Findings {
		passes(t, b, f)
	}
	return r
}

// passes holds the test of a finding against the bot: it shows what was found.
func passes(t require.TestingT, b *definition.Bot, f explore.Finding) {
	file, err := script.Load([]byte(f.Test))
	require.NoError(t, err, "%s\n%s", f.Message, f.Test)
	require.Empty(t, file.Check(b), f.Test)
	for i := range file.Cases {
		c := &file.Cases[i]
		result := c.Play(script.NewPlayer(b, c.Setup, nil))
		var out bytes.Buffer
		if !result.Passed() {
			transcript.WriteResult(&out, result, 100, false)
		}
		require.True(t, result.Passed(), "%s\n%s\n%s", f.Message, f.Test, out.String())
	}
}

// found are the findings of a report, one a line.
func found(r *explore.Report) []string {
	all := []string{}
	for _, f := range r.Findings {
		all = append(all, fmt.Sprintf("%s %d: %s", f.Code, f.Line, f.Message))
	}
	return all
}

// buttons are a message with buttons of these ids.
func buttons(ids ...string) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = fmt.Sprintf("{type: reply, reply: {id: %s, title: T%s}}", id, id)
	}
	return "{interactive: {type: button, body: {text: pick}, action: {buttons: [" + strings.Join(all, ", ") + "]}}}"
}

func TestExploreFinds(t *testing.T) {
	for _, tt := range []struct {
		name, bot, tests string
		o                explore.Options
		want             []string
	}{
		{name: "nothing in a good bot", bot: `
start: a
states:
  a: {say: [` + buttons("b", "c") + `], ask: {choices: {b: b, c: c}}}
  b: {say: [bye], close: {reason: done}}
  c: {say: [soon], handoff: {to: desk}}
`},
		{name: "an expression that fails", bot: `
start: a
vars: {m: {type: map}}
states:
  a: {say: [hi], ask: {as: text, to: b}}
  b: {say: ["your code is ${1 / size(vars.m)}"], close: {reason: done}}
`, want: []string{`error 9: in the state b the bot fails: division by zero`}},
		{name: "an error that leads to defaults.error", bot: `
start: a
vars: {m: {type: map}}
defaults: {error: c}
states:
  a: {say: [hi], ask: {as: text, to: b}}
  b: {say: ["your code is ${1 / size(vars.m)}"], close: {reason: done}}
  c: {say: [sorry], close: {reason: broken}}
`, want: []string{`error 10: in the state b the bot fails: division by zero`}},
		{name: "nothing in subroutines that fail back and digressions that come back", bot: `
start: a
triggers:
  - {text: {any: [price]}, interrupt: true, resume: true, to: price}
  - {text: {any: [branch]}, interrupt: true, resume: true, to: branch}
vars: {n: {type: int}, words: {type: string}}
states:
  a: {run: {state: number, with: {words: "'how many'"}, then: b, failed: c}}
  number: {say: ["${vars.words}"], ask: {as: int, save: {n: answer.value}, to: right, retry: {max: 0, else: wrong}, idle: [{after: 5m, to: wrong}]}}
  right: {return: true}
  wrong: {return: failed}
  price: {say: [cheap], return: true}
  branch: {say: [` + buttons("b", "c") + `], ask: {choices: {b: right, c: right}, retry: {max: 0, else: right}, idle: [{after: 5m, to: right}]}}
  b: {say: [bye], close: {reason: done}}
  c: {say: [soon], handoff: {to: desk}}
`},
		{name: "a digression that fails, whatever was asked before it", bot: `
start: a
triggers: [{text: {any: [price]}, interrupt: true, resume: true, to: price}]
vars: {prices: {type: list}}
states:
  a: {say: [` + buttons("b", "c") + `], ask: {choices: {b: b, c: c}}}
  b: {say: [sure?], ask: {as: text, to: c}}
  price: {say: ["it costs ${1 / size(vars.prices)}"], return: true}
  c: {say: [soon], handoff: {to: desk}}
`, want: []string{`error 11: in the state price the bot fails: division by zero`}},
		{name: "a message that WhatsApp would refuse", bot: `
start: a
vars: {url: {type: string}}
states:
  a: {say: [hi], ask: {as: text, save: {url: answer.text}, to: b}}
  b: {say: [{image: {link: "${vars.url}"}}], close: {reason: done}}
`, want: []string{`message 9: in the state b the bot fails: invalid message: image.link`}},
		{name: "too many messages at once", bot: `
start: a
states:
  a: {say: [a, b, c, d, e, f, g, h, i, j], goto: b}
  b: {say: [a, b, c, d, e, f, g, h, i, j], goto: c}
  c: {say: [enough], close: {reason: done}}
`, want: []string{`limit 9: in the state c the bot fails: more than 20 messages in one event`}},
		{name: "a loop of silences", bot: `
start: a
states:
  a: {say: [there?], ask: {as: text, to: c, idle: [{after: 5h, to: b}]}}
  b: {say: [still there?], ask: {as: text, to: c, idle: [{after: 5h, to: a}]}}
  c: {say: [bye], close: {reason: done}}
`, want: []string{
			`loop 7: without a word of the contact the bot goes round for ever: a, b`,
			`window 7: what the state a says is not delivered: the contact wrote more than 24 hours ago, and only a template may be sent`,
			`window 8: what the state b says is not delivered: the contact wrote more than 24 hours ago, and only a template may be sent`,
		}},
		{name: "a loop of calls", bot: `
start: a
states:
  a: {call: {http: {get: "https://api.example/a"}, on_error: a}, say: [bye], close: {reason: done}}
`, want: []string{`loop 7: without a word of the contact the bot goes round for ever: a`}},
		{name: "a message without a word", bot: `
start: a
vars: {name: {type: string}}
states:
  a: {say: ["${vars.name}", bye], close: {reason: done}}
`, want: []string{`unsaid 8: a message of the state a is not said: there is nothing to see in it`}},
		{name: "a message after 24 hours", bot: `
start: a
states:
  a: {say: [wait], handoff: {to: desk, timeout: 25h, on_timeout: b}}
  b: {say: [nobody came], close: {reason: done}}
`, want: []string{`window 8: what the state b says is not delivered: the contact wrote more than 24 hours ago, and only a template may be sent`}},
		{name: "a question that leads to itself", bot: `
start: a
states:
  a: {say: [` + buttons("b", "c") + `], ask: {choices: {b: a, c: d}}}
  d: {goto: a}
`, want: []string{`dead-end 7: every answer to the question of the state a leads back to it`}},
		{name: "a trigger leads out of a question that leads to itself", bot: `
start: a
triggers: [{text: {words: [stop]}, interrupt: true, to: b}]
states:
  a: {say: [hi], ask: {as: text, to: a}}
  b: {say: [bye], close: {reason: done}}
`},
		{name: "no end", bot: `
start: a
states:
  a: {say: [one], ask: {as: text, to: b, idle: [{after: 5m, to: b}]}}
  b: {say: [two], ask: {as: text, to: a, idle: [{after: 5m, to: c}]}}
  c: {goto: a}
`, want: []string{
			`loop 7: without a word of the contact the bot goes round for ever: a, b`,
			`dead-end 7: from the question of the state a the chat comes neither to an end nor to a person, whatever happens`,
			`dead-end 8: from the question of the state b the chat comes neither to an end nor to a person, whatever happens`,
		}},
		{name: "no person", bot: `
start: a
states:
  a: {say: [` + buttons("b", "c") + `], ask: {choices: {b: b, c: c}}}
  b: {say: [` + buttons("a") + `], ask: {choices: {a: a}}}
  c: {say: [soon], handoff: {to: desk}}
`, o: explore.Options{HumanWithin: 1}, want: []string{`no-person 8: from the question of the state b no person is reached within 1 message`}},
		{name: "a person within reach", bot: `
start: a
states:
  a: {say: [` + buttons("b", "c") + `], ask: {choices: {b: b, c: c}}}
  b: {say: [` + buttons("a") + `], ask: {choices: {a: a}}}
  c: {say: [soon], handoff: {to: desk}}
`, o: explore.Options{HumanWithin: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := walk(t, load(t, head+strings.TrimPrefix(tt.bot, "\n")), tt.tests, tt.o)
			got := found(r)
			require.Len(t, got, len(tt.want), "%q", got)
			for _, want := range tt.want {
				require.Contains(t, strings.Join(got, "\n")+"\n", want)
			}
		})
	}
}

// In the examples nothing is found, by day and by night, and the walk comes to every state but one.
func TestTheExamplesHaveNoFindings(t *testing.T) {
	bots, err := filepath.Glob("../../examples/bots/*.bot.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, bots)
	for _, path := range bots {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			r := exploreFile(t, path)
			require.Empty(t, found(r))
			if filepath.Base(path) == "pedido.bot.yaml" {
				require.Equal(t, []string{"the walk never came to the states lleno"}, r.Notes, "with nine dishes in the cart")
				return
			}
			require.Empty(t, r.Notes)
		})
	}
}

func exploreFile(t testing.TB, path string) *explore.Report {
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	tests, err := os.ReadFile(strings.Replace(path, ".bot.", ".test.", 1))
	require.NoError(t, err)
	return walk(t, load(t, string(src)), string(tests), explore.Options{})
}

func BenchmarkExploreTheClinic(b *testing.B) {
	states, steps := 0, 0
	for b.Loop() {
		r := exploreFile(b, "../../examples/bots/clinica.bot.yaml")
		states, steps = r.States, r.Steps
	}
	b.ReportMetric(float64(states), "states")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*steps), "µs/step")
}
