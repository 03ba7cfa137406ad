package rerun

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// archive keeps the conversations of a player as the service's archive does.
type archive struct {
	t    testing.TB
	all  []*Conversation
	open *Conversation
}

func (a *archive) run(b *definition.Bot, in chat.Input) chat.Output {
	out := chat.Run(b, in)
	if out.State == nil {
		return out
	}
	if in.State == nil {
		a.open = &Conversation{ID: in.Conversation, Bot: b.Hash, Messages: map[string]Message{}}
		a.all = append(a.all, a.open)
	}
	for _, m := range in.Messages {
		if m.Control == nil {
			a.open.Messages[m.ID] = Message{At: m.At, Timestamp: m.Timestamp, Body: m.Body}
		}
	}
	for _, s := range out.Sends {
		a.open.Said = append(a.open.Said, Said{ID: s.ID, Body: s.Body})
	}
	kept, err := json.Marshal(chat.Record(in, out, nil, 0))
	require.NoError(a.t, err)
	var turn chat.Recorded
	require.NoError(a.t, json.Unmarshal(kept, &turn))
	a.open.Turns = append(a.open.Turns, turn)
	return out
}

// play plays the cases of a test file, and returns the conversations.
func play(t testing.TB, b *definition.Bot, tests []byte) []*Conversation {
	f, err := script.Load(tests)
	require.NoError(t, err)
	a := &archive{t: t}
	for i := range f.Cases {
		c := &f.Cases[i]
		c.Play(script.NewPlayer(b, c.Setup, nil).With(a.run))
	}
	return a.all
}

func load(t testing.TB, text string) *definition.Bot {
	b, err := definition.Load([]byte(text))
	require.NoError(t, err)
	return b
}

// files are the definitions beside which tests lie.
func files(t testing.TB) map[string]string {
	tests := map[string]string{}
	for _, pattern := range []string{"../script/testdata/*.test.yaml", "../../examples/*.test.yaml", "../../examples/bots/*.test.yaml"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, path := range found {
			bot := strings.TrimSuffix(path, ".test.yaml") + ".bot.yaml"
			if _, err := os.Stat(bot); err == nil {
				tests[bot] = path
			}
		}
	}
	require.NotEmpty(t, tests)
	return tests
}

func TestUnderItsOwnVersionEveryConversationComesOutTheSame(t *testing.T) {
	for bot, tests := range files(t) {
		t.Run(filepath.Base(bot), func(t *testing.T) {
			source, err := os.ReadFile(bot)
			require.NoError(t, err)
			cases, err := os.ReadFile(tests)
			require.NoError(t, err)
			b := load(t, string(source))
			all := play(t, b, cases)
			require.NotEmpty(t, all)
			for _, c := range all {
				difference, err := Run(b, *c)
				require.NoError(t, err)
				require.Nil(t, difference)
			}
		})
	}
}
