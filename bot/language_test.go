package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheLanguageOfStrings(t *testing.T) {
	const src = `
languages: [es, en]
start: a
vars: {lang: {type: string}}
strings: {hi: {es: hola, en: hello}}
states:
  a: {say: ["${t('hi')}"], ask: {as: text, save: {lang: answer.text}, to: a}}
`
	c := talkTo(t, src)
	c.says("x")
	require.Equal(t, []string{"hola"}, c.texts(), "languages[0] while vars.lang is not set")
	for _, tt := range []struct{ said, says string }{{"en", "hello"}, {"es", "hola"}, {"pt", "hola"}} {
		c.says(tt.said)
		require.Equal(t, []string{tt.says}, c.texts())
	}
	c = talkTo(t, strings.Replace(strings.Replace(src, "{lang: {type", "{tongue: {type", 1), "{lang: answer", "{tongue: answer", 1))
	c.says("x")
	c.says("en")
	require.Equal(t, []string{"hola"}, c.texts(), "a bot without vars.lang speaks its first language")
}
