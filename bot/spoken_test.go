package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

// Rules 5 to 9 are about what is no tap: what people type, mostly.

func TestRule5AnInterruptBreaksTheQuestion(t *testing.T) {
	atTheMenu(t, []ruling{
		{"by its whole text", func(c *chat) { c.says("¡STÓP!") }, "rule 5 interrupt", []string{"bye"}, ""},
		{
			"before a title that is the same", func(c *chat) { c.taps(c.button("first")); c.says("second") },
			"rule 5 interrupt",
			[]string{"stolen", "before", asked, "after"},
			"menu",
		},
		{"not by a part of the text", func(c *chat) { c.says("please stop") }, "rule 8 refused", []string{"what?", asked}, "menu"},
	})
	t.Run("where nothing is asked", func(t *testing.T) {
		c := newChat(t, rules(t))
		c.says("stop")
		require.Equal(t, "rule 5 interrupt", c.trace())
	})
}

func TestRule5TheFirstInterruptInOrderFires(t *testing.T) {
	c := talkTo(t, `
start: a
triggers:
  - {text: {any: [salir]}, to: slow}
  - {text: {any: [salir]}, if: "contact.name == 'Eva'", interrupt: true, to: eva}
  - {text: {any: [salir]}, interrupt: true, to: second}
  - {text: {words: [salir]}, interrupt: true, to: third}
states:
  a: {say: [a], ask: {as: text, to: a}}
  slow: {say: [slow], close: {reason: done}}
  eva: {say: [eva], close: {reason: done}}
  second: {say: [second], close: {reason: done}}
  third: {say: [third], close: {reason: done}}
`)
	c.says("hola")
	c.says("salir")
	require.Equal(t, []string{"second"}, c.texts())
	require.Equal(t, []string{"trigger 3 > second"}, c.ways())
}

// hijacking is a bot that asks for free text and listens to keywords.
const hijacking = `
start: address
vars: {street: {type: string}}
triggers:
  - {text: {any: [humano]}, interrupt: true, to: person}
  - {text: {words: [precio, menu]}, to: person}
states:
  address: {say: ["where?"], ask: {as: text, save: {street: answer.text}, to: thanks}}
  thanks: {say: ["${vars.street}"], close: {reason: done}}
  person: {say: [person], close: {reason: done}}
`

func TestRule5AKeywordInsideOfAFreeTextAnswerDoesNotHijackIt(t *testing.T) {
	for _, tt := range []struct{ said, rule, says string }{
		{"calle del menú 5", "rule 6 answer", "calle del menú 5"},
		{"menu", "rule 6 answer", "menu"},
		{"donde vive un humano", "rule 6 answer", "donde vive un humano"},
		{"¡Humano!", "rule 5 interrupt", "person"},
	} {
		c := talkTo(t, hijacking)
		c.says("hola")
		c.says(tt.said)
		require.Equal(t, tt.rule, c.trace(), tt.said)
		require.Equal(t, []string{tt.says}, c.texts(), tt.said)
	}
}

func TestRule6WhatIsTypedAnswers(t *testing.T) {
	atTheMenu(t, []ruling{
		{"by a title, folded", func(c *chat) { c.says("  AGAIN ") }, "rule 6 answer", []string{"before", asked, "after"}, "menu"},
		{"by an ordinal", func(c *chat) { c.says("1️⃣") }, "rule 6 answer", []string{"sure? [Yes] [Back] [Second]"}, "chosen"},
		{"by a title of emoji only", func(c *chat) { c.says("👍🏽") }, "rule 6 answer", []string{"any other", "before", asked, "after"}, "menu"},
		{"not by another emoji", func(c *chat) { c.says("👎") }, "rule 8 refused", []string{"what?", asked}, "menu"},
		{"not by an ordinal beyond the options", func(c *chat) { c.says("4") }, "rule 8 refused", []string{"what?", asked}, "menu"},
		{"not by the id of a button", func(c *chat) { c.says("other") }, "rule 8 refused", []string{"what?", asked}, "menu"},
	})
}

func TestRule6AnAnswerIsRejectedBeforeItIsSaved(t *testing.T) {
	c := talkTo(t, `
start: age
vars: {age: {type: int}}
states:
  age:
    say: ["age?"]
    ask:
      as: text
      save: {age: "int(answer.text)"}
      reject:
        - {if: "answer.text.startsWith('-')", say: ["below nothing?"]}
        - {if: "size(answer.text) > 2", say: [too old]}
      retry: {max: 2, say: ["eh?"], else: lost}
      to: [{if: "vars.age < 18", to: young}, {to: welcome}]
  young: {say: [young], close: {reason: done}}
  welcome: {say: [welcome], close: {reason: done}}
  lost: {say: [lost], close: {reason: done}}
`)
	c.says("hola")
	c.says("-100")
	require.Equal(t, "rule 8 refused", c.trace())
	require.Equal(t, []string{"below nothing?"}, c.texts(), "the first rule that holds, instead of retry.say")
	require.Empty(t, c.value("age"))
	c.says("150")
	require.Equal(t, []string{"too old"}, c.texts())
	require.Equal(t, 2, c.state.Ask.Tries)
	c.says("17")
	require.Equal(t, []string{"young"}, c.texts(), "the way on sees what was saved")
	require.Equal(t, "17", c.value("age"))
	require.Equal(t, []string{"age to 1 > young"}, c.ways())
}

func TestRule7AnotherTriggerFiresWhenTheAnswerWasRefused(t *testing.T) {
	price := []string{"it costs ${5}", "before", asked, "after"}
	atTheMenu(t, []ruling{
		{"by a word", func(c *chat) { c.says("what's the PRICE, please?") }, "rule 7 trigger", price, "menu"},
		{"by words in a row", func(c *chat) { c.says("so, how much is it") }, "rule 7 trigger", price, "menu"},
		{"not by words with another between", func(c *chat) { c.says("how very much") }, "rule 8 refused", []string{"what?", asked}, "menu"},
		{"not by the first word of several alone", func(c *chat) { c.says("tell me how") }, "rule 8 refused", []string{"what?", asked}, "menu"},
		{"by a regular expression for what is really typed", func(c *chat) { c.says("order #12") }, "rule 7 trigger", price, "menu"},
		{"by a type", func(c *chat) { c.sends("location") }, "rule 7 trigger", []string{"nice place", "before", asked, "after"}, "menu"},
		{
			"not by first, when it is not", func(c *chat) { c.says("good morning") },
			"rule 8 refused",
			[]string{"what?", asked},
			"menu",
		},
	})
	t.Run("where nothing is asked", func(t *testing.T) {
		c := newChat(t, rules(t))
		c.says("Good morning!")
		require.Equal(t, "rule 7 trigger", c.trace())
		require.Equal(t, "good morning to you", c.texts()[0])
	})
	t.Run("when a rule of the question refused it", func(t *testing.T) {
		c := talkTo(t, `
start: a
triggers: [{text: {words: [precio]}, to: price}]
states:
  a: {say: [a], ask: {as: text, reject: [{if: "true", say: ["no"]}], to: a}}
  price: {say: [price], close: {reason: done}}
`)
		c.says("hola")
		c.says("el precio")
		require.Equal(t, "rule 7 trigger", c.trace())
		c = talkTo(t, hijacking)
		c.says("hola")
		c.sends("image")
		require.Equal(t, "rule 8 refused", c.trace(), "nothing else fits")
	})
}

func TestRule8ARefusalIsSaidAndCounted(t *testing.T) {
	atTheMenu(t, []ruling{
		{"with the question's way to answer", func(c *chat) { c.says("x") }, "rule 8 refused", []string{"what?", asked}, "menu"},
		{
			"when a person sent what WhatsApp cannot show", func(c *chat) { c.receive("", `{"type":"unsupported","errors":[{"code":131060}]}`) },
			"rule 8 refused",
			[]string{"what?", asked},
			"menu",
		},
		{"until the last try: then else", func(c *chat) { c.says("x"); c.says("y") }, "rule 8 else", []string{"I give up"}, ""},
		{
			"by the question's own retry, with the default's words",
			func(c *chat) { c.taps(c.button("first")); c.says("x") }, "rule 8 else",
			[]string{"I give up"},
			"",
		},
	})
	c := atMenu(t)
	c.waits(2 * time.Minute)
	require.Equal(t, "idle/1/1", c.armed.ID)
	c.says("x")
	require.Equal(t, 1, c.state.Ask.Tries)
	require.Equal(t, map[string]int{"menu": 1}, c.state.Refused)
	require.Equal(t, "idle/1/0", c.armed.ID, "silence is counted anew")
	require.Equal(t, c.now.Add(time.Minute), c.armed.At)
}

func TestRule9WhatNothingElseTakesStarts(t *testing.T) {
	for name, message := range map[string]string{
		"words":                      `{"type":"text","text":{"body":"hi"}}`,
		"a picture":                  `{"type":"image","image":{}}`,
		"a type that nobody knows":   `{"type":"hologram"}`,
		"what WhatsApp cannot show":  `{"type":"unsupported","errors":[{"code":131060}]}`,
		"a tap of long ago":          `{"type":"interactive","interactive":{"list_reply":{"id":"x~abcde"}}}`,
		"a text that folds to empty": `{"type":"text","text":{"body":"🙂"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := newChat(t, rules(t))
			c.receive("", message)
			ruling{rule: "rule 9 start", says: []string{"hello", "before", asked, "after"}, state: "menu"}.check(c)
			require.Equal(t, []string{"start > hello", "hello goto > menu"}, c.ways())
		})
	}
}

// Three texts within two seconds, as people write.
func TestABurstWithoutCollectIsThreeAnswers(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a: {say: ["name?"], ask: {as: text, to: b}}
  b: {say: ["street?"], ask: {as: text, to: c}}
  c: {say: [thanks], close: {reason: done}}
`)
	c.says("hola")
	said := [][]string{}
	for _, text := range []string{"Ana", "María", "Soto"} {
		c.waits(time.Second)
		c.says(text)
		said = append(said, c.texts())
	}
	require.Equal(t, [][]string{{"street?"}, {"thanks"}, nil}, said)
	require.Equal(t, "closed: nothing to do", c.trace())
}

func TestABurstWithCollectIsOneAnswer(t *testing.T) {
	c := talkTo(t, collecting)
	c.says("hola")
	for _, text := range []string{"Ana", "María", "Soto"} {
		c.waits(time.Second)
		c.says(text)
		require.Equal(t, "rule 6 collected", c.trace())
		require.Empty(t, c.texts())
	}
	require.Equal(t, bot.TimerCollect, c.armed.Kind)
	c.waits(8*time.Second - 1)
	require.Equal(t, "note", c.asking())
	c.waits(1)
	require.Equal(t, "rule 6 collected answer", c.trace())
	require.Equal(t, []string{"noted: Ana María Soto"}, c.texts())
	require.Equal(t, `"Ana\nMaría\nSoto"`, c.value("note"))
}

func TestSilenceIsRemindedAndThenClosed(t *testing.T) {
	c := atMenu(t)
	c.waits(time.Minute)
	require.Equal(t, []string{"still there?"}, c.texts())
	require.Equal(t, []string{"menu idle 1 >"}, c.ways())
	c.waits(2 * time.Minute)
	require.Equal(t, []string{"hello?"}, c.texts())
	c.waits(time.Minute)
	require.Equal(t, []string{"you are gone"}, c.texts())
	require.Equal(t, &bot.Close{Reason: "timeout", Notice: true}, c.ended())
	require.Nil(t, c.armed)
}

// collecting is a bot that waits for more of an answer, and has buttons beside it.
const collecting = `
start: note
vars: {note: {type: string}, pic: {type: string}}
optout: {words: [baja]}
triggers:
  - {text: {any: [menu]}, interrupt: true, to: menu}
states:
  note:
    say: ["note?"]
    ask:
      as: text
      save: {note: answer.text}
      collect: 8s
      idle: [{after: 1m, to: bye}]
      to: noted
  noted: {say: ["noted: ${vars.note}"], ask: {as: text, to: bye}}
  menu: {say: [menu], ask: {as: text, to: bye}}
  bye: {say: [bye], close: {reason: done}}
`

func TestTypedAnswersAreMatchedAgainstWhatWasSent(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {name: {type: string}}
states:
  a: {say: ["name?"], ask: {as: text, save: {name: answer.text}, to: b}}
  b:
    say: [{interactive: {type: list, body: {text: pick}, action: {button: See, sections: [{title: T, rows: "${[{'id': 'x', 'title': 'For ' + vars.name}, {'id': 'y', 'title': 'Other'}]}"}]}}}]
    ask: {choices: {"*": c}, save: {name: answer.id}}
  c: {say: ["${vars.name}"], close: {reason: done}}
`)
	c.says("hola")
	c.says("Ána")
	require.Equal(t, []bot.Option{{ID: "x", Title: "For Ána"}, {ID: "y", Title: "Other"}}, c.state.Ask.Options)
	state := c.state
	for _, tt := range []struct{ said, says string }{{"for ana", "x"}, {"OTHER", "y"}, {"2", "y"}} {
		c.state = state
		c.says(tt.said)
		require.Equal(t, []string{tt.says}, c.texts())
	}
	for _, said := range []string{"Ána", "3", "0", "x"} {
		c.state = state
		c.says(said)
		require.Equal(t, "rule 8 refused", c.trace(), said)
	}
}

const alternatives = `
start: a
vars: {vip: {type: bool}}
states:
  a:
    set: {vip: "contact.name == 'Eva'"}
    say:
      - hello
      - {if: "vars.vip", interactive: {type: button, body: {text: gold}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}}
      - {if: "!vars.vip", interactive: {type: button, body: {text: plain}, action: {buttons: [{type: reply, reply: {id: y, title: Y}}]}}}
      - behind
    ask: {choices: {x: a, y: a}}
`

func TestARefusalSaysTheLastInteractiveMessageAgain(t *testing.T) {
	for name, want := range map[string]string{"Ana": "plain [Y]", "Eva": "gold [X]"} {
		c := talkTo(t, alternatives)
		c.state.Contact.Name = name
		c.says("hola")
		c.says("what?")
		require.Equal(t, []string{"Disculpa, no te entendí. Elige una de las opciones, por favor.", want}, c.texts(), "the one that was said")
	}
	c := talkTo(t, `defaults: {retry: {max: 2, else: a, repeat: false}}`+alternatives)
	c.says("hola")
	c.says("what?")
	require.Len(t, c.texts(), 1)
}

func TestRefusalsAreCountedByState(t *testing.T) {
	c := atMenu(t)
	c.says("x")
	c.taps("first")
	c.taps("invented") // stale, and understood
	c.says("price")    // taken by a trigger
	c.says("y")
	require.Equal(t, map[string]int{"menu": 2}, c.state.Refused)
}
