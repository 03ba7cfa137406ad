package bot_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// offering asks with buttons or rows that come from a variable; before it come some that do not.
const offering = `
start: a
vars: {all: {type: list}}
defaults: {retry: {max: 5, say: ["what?"], else: end}}
states:
  a: {set: {all: "[%s]"}, goto: b}
  b:
    say: [%s]
    ask: {choices: {"*": end}}
  end: {say: ["${input.id}"], close: {reason: done}}
`

const (
	listOfAll    = `{interactive: {type: list, body: {text: "?"}, action: {button: See, sections: [{title: All, rows: "${vars.all}"}]}}}`
	buttonsOfAll = `{interactive: {type: button, body: {text: "?"}, action: {buttons: "${vars.all}"}}}`
	someButtons  = `{interactive: {type: button, body: {text: "!"}, action: {buttons: [{type: reply, reply: {id: x, title: X}}, {type: reply, reply: {id: y, title: Y}}]}}}`
)

func rowsOf(titles ...string) (rows string) {
	for i, title := range titles {
		rows += fmt.Sprintf("{'id': 'id%d', 'title': '%s'},", i+1, title)
	}
	return rows
}

func buttonsOf(titles ...string) (buttons string) {
	for i, title := range titles {
		buttons += fmt.Sprintf("{'type': 'reply', 'reply': {'id': 'id%d', 'title': '%s'}},", i+1, title)
	}
	return buttons
}

func TestTitlesFromDataGiveAQuestionAndCanBeTyped(t *testing.T) {
	const morning, evening = "Consulta de pediatría mañana", "Consulta de pediatría tarde"
	for _, tt := range []struct {
		name, all, say, shown string
		typed                 map[string]string // what is typed, and the id that it chooses; empty for none
	}{
		{
			"buttons that were cut", buttonsOf(morning, evening), buttonsOfAll,
			"? […pediatría mañana] […de pediatría tarde]",
			map[string]string{
				"pediatria manana": "id1", evening: "id2", "2": "id2", "…de pediatría tarde": "id2", "consulta": "", "Consulta de pediatr…": "",
			},
		},
		{
			"rows that were cut", rowsOf("Control del niño sano en la mañana", "Control del niño sano en la tarde"), listOfAll,
			"? […niño sano en la mañana] […niño sano en la tarde]",
			map[string]string{"Control del niño sano en la tarde": "id2", "1": "id1"},
		},
		{
			"one row that was cut", rowsOf("Control de niño sano en la tarde", "Otro"), listOfAll,
			"? [Control de niño sano en…] [Otro]",
			map[string]string{"control de nino sano en la tarde": "id1", "Control de niño sano en": "id1", "otro": "id2"},
		},
		{
			"buttons that are the same", buttonsOf("Ana", "ana "), buttonsOfAll,
			"? [1. Ana] [2. ana ]",
			map[string]string{"1": "id1", "2. Ana": "id2", "Ana": ""},
		},
		{
			"behind others, whose numbers go on", buttonsOf("Ana", "Ana"), someButtons + ", " + buttonsOfAll,
			"? [3. Ana] [4. Ana]",
			map[string]string{"3": "id1", "4": "id2", "1": "x"},
		},
		{
			"rows of one title with different descriptions", "{'id': 'id1', 'title': 'Ana', 'description': '9'}, {'id': 'id2', 'title': 'Ana', 'description': '10'}", listOfAll,
			"? [Ana] [Ana]",
			map[string]string{"ana": "", "2": "id2"},
		},
		{
			"emoji in a row", rowsOf("⭐", "⭐⭐", "⭐⭐⭐"), listOfAll,
			"? [⭐] [⭐⭐] [⭐⭐⭐]",
			map[string]string{"⭐⭐": "id2", "⭐ ⭐ ⭐": "id3"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for typed, id := range tt.typed {
				c := talkTo(t, fmt.Sprintf(offering, tt.all, tt.say))
				c.says("hola")
				require.Equal(t, tt.shown, c.texts()[len(c.texts())-1])
				c.says(typed)
				if id == "" {
					require.Equal(t, "rule 8 refused", c.trace(), typed)
					require.Equal(t, tt.shown, c.texts()[1], "said again as it was")
					continue
				}
				require.Equal(t, []string{id}, c.texts(), typed)
			}
		})
	}
}

// A title that is there more than once chooses nothing where the way goes by the id.
func TestATitleOnSeveralCardsChoosesOnlyWhereItMeansOneThing(t *testing.T) {
	cards := func(first, second string) string {
		const card = `{card_index: %d, type: cta_url, header: {type: image, image: {link: "https://example.com/1.jpg"}}, action: {buttons: [{type: quick_reply, quick_reply: {id: %s, title: Buy}}]}}`
		return `{interactive: {type: carousel, body: {text: "?"}, action: {cards: [` + fmt.Sprintf(card, 0, first) + "," + fmt.Sprintf(card, 1, second) + `]}}}`
	}
	for _, tt := range []struct {
		name, first, second, ask string
		rule                     string
	}{
		{"ids that lead to one place", "buy1", "buy2", `{choices: {buy1: end, buy2: end}}`, "rule 6 answer"},
		{"ids that * takes", "buy1", "buy2", `{choices: {"*": end}}`, "rule 8 refused"},
		{"ids that to takes", "buy1", "buy2", `{to: end}`, "rule 8 refused"},
		{"one that * takes", "buy1", "buy2", `{choices: {buy1: end, "*": end}}`, "rule 8 refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, "start: a\nstates:\n  a: {say: ["+cards(tt.first, tt.second)+"], ask: "+tt.ask+"}\n  end: {say: [end], close: {reason: done}}\n")
			c.says("hola")
			c.says("buy")
			require.Equal(t, tt.rule, c.trace())
		})
	}
}
