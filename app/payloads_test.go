package app

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// A reply is posted as it comes out of the history, under an id that was made before.
func TestWhatABotSaysComesOutOfTheHistoryUnchanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.OneOf(rapid.Just("<b>&amp; \u2028\u00e9 🙂\\\""), rapid.StringN(1, -1, 500)).Filter(sayable).Draw(t, "words")
		body, err := outbound.Encode(outbound.NewText("569", words))
		require.NoError(t, err)
		said := activities.ReplyResult{Output: chat.Output{Sends: []chat.Send{{ID: chat.MessageID("c", "m", 0, body), Body: body}}}}
		payload, err := Payloads().ToPayload(said)
		require.NoError(t, err)
		var back activities.ReplyResult
		require.NoError(t, Payloads().FromPayload(payload, &back))
		require.Equal(t, string(body), string(back.Sends[0].Body))
		require.Equal(t, said.Sends[0].ID, chat.MessageID("c", "m", 0, back.Sends[0].Body))
	})
}

// sayable leaves out texts that WhatsApp refuses, such as blank ones.
func sayable(words string) bool {
	_, err := outbound.Encode(outbound.NewText("569", words))
	return err == nil
}

func TestPayloadsAreThoseOfTheSDK(t *testing.T) {
	t.Parallel()
	sdk := converter.GetDefaultDataConverter()
	for _, value := range []any{nil, []byte{1, 2}, 7, "a <b> & c", map[string]any{"a": "<"}, json.RawMessage(`{"a":"<"}`)} {
		mine, err := Payloads().ToPayload(value)
		require.NoError(t, err)
		theirs, err := sdk.ToPayload(value)
		require.NoError(t, err)
		require.Equal(t, theirs.Metadata, mine.Metadata)
		var a, b any
		if raw, ok := value.([]byte); ok {
			require.Equal(t, raw, mine.Data)
			continue
		}
		require.NoError(t, sdk.FromPayload(mine, &a))
		require.NoError(t, Payloads().FromPayload(theirs, &b))
		require.Equal(t, a, b)
	}
	payload, err := Payloads().ToPayload("a <b>")
	require.NoError(t, err)
	require.Equal(t, `"a <b>"`, string(payload.Data))
	_, err = Payloads().ToPayload(func() {})
	require.ErrorIs(t, err, converter.ErrUnableToEncode)
}
