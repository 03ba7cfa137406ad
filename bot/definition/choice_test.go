package definition_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// choosing is a bot with a question; say and ask are put in.
const choosing = `bot: v1
name: choosing
languages: [en]
start: a
vars: {count: {type: int}, rows: {type: list}, s: {type: string}}
states:
  a:
    say: [%s]
    ask: %s
  b: {say: [bye], handoff: {to: desk}}
  c: {say: [bye], handoff: {to: desk}}
`

// buttons are a message with buttons, by pairs of id and title.
func buttons(pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, fmt.Sprintf("{type: reply, reply: {id: %q, title: %q}}", pairs[i], pairs[i+1]))
	}
	return "{interactive: {type: button, body: {text: t}, action: {buttons: [" + strings.Join(all, ", ") + "]}}}"
}

func TestAChoiceSaysMoreThanItsState(t *testing.T) {
	b := load(t, fmt.Sprintf(choosing, buttons("pay:1", "Pay", "no", "No", "x", "X")+", "+buttons("pay:10", "Pay more"),
		`{choices: {"pay:*": {to: b}, "pay:10*": c, "no": {to: b, words: [nop, "¡Todavía no!"]}, x: c, "*": {to: c, old: true}}}`))
	a := b.State("a").Ask
	for id, want := range map[string]string{
		"pay:1": "choice pay:*", "pay:": "choice pay:*", "pay:10": "choice pay:10*", "no": "choice no", "other": "choice *", "pay": "choice *", "pay:*": "choice pay:*",
	} {
		require.Equal(t, want, a.Target(id).Via, id)
	}
	require.Equal(t, []string{"nop", "todavia no"}, a.Words("no"))
	require.Empty(t, a.Words("x"))
	require.True(t, a.Has("no"))
	require.False(t, a.Has("pay:1"), "only the beginning of it is named")
	old, ok := a.TakesOld("other")
	require.True(t, ok)
	require.Equal(t, "choice *", old.Via)

	var vias []string
	for _, e := range b.Edges() {
		if e.From == "a" {
			vias = append(vias, e.Via+" > "+e.To)
		}
	}
	require.Equal(t, []string{"choice pay:* > b", "choice pay:10* > c", "choice no > b", "choice x > c", "choice * > c"}, vias)
}

func TestOnlyAChoiceWithOldTakesIDsOfAnEarlierMessage(t *testing.T) {
	a := load(t, fmt.Sprintf(choosing, buttons("x", "X", "y", "Y"), `{choices: {x: b, "*": c}}`)).State("a").Ask
	_, ok := a.TakesOld("y")
	require.False(t, ok)
	_, ok = a.TakesOld("x")
	require.True(t, ok, "an id that is named counts anyway")
}

func TestAnIDThatIsNamedComesBeforeABeginningOfIt(t *testing.T) {
	a := load(t, fmt.Sprintf(choosing, buttons("pay:now", "Now", "pay:nowhere", "Nowhere", "pay:1", "Later"), `{choices: {"pay:now": b, "pay:now*": c, "pay:*": c}}`)).State("a").Ask
	require.Equal(t, "choice pay:now", a.Target("pay:now").Via)
	require.Equal(t, "choice pay:now*", a.Target("pay:nowhere").Via)
}

func TestProblemsOfChoices(t *testing.T) {
	two := buttons("x", "X", "z", "Z")
	for _, tt := range []struct {
		name, say, ask string
		want           []string
	}{
		{"an object without a state", two, `{choices: {x: {words: [a]}, z: b}}`, []string{`9:24: a choice needs the key "to" [missing-key]`}},
		{"words of many ids", two, `{choices: {"*": {to: b, words: [a]}}}`, []string{`9:41: words choose one id, and "*" stands for many; give them to a choice that names the id [value]`}},
		{"words of a beginning", buttons("p:1", "X"), `{choices: {"p:*": {to: b, words: [a]}}}`, []string{`9:43: words choose one id, and "p:*" stands for many; give them to a choice that names the id [value]`}},
		{"a word that folds to nothing", two, `{choices: {x: {to: b, words: ["!"]}, z: b}}`, []string{`9:40: an item of words needs a letter, a digit or a symbol such as an emoji [trigger]`}},
		{"old of an id", two, `{choices: {x: {to: b, old: true}, z: b}}`, []string{`9:37: old is for the choice "*": an id that is named counts on an earlier message of the same state anyway [value]`}},
		{"too many words", two, `{choices: {x: {to: b, words: [` + strings.Repeat("a, ", 50) + `a]}, z: b}}`, []string{`9:39: a choice may have at most 50 words [too-large]`}},
		{"an unknown state", two, `{choices: {x: {to: nowhere}, z: b}}`, []string{`9:29: there is no state "nowhere" [unknown-state]`}},
		{"a beginning of no id", two, `{choices: {x: b, z: b, "p:*": b}}`, []string{`9:33: no button or row of this state has an id that begins with "p:" [choice-without-button]`}},
		{"an id that no beginning takes", buttons("p:1", "X", "q", "Q"), `{choices: {"p:*": b}}`, []string{`8:149: no choice and no trigger takes the button "q" [button-without-choice]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, found(t, fmt.Sprintf(choosing+"  d: {goto: c}\n", tt.say, tt.ask))[:1])
		})
	}
}

// Ids from an expression need a choice that takes them; one by their beginning will do.
func TestIDsFromAnExpressionNeedAChoiceForMany(t *testing.T) {
	const list = `{interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: All, rows: "${vars.rows}"}]}}}`
	load(t, fmt.Sprintf(choosing, list, `{choices: {"p:*": b, "*": c}}`))
	load(t, fmt.Sprintf(choosing, list, `{choices: {"p:*": b, x: c}}`))
	require.Contains(t, problems(t, fmt.Sprintf(choosing, list, `{choices: {x: b, y: c}}`)).List(), `add the choice "*"`)
}

func TestTextsThatTwoOptionsMeanAreWarnedOf(t *testing.T) {
	const alike = `means this option and "%s" alike; typed, it chooses neither, and the question is asked again [ambiguous]`
	for _, tt := range []struct {
		name, say, ask string
		want           string // without the place; empty for none
	}{
		{"a word that is another's title", buttons("x", "Yes", "y", "No"), `{choices: {x: {to: b, words: [no]}, y: c}}`, `warning: "no" ` + fmt.Sprintf(alike, "y")},
		{"a word of two", buttons("x", "Yes", "y", "No"), `{choices: {x: {to: b, words: [later]}, y: {to: c, words: [Later]}}}`, `warning: "later" ` + fmt.Sprintf(alike, "x")},
		{"a word that is its own title", buttons("x", "Yes", "y", "No"), `{choices: {x: {to: b, words: [yes, yep]}, y: c}}`, ""},
		{"titles of two messages that lead to one state", buttons("x", "Yes") + ", " + buttons("y", "yes!"), `{choices: {x: b, y: b}}`, ""},
		{"titles of two messages", buttons("x", "Yes") + ", " + buttons("y", "yes!"), `{choices: {x: b, y: c}}`, `warning: "yes!" ` + fmt.Sprintf(alike, "x")},
		{
			"titles of messages that are said instead of each other",
			strings.Replace(buttons("x", "Yes"), "{", `{if: "vars.count > 0", `, 1) + ", " + strings.Replace(buttons("y", "yes!"), "{", `{if: "vars.count < 1", `, 1),
			`{choices: {x: b, y: c}}`, "",
		},
		{
			"a title by the number of another option", buttons("x", "2 people", "y", "4 people"), `{choices: {x: b, y: c}}`,
			`warning: "2" means "2 people" and the option number 2, "4 people", alike; typed, it chooses neither, and the question is asked again [ambiguous]`,
		},
		{"titles from expressions", buttons("x", "${vars.s}", "z", "2 ${vars.s}", "w", "2 ${vars.s}"), `{choices: {x: b, z: b, w: c}}`, ""},
		{"titles by their own number", buttons("x", "1 person", "y", "2 people"), `{choices: {x: b, y: c}}`, ""},
		{"titles that are numbers", buttons("x", "2", "y", "1"), `{choices: {x: b, y: c}}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := found(t, fmt.Sprintf(choosing, tt.say, tt.ask))
			var got []string
			for _, p := range all {
				if strings.Contains(p, "[ambiguous]") {
					_, text, _ := strings.Cut(p, ": ")
					got = append(got, text)
				}
			}
			if tt.want == "" {
				require.Empty(t, got)
				return
			}
			require.Equal(t, []string{tt.want}, got)
		})
	}
}

func TestAWordThatSomethingElseTakesIsWarnedOf(t *testing.T) {
	src := fmt.Sprintf(choosing, buttons("x", "Yes"), `{choices: {x: {to: b, words: [person, stop]}}}`)
	require.Equal(t, []string{
		`6:1: warning: a word of optout takes away the answer "stop" of the state "a" when it is typed [hijack]`,
		`7:12: warning: this interrupt takes away the answer "person" of the state "a" [hijack]`,
	}, found(t, strings.Replace(src, "states:", "optout: {words: [stop]}\ntriggers: [{text: {words: [person]}, interrupt: true, to: c}]\nstates:", 1)))
}

func TestTriggersOnTheBeginningOfAnID(t *testing.T) {
	src := fmt.Sprintf(choosing, buttons("x", "X", "pay:7", "Pay"), `{choices: {x: b}}`)
	b := load(t, strings.Replace(src, "states:", `triggers: [{choice: ["pay:*", other], to: c}]`+"\nstates:", 1))
	g := &b.Triggers[0]
	for id, want := range map[string]bool{"pay:7": true, "pay:": true, "pay": false, "other": true, "others": false, "*": false} {
		require.Equal(t, want, g.Takes(id), id)
	}
	require.Equal(t, "pay:1", g.SampleChoice())
	require.Equal(t, "other", definition.SampleID("other"))
	require.Equal(t, "*", definition.SampleID("*"))
}

func TestTheAnswerIsKnownToTheWordsThatRefuseIt(t *testing.T) {
	const ask = `{as: int, to: b, reject: [{if: "answer.value > 9", say: [{if: "answer.value > 99", text: {body: "${answer.value} is far too much"}}, "${answer.value + 1}"]}], retry: {max: 2, say: ["${answer.text}? ${answer.value}"], else: c}}`
	load(t, fmt.Sprintf(choosing, "how many?", ask))
	load(t, strings.Replace(fmt.Sprintf(choosing, "how many?", "{as: int, to: b}"), "states:", `defaults: {retry: {max: 2, say: ["${answer.text}? ${answer.value}"], else: c}}`+"\nstates:", 1))
	for name, say := range map[string]string{
		"the state's own words": `say: ["${answer.text}"]`,
		"a reminder":            `say: [go]`,
	} {
		src := fmt.Sprintf(choosing, "how many?", `{as: int, to: b, idle: [{after: 5m, say: ["${answer.text}"]}]}`)
		if strings.Contains(say, "answer") {
			src = strings.Replace(fmt.Sprintf(choosing, "how many?", "{as: int, to: b}"), `say: [how many?]`, say, 1)
		}
		require.Contains(t, problems(t, src).List(), "answer", name)
	}
}

// Options, choices and triggers are compared with each other: a definition with as many as it has room
// for is checked in time. The bound leaves room for a busy machine.
func TestManyChoicesAreCheckedInTime(t *testing.T) {
	var says, named, beginnings []string
	for i := range 10 {
		var rows []string
		for j := range 10 {
			n := 10*i + j
			rows = append(rows, fmt.Sprintf("{id: i%d, title: %d people}", n, 99-n))
			named = append(named, fmt.Sprintf("i%d: {to: b, words: [w%d, v%d]}", n, n%7, n%7))
		}
		says = append(says, "{interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: All, rows: ["+strings.Join(rows, ", ")+"]}]}}}")
	}
	for n := range 4000 {
		named = append(named, fmt.Sprintf(`"i%dx%d*": b`, n%100, n))
	}
	for n := range 200 {
		beginnings = append(beginnings, fmt.Sprintf(`"%s*"`, strings.Repeat("i", n+1)))
	}
	src := fmt.Sprintf(choosing, strings.Join(says, ", "), "{choices: {"+strings.Join(named, ", ")+"}}") + "triggers:" +
		strings.Repeat("\n  - {choice: ["+strings.Join(beginnings, ", ")+"], to: c}", 5) + "\n"
	require.Less(t, len(src), 256<<10)
	began := time.Now()
	require.Contains(t, strings.Join(found(t, src), "\n"), "has an id that begins with")
	require.Less(t, time.Since(began), 20*time.Second)
}
