package archive

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/bot/script"
)

// keeper keeps the conversations of a player as the service's archive does, under ids as the service has
// them.
type keeper struct {
	t    require.TestingT
	all  []*rerun.Conversation
	open *rerun.Conversation
}

func (k *keeper) run(b *definition.Bot, in chat.Input) chat.Output {
	in.Conversation = "cnv_0198f3a2-" + in.Conversation
	out := chat.Run(b, in)
	if out.State == nil {
		return out
	}
	if in.State == nil {
		k.open = &rerun.Conversation{ID: in.Conversation, Bot: b.Hash, Messages: map[string]rerun.Message{}}
		k.all = append(k.all, k.open)
	}
	for _, m := range in.Messages {
		if m.Control == nil {
			k.open.Messages[m.ID] = rerun.Message{At: m.At, Timestamp: m.Timestamp, Body: m.Body}
		}
	}
	for _, s := range out.Sends {
		k.open.Said = append(k.open.Said, rerun.Said{ID: s.ID, Body: s.Body})
	}
	kept, err := json.Marshal(chat.Record(in, out, nil, 0))
	require.NoError(k.t, err)
	var turn chat.Recorded
	require.NoError(k.t, json.Unmarshal(kept, &turn))
	k.open.Turns = append(k.open.Turns, turn)
	return out
}

// player is a player whose conversations are kept.
func (k *keeper) player(b *definition.Bot, s script.Setup, a script.Answerer) *script.Player {
	return script.NewPlayer(b, s, a).With(k.run)
}

func loadBot(t testing.TB, text string) *definition.Bot {
	b, err := definition.Load([]byte(text))
	require.NoError(t, err)
	return b
}

// talk is the conversation of a contact who writes texts, one after the other, to a bot without calls.
func talk(t testing.TB, b *definition.Bot, contact bot.Contact, texts ...string) rerun.Conversation {
	k := &keeper{t: t}
	player := k.player(b, script.Setup{Now: opened(), Contact: contact}, nil)
	for _, text := range texts {
		require.NoError(t, player.Receive(script.NewText(text)))
	}
	require.Len(t, k.all, 1)
	return *k.all[0]
}
