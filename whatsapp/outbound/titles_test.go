package outbound_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// titled is a message with these buttons; with more than three, or with descriptions behind a |,
// it is a list.
func titled(titles ...string) outbound.Message {
	var buttons []outbound.Button
	var rows []outbound.Row
	list := len(titles) > 3
	for _, t := range titles {
		title, description, described := strings.Cut(t, "|")
		id := string(rune('a' + len(rows)))
		list = list || described
		buttons = append(buttons, outbound.Button{Type: "reply", Reply: outbound.Reply{ID: id, Title: title}})
		rows = append(rows, outbound.Row{ID: id, Title: title, Description: description})
	}
	in := &outbound.Interactive{Body: &outbound.Text{Text: "?"}, Type: outbound.InteractiveButton, Action: &outbound.Action{Buttons: buttons}}
	if list {
		half := (len(rows) + 1) / 2
		in.Type = outbound.InteractiveList
		in.Action = &outbound.Action{Button: "See", Sections: []outbound.Section{{Title: "1", Rows: rows[:half]}, {Title: "2", Rows: rows[half:]}}}
	}
	s := outbound.NewText("1", "")
	s.Type, s.Text, s.Interactive = "interactive", nil, in
	return s
}

// cutTitles is what a message's titles are cut to.
func cutTitles(titles []string, list bool) (cut []string) {
	limit := 20
	if list {
		limit = 24
	}
	for _, t := range titles {
		title, description, described := strings.Cut(t, "|")
		if t = outbound.Cut(title, limit); described {
			t += "|" + description
		}
		cut = append(cut, t)
	}
	return cut
}

func TestTitlesThatLookTheSameAreMadeDistinct(t *testing.T) {
	const morning, evening = "Consulta de pediatría mañana", "Consulta de pediatría tarde"
	for _, tt := range []struct {
		name         string
		titles, want []string
	}{
		{"distinct ones stay", []string{"Sí", "No"}, []string{"Sí", "No"}},
		{"distinct ones stay cut", []string{morning, "No"}, []string{"Consulta de pediatr…", "No"}},
		{"the ends differ", []string{morning, evening}, []string{"…pediatría mañana", "…de pediatría tarde"}},
		{"the middle differs", []string{"Consulta de las mañanas con el pediatra", "Consulta de las tardes con el pediatra", "Otra"}, []string{"Consulta de las mañ…", "Consulta de las tar…", "Otra"}},
		{"only the middle differs", []string{"Atención de un niño sano con el pediatra", "Atención de un niño enfermo con el pediatra", "Otra"}, []string{"1. Atención de un n…", "2. Atención de un n…", "Otra"}},
		{"nothing differs", []string{evening, evening}, []string{"1. Consulta de pedi…", "2. Consulta de pedi…"}},
		{"some ends differ", []string{morning, evening, evening}, []string{"…pediatría mañana", "2. Consulta de pedi…", "3. Consulta de pedi…"}},
		{"equal and short", []string{"Ana", "Ana"}, []string{"1. Ana", "2. Ana"}},
		{"but for letter case and spaces", []string{"Ana  Soto", "ana soto "}, []string{"1. Ana  Soto", "2. ana soto "}},
		{"with what looks numbered", []string{"Ana", "Ana", "1. Ana"}, []string{"1. Ana", "2. Ana", "3. 1. Ana"}},
		{"one long word", []string{strings.Repeat("a", 40) + "b", strings.Repeat("a", 40) + "c"}, []string{"…" + strings.Repeat("a", 18) + "b", "…" + strings.Repeat("a", 18) + "c"}},
		{"emoji are not parted", []string{strings.Repeat("👩🏽‍💻", 5) + "x", strings.Repeat("👩🏽‍💻", 5) + "y"}, []string{"…👩🏽‍💻👩🏽‍💻x", "…👩🏽‍💻👩🏽‍💻y"}},
		{
			"rows of all sections",
			[]string{"Control de niño sano en la mañana", "x", "y", "Control de niño sano en la tarde"},
			[]string{"…niño sano en la mañana", "x", "y", "…niño sano en la tarde"},
		},
		{"rows with descriptions may share a title", []string{"Dra. Soto|9:00", "Dra. Soto|10:00"}, []string{"Dra. Soto", "Dra. Soto"}},
		{"rows with the same description may not", []string{"Dra. Soto|9:00", "Dra. Soto|9:00"}, []string{"1. Dra. Soto", "2. Dra. Soto"}},
		{"empty ones are not ours to mend", []string{"", ""}, []string{"", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			full := titled(tt.titles...)
			cut := titled(cutTitles(tt.titles, full.Interactive.Type == outbound.InteractiveList)...)
			before := cut.Choices()
			var got []string
			for _, c := range cut.DistinctTitles(full.Choices(), func(i int) int { return i + 1 }).Choices() {
				got = append(got, c.Title)
			}
			require.Equal(t, tt.want, got)
			require.Equal(t, before, cut.Choices(), "the original stays as it was")
		})
	}
}

func TestTitlesOfDifferentCardsMayBeTheSame(t *testing.T) {
	s := samples()["interactive_carousel_replies"]
	require.Equal(t, s, s.DistinctTitles(s.Choices(), func(int) int { return 0 }))
}

func TestAnyTitlesBecomeAMessageThatWhatsAppTakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.OneOf(rapid.StringMatching(`[ab1-3. ]{0,30}[a]`), rapid.StringMatching(`[aA] ?[aA]`), rapid.SampledFrom([]string{"1. a", "2. a", "a"}))
		titles := rapid.SliceOfN(title, 1, 10).Draw(t, "titles")
		for i := range titles {
			titles[i] = strings.TrimSpace(titles[i])
		}
		full := titled(titles...)
		cut := titled(cutTitles(titles, full.Interactive.Type == outbound.InteractiveList)...)
		distinct := cut.DistinctTitles(full.Choices(), func(i int) int { return i + 1 })
		require.Empty(t, outbound.Validate(distinct))
		seen := map[string]bool{}
		for i, c := range distinct.Choices() {
			require.Equal(t, cut.Choices()[i].ID, c.ID)
			require.False(t, seen[c.Title], c.Title)
			seen[c.Title] = true
		}
	})
}
