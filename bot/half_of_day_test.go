package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const visiting = `
languages: [es-CL, pt-BR]
timezone: America/Santiago
start: a
vars: {at: {type: string}, lang: {type: string}}
triggers: [{text: {any: [portugues]}, interrupt: true, to: pt}]
states:
  pt: {set: {lang: "'pt-BR'"}, goto: a}
  a: {say: [at what time], ask: {as: time, save: {at: answer.value}, to: b}}
  b: {say: ["${vars.at}"], close: {reason: done}}
`

// An hour that may be one of the night is asked for once more, and the half of the day completes it.
func TestAnHourWithoutItsHalfOfTheDayIsAskedFor(t *testing.T) {
	for _, tt := range []struct{ name, first, asked, second, want string }{
		{"the half follows", "tipo 5, gracias", "¿De la mañana o de la tarde?", "de la tarde, por favor", "17:00"},
		{"one word", "a las 5 y media", "¿De la mañana o de la tarde?", "Tarde", "17:30"},
		{"in the morning", "a las 5", "¿De la mañana o de la tarde?", "mañana", "05:00"},
		{"am and pm", "5:15", "¿De la mañana o de la tarde?", "P.M.", "17:15"},
		{"the hour once more", "a las 5", "¿De la mañana o de la tarde?", "a las 5 de la tarde", "17:00"},
		{"another hour", "a las 5", "¿De la mañana o de la tarde?", "mejor a las 9", "09:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, visiting)
			c.says("hola")
			c.says(tt.first)
			require.Equal(t, []string{tt.asked}, c.texts())
			c.says(tt.second)
			require.Equal(t, []string{tt.want}, c.texts())
		})
	}
}

func TestTheHalfOfTheDayIsAskedForInTheLanguageOfTheConversation(t *testing.T) {
	c := talkTo(t, visiting)
	c.says("portugues")
	c.says("às 5")
	require.Equal(t, []string{"Da manhã ou da tarde?"}, c.texts())
	c.says("da tarde")
	require.Equal(t, []string{"17:00"}, c.texts())
}

// What stands between the hour and its half breaks them apart, and a half alone is no hour.
func TestAHalfOfTheDayCompletesTheLatestAnswerOnly(t *testing.T) {
	c := talkTo(t, visiting)
	c.says("hola")
	c.says("de la tarde")
	require.Equal(t, "a", c.asking())
	c.says("a las 5")
	c.says("no sé")
	c.says("de la tarde")
	require.Equal(t, "a", c.asking())
}

func TestTheQuestionsOwnWordsComeBeforeTheBuiltInOnesForTheHalf(t *testing.T) {
	own := strings.Replace(visiting, "as: time,", "as: time, retry: {max: 2, say: [like 15:30], else: b},", 1)
	for want, src := range map[string]string{"like 15:30": own, "¿De la mañana o de la tarde?": "defaults: {retry: {max: 2, say: [choose], else: b}}\n" + visiting} {
		c := talkTo(t, src)
		c.says("hola")
		c.says("a las 5")
		require.Equal(t, []string{want}, c.texts())
		c.says("pm")
		require.Equal(t, []string{"17:00"}, c.texts())
	}
}
