package archive

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
)

// Last words that carry the close notice are compared as the bot said them.
func TestAConversationWithTheNoticeInItsLastWordsIsRunAgain(t *testing.T) {
	b := loadBot(t, string(definition.Starter()))
	c := talk(t, b, bot.Contact{WaID: "56911112222"}, "hola", "salir")
	var entries []store.Entry
	for i, said := range c.Said {
		e := store.Entry{Direction: store.Out, ID: said.ID, Sequence: i + 1, Body: said.Body}
		if i == len(c.Said)-1 {
			merged, ok := chat.LastWords(c.ID, chat.Send{ID: said.ID, Body: said.Body})
			require.True(t, ok)
			e.ID, e.Made, e.Body = merged.ID, said.ID, merged.Body
		}
		entries = append(entries, e)
	}
	read, err := Read(store.Conversation{ID: c.ID, Bot: c.Bot}, []store.Page{{Number: 1, Entries: entries}})
	require.NoError(t, err)
	require.Equal(t, c.Said, read.Said)
	read.Turns, read.Messages = c.Turns, c.Messages
	difference, err := rerun.Run(b, read)
	require.NoError(t, err)
	require.Nil(t, difference)
}
