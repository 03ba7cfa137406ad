package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// archive writes an ended conversation of acme's channel, in which a contact wrote these texts to the
// bot, a minute after the other.
func (s *service) archive(t *testing.T, id string, b *definition.Bot, at time.Time, texts ...string) {
	t.Helper()
	row := store.Conversation{
		ID: id, WorkflowID: id, Channel: docsChannel, WaID: "56933334444", Bot: b.Hash, OpenedAt: at, Outcome: "resolved",
	}
	var entries []store.Entry
	var last chat.Output
	for i, text := range texts {
		m := chat.Incoming{ID: fmt.Sprintf("wamid.%s.%d", id, i), At: at, Timestamp: at.Unix(), WaID: row.WaID}
		m.Body = fmt.Appendf(nil, `{"from":%q,"id":%q,"timestamp":"%d","type":"text","text":{"body":%q}}`, m.WaID, m.ID, m.Timestamp, text)
		in := chat.Input{Conversation: id, WaID: m.WaID, State: last.State, Timers: last.Timers, Messages: []chat.Incoming{m}}
		last = chat.Run(b, in)
		turn, err := json.Marshal(chat.Record(in, last, nil, 0))
		require.NoError(t, err)
		entries = append(entries,
			store.Entry{At: at, Direction: store.In, ID: m.ID, Type: "text", Timestamp: m.Timestamp, Body: m.Body},
			store.Entry{At: at, Direction: store.Turn, Body: turn})
		for _, said := range last.Sends {
			entries = append(entries, store.Entry{At: at, Direction: store.Out, ID: said.ID, Body: said.Body})
		}
		at = at.Add(time.Minute)
	}
	row.ClosedAt = at
	require.NoError(t, s.store.CloseConversation(t.Context(), store.Closing{
		Conversation: row, Page: &store.Page{Conversation: id, Number: 1, Entries: entries},
	}))
}

// archiveForPages writes the conversations that the pages run again: with the bot that `bot init clinica`
// makes.
func (s *service) archiveForPages(t *testing.T) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("newbot", "es.bot.yaml"))
	require.NoError(t, err)
	b, err := definition.Load(renamed(source, "ejemplo", "clinica"))
	require.NoError(t, err)
	monday := time.Date(2026, 3, 9, 14, 0, 0, 0, time.UTC)
	s.archive(t, "cnv_0197f1c8", b, monday, "Hola", "horario", "salir")
	s.archive(t, "cnv_0197f2a4", b, monday.Add(time.Hour), "Buenas", "salir")
	s.archive(t, "cnv_0197f35e", b, monday.Add(2*time.Hour), "Hola", "salir")
}
