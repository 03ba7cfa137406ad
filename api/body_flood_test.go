package api_test

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The largest bodies are held until their last byte comes, here never.
func TestAnAccountDoesNotFillTheMemoryWithBodies(t *testing.T) {
	const largest = 4 << 20
	f := setUp(t)
	var begun sync.WaitGroup
	var ends []*io.PipeWriter
	codes := make(chan int, 4)
	for range 4 {
		body, client := io.Pipe()
		ends = append(ends, client)
		go func() {
			codes <- f.do(t, "POST", "/webhooks/inbound", headers{"Authorization": f.token("isv")}, body).Code
		}()
		begun.Go(func() {
			_, _ = client.Write(bytes.Repeat([]byte(" "), largest-2))
			_, _ = client.Write([]byte(" ")) // is read when what came before it was counted
		})
	}
	begun.Wait()

	flooding := f.do(t, "POST", "/webhooks/inbound", headers{"Authorization": f.token("isv")}, strings.NewReader(full()))
	require.Equal(t, 429, flooding.Code)
	require.Equal(t, `{"message":"too many large bodies of this account at once; please wait and try again"}`, flooding.Body.String())
	require.Equal(t, "1", flooding.Header().Get("Retry-After"))
	other := f.do(t, "PUT", "/bots/x", headers{"Authorization": f.token("other"), "Content-Type": "application/yaml"}, strings.NewReader("bot: v1"))
	require.Equal(t, 422, other.Code, "another account's body is read")

	for _, client := range ends {
		require.NoError(t, client.CloseWithError(io.ErrUnexpectedEOF))
	}
	for range ends {
		require.Equal(t, 400, <-codes)
	}
	require.Equal(t, 200, f.post(t, full()).Code)
}
