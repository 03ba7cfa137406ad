package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// identify is a bot with a subroutine that asks for a number with words of whoever runs it, and can
// fail. A state is named as the way to fail is, which is no hindrance.
const identify = `
start: begin
vars: {words: {type: string}, number: {type: int}, level: {type: int}}
states:
  begin:
    say: [hello]
    run: {state: number, with: {words: "'Your number, ' + contact.name + '?'"}, then: second, failed: failed}
  second:
    set: {level: vars.level + 1}
    run: {state: number, with: {words: "'Twice ' + string(vars.number) + '?'", level: vars.level + 10}, then: done, failed: gone}
  done: {say: ["${vars.number} at ${vars.level}"], close: {reason: done}}
  failed: {say: [somebody will help], handoff: {to: desk}}
  gone: {say: [too bad], close: {reason: gone}}
  number:
    say:
      - interactive: {type: button, body: {text: "${vars.words}"}, action: {buttons: [{type: reply, reply: {id: cancel, title: Cancel}}]}}
    ask:
      as: int
      save: {number: answer.value}
      choices: {cancel: gave_up}
      to: verify
      retry: {max: 0, else: gave_up}
      idle: [{after: 1m, to: said_nothing}]
  verify:
    call: {http: {get: "https://x.test/${vars.number}"}, on_status: {404: gave_up}, on_error: gave_up}
    return: true
  said_nothing: {say: [are you there], goto: gave_up}
  gave_up: {return: failed}
`

func TestASubroutineFailsBackToWhoeverRunsIt(t *testing.T) {
	for name, fail := range map[string]func(*chat){
		"retry.else": func(c *chat) { c.says("x") },
		"idle.to":    func(c *chat) { c.waits(time.Minute) },
		"a choice":   func(c *chat) { c.taps(c.button("cancel")) },
		"on_status":  func(c *chat) { c.says("7"); c.answers(404, "") },
		"on_error":   func(c *chat) { c.says("7"); c.fails("timeout") },
	} {
		t.Run(name, func(t *testing.T) {
			c := talkTo(t, identify)
			require.Empty(t, c.bot.Warnings())
			c.says("hola")
			require.Equal(t, []string{"hello", "Your number, Ana? [Cancel]"}, c.texts())
			fail(c)
			require.Contains(t, c.ways(), "gave_up return > failed")
			require.Contains(t, c.ways(), "begin failed > failed")
			require.True(t, c.state.Muted())
			require.Empty(t, c.state.Stack)
			require.Empty(t, c.state.Frames)
		})
	}
}

func TestASubroutineGoesOnForWhoeverRunsIt(t *testing.T) {
	c := talkTo(t, identify)
	c.says("hola")
	c.says("7")
	c.answers(200, "")
	require.Equal(t, []string{"Twice 7? [Cancel]"}, c.texts(), "arguments see what set has assigned")
	c.says("14")
	c.answers(200, "")
	require.Equal(t, []string{"14 at 1"}, c.texts(), "its arguments are what they were before it")

	c = talkTo(t, identify)
	c.says("hola")
	c.says("7")
	c.answers(200, "")
	c.says("x")
	require.Equal(t, []string{"too bad"}, c.texts(), "the second one has another way to fail")
}

// A subroutine that another one runs fails to that one only.
func TestANestedSubroutineFailsToTheOneThatRunsIt(t *testing.T) {
	const src = `
start: home
states:
  home: {run: {state: outer, then: happy, failed: sad}}
  outer: {run: {state: inner, then: back, failed: again}}
  again: {say: [again], run: {state: inner, then: back, failed: no}}
  inner: {say: ["number?"], ask: {as: int, to: back, retry: {max: 0, else: no}}}
  back: {return: true}
  no: {return: failed}
  happy: {say: [happy], close: {reason: happy}}
  sad: {say: [sad], close: {reason: sad}}
`
	c := talkTo(t, src)
	c.says("hola")
	c.says("x")
	require.Equal(t, []string{"again", "number?"}, c.texts())
	require.Equal(t, []string{"happy", "back"}, c.state.Stack)
	require.Equal(t, []bot.Frame{{Caller: "home"}, {Caller: "again"}}, c.state.Frames)
	c.says("x")
	require.Equal(t, []string{"sad"}, c.texts())

	c = talkTo(t, src)
	c.says("hola")
	c.says("x")
	c.says("7")
	require.Equal(t, []string{"happy"}, c.texts())
}

// Arguments are variables: there is room for only so much of them, however deep subroutines go.
func TestArgumentsThatGrowAreBounded(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {s: {type: string}}
defaults: {error: sorry}
states:
  a: {run: {state: ask, with: {s: "vars.s + vars.s + 'x'"}, then: back}}
  ask: {say: ["more?"], ask: {as: text, reject: [{if: "answer.text == 'no'", say: ["no?"]}], to: a, retry: {max: 0, else: back}}}
  back: {return: true}
  sorry: {say: ["${size(vars.s)}"], close: {reason: full}}
`)
	c.says("hola")
	require.Equal(t, []string{"a run > ask"}, c.ways()[1:])
	for range 7 {
		c.says("yes")
		require.Equal(t, "ask", c.asking())
	}
	require.Len(t, c.state.Stack, 8)
	c.says("yes")
	require.Equal(t, []string{"255"}, c.texts(), "the ninth is too deep")
	require.Empty(t, c.state.Frames)

	c = talkTo(t, `
start: a
vars: {s: {type: string}}
defaults: {error: sorry}
states:
  a: {run: {state: b, with: {s: "input.text + input.text + input.text + input.text + input.text + input.text + input.text"}, then: b}}
  b: {say: [b], ask: {as: text, to: b}}
  sorry: {say: ["${size(vars.s)}"], close: {reason: full}}
`)
	c.says(strings.Repeat("x", 4096))
	require.Equal(t, []string{"0"}, c.texts())
	require.Equal(t, "full", c.ended().Reason)

	// What arguments were before counts, too.
	c = talkTo(t, `
start: a
vars: {s: {type: string}}
defaults: {error: sorry}
states:
  a: {run: {state: ask, with: {s: input.text}, then: back}}
  ask: {say: ["more?"], ask: {as: text, reject: [{if: "answer.text == 'no'", say: ["no?"]}], to: a, retry: {max: 0, else: back}}}
  back: {return: true}
  sorry: {say: ["${size(vars.s)}"], close: {reason: full}}
`)
	for range 5 {
		c.says(strings.Repeat("x", 4096))
		require.Equal(t, "ask", c.asking())
	}
	c.says(strings.Repeat("x", 4096))
	require.Equal(t, []string{"4096"}, c.texts())
}

// Arguments have the values of before again when the subroutine returns, whatever happened in it; who
// leaves it for good can still name them.
func TestArgumentsAreOfTheSubroutineOnly(t *testing.T) {
	const src = `
start: home
vars: {topic: {type: string}, answer: {type: string}}
states:
  home: {set: {topic: "'home'"}, run: {state: outer, with: {topic: "'outer'"}, then: end}}
  outer: {say: ["${vars.topic}"], run: {state: inner, with: {topic: "vars.topic + '/inner'"}, then: outer2}}
  outer2: {say: ["${vars.topic}: ${vars.answer}"], return: true}
  inner: {say: ["${vars.topic}"], ask: {as: text, save: {answer: answer.text}, to: back, retry: {max: 0, else: person}}}
  back: {set: {topic: "'other'"}, return: true}
  end: {say: ["${vars.topic}"], close: {reason: done}}
  person: {handoff: {to: desk, note: "${vars.topic}"}}
`
	c := talkTo(t, src)
	c.says("hola")
	require.Equal(t, []string{"outer", "outer/inner"}, c.texts())
	c.says("yes")
	require.Equal(t, []string{"outer: yes", "home"}, c.texts())

	c = talkTo(t, src)
	c.says("hola")
	c.sends("image")
	require.Equal(t, "outer/inner", c.handoff().Note)
}

// A way out of a subroutine to states of which none returns leaves it. It used to stay on the stack,
// so that the ninth time was one too many.
func TestASubroutineThatIsLeftIsForgotten(t *testing.T) {
	c := talkTo(t, `
start: menu
states:
  menu: {say: ["menu"], ask: {as: text, to: book}}
  book: {run: {state: number, then: booked}}
  booked: {say: [booked], goto: menu}
  number: {say: ["number?"], ask: {as: text, to: [{if: "answer.text == 'menu'", to: menu}, {to: back}]}}
  back: {return: true}
`)
	c.says("hola")
	for range 20 {
		c.says("book")
		require.Equal(t, []string{"booked"}, c.state.Stack)
		c.says("menu")
		require.Equal(t, "menu", c.asking())
		require.Empty(t, c.state.Stack)
	}
	c.says("book")
	c.says("7")
	require.Equal(t, []string{"booked", "menu"}, c.texts())
}

// Where a return can still follow, a subroutine goes on, whatever lies in between: a call, a person.
func TestASubroutineThatCanReturnIsNotForgotten(t *testing.T) {
	c := talkTo(t, `
start: home
states:
  home: {run: {state: person, then: bye}}
  person: {handoff: {to: desk, on_resume: check}}
  check: {call: {http: {get: "https://x.test/"}, on_error: back}, goto: person}
  back: {return: true}
  bye: {say: [bye], close: {reason: done}}
`)
	c.says("hola")
	require.Equal(t, []string{"bye"}, c.state.Stack)
	c.controls("resume")
	require.Equal(t, []string{"bye"}, c.state.Stack)
	c.fails("timeout")
	require.Equal(t, []string{"bye"}, c.texts())
}

func TestHowASubroutineEndsIsChecked(t *testing.T) {
	const top = "bot: v1\nname: sub\nstart: a\nvars: {v: {type: int}}\nstates:\n"
	for _, tt := range []struct{ name, states, problem string }{
		{
			"a failure without a way", "  a: {run: {state: b, then: c}}\n  b: {say: [b], ask: {as: text, to: d}}\n  d: {return: failed}\n  c: {handoff: {to: x}}\n",
			"6:20: this subroutine can fail: it may come to return: failed in the state \"d\"; say with failed where to go on then [missing-key]",
		},
		{
			"a way without a failure", "  a: {run: {state: b, then: c, failed: c}}\n  b: {return: true}\n  c: {handoff: {to: x}}\n",
			"6:40: warning: this subroutine never fails: from the state \"b\" the bot comes to no return: failed [return]",
		},
		{
			"another return", "  a: {run: {state: b, then: c}}\n  b: {return: done}\n  c: {handoff: {to: x}}\n",
			"7:15: return is true, or failed where the subroutine has failed [value]",
		},
		{
			"a return that is no word", "  a: {run: {state: b, then: c}}\n  b: {return: false}\n  c: {handoff: {to: x}}\n",
			"7:15: return is true, or failed where the subroutine has failed [value]",
		},
		{
			"a state that is not there", "  a: {run: {state: b, then: c, failed: nowhere}}\n  b: {return: failed}\n  c: {handoff: {to: x}}\n",
			`6:40: there is no state "nowhere" [unknown-state]`,
		},
		{
			"an argument that is not declared", "  a: {run: {state: b, with: {w: \"1\"}, then: c}}\n  b: {return: true}\n  c: {handoff: {to: x}}\n",
			`6:30: there is no variable "w"; declare it under vars [unknown-var]`,
		},
		{
			"an argument of another type", "  a: {run: {state: b, with: {v: \"'x'\"}, then: c}}\n  b: {return: true}\n  c: {handoff: {to: x}}\n",
			"6:34: this has to be an int and is a string [expression]",
		},
		{
			"a result in an argument", "  a: {run: {state: b, with: {v: \"0\"}, then: c}}\n  b: {say: [b], ask: {as: int, save: {v: answer.value}, to: d}}\n  d: {return: true}\n  c: {handoff: {to: x}}\n",
			`6:29: warning: "v" is an argument of this subroutine, so that what the state "b" saves in it is lost when it returns; save it in another variable [return]`,
		},
		{
			"a circle by way of a failure", "  a: {run: {state: b, then: c, failed: a}}\n  b: {return: failed}\n  c: {handoff: {to: x}}\n",
			`6:40: from here the bot comes back to "a" without asking anything [cycle]`,
		},
		{
			"a failure where nothing is under way", "  a: {ask: {as: text, to: b}}\n  b: {return: failed}\n  c: {run: {state: b, then: a, failed: a}}\n",
			`7:3: warning: the state "b" can be entered where no subroutine is under way (by a trigger, retry.else or idle); its return ends the chat with an error there [return]`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, found(t, top+tt.states), tt.problem)
		})
	}
}

// What fails only after the contact has answered is no circle.
func TestASubroutineMayBeTriedAgainAfterItHasFailed(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a: {run: {state: b, then: c, failed: a}}
  b: {say: ["number?"], ask: {as: int, to: c2, retry: {max: 0, else: no}}}
  no: {say: [again], return: failed}
  c2: {return: true}
  c: {say: [thanks], close: {reason: done}}
`)
	c.says("hola")
	for range 12 {
		c.says("x")
		require.Equal(t, []string{"again", "number?"}, c.texts())
		require.Len(t, c.state.Stack, 1)
	}
	c.says("7")
	require.Equal(t, "done", c.ended().Reason)
}

// A definition of 500 subroutines, all with arguments, is checked as fast as others.
func TestManySubroutinesAreCheckedFast(t *testing.T) {
	var b strings.Builder
	b.WriteString("bot: v1\nname: many\nstart: s0\nvars: {v: {type: int}, w: {type: int}}\nstates:\n  back: {return: true}\n  no: {return: failed}\n")
	for i := range 249 {
		fmt.Fprintf(&b, "  s%d: {run: {state: q%d, with: {v: \"%d\"}, then: %s, failed: no}}\n", i, i, i, []string{"back", fmt.Sprint("s", i+1)}[min(1, 248-i)])
		fmt.Fprintf(&b, "  q%d: {say: [q], ask: {as: int, save: {w: answer.value}, to: s%d, retry: {max: 1, else: no}}}\n", i, min(248, i+1))
	}
	began := time.Now()
	_, err := definition.Load([]byte(b.String()))
	require.NoError(t, err)
	require.Less(t, time.Since(began), 20*time.Second)
}
