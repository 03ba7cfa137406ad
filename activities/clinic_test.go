package activities

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// turnsOf runs turns as the service does, by Reply and Archive on a database, and holds each
// against chat.Run alone.
func (r *room) turnsOf(hash string) script.Runner {
	return func(b *definition.Bot, in chat.Input) chat.Output {
		alone := chat.Run(b, in)
		result := r.reply(ReplyInput{
			Input: in, WorkflowID: "conversation:" + in.WaID + in.UserID, Channel: channel, Bot: hash, Page: 1,
		})
		require.Equal(r.t, bytesOf(r.t, alone), bytesOf(r.t, result.Output))
		require.Equal(r.t, alone.Steps, result.Steps)
		if result.Close != nil {
			require.NoError(r.t, r.run(r.Archive, ArchiveInput{
				Address:  Address{Conversation: in.Conversation, WorkflowID: "conversation:" + in.WaID + in.UserID, Channel: channel},
				OpenedAt: result.State.Started, ClosedAt: result.Now, Outcome: result.Close.Reason, Bot: hash,
				WaID: in.WaID, UserID: in.UserID, Page: 1, Guard: result.State.Guard(),
			}, nil))
		}
		return result.Output
	}
}

// The player of scripted tests and the activity of the service say the same, to the byte.
func TestTheClinicIsTheSameInScriptedTestsAndInTheService(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../examples/bots/clinica.bot.yaml")
	require.NoError(t, err)
	cases, err := os.ReadFile("../examples/bots/clinica.test.yaml")
	require.NoError(t, err)
	clinic, err := definition.Load(source)
	require.NoError(t, err)
	file, err := script.Load(cases)
	require.NoError(t, err)
	require.NotEmpty(t, file.Cases)
	for i := range file.Cases {
		c := &file.Cases[i]
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.env = "test"
			hash := r.publish(string(source))
			require.NoError(t, r.db.SetLoopGuard(t.Context(), channel, c.Setup.LoopGuard, opened()))
			require.Empty(t, c.Setup.Vars, "the service has no variables before the first message")
			alone := c.Play(script.NewPlayer(clinic, c.Setup, nil))
			service := c.Play(script.NewPlayer(clinic, c.Setup, nil).With(r.turnsOf(hash)))
			require.Nil(t, alone.Failure)
			require.Nil(t, service.Failure)
			require.Equal(t, jsonOf(t, alone.Entries), jsonOf(t, service.Entries))
		})
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	return string(raw)
}
