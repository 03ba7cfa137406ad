package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/examples/isv"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// The fixture bot says every kind of message: type the name of a state. Its golden file has
// what each of them says.
const (
	kindsBot    = "../../bot/testdata/kinds.bot.yaml"
	kindsGolden = "../../bot/testdata/kinds_bodies.txt"
)

func TestEveryKindOfReplyReachesTheISVByteForByteAsValidated(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(kindsBot)
	require.NoError(t, err)
	kinds, err := definition.Load(source)
	require.NoError(t, err)
	require.NoError(t, shared.store.PutBot(t.Context(), store.Bot{
		Hash: kinds.Hash, Name: kinds.Name, Source: source, CreatedAt: time.Now(),
	}))
	c := newTenantWithBot(t, kinds.Hash)
	c.setWebhook(t, shared.stack.InboxURL())

	said := map[string]bool{}
	for _, turn := range readKinds(t) {
		m := text(turn.said)
		c.post(t, ana, m)
		for i, received := range awaitAtSampleISV(t, m.id, len(turn.types)) {
			require.Equal(t, turn.types[i], kindOf(t, string(received.Body)))
			id := chat.MessageID(received.Headers["chattigo-conversation"], m.id, i, received.Body)
			require.Equal(t, id, received.Headers["webhook-id"],
				"the id is made of the bytes that were validated")
			said[turn.types[i]] = true
		}
	}
	for _, kind := range []string{
		"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction", "template",
		"interactive button", "interactive list", "interactive cta_url", "interactive carousel", "interactive flow",
		"interactive location_request_message", "interactive product", "interactive product_list",
	} {
		require.True(t, said[kind], "%s was never said", kind)
	}
}

// kindTurn is what the contact types, and the kinds of message that it is answered with.
type kindTurn struct {
	said  string
	types []string
}

func readKinds(t *testing.T) []kindTurn {
	t.Helper()
	golden, err := os.ReadFile(kindsGolden)
	require.NoError(t, err)
	var turns []kindTurn
	for line := range strings.Lines(string(golden)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "# "):
			turns = append(turns, kindTurn{said: strings.TrimPrefix(line, "# ")})
		case strings.HasPrefix(line, "{"):
			last := &turns[len(turns)-1]
			last.types = append(last.types, kindOf(t, line))
		}
	}
	require.NotEmpty(t, turns)
	return turns
}

// kindOf names a body's kind, and demands that it is one that WhatsApp takes and that nothing
// of it changes on the way through the encoder.
func kindOf(t *testing.T, body string) string {
	t.Helper()
	send, problems := outbound.Parse([]byte(body))
	require.False(t, slices.ContainsFunc(problems, func(p outbound.Problem) bool { return !p.Warning }), "%s: %v", body, problems)
	encoded, err := outbound.Encode(send)
	require.NoError(t, err)
	require.Equal(t, body, string(encoded))
	if send.Interactive != nil {
		return send.Type + " " + send.Interactive.Type
	}
	return send.Type
}

// awaitAtSampleISV waits until the sample ISV has n messages that answer one of the contact's.
func awaitAtSampleISV(t *testing.T, id string, n int) []isv.Message {
	t.Helper()
	var answers []isv.Message
	require.True(t, eventually(t, 20*time.Second, func() bool {
		answers = slices.DeleteFunc(shared.stack.Inbox().List(isv.Filter{Contact: ana}), func(m isv.Message) bool {
			return m.Headers["chattigo-in-reply-to"] != id
		})
		return len(answers) >= n
	}), "%d of %d answers", len(answers), n)
	require.Len(t, answers, n)
	return answers
}
