package activities

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/chat"
)

// A turn is repeated whenever its workflow task is, with the messages that came meanwhile: it says
// the same again, then more, whatever the first time wrote into the database.
func TestReplyThatIsRepeatedSaysTheSame(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before", "seen1", "seen2")
	conversations := 0
	rapid.Check(t, func(t *rapid.T) {
		conversations++
		var messages []chat.Incoming
		for i, words := range rapid.SliceOfN(rapid.SampledFrom([]string{"hola", "1", "2", "baja", "¿?"}), 1, 6).Draw(t, "words") {
			id := rapid.SampledFrom([]string{"seen1", "seen2", "m1", "m2", "m3", "m4", "m5"}).Draw(t, "id")
			messages = append(messages, text(id, time.Duration(i)*time.Second, words))
		}
		var earlier ReplyResult
		for n := range messages {
			in := r.input(messages[:n+1]...)
			in.Conversation = "cnv_" + strconv.Itoa(conversations)
			in.Horizon = at(24 * time.Hour).Unix()
			result, err := r.Reply(r.t.Context(), in)
			require.NoError(t, err)
			again, err := r.Reply(r.t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, bytesOf(t, result.Output), bytesOf(t, again.Output))
			require.GreaterOrEqual(t, len(result.Sends), len(earlier.Sends))
			for i, send := range earlier.Sends {
				require.Equal(t, send, result.Sends[i])
			}
			for _, i := range result.Repeats {
				require.Less(t, i, len(in.Messages))
			}
			earlier = result
		}
	})
}
