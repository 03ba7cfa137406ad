package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// The tests of this file and of precedence_words_test.go are named after the rules by which bot/v1
// decides what a message is, in their order: the first that applies decides.

// asked is the menu of rules.bot.yaml, as people see it.
const asked = "menu [First] [Ágain ↻] [👍]"

// ruling is a message and what becomes of it.
type ruling struct {
	name  string
	play  func(*chat)
	rule  string
	says  []string
	state string // that waits afterwards; empty when closed
}

// atTheMenu plays each case in a conversation of its own that waits at the menu.
func atTheMenu(t *testing.T, all []ruling) {
	t.Helper()
	for _, tt := range all {
		t.Run(tt.name, func(t *testing.T) {
			c := atMenu(t)
			tt.play(c)
			tt.check(c)
		})
	}
}

func (r ruling) check(c *chat) {
	c.t.Helper()
	require.Equal(c.t, r.rule, c.trace())
	require.Equal(c.t, r.says, c.texts())
	require.Equal(c.t, r.state, c.asking())
	require.Equal(c.t, r.state == "", c.state.Closed)
}

// That a repeated message id is dropped belongs to the workflow, which alone remembers ids
// (TestARedeliveredMessageIsAnsweredOnce in package workflows); Step is never asked.
func TestRule1WhatNobodySaidNeverAnswersAQuestion(t *testing.T) {
	atTheMenu(t, []ruling{
		{"a reaction", func(c *chat) { c.reacts() }, "rule 1 ignored", nil, "menu"},
		{"a system message", func(c *chat) { c.receive("", `{"type":"system","system":{"body":"stop!"}}`) }, "rule 1 ignored", nil, "menu"},
		{"an edit", func(c *chat) { c.receive("", `{"type":"edit","text":{"body":"stop"},"edit":{}}`) }, "rule 1 ignored", nil, "menu"},
		{"a group", func(c *chat) { c.receive("", `{"type":"text","group_id":"g","text":{"body":"stop"}}`) }, "rule 1 ignored", nil, "menu"},
		{
			"a message that WhatsApp does not support",
			func(c *chat) { c.receive("", `{"type":"unsupported","errors":[{"code":131051}]}`) },
			"rule 1 ignored", nil, "menu",
		},
	})
}

func TestRule1NothingOfThatCountsOrRestartsTheClock(t *testing.T) {
	c := atMenu(t)
	before, armed := c.state, *c.armed
	c.reacts()
	require.Equal(t, before.Turns, c.state.Turns)
	require.Equal(t, before.LastIn, c.state.LastIn)
	require.Equal(t, &armed, c.armed)
}

const reacting = `
start: hello
triggers:
  - {type: [text], to: hello}
  - {type: [reaction], to: thanks}
  - {text: {any: [joy]}, type: [reaction], interrupt: true, to: joy}
  - {type: [reaction], if: "contact.name == 'Eva'", interrupt: true, to: joy}
states:
  hello: {say: [hello], ask: {as: any, to: hello}}
  thanks: {say: [thanks], goto: hello}
  joy: {say: [joy], goto: hello}
`

func TestRule1AReactionFiresOnlyATriggerForReactions(t *testing.T) {
	c := talkTo(t, reacting)
	c.reacts()
	require.Equal(t, "rule 1 trigger", c.trace(), "nothing is asked")
	require.Equal(t, []string{"thanks", "hello"}, c.texts())

	c.reacts()
	require.Equal(t, "rule 1 ignored", c.trace(), "not even as: any takes a reaction, and no interrupt fits")
	c.state.Contact.Name = "Eva"
	c.reacts()
	require.Equal(t, "rule 1 trigger", c.trace(), "an interrupt may break the question")
	require.Equal(t, []string{"joy", "hello"}, c.texts())
}

const optingOut = `
start: hello
optout: {words: [baja, "no molestar"], optin: [alta], say: ["no more"]}
triggers: [{text: {words: [baja, alta]}, interrupt: true, to: bye}]
states:
  hello: {say: [hello], ask: {as: text, to: bye}}
  bye: {say: [bye], close: {reason: done}}
`

func TestRule3TheWholeTextOptsOut(t *testing.T) {
	for _, tt := range []struct {
		name string
		say  func(*chat)
		out  bool
	}{
		{"as it is written", func(c *chat) { c.says("baja") }, true},
		{"folded", func(c *chat) { c.says(" ¡No  Moléstar! 🙏") }, true},
		{"on the button of a template", func(c *chat) { c.presses("x1", "Baja") }, true},
		{"not inside of more", func(c *chat) { c.says("quiero la baja") }, false},
		{"not as the id of a button", func(c *chat) { c.taps("baja") }, false},
		{"not as the caption of a picture", func(c *chat) {
			c.receive("", `{"type":"image","image":{"id":"1","caption":"baja"}}`)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, optingOut)
			c.says("hola")
			tt.say(c)
			if !tt.out {
				require.NotEqual(t, "rule 3 opt-out", c.trace())
				require.False(t, c.state.OptedOut)
				return
			}
			require.Equal(t, "rule 3 opt-out", c.trace())
			require.Equal(t, []bot.EffectKind{bot.EffectSend, bot.EffectContact, bot.EffectTimerClear, bot.EffectClose}, c.kinds())
			require.Equal(t, []string{"no more"}, c.texts())
			require.True(t, c.state.OptedOut)
			require.Equal(t, &bot.Close{Reason: definition.ReasonOptout, Notice: true}, c.ended())
		})
	}
}

func TestRule3OptOutComesBeforeEverythingButRule1(t *testing.T) {
	c := talkTo(t, optingOut)
	c.says("hola")
	c.controls(bot.ControlHandoff)
	c.says("BAJA")
	require.Equal(t, []string{"no more"}, c.texts(), "it works while a person answers")
	require.True(t, c.state.Closed)

	c = talkTo(t, optingOut)
	c.receive("", `{"type":"text","group_id":"g","text":{"body":"baja"}}`)
	require.False(t, c.state.OptedOut, "a group is nobody")
}

func TestRule3OptInAllowsNoticesAgainAndIsAMessageLikeAnyOther(t *testing.T) {
	c := talkTo(t, optingOut)
	c.state.OptedOut = true
	c.says("Alta")
	require.Equal(t, []string{"rule 3 opt-in", "rule 5 interrupt"}, c.traces())
	require.Equal(t, bot.EffectContact, c.kinds()[0])
	require.False(t, *c.effects[1].OptOut)
	require.False(t, c.state.OptedOut)
}

func TestRule3WhoOptedOutAndWritesIsAnswered(t *testing.T) {
	c := talkTo(t, optingOut)
	c.state.OptedOut = true
	c.says("hola")
	require.Equal(t, []string{"hello"}, c.texts())
	require.True(t, c.state.OptedOut)
}

func TestRule4aTheCurrentQuestionsButtonAnswers(t *testing.T) {
	atTheMenu(t, []ruling{
		{"with its tag", func(c *chat) { c.taps(c.button("first")) }, "rule 4a answer", []string{"sure? [Yes] [Back] [Second]"}, "chosen"},
		{"without a tag", func(c *chat) { c.taps("first") }, "rule 4a answer", []string{"sure? [Yes] [Back] [Second]"}, "chosen"},
		{
			"by * when no choice names it", func(c *chat) { c.taps(c.button("other")) },
			"rule 4a answer",
			[]string{"any other", "before", asked, "after"},
			"menu",
		},
		{
			"by to when no choice names it", func(c *chat) { c.taps(c.button("first")); c.taps(c.button("yes")) },
			"rule 4a answer",
			[]string{"bye"},
			"",
		},
		{
			"before an interrupt for its title", func(c *chat) { c.taps(c.button("first")); c.taps(c.button("next")) },
			"rule 4a answer",
			[]string{"bye"},
			"",
		},
	})
}

func TestRule4aATemplatesButtonsAreTakenByAnyOtherChoice(t *testing.T) {
	c := talkTo(t, `
start: notice
states:
  notice:
    say: [{template: {name: reminder, language: {code: es}}}]
    ask: {choices: {confirm: yes, "*": other}}
  "yes": {say: ["yes"], close: {reason: done}}
  other: {say: [other], close: {reason: done}}
`)
	c.says("hola")
	c.presses("Llámenme", "Llámenme")
	require.Equal(t, "rule 4a answer", c.trace(), "what a template offers stands at Meta, not in the definition")
	require.Equal(t, []string{"other"}, c.texts())
}

func TestRule4bATriggerTakesItsButton(t *testing.T) {
	alive := []string{"still works", "before", asked, "after"}
	atTheMenu(t, []ruling{
		{"of a template", func(c *chat) { c.presses("alive", "Still?") }, "rule 4b trigger", alive, "menu"},
		{"of an old question", func(c *chat) { c.taps("alive~00000") }, "rule 4b trigger", alive, "menu"},
	})
	t.Run("where nothing is asked", func(t *testing.T) {
		c := newChat(t, rules(t))
		c.presses("alive", "alive")
		require.Equal(t, "rule 4b trigger", c.trace())
		require.Equal(t, alive, c.texts())
	})
}

// The button of an old message, tapped after a newer question: 4b, 4c, 4d, whichever comes first.
func TestRule4cAnEarlierQuestionOfTheSameStateAnswers(t *testing.T) {
	atTheMenu(t, []ruling{
		{
			"by a choice with its name", func(c *chat) { old := c.button("first"); c.taps(c.button("again")); c.taps(old) },
			"rule 4c answer",
			[]string{"sure? [Yes] [Back] [Second]"},
			"chosen",
		},
		{
			"not by *", func(c *chat) { old := c.button("other"); c.taps(c.button("again")); c.taps(old) },
			"rule 4d stale",
			[]string{"old button", "before", asked, "after"},
			"menu",
		},
	})
}

func TestRule4dAnOldButtonIsStaleAndTheQuestionSaidAgain(t *testing.T) {
	atTheMenu(t, []ruling{
		{
			"of another state", func(c *chat) { old := c.button("first"); c.taps(old); c.taps(old) },
			"rule 4d stale",
			[]string{"old button", "sure? [Yes] [Back] [Second]"},
			"chosen",
		},
		{
			"that nobody offered", func(c *chat) { c.taps("invented") },
			"rule 4d stale",
			[]string{"old button", "before", asked, "after"},
			"menu",
		},
		{
			"of an unknown tag", func(c *chat) { c.taps("first~zzzzz") },
			"rule 4d stale",
			[]string{"old button", "before", asked, "after"},
			"menu",
		},
	})
}

// An old "yes" must never answer a newer question: `si` and `no` recur in many states.
func TestRule4dAnOldYesDoesNotAnswerANewerQuestion(t *testing.T) {
	const yesNo = `say: [{interactive: {type: button, body: {text: %}, action: {buttons: [{type: reply, reply: {id: ok, title: OK}}]}}}]`
	c := talkTo(t, `
start: one
states:
  one: {`+strings.Replace(yesNo, "%", "one", 1)+`, ask: {choices: {ok: two}}}
  two: {`+strings.Replace(yesNo, "%", "two", 1)+`, ask: {choices: {ok: buy}}}
  buy: {say: [bought], close: {reason: done}}
`)
	c.says("hola")
	old := c.button("ok")
	c.taps(old)
	require.Equal(t, "two", c.asking())
	c.taps(old)
	require.Equal(t, "rule 4d stale", c.trace())
	require.Equal(t, "two", c.asking())
	require.Zero(t, c.state.Ask.Tries, "a stale tap is no try")
	c.taps(c.button("ok"))
	require.Equal(t, []string{"bought"}, c.texts())
}

// What a state without a question says answers none, neither the one before nor the next.
func TestRule4bAButtonOfNoQuestionOnlyFiresATrigger(t *testing.T) {
	c := talkTo(t, `
start: q
triggers: [{choice: [x], to: fired}]
states:
  q: {say: [{`+buttonX+`}], ask: {choices: {x: info}}}
  info: {say: [{`+buttonX+`}], goto: q}
  fired: {say: [fired], close: {reason: done}}
`)
	c.says("hola")
	tags := map[string]bool{c.button("x"): true}
	c.taps(c.button("x"))
	for _, body := range c.bodies() {
		tags[buttons(t, []byte(body))[0]] = true
	}
	require.Len(t, tags, 3)
	c.taps(c.button("x")) // the first in the list: that of info
	require.Equal(t, "rule 4b trigger", c.trace())
}

func TestRule4eATapWhereNothingIsAskedIsAMessageLikeAnyOther(t *testing.T) {
	const tap = `{"type":"interactive","interactive":{"list_reply":{"id":"x~abcde","title":"First"}}}`
	c := newChat(t, rules(t))
	c.receive("", tap)
	require.Equal(t, "rule 9 start", c.trace())
	require.Equal(t, "menu", c.asking())

	for _, tt := range []struct{ interrupt, rule string }{{"interrupt: true, ", "rule 5 interrupt"}, {"", "rule 7 trigger"}} {
		c := talkTo(t, "start: a\ntriggers: [{type: [interactive], "+tt.interrupt+"to: b}]\nstates:\n"+
			"  a: {say: [a], close: {reason: done}}\n  b: {say: [b], close: {reason: done}}\n")
		c.receive("", tap)
		require.Equal(t, tt.rule, c.trace())
	}
}

func TestAnUnreadableMessageOfAPersonAnswersNothing(t *testing.T) {
	const unreadable = `{"type":"unsupported","errors":[{"code":131060}]}`
	c := talkTo(t, "start: a\ntriggers: [{type: [unsupported], if: 'conv.turns > 2', to: b}]\nstates:\n"+
		"  a: {say: [a], ask: {as: any, to: b}}\n  b: {say: [b], close: {reason: x}}\n")
	c.receive("", unreadable)
	require.Equal(t, "rule 9 start", c.trace())
	c.receive("", unreadable)
	require.Equal(t, "rule 8 refused", c.trace(), "as: any takes what can be read")
	c.receive("", unreadable)
	require.Equal(t, "rule 7 trigger", c.trace())
}

func TestGroupsGetNoAnswer(t *testing.T) {
	c := newChat(t, rules(t))
	c.receive("", `{"type":"text","group_id":"g","text":{"body":"hi"}}`)
	require.Empty(t, c.kinds())
	require.Zero(t, c.state.Turns)
}
