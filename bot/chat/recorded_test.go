package chat

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

// manyMessages are n messages of the contact with ids and names of some length.
func manyMessages(n, length int) Input {
	in := Input{Conversation: ours}
	for i := range n {
		in.Messages = append(in.Messages, Incoming{ID: fmt.Sprintf("%0*d", length, i), Name: strings.Repeat("\x01", length), Body: json.RawMessage(`{}`)})
	}
	return in
}

func TestTheRecordOfATurnFitsIntoAPayloadWhateverTheContactSends(t *testing.T) {
	ordinary := manyMessages(1000, 70)
	kept := Record(ordinary, Output{Handled: 1000}, nil, 0)
	require.False(t, kept.Cut)
	require.Len(t, kept.Messages, 1000)

	hostile := manyMessages(1000, 256)
	kept = Record(hostile, Output{Handled: 1000}, nil, 0)
	require.True(t, kept.Cut)
	require.Empty(t, kept.Messages)

	limit := manyMessages(maxRecordedMessages/(2*256+recordedOverhead), 256)
	kept = Record(limit, Output{Handled: len(limit.Messages)}, nil, 0)
	require.False(t, kept.Cut)
	encoded, err := json.Marshal(kept)
	require.NoError(t, err)
	require.Less(t, len(encoded), 3<<19)
}

func TestADeferredMessageIsRecordedOnceWithItsBody(t *testing.T) {
	in := manyMessages(3, 8)
	out := Output{Handled: 3, Deferred: []int{0, 2}, Repeats: []int{1}}

	first := Record(in, out, nil, 0)
	require.Len(t, first.Messages, 2)
	require.True(t, first.Messages[0].Deferred)
	require.JSONEq(t, `{}`, string(first.Messages[0].Body))

	again := Record(in, out, nil, 1)
	require.Len(t, again.Messages, 1, "the first one was deferred before")
	require.Equal(t, in.Messages[2].ID, again.Messages[0].ID)
}

func TestResponsesAreKeptUpToABound(t *testing.T) {
	in := Input{Result: &CallOutcome{Result: bot.CallResult{Status: 200, Body: strings.Repeat("x", MaxRecordedBody)}}}
	kept := Record(in, Output{}, nil, 0)
	require.False(t, kept.Unkept)
	require.Equal(t, in.Result, kept.Result)

	in.Result.Result.Body += "x"
	kept = Record(in, Output{}, nil, 0)
	require.True(t, kept.Unkept)
	require.Empty(t, kept.Result.Result.Body)
	require.NotEmpty(t, in.Result.Result.Body, "the turn's own result stays")
}

func TestCallsWithTheSameFingerprintAskTheSame(t *testing.T) {
	call := bot.Call{ID: "a/0", Method: "GET", URL: "https://api.example/x", Headers: []bot.Header{{Name: "X", Value: []bot.HeaderPart{{Secret: "k"}}}}}
	same := call
	same.ID, same.Retries = "b/0", 3
	require.Equal(t, Fingerprint(call), Fingerprint(same))
	for _, other := range []func(*bot.Call){
		func(c *bot.Call) { c.Method = "POST" },
		func(c *bot.Call) { c.URL += "y" },
		func(c *bot.Call) { c.Body = json.RawMessage(`{}`) },
		func(c *bot.Call) { c.Headers = nil },
		func(c *bot.Call) { c.Headers = []bot.Header{{Name: "X", Value: []bot.HeaderPart{{Text: "k"}}}} },
	} {
		changed := call
		other(&changed)
		require.NotEqual(t, Fingerprint(call), Fingerprint(changed))
	}
}
