package bot_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// cars is a bot that says something for each car of a list that a server gives.
const cars = `
start: a
vars: {cars: {type: list}, car: {type: string}}
messages:
  price: {text: {body: "${each.item.name} costs ${each.item.price}"}}
  hint: {each: "['first', 'second']", text: {body: "${each.no}: ${each.item}"}}
  plain: "and a ${each.item.name}"
states:
  a:
    call: {http: {get: "https://x.test/"}, save: {cars: result.json}, on_error: none}
    say:
      - {each: vars.cars, if: each.item.price > 0, text: {body: "${each.no}. ${each.item.name}"}}
      - {each: "vars.cars.filter(c, c.price > 1)", use: price}
      - {use: hint, if: each.no == size(vars.cars)}
      - {each: "vars.cars.map(c, c)", use: plain, if: "each.item.name == 'Mini'"}
      - each: vars.cars
        interactive:
          type: button
          body: {text: "${each.item.name}"}
          action: {buttons: [{type: reply, reply: {id: "car-${each.item.name}", title: "Take ${each.no}"}}]}
    ask: {save: {car: answer.id}, choices: {"*": taken}}
  taken: {say: ["${vars.car}"], close: {reason: done}}
  none: {say: [none], handoff: {to: desk}}
`

// list is JSON of so many cars.
func list(n int, name string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"name": %q, "price": %d}`, fmt.Sprint(name, i+1), i)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func TestAMessageIsSaidForEachElement(t *testing.T) {
	c := talkTo(t, cars)
	c.says("hola")
	c.answers(200, `[{"name": "Uno", "price": 0}, {"name": "Mini", "price": 2}]`)
	require.Equal(t, []string{
		"2. Mini", "Mini costs 2", "2: second", "and a Mini", "Uno [Take 1]", "Mini [Take 2]",
	}, c.texts())
	c.taps(c.button("car-Uno"))
	require.Equal(t, []string{"car-Uno"}, c.texts())
}

// What is said for each element can be tapped and typed like all other options, and is said again.
func TestTheOptionsOfEachElementBelongToTheQuestion(t *testing.T) {
	c := talkTo(t, cars)
	c.says("hola")
	c.answers(200, list(2, "Car"))
	c.says("which?")
	require.Len(t, c.texts(), 3, "the words for it, and both messages")
	require.Equal(t, []string{"Car1 [Take 1]", "Car2 [Take 2]"}, c.texts()[1:])
	require.Len(t, c.state.Ask.Options, 2)
	c.says("take 2")
	require.Equal(t, []string{"car-Car2"}, c.texts())
}

func TestNoElementsAreNoMessages(t *testing.T) {
	c := talkTo(t, cars)
	c.says("hola")
	c.answers(200, `[]`)
	require.Empty(t, c.texts())
	require.Equal(t, "a", c.asking())
	c.says("what?")
	require.Len(t, c.texts(), 1, "there is nothing to say again")
}

// oneList says one message for each element of a list.
const oneList = `
start: a
vars: {cars: {type: list}}
defaults: {error: sorry}
states:
  a:
    call: {http: {get: "https://x.test/"}, save: {cars: result.json}, on_error: sorry}
    say:
      - {each: vars.cars, if: "each.item.price % 2 == 0", text: {body: "${each.no} ${each.item.name}"}}
    close: {reason: done}
  sorry: {say: [sorry], close: {reason: sorry}}
`

func TestAtMostTenElementsAreSaid(t *testing.T) {
	for _, tt := range []struct {
		elements, said int
		cut            bool
	}{{0, 0, false}, {19, 10, false}, {20, 10, false}, {21, 10, true}, {100, 10, true}, {200, 10, true}} {
		c := talkTo(t, oneList)
		c.says("hola")
		c.answers(200, list(tt.elements, "Car"))
		require.Len(t, c.texts(), tt.said, tt.elements)
		if tt.said > 0 {
			require.Equal(t, "1 Car1", c.texts()[0])
			require.Equal(t, "19 Car19", c.texts()[9])
		}
		require.Equal(t, tt.cut, strings.Contains(strings.Join(c.traces(), "\n"), "each: the first 10 elements only"), tt.elements)
		require.Equal(t, tt.cut, len(c.notes()) > 0)
	}
}

// Of a list of which nothing is to be said only so much is looked at.
func TestOfALongListTheBeginningIsLookedAt(t *testing.T) {
	c := talkTo(t, strings.Replace(oneList, "each.item.price % 2 == 0", "each.item.price > 99", 1))
	c.says("hola")
	c.answers(200, list(150, "Car"))
	require.Empty(t, c.texts())
	require.Equal(t, []string{"in state a only the first 0 elements of a list were said"}, c.notes())
}

func TestTheBoundsOfAnEventHoldForElements(t *testing.T) {
	const twice = `
start: a
vars: {cars: {type: list}}
defaults: {error: sorry}
states:
  a:
    call: {http: {get: "https://x.test/"}, save: {cars: result.json}, on_error: sorry}
    say:
      - {each: vars.cars, text: {body: "${each.item.name}"}}
      - {each: vars.cars, text: {body: "${each.item.name}"}}
      - bye
    close: {reason: done}
  sorry: {say: [sorry], close: {reason: sorry}}
`
	c := talkTo(t, twice)
	require.Equal(t, []string{
		"8:3: warning: from here the bot goes through 1 states and says 21 messages at once; at most 50 and 20 are allowed [long-chain]",
	}, problemsOf(c.bot.Warnings())[:1])
	for bound, warned := range map[string]bool{"first(vars.cars, 9)": false, "first(vars.cars.map(c, c), 9)": false, "first(['a', 'b'], 20)": false, "vars.cars": true} {
		warnings := problemsOf(load(t, "bot: v1\nname: small\n"+strings.Replace(twice, "each: vars.cars", "each: \""+bound+"\"", 1)).Warnings())
		require.Equal(t, warned, strings.Contains(strings.Join(warnings, "\n"), string(definition.CodeLongChain)), bound)
	}
	c.says("hola")
	c.answers(200, list(9, "Car"))
	require.Equal(t, "done", c.ended().Reason)
	c = talkTo(t, twice)
	c.says("hola")
	c.answers(200, list(10, "Car"))
	require.Len(t, c.texts(), 21)
	require.Equal(t, "sorry", c.ended().Reason)

	c = talkTo(t, twice)
	c.says("hola")
	c.answers(200, list(4, strings.Repeat("👋", 500)))
	require.Equal(t, "done", c.ended().Reason)
}

// A hundred long texts: what is said of them is cut as WhatsApp wants it, and 128 KiB end the event.
func TestElementsOfLongTexts(t *testing.T) {
	const src = `
start: a
vars: {texts: {type: list}, said: {type: string}}
messages: {long: "${each.item}${vars.said}${vars.said}"}
defaults: {error: sorry}
states:
  a:
    set: {said: input.text}
    call: {http: {get: "https://x.test/"}, save: {texts: "result.json.map(n, vars.said)"}, on_error: small}
    goto: b
  small: {set: {texts: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(n, 'x')"}, goto: b}
  b: {say: [{each: vars.texts, use: long}, {each: vars.texts, use: long}], close: {reason: done}}
  sorry: {say: [sorry], close: {reason: sorry}}
`
	c := talkTo(t, src)
	c.says(strings.Repeat("x", 4000))
	c.answers(200, "["+strings.TrimSuffix(strings.Repeat("1,", 100), ",")+"]")
	require.Len(t, c.texts(), 20, "they do not fit into the variables, so that the short ones are said")
	for _, text := range c.texts() {
		require.Len(t, []rune(text), 4096)
	}
	c = talkTo(t, src)
	c.says(strings.Repeat("👋", 2000))
	c.fails("timeout")
	require.Len(t, c.texts(), 16, "of 8 KiB, 16 would be more than 128 KiB; the last are the words for that")
	require.Equal(t, "sorry", c.ended().Reason)
}

func TestEachThatFails(t *testing.T) {
	for name, body := range map[string]string{
		"no list":            `{"items": 3}`,
		"an element without": `{"items": [{"name": "a"}, 7]}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := talkTo(t, `
start: a
vars: {m: {type: map}}
defaults: {error: sorry}
states:
  a:
    call: {http: {get: "https://x.test/"}, save: {m: result.json}, on_error: a}
    say: [{each: vars.m.items, if: "each.item.name != ''", text: {body: "${each.item.name}"}}]
    close: {reason: done}
  sorry: {say: [sorry], close: {reason: sorry}}
`)
			c.says("hola")
			c.answers(200, body)
			require.Equal(t, "sorry", c.ended().Reason)
		})
	}
}

func TestEachIsChecked(t *testing.T) {
	const top = "bot: v1\nname: each\nstart: a\nvars: {l: {type: list}, i: {type: int}}\nmessages:\n  m: {text: {body: \"${each.item}\"}}\n  own: {each: vars.l, text: {body: \"${each.no}\"}}\nstates:\n  a:\n    say: [{use: own}, {use: m, each: vars.l}, "
	const bottom = "]\n    handoff: {to: desk}\n"
	for _, tt := range []struct{ name, message, problem string }{
		{"no list", "{each: vars.i, text: {body: x}}", "10:54: this has to be a list and is an int [expression]"},
		{"an element outside", `{text: {body: "${each.item}"}}`, "10:64: each exists only in a message that has the key each [expression]"},
		{"an element in a condition outside", `{if: each.no == 1, text: {body: x}}`, "10:52: each exists only in a message that has the key each [expression]"},
		{"an element in its own list", `{each: each.item, text: {body: x}}`, "10:54: each exists only in a message that has the key each [expression]"},
		{"no such part", `{each: vars.l, text: {body: "${each.number}"}}`, `10:78: there is no each.number [expression]`},
		{"a message for elements without a list", "{use: m}", "10:47: this message is for each element of a list: add the key each, with the list [missing-key]"},
		{"two lists", "{use: own, each: vars.l}", "10:64: this message has a list of its own (each) under messages [value]"},
		{
			"the same id each time", "{each: vars.l, " + buttonX + "}",
			`10:152: this button would be there for each element with the same id; make one of the element, such as "x-${each.no}" [duplicate-id]`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, found(t, top+tt.message+bottom), tt.problem)
		})
	}
}

func TestEachOfAQuestionNeedsATargetForItsIDs(t *testing.T) {
	problems := found(t, `bot: v1
name: each
start: a
vars: {l: {type: list}}
states:
  a:
    say:
      - each: vars.l
        interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: "x-${each.no}", title: X}}]}}
    ask: {choices: {x: a}}
`)
	require.Contains(t, strings.Join(problems, "\n"), string(definition.CodeDynamic))
}
