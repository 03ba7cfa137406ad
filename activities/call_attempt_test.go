package activities

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/webhook"
)

// failureText is an error as the server keeps it.
func failureText(t require.TestingT, err error) string {
	failure := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: converter.GetDefaultDataConverter(),
	}).ErrorToFailure(err)
	raw, marshalErr := json.Marshal(failure)
	require.NoError(t, marshalErr)
	return string(raw)
}

// anyNumber of requests may arrive where time is short: it may be over with the handshake.
const anyNumber = -1

func TestCallSaysWhyThereIsNoAnswer(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }
	fine := func(http.ResponseWriter, *http.Request) {}
	for _, tt := range []struct {
		name     string
		answer   http.HandlerFunc
		prepare  func(*callRoom, *CallInput)
		want     string
		attempts int
		requests int
	}{
		{"a server that hangs", hang, func(_ *callRoom, in *CallInput) { in.Call.Timeout = 50 * time.Millisecond }, "timeout", 3, anyNumber},
		{"a server that drips", func(w http.ResponseWriter, req *http.Request) {
			for req.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				select {
				case <-time.After(time.Millisecond):
				case <-req.Context().Done():
				}
			}
		}, func(_ *callRoom, in *CallInput) { in.Call.Timeout = 50 * time.Millisecond }, "timeout", 3, anyNumber},
		{"an answer that is too large", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("x", 64<<10+1))
		}, func(*callRoom, *CallInput) {}, "too_large", 1, 1},
		{"nobody listens", fine, func(_ *callRoom, in *CallInput) { in.Call.URL = "https://" + goneName }, "connection", 3, 0},
		{"plain http", fine, func(_ *callRoom, in *CallInput) { in.Call.URL = "http://" + apiName }, "forbidden", 1, 0},
		{"an address of ours", fine, func(_ *callRoom, in *CallInput) { in.Call.URL = "https://169.254.169.254/" }, "forbidden", 1, 0},
		{"no URL", fine, func(_ *callRoom, in *CallInput) { in.Call.URL = "" }, "forbidden", 1, 0},
		{"a method that is none", fine, func(_ *callRoom, in *CallInput) { in.Call.Method = "CONNECT" }, "forbidden", 1, 0},
		{"a header of the service's own", fine, func(_ *callRoom, in *CallInput) { in.Call.Headers[0].Name = "idempotency-key" }, "forbidden", 1, 0},
		{"a header that is none", fine, func(_ *callRoom, in *CallInput) { in.Call.Headers[0].Name = "X: y\r\nZ" }, "forbidden", 1, 0},
		{"a secret that is not there", fine, func(_ *callRoom, in *CallInput) { in.Call.Headers[0].Value[1].Secret = "other" }, "secret", 1, 0},
		{"a secret of another channel", fine, func(_ *callRoom, in *CallInput) { in.Channel = "56900000002" }, "secret", 1, 0},
		{"a secret whose key is missing", fine, func(r *callRoom, _ *CallInput) {
			vault, err := r.db.Vault()
			require.NoError(r.t, err)
			r.secrets = vault
		}, "secret", 3, 0},
		{"no database", fine, func(r *callRoom, _ *CallInput) { r.secrets = noSecrets{} }, "secret", 3, 0},
		{"a panic of ours", fine, func(r *callRoom, _ *CallInput) { r.caller = panicking{} }, "connection", 3, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newCallRoom(t, tt.answer)
			in := callInput(2)
			tt.prepare(r, &in)
			h := r.play(in)
			require.NoError(t, h.err)
			require.Equal(t, chat.CallOutcome{Result: bot.CallResult{Call: in.Call.ID, Error: tt.want}, At: opened()}, h.outcome)
			require.Len(t, h.failures, tt.attempts-1)
			if tt.requests != anyNumber {
				require.Len(t, r.received(), tt.requests)
			}
			require.Contains(t, r.logs.String(), "reason="+tt.want)
			r.requireNoSecret(h)
		})
	}
}

// noSecrets is a vault whose database does not answer.
type noSecrets struct{}

func (noSecrets) Secret(context.Context, string, string) (string, error) {
	return "", errors.New("connection refused")
}

// panicking is a caller with a mistake that shows what it holds.
type panicking struct{}

func (panicking) Call(_ context.Context, c webhook.Call) webhook.Response {
	panic(c.Header.Get("Authorization"))
}

func TestWhatAContactWritesStaysInItsHeader(t *testing.T) {
	t.Parallel()
	r := newCallRoom(t, func(http.ResponseWriter, *http.Request) {})
	in := callInput(0)
	in.Call.ID = "cnv_1/wamid.\r\nX-Evil: 1/0"
	in.Call.Headers = append(in.Call.Headers, bot.Header{Name: "X-Nombre", Value: []bot.HeaderPart{
		{Text: "Ana\r\nX-Evil: 1\r\n\r\nGET /"}, {Text: "\x00\x7f ñ ${secret.agenda}"},
	}})
	require.Equal(t, 200, r.play(in).outcome.Result.Status)
	got := r.received()
	require.Len(t, got, 1)
	require.NotContains(t, got[0].header, "X-Evil")
	require.Equal(t, "Ana  X-Evil: 1    GET /   ñ ${secret.agenda}", got[0].header.Get("X-Nombre"))
	require.Equal(t, "cnv_1/wamid.  X-Evil: 1/0", got[0].header.Get("Idempotency-Key"))
}

func TestASecretThatIsSetAnewIsUsedAtOnce(t *testing.T) {
	t.Parallel()
	r := newCallRoom(t, func(http.ResponseWriter, *http.Request) {})
	r.secrets = &changing{}
	for range 2 {
		require.Equal(t, 200, r.play(callInput(0)).outcome.Result.Status)
	}
	require.Equal(t, "Bearer value 1", r.received()[0].header.Get("Authorization"))
	require.Equal(t, "Bearer value 2", r.received()[1].header.Get("Authorization"))
}

type changing struct{ n int }

func (c *changing) Secret(context.Context, string, string) (string, error) {
	c.n++
	return "value " + string(rune('0'+c.n)), nil
}

func TestCallThatGotNoPlaceOrWasCutShortMayBeMadeAgain(t *testing.T) {
	t.Parallel()
	for class, want := range map[webhook.Class]string{
		webhook.Busy: "timeout", webhook.Timeout: "timeout", webhook.Canceled: "connection", webhook.Connect: "connection",
	} {
		require.Equal(t, failed(want, true), judge(webhook.Response{Class: class}), class)
	}
}

func TestRedactFindsTheLongerSecretFirst(t *testing.T) {
	t.Parallel()
	secrets := map[string]string{"a": "password", "b": "password-of-b", "c": "short"}
	require.Equal(t, "******** ******** short", redact("password-of-b password short", secrets))
}

func BenchmarkCallHeader(b *testing.B) {
	in := callInput(0)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := callHeader(in.Call, map[string]string{"agenda": agenda}); !ok {
			b.Fatal("refused")
		}
	}
}
