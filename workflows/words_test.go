package workflows

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatContactsWriteCannotChangeTheOperatorsPage(t *testing.T) {
	for in, want := range map[string]string{
		"hola":                           "`hola `",
		"`code` ![x](http://evil/x.png)": "`'code' ![x](http://evil/x.png) `",
		"a\n# b\u202ec\x00":              "`a # b c  `",
		"":                               "` `",
		strings.Repeat("é", 100):         "`" + strings.Repeat("é", 79) + "… `",
	} {
		require.Equal(t, want, codeSpan(in))
	}
}

func TestTheLastWordsAreWhatPeopleRead(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"text","text":{"body":"hola"}}`:                                                              "hola",
		`{"type":"interactive","interactive":{"type":"button","body":{"text":"¿sí?"},"action":{}}}`:           "¿sí?",
		`{"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"a","title":"Sí"}}}`: "Sí",
		`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"a","title":"Uno"}}}`:    "Uno",
		`{"type":"button","button":{"payload":"p","text":"Alive"}}`:                                           "Alive",
		`{"type":"image","image":{"id":"1","caption":"mira"}}`:                                                "mira",
		`{"type":"image","image":{"id":"1"}}`:                                                                 "<image>",
		`{"type":"text","text":"not an object"}`:                                                              "<text>",
		`not json`:                                                                                            "<x>",
		``:                                                                                                    "<x>",
	} {
		require.Equal(t, want, visibleText(Entry{Type: "x", Body: []byte(body)}), body)
	}
}
