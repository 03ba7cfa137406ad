package bot_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// structured is a bot of subroutines and digressions.
func structured(t testing.TB) *definition.Bot {
	t.Helper()
	src, err := os.ReadFile("testdata/structure.bot.yaml")
	require.NoError(t, err)
	return load(t, string(src))
}

// atStructuredMenu is a conversation whose question is that of the menu, number 1.
func atStructuredMenu(t testing.TB) *chat {
	t.Helper()
	b := structured(t)
	c := newChat(t, b)
	c.says("hola")
	require.Equal(t, "menu", c.asking())
	return c
}

// atNumber is a conversation in a subroutine that asks for a number, once with a wrong answer.
func atNumber(t testing.TB) *chat {
	t.Helper()
	c := atStructuredMenu(t)
	c.taps(c.button("order"))
	c.says("x")
	require.Equal(t, []string{"a number, please"}, c.texts())
	return c
}

func TestADigressionGivesTheQuestionBack(t *testing.T) {
	c := atNumber(t)
	before := *c.state.Ask
	c.now = c.now.Add(time.Minute)
	c.says("what is the price?")
	require.Equal(t, []string{"it costs ${5}", "How many, Ana?"}, c.texts())
	require.Equal(t, []string{"trigger 1 > price", "price return > number"}, c.ways())
	before.Since = c.now
	require.Equal(t, before, *c.state.Ask, "the same question, with its tries")
	require.Equal(t, []string{"ordered"}, c.state.Stack, "in the same subroutine")
	require.Nil(t, c.state.Aside)
	require.Equal(t, &bot.Timer{Kind: bot.TimerIdle, ID: "idle/2/0", Set: c.now, At: c.now.Add(2 * time.Minute)}, c.armed)
	c.says("x")
	require.Equal(t, []string{"a number, please"}, c.texts())
	c.says("x")
	require.Equal(t, []string{"never mind", "menu [Order] [Story] [Leave]"}, c.texts(), "and the tries go on")
}

// A trigger that is no interrupt comes instead of a refusal, which is then no try.
func TestADigressionInsteadOfARefusalIsNoTry(t *testing.T) {
	c := atNumber(t)
	c.says("your address")
	require.Equal(t, "rule 7 trigger", c.trace())
	require.Equal(t, []string{"Main Street 1", "How many, Ana?"}, c.texts())
	require.Equal(t, 1, c.state.Ask.Tries)
	require.Equal(t, `"neighbour"`, c.value("name"), "what it sets stays")
	c.says("4")
	require.Equal(t, []string{
		"1 Extra a", "Extra a [Card 1]", "Extra b [Card 2]", "Extra c [Card 3]", "extras? [Extra a] [Extra b] [Extra c]",
	}, c.texts())
}

// Buttons of before and those that are said again answer the question alike.
func TestAfterADigressionAllButtonsOfTheQuestionAnswerIt(t *testing.T) {
	for _, again := range []bool{false, true} {
		c := atStructuredMenu(t)
		first := c.button("story")
		c.says("price")
		require.Equal(t, []string{"it costs ${5}", "menu [Order] [Story] [Leave]"}, c.texts(), "of what the state says only what asks")
		second := c.button("story")
		require.Equal(t, first, second)
		if again {
			c.says("2") // the number of an option
		} else {
			c.taps(first)
		}
		require.Equal(t, "story", c.asking())
	}
}

func TestADigressionMayAsk(t *testing.T) {
	c := atNumber(t)
	c.says("branch")
	require.Equal(t, "branch", c.asking())
	require.Equal(t, 1, c.state.Aside.Depth)
	require.Equal(t, "number", c.state.Aside.Ask.State)
	require.Equal(t, "idle/3/0", c.armed.ID, "only the clock of its own question runs")
	c.taps(c.button("south"))
	require.Equal(t, []string{"thank you", "How many, Ana?"}, c.texts())
	require.Equal(t, 2, c.state.Ask.No)
	require.Equal(t, 3, c.state.AskNo, "no two questions have a number in common")
	c.says("4")
	require.Equal(t, "ordered", c.asking())
	require.Equal(t, 4, c.state.Ask.No)
}

// A digression may run subroutines, those of the question that it breaks too.
func TestADigressionMayRunSubroutines(t *testing.T) {
	c := atNumber(t)
	c.says("branch")
	c.taps(c.button("north"))
	require.Equal(t, []string{"how many of you?"}, c.texts())
	require.Equal(t, []string{"ordered", "told"}, c.state.Stack)
	c.waits(2 * time.Minute)
	require.Equal(t, []string{"never mind", "thank you", "How many, Ana?"}, c.texts(), "with the words of whoever runs it")
	require.Equal(t, []string{"ordered"}, c.state.Stack)
	c.says("4")
	require.Equal(t, "ordered", c.asking())
}

func TestADigressionMayCall(t *testing.T) {
	for name, answer := range map[string]func(*chat){
		"status: fine": func(c *chat) { c.answers(200, "fine") },
		"no idea":      func(c *chat) { c.fails("timeout") },
	} {
		c := atNumber(t)
		c.says("status")
		require.Empty(t, c.timers, "the clock stands still while a call is out")
		answer(c)
		require.Equal(t, name, c.texts()[0])
		require.Equal(t, "How many, Ana?", c.texts()[1], "a failure has nowhere else to go")
		require.Equal(t, "idle/2/0", c.armed.ID)
	}
}

// There is one digression at a time: who asks for another one does not want to come back to the first.
func TestADigressionTakesThePlaceOfAnother(t *testing.T) {
	c := atNumber(t)
	for range 20 {
		c.says("branch")
		c.taps(c.button("north"))
		c.says("branch")
		require.Equal(t, []string{"ordered"}, c.state.Stack)
	}
	c.says("price")
	require.Equal(t, []string{"it costs ${5}", "How many, Ana?"}, c.texts())
	require.Equal(t, 2, c.state.Ask.No)
}

// A tap on the question that waits behind the digression answers it.
func TestATapOnTheQuestionBehindTheDigressionAnswersIt(t *testing.T) {
	c := atStructuredMenu(t)
	order := c.button("order")
	c.says("branch")
	c.taps(order)
	require.Equal(t, []string{"How many, Ana?"}, c.texts())
	require.Nil(t, c.state.Aside)
	require.Equal(t, "idle/3/0", c.armed.ID)

	c = atStructuredMenu(t)
	story := c.button("story")
	c.taps(c.button("order"))
	c.says("branch")
	c.taps(story)
	require.Equal(t, []string{"old button", "which one? [North] [South]"}, c.texts(), "that of an older one does not")
}

// Options that come from data are known again without being said again.
func TestATapOnAnOptionFromDataBehindTheDigression(t *testing.T) {
	c := atNumber(t)
	c.says("4")
	extra := c.button("b4")
	c.says("branch")
	c.taps(extra)
	require.Equal(t, "menu", c.asking())
}

func TestAfterADigressionWithoutAQuestionTheBotBegins(t *testing.T) {
	c := newChat(t, structured(t))
	c.says("price")
	require.Equal(t, []string{"it costs ${5}", "hello", "menu [Order] [Story] [Leave]"}, c.texts())
	require.Equal(t, []string{"trigger 1 > price", "price return > hello", "hello goto > menu"}, c.ways())

	c = newChat(t, structured(t))
	c.says("branch")
	c.says("price")
	require.Equal(t, []string{"it costs ${5}", "hello", "menu [Order] [Story] [Leave]"}, c.texts())
}

// What leaves a digression by another way than its return leaves the question behind it, too.
func TestADigressionThatIsLeftGivesNothingBack(t *testing.T) {
	for name, leave := range map[string]func(*chat){
		"a trigger":   func(c *chat) { c.says("human") },
		"idle.to":     func(c *chat) { c.waits(time.Hour) },
		"a failure":   func(c *chat) { c.loses(3) },
		"an operator": func(c *chat) { c.closes("operator") },
	} {
		t.Run(name, func(t *testing.T) {
			c := atNumber(t)
			c.says("branch")
			leave(c)
			require.Nil(t, c.state.Aside)
			require.Empty(t, c.state.Stack)
		})
	}
}

// Its own question leads on to a state that never returns.
func TestADigressionThatGoesElsewhereGivesNothingBack(t *testing.T) {
	const src = `
start: a
triggers: [{text: {any: [shop]}, interrupt: true, resume: true, to: shop}]
states:
  a: {say: [a], ask: {as: text, to: end}}
  shop: {say: ["buy?"], ask: {as: text, to: [{if: "answer.text == 'yes'", to: sold}, {to: back}]}}
  sold: {say: [sold], ask: {as: text, to: end}}
  back: {return: true}
  end: {say: [end], close: {reason: done}}
`
	c := talkTo(t, src)
	c.says("hola")
	c.says("shop")
	c.says("yes")
	require.Equal(t, []string{"sold"}, c.texts())
	require.Nil(t, c.state.Aside)
	c.says("x")
	require.Equal(t, []string{"end"}, c.texts())

	c = talkTo(t, src)
	c.says("hola")
	c.says("shop")
	c.says("no")
	require.Equal(t, []string{"a"}, c.texts())
}

// What is being collected is complete when a digression begins, as with every interrupt; a reaction is
// no message, and the collecting goes on after it.
func TestADigressionWhileAnAnswerIsCollected(t *testing.T) {
	c := atStructuredMenu(t)
	c.taps(c.button("story"))
	c.says("Once")
	c.says("price")
	require.Equal(t, []string{"menu [Order] [Story] [Leave]", "it costs ${5}", "menu [Order] [Story] [Leave]"}, c.texts())
	require.Equal(t, `"once"`, c.value("name"))

	c = atStructuredMenu(t)
	c.taps(c.button("story"))
	c.says("Once")
	c.reacts()
	require.Equal(t, []string{"thanks", "tell me"}, c.texts())
	require.Equal(t, bot.TimerCollect, c.armed.Kind)
	c.says("upon a time")
	c.waits(8 * time.Second)
	require.Equal(t, `"once upon a time"`, c.value("name"))
}

// A digression that ends when WhatsApp's window is closed cannot ask the question again.
func TestAQuestionThatCannotBeAskedAgainIsNotOpen(t *testing.T) {
	c := talkTo(t, `
start: a
triggers: [{text: {any: [person]}, interrupt: true, resume: true, to: person}]
states:
  a: {say: [a], ask: {as: text, to: end}}
  person: {handoff: {to: desk, timeout: 2d, on_timeout: back}}
  back: {return: true}
  end: {say: [end], close: {reason: done}}
`)
	c.says("hola")
	c.says("person")
	c.waits(48 * time.Hour)
	require.True(t, c.state.Unsaid)
	require.Nil(t, c.state.Ask)

	c = talkTo(t, `
start: a
triggers: [{text: {any: [person]}, interrupt: true, resume: true, to: person}]
states:
  a: {say: [a], ask: {as: text, to: end}}
  person: {handoff: {to: desk, on_resume: back}}
  back: {return: true}
  end: {say: [end], close: {reason: done}}
`)
	c.says("hola")
	c.says("person")
	c.controls(bot.ControlResume)
	require.Equal(t, []string{"a"}, c.texts())
}

// A question that is asked by the words of the state before has nothing to say again.
func TestAQuestionWithoutWordsIsGivenBackInSilence(t *testing.T) {
	c := talkTo(t, `
start: a
triggers: [{text: {any: [price]}, interrupt: true, resume: true, to: price}]
states:
  a: {say: ["a?"], goto: b}
  b: {ask: {as: text, to: end}}
  price: {say: ["5"], return: true}
  end: {say: [end], close: {reason: done}}
`)
	c.says("hola")
	c.says("price")
	require.Equal(t, []string{"5"}, c.texts())
	c.says("x")
	require.Equal(t, []string{"end"}, c.texts())
}

// The options of two questions have to fit into the room of one.
func TestTheOptionsBehindADigressionAreBounded(t *testing.T) {
	const lists = `
start: a
triggers: [{text: {any: [more]}, interrupt: true, resume: true, to: b}]
vars: {long: {type: string}}
states:
  a: {set: {long: input.text}, say: [LIST, LIST], ask: {choices: {"*": end}}}
  b: {say: [LIST, LIST], ask: {choices: {"*": back}}}
  back: {return: true}
  end: {say: [end], close: {reason: done}}
`
	list := `{interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: T, rows: "${['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map(i, {'id': '%' + i + vars.long, 'title': i})}"}]}}}`
	src := lists
	for _, letter := range []string{"a", "b", "c", "d"} {
		src = strings.Replace(src, "LIST", strings.Replace(list, "%", letter, 1), 1)
	}
	c := talkTo(t, src)
	c.says(strings.Repeat("👋", 190)) // 760 bytes: ten rows are some 8 KB
	require.Len(t, c.state.Ask.Options, 20)
	c.says("more")
	require.Len(t, c.state.Ask.Options, 20)
	require.Empty(t, c.state.Aside.Ask.Options)
	c.says("opción 20") // titles are numbers, so that a mere 20 is none of a place
	require.Equal(t, "a", c.asking())
	require.Len(t, c.state.Ask.Options, 10, "those of the list that is said again")
}

func TestATriggerThatGivesNothingBackIsReported(t *testing.T) {
	require.Equal(t, []string{
		"3:12: warning: resume gives the open question back at a return: true, and from the state \"b\" the bot comes to none [return]",
	}, found(t, `bot: v1
name: small
triggers: [{text: {any: [x]}, resume: true, to: b}]
start: a
states:
  a: {say: [a], ask: {as: text, to: b}}
  b: {handoff: {to: desk}}
`))
}

// A state that a simulator has made up does no harm.
func TestADigressionThatCannotBeIsLeft(t *testing.T) {
	for _, aside := range []bot.Aside{{Depth: -1}, {Depth: 100}, {Ask: &bot.Ask{State: "nowhere"}}, {Ask: &bot.Ask{State: "bye", No: -1}}} {
		c := atStructuredMenu(t)
		c.says("branch")
		c.state.Aside = &aside
		c.taps(c.button("south"))
		require.NotNil(t, c.effects)
		c.says("price")
		c.says("branch")
	}
}
