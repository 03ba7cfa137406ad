package chat

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

const (
	ours    = "cnv_ours"
	contact = "56911112222"
)

func opened() time.Time { return time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC) }

// room is where turns of one conversation are run.
type room struct {
	t       testing.TB
	bot     *definition.Bot
	step    Stepper
	repeats map[string]bool
}

func newRoom(t testing.TB) *room {
	b, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	return &room{t: t, bot: b, step: bot.Step, repeats: map[string]bool{}}
}

func (r *room) input(messages ...Incoming) Input {
	return Input{Conversation: ours, WaID: contact, Messages: messages, Repeats: r.repeats, Opening: Opening{Env: "test"}}
}

func (r *room) reply(in Input) Output {
	in.Repeats = r.repeats
	return RunWith(r.step, r.bot, in)
}

// next is the input of the turn that follows one.
func (r *room) next(last Output, messages ...Incoming) Input {
	in := r.input(messages...)
	in.State, in.Timers = last.State, last.Timers
	return in
}

// closed is another conversation of the contact that has handled messages.
func (r *room) closed(_ string, ids ...string) {
	for _, id := range ids {
		r.repeats[id] = true
	}
}

// at is a moment of the conversation.
func at(after time.Duration) time.Time { return opened().Add(after) }

func incoming(id string, after time.Duration, body string) Incoming {
	return Incoming{ID: id, At: at(after), Timestamp: at(after).Unix(), Name: "Ana", Body: json.RawMessage(body)}
}

func text(id string, after time.Duration, words string) Incoming {
	return incoming(id, after, `{"from":"`+contact+`","type":"text","text":{"body":`+strconv.Quote(words)+`}}`)
}

// said names the causes of a turn's messages, "-" for what no message of the contact caused.
func said(r Output) string {
	var causes []string
	for _, s := range r.Sends {
		if s.InReplyTo == "" {
			s.InReplyTo = "-"
		}
		causes = append(causes, s.InReplyTo)
	}
	return strings.Join(causes, " ")
}

func bytesOf(t require.TestingT, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

// wish is what an operator asks for.
func wish(control bot.Control, after time.Duration) Incoming {
	return Incoming{ID: "u1", At: at(after), Control: &Control{Kind: control, Reason: "operator"}}
}
