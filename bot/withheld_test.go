package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

// withholds is a message that WhatsApp does not hand over.
func (c *chat) withholds(kind string) {
	c.t.Helper()
	c.receive("<"+kind+">", `{"type":"unsupported","errors":[{"code":131051}],"unsupported":{"type":"`+kind+`"}}`)
}

const withheldEnglish = "I can neither see nor read that message: WhatsApp does not hand it over to me. Please write it or send it in another way."

func TestWhatWhatsAppWithholdsIsToldOnce(t *testing.T) {
	c := atMenu(t)
	c.waits(30 * time.Second)
	c.withholds("view_once")
	require.Equal(t, "rule 8 withheld", c.trace())
	require.Equal(t, []string{withheldEnglish, asked}, c.texts())
	require.Zero(t, c.state.Ask.Tries, "it is no try")
	require.Equal(t, c.now, c.armed.Set, "silence is counted anew")
	for _, kind := range []string{"view_once", "image", "location"} {
		c.now = c.now.Add(time.Second)
		c.withholds(kind)
		require.Empty(t, c.texts())
		require.Equal(t, c.now, c.armed.Set)
	}
	c.withholds("poll_creation")
	require.Equal(t, "rule 1 ignored", c.trace())
	c.withholds("view_once")
	require.Empty(t, c.texts(), "a poll is nothing that was said")
	c.says("x")
	c.withholds("view_once")
	require.Equal(t, []string{withheldEnglish, asked}, c.texts(), "it is told again when something was said")
	require.Equal(t, 1, c.state.Ask.Tries)
	require.Equal(t, map[string]int{"menu": 1}, c.state.Refused)
}

func TestWhatWhatsAppWithholdsOpensAConversation(t *testing.T) {
	c := newChat(t, rules(t))
	c.withholds("media_placeholder")
	require.Equal(t, "rule 9 start", c.trace())
	require.Equal(t, []string{withheldEnglish, "hello", "before", asked, "after"}, c.texts())
	c.withholds("media_placeholder")
	require.Empty(t, c.texts())
}

func TestWhatWhatsAppWithholdsIsToldInTheConversationsLanguage(t *testing.T) {
	c := talkTo(t, "start: a\nlanguages: [es-CL, pt-BR, fr]\nvars: {lang: {type: string}}\n"+
		"states:\n  a: {say: [a], ask: {as: text, save: {lang: answer.value}, to: a}}\n")
	c.says("hola")
	for language, words := range map[string]string{
		"es-CL": "No puedo ver ni leer ese mensaje", "pt-BR": "Não consigo ver nem ler essa mensagem", "fr": "I can neither see",
	} {
		c.says(language)
		c.withholds("gif")
		require.Contains(t, c.texts()[0], words)
	}
}

func TestTriggersForUnsupportedTakeWhatWhatsAppWithholds(t *testing.T) {
	const src = "start: a\ntriggers: [{type: [unsupported], %to: b}]\nstates:\n  a: {say: [a], ask: {as: any, to: a}}\n  b: {say: [b], goto: a}\n"
	for interrupt, rule := range map[string]string{"interrupt: true, ": "rule 5 interrupt", "": "rule 7 trigger"} {
		for _, message := range []string{
			`{"type":"unsupported","unsupported":{"type":"view_once"}}`,
			`{"type":"unsupported","errors":[{"code":131060}]}`,
			`{"type":"unknown","errors":[{"code":131060}]}`,
		} {
			c := talkTo(t, strings.Replace(src, "%", interrupt, 1))
			for range 2 {
				c.receive("", message)
				require.Equal(t, rule, c.trace(), message)
				require.Equal(t, []string{"b", "a"}, c.texts())
			}
		}
	}
}

func TestAMutedBotIsSilentAboutWhatWhatsAppWithholds(t *testing.T) {
	c := atMenu(t)
	c.controls(bot.ControlHandoff)
	c.withholds("view_once")
	require.Equal(t, "rule 2 muted", c.trace())
	require.Empty(t, c.texts())
}
