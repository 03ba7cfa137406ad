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

// What a state does when it is entered: set, then call, then say, then its exit.
func TestEnteringAStateSetsThenCallsThenSaysThenLeaves(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {n: {type: int}, seen: {type: string}}
states:
  a:
    set: {n: "vars.n + 1"}
    call:
      http: {get: "https://x.test/${vars.n}"}
      save: {seen: "string(vars.n) + result.text", n: "vars.n + 10"}
      on_error: a
    say: ["${vars.seen} ${vars.n}"]
    goto: b
  b: {say: [b], close: {reason: done}}
`)
	c.says("hola")
	require.Equal(t, "https://x.test/1", c.call().URL, "set comes before the call")
	require.Equal(t, []bot.EffectKind{bot.EffectCall}, c.kinds(), "which stops everything behind it")
	require.Empty(t, c.asking())
	c.answers(200, "!")
	require.Equal(t, []string{"1! 11", "b"}, c.texts(), "what was saved is said; set is not done twice")
	require.Equal(t, []string{"a goto > b"}, c.ways())
}

// chain is a bot of states that lead to each other, each saying some messages, with a
// question at the end.
func chain(top string, states, messages int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "bot: v1\nname: chain\nstart: s1\n%s\nstates:\n", top)
	for i := 1; i < states; i++ {
		fmt.Fprintf(&b, "  s%d: {goto: s%d%s}\n", i, i+1, said(messages))
	}
	fmt.Fprintf(&b, "  s%d: {close: {reason: done}%s}\n", states, said(messages))
	return b.String()
}

func said(n int) string {
	if n == 0 {
		return ""
	}
	return ", say: [" + strings.TrimSuffix(strings.Repeat("hey, ", n), ", ") + "]"
}

func TestBoundsOfAnEvent(t *testing.T) {
	const apology = "Lo siento, tuve un problema técnico y debo cerrar este chat. Escríbenos de nuevo, por favor."
	for _, tt := range []struct {
		name   string
		src    string
		says   int
		last   string
		reason string
	}{
		{"50 states are taken", chain("", 50, 0), 0, "", "done"},
		{"51 states end with an apology", chain("", 51, 0), 1, apology, definition.ReasonError},
		{"20 messages are taken", chain("", 4, 5), 20, "hey", "done"},
		{"25 messages end with an apology", chain("", 5, 5), 21, apology, definition.ReasonError},
		{"128 KiB of messages end with an apology", strings.ReplaceAll(chain("", 2, 5), "hey", strings.Repeat("👋", 4096)), 8, apology, definition.ReasonError},
		{"the state for errors is entered", chain("defaults: {error: s51}", 51, 1), 21, "hey", "done"},
		{"a second failure ends without a word", chain("defaults: {error: s1}", 51, 0), 0, "", definition.ReasonError},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, load(t, tt.src))
			c.says("hola")
			texts := c.texts()
			require.Len(t, texts, tt.says)
			if tt.says > 0 {
				require.Equal(t, tt.last, texts[len(texts)-1])
			}
			require.Equal(t, tt.reason, c.ended().Reason)
			require.True(t, c.state.Closed)
		})
	}
}

// How large a message is may show only when it is rendered.
func TestAMessageOfMoreThan64KiBFails(t *testing.T) {
	const src = `
start: a
vars: {text: {type: string}}
defaults: {error: sorry}
states:
  a: {say: [a], ask: {as: text, save: {text: answer.text}, to: form}}
  form:
    say:
      - before
      - interactive:
          type: flow
          body: {text: t}
          action:
            name: flow
            parameters:
              flow_message_version: "3"
              flow_id: "1"
              flow_cta: Go
              flow_action: navigate
              flow_action_payload: {screen: S, data: {a: "${vars.text}", b: "${vars.text}", c: "${vars.text}", d: "${vars.text}"}}
    ask: {as: any, to: a}
  sorry: {say: [sorry], close: {reason: broken}}
`
	for _, tt := range []struct {
		text string
		says []string
	}{
		{strings.Repeat("👋", 3900), []string{"before", "t"}},     // 62,400 bytes and the frame
		{strings.Repeat("👋", 4096), []string{"before", "sorry"}}, // 65,536 and the frame
	} {
		c := talkTo(t, src)
		c.says("hola")
		c.says(tt.text)
		require.Equal(t, tt.says, c.texts())
	}
}

func TestTheStateForErrorsIsEnteredAndWhatWasSaidStays(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {n: {type: int}, list: {type: list}}
defaults: {error: sorry}
states:
  a: {say: [one, "${vars.list[vars.n]}", two], goto: b}
  b: {say: [b], close: {reason: done}}
  sorry: {say: [sorry], close: {reason: broken}}
`)
	c.says("hola")
	require.Equal(t, []string{"one", "sorry"}, c.texts())
	require.Equal(t, []string{"start > a", "defaults.error > sorry"}, c.ways())
	require.Equal(t, "broken", c.ended().Reason)
}

func TestASecondFailureCloses(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {n: {type: int}, list: {type: list}}
defaults: {error: sorry}
states:
  a: {set: {n: "1 / vars.n"}, goto: sorry}
  sorry: {say: [sorry, "${vars.list[vars.n]}"], close: {reason: broken}}
`)
	c.says("hola")
	require.Equal(t, []string{"sorry"}, c.texts())
	require.Equal(t, &bot.Close{Reason: definition.ReasonError, Notice: true}, c.ended())
}

// nested is a bot in whose subroutine a question is open, under one that comes back to "home".
const nested = `
start: home
triggers:
  - {text: {any: [salir]}, interrupt: true, to: out}
  - {text: {words: [precio]}, to: out}
  - {choice: [old], to: out}
states:
  home: {run: {state: sub, then: home2}}
  home2: {say: [home again], ask: {as: text, to: sub_end}}
  sub: {say: [sub], ask: {as: text, reject: [{if: "answer.text != '7'", say: ["no"]}], to: sub_end, retry: {max: 0, else: out}, idle: [{after: 1m, to: out}]}}
  sub_end: {return: true}
  out: {say: [out], ask: {as: text, to: sub_end}}
`

func TestASubroutineComesBack(t *testing.T) {
	c := talkTo(t, nested)
	c.says("hola")
	require.Equal(t, []string{"home2"}, c.state.Stack)
	require.Equal(t, []string{"start > home", "home run > sub"}, c.ways())
	c.says("7")
	require.Equal(t, []string{"home again"}, c.texts())
	require.Empty(t, c.state.Stack)
	require.Equal(t, []string{"sub to > sub_end", "sub_end return > home2"}, c.ways())
}

// Whoever leaves a subroutine by another way than its return never comes back to it.
func TestATriggerClearsTheStack(t *testing.T) {
	for name, leave := range map[string]func(*chat){
		"an interrupt":           func(c *chat) { c.says("salir") },
		"a trigger":              func(c *chat) { c.says("¿el precio?") },
		"a trigger for a button": func(c *chat) { c.presses("old", "Old") },
		"retry.else":             func(c *chat) { c.says("siete") },
		"idle.to":                func(c *chat) { c.waits(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			c := talkTo(t, nested)
			c.says("hola")
			leave(c)
			require.Equal(t, "out", c.asking())
			require.Empty(t, c.state.Stack)
			c.says("x")
			require.Equal(t, definition.ReasonError, c.ended().Reason, "there is nowhere to return to")
		})
	}
}

// A question of a subroutine that is given up may end the subroutine: where its way out leads to a
// return at once, that comes back to whoever runs it.
func TestAQuestionThatIsGivenUpCanReturn(t *testing.T) {
	const src = `
start: home
vars: {failed: {type: bool}}
states:
  home: {run: {state: outer, then: home2}}
  home2: {goto: [{if: vars.failed, to: sorry}, {to: home3}]}
  home3: {say: [fine], close: {reason: done}}
  sorry: {say: [sorry], close: {reason: failed}}
  outer: {run: {state: sub, then: back}}
  back: {return: true}
  sub: {say: ["number?"], ask: {as: int, to: back, retry: {max: 0, else: failed}, idle: [{after: 1m, to: failed}]}}
  failed: {set: {failed: "true"}, say: ["never mind"], goto: [{if: vars.failed, to: back}, {to: home3}]}
`
	for name, giveUp := range map[string]func(*chat){
		"retry.else": func(c *chat) { c.says("x") },
		"idle.to":    func(c *chat) { c.waits(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			c := talkTo(t, src)
			for _, p := range c.bot.Warnings() {
				require.NotEqual(t, definition.CodeReturn, p.Code, p.Message)
			}
			c.says("hola")
			giveUp(c)
			require.Equal(t, []string{"never mind", "sorry"}, c.texts())
			require.Equal(t, "failed", c.ended().Reason)
		})
	}
}

func TestOfAnAskOneTimerIsSetAndAfterCountsFromTheQuestion(t *testing.T) {
	c := atMenu(t)
	require.Equal(t, 1, c.state.Ask.No)
	require.Equal(t, opened, c.state.Ask.Since)
	require.Equal(t, map[bot.TimerKind]*bot.Timer{
		bot.TimerIdle: {Kind: bot.TimerIdle, ID: "idle/1/0", Set: opened, At: opened.Add(time.Minute)},
	}, c.timers)
	c.waits(time.Minute)
	require.Equal(t, opened.Add(3*time.Minute), c.armed.At)
	c.waits(2 * time.Minute)
	require.Equal(t, "idle/1/2", c.armed.ID)
	require.Equal(t, opened.Add(4*time.Minute), c.armed.At)
}

func TestOfAnOlderQuestionATimerIsIgnored(t *testing.T) {
	c := atMenu(t)
	c.taps(c.button("again"))
	require.Equal(t, 2, c.state.Ask.No)
	c.fires("idle/1/0")
	require.Equal(t, "timer ignored", c.trace())
	require.Equal(t, "idle/2/0", c.armed.ID)
}

func TestCloseSaysItsWordsFirst(t *testing.T) {
	c := atMenu(t)
	c.says("stop")
	require.Equal(t, []bot.EffectKind{bot.EffectSend, bot.EffectTimerClear, bot.EffectClose}, c.kinds())
	c.says("hello?")
	require.Equal(t, "closed: nothing to do", c.trace())
	require.Empty(t, c.kinds())
}

func TestAClosedConversationKeepsNothingOpen(t *testing.T) {
	c := talkTo(t, nested)
	c.says("hola")
	require.NotEmpty(t, c.state.Stack)
	c.closes("operator")
	require.Nil(t, c.state.Ask)
	require.Nil(t, c.state.Stack)
	require.Empty(t, c.timers)
}

func TestSubroutinesAreAtMostEightDeep(t *testing.T) {
	src := func(depth int) string {
		var b strings.Builder
		b.WriteString("start: s1\nstates:\n  end: {say: [deep], ask: {as: text, to: back}}\n  back: {return: true}\n  done: {say: [done], close: {reason: done}}\n")
		for i := 1; i <= depth; i++ {
			next, then := "s"+string(rune('0'+i+1)), "back"
			if i == depth {
				next = "end"
			}
			if i == 1 {
				then = "done"
			}
			b.WriteString("  s" + string(rune('0'+i)) + ": {run: {state: " + next + ", then: " + then + "}}\n")
		}
		return b.String()
	}
	c := talkTo(t, src(8))
	c.says("hola")
	require.Len(t, c.state.Stack, 8)
	c.says("back")
	require.Equal(t, []string{"done"}, c.texts())
	c = talkTo(t, src(9))
	c.says("hola")
	require.Equal(t, definition.ReasonError, c.ended().Reason)
}
