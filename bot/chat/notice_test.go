package chat

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
)

func TestTheNoticeIsTheLastMemberAndTheOtherBytesStay(t *testing.T) {
	t.Parallel()
	merged, ok := WithNotice([]byte(`{"to":"5691","text":{"body":"<chao> & é"}}`))
	require.True(t, ok)
	require.Equal(t, `{"to":"5691","text":{"body":"<chao> & é"},"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`, string(merged))
	require.Equal(t, `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`, Notice)
	for _, body := range []string{``, `{}`, `[]`, `"x"`, `{`, `[1,2,3]`} {
		_, ok := WithNotice([]byte(body))
		require.False(t, ok, body)
	}
	for _, body := range []string{``, `{}`, Notice, `{"a":1}`} {
		_, ok := WithoutNotice([]byte(body))
		require.False(t, ok, body)
	}
}

func TestABodyComesOutOfTheMergeAsItWentIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(map[string]string{rapid.String().Draw(t, "key"): rapid.String().Draw(t, "value")})
		require.NoError(t, err)
		kept := string(body)
		merged, ok := WithNotice(body)
		require.True(t, ok)
		require.True(t, json.Valid(merged))
		back, ok := WithoutNotice(merged)
		require.True(t, ok)
		require.Equal(t, kept, string(back))
		require.Equal(t, kept, string(body), "it is not written to")
	})
}

func TestLastWordsHaveAnIDOfTheirOwn(t *testing.T) {
	t.Parallel()
	said := Send{ID: MessageID("c", "m", 0, []byte(`{"a":1}`)), Body: []byte(`{"a":1}`), InReplyTo: "m", Ask: 3}
	merged, ok := LastWords("c", said)
	require.True(t, ok)
	require.Equal(t, MessageID("c", said.ID, 0, merged.Body), merged.ID)
	require.NotEqual(t, said.ID, merged.ID)
	require.Equal(t, "m", merged.InReplyTo)
	again, _ := LastWords("c", said)
	require.Equal(t, merged, again)
	other, _ := LastWords("d", said)
	require.NotEqual(t, merged.ID, other.ID)
	_, ok = LastWords("c", Send{Body: []byte(`{}`)})
	require.False(t, ok)
}

func TestOnlyWhatClosesSaysTheLastWords(t *testing.T) {
	t.Parallel()
	send, closes := bot.Effect{Kind: bot.EffectSend, Send: &bot.Send{}}, bot.Effect{Kind: bot.EffectClose}
	for _, tt := range []struct {
		name  string
		close *bot.Close
		steps []Step
		want  bool
	}{
		{"open", nil, []Step{{Effects: []bot.Effect{send}}}, false},
		{"with words", &bot.Close{Notice: true}, []Step{{}, {Effects: []bot.Effect{send, closes}}}, true},
		{"without a notice", &bot.Close{}, []Step{{Effects: []bot.Effect{send, closes}}}, false},
		{"silently, after an answer", &bot.Close{Notice: true}, []Step{{Effects: []bot.Effect{send}}, {Effects: []bot.Effect{closes}}}, false},
		{"without a step", &bot.Close{Notice: true}, nil, false},
	} {
		require.Equal(t, tt.want, Output{Close: tt.close, Steps: tt.steps}.ClosesWithWords(), tt.name)
	}
}
