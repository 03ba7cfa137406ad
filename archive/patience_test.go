package archive

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

func TestATurnOfManyMessagesIsStoppedBetweenTwoSteps(t *testing.T) {
	starter := loadBot(t, string(definition.Starter()))
	at := opened()
	p := &patience{now: func() time.Time { at = at.Add(time.Second); return at }, until: at.Add(conversationTime)}
	in := chat.Input{Conversation: "cnv_1", WaID: "56911112222"}
	for i := range 1000 {
		in.Messages = append(in.Messages, chat.Incoming{
			ID: fmt.Sprint(i), At: opened(), Body: json.RawMessage(`{"type":"text","text":{"body":"hola"}}`),
		})
	}
	p.run(starter, in)
	require.ErrorIs(t, p.err(), errSlow)
	require.Less(t, at.Sub(opened()), 10*time.Second)
}

func TestAConversationThatTakesTooLongIsRefused(t *testing.T) {
	b := loadBot(t, "bot: v1\nname: eco\nstart: eco\nstates:\n  eco: {say: [Dime], ask: {as: any, to: eco}}\n")
	c := talk(t, b, bot.Contact{WaID: "56911112222"}, slices.Repeat([]string{"hola"}, 20)...)
	for _, steps := range []int{0, 10, 25, 45, 65} { // at every stage
		p := &patience{}
		p.now = func() time.Time {
			steps--
			return time.Unix(int64(max(0, -steps)), 0)
		}
		p.until = time.Unix(0, 0)
		_, _ = p.record(b, c, "x.bot.yaml", "recorded")
		require.True(t, p.spent)
	}
}
