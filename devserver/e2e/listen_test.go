package e2e

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// screen is an output that is read while it is written.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// A developer's program behind a firewall gets a conversation by `chattigo listen`, also what it refused for a
// while, and the channel is as it was when Ctrl-C has ended that.
func TestListenBringsAConversationToALaptop(t *testing.T) {
	t.Parallel()
	var refused atomic.Int64
	laptop := newReceiver(t, func(context.Context, delivery) int {
		if refused.Add(1) <= 2 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	isv, hook := newISV(t, nil)
	program, err := binary()
	require.NoError(t, err)
	home := t.TempDir()
	listen := exec.CommandContext(t.Context(), program, "listen", isv.waID, "--to", laptop.url, "--switch")
	listen.Env = []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "CHATTIGO_URL=" + isv.api, "CHATTIGO_TOKEN=" + isv.token}
	var said screen
	listen.Stdout, listen.Stderr = &said, &said
	require.NoError(t, listen.Start())
	require.True(t, eventually(t, soon, func() bool { return strings.Contains(said.String(), "Ctrl-C ends it") }), "it did not begin")
	isv.post(t, ana, text("hola"), text("salir"))
	laptop.await(t, 4, 100*time.Second)
	require.NoError(t, listen.Process.Signal(os.Interrupt))
	require.NoError(t, listen.Wait(), &said)

	got := laptop.taken()
	requireInOrder(t, got)
	require.True(t, got[len(got)-1].isNotice())
	require.Empty(t, hook.all())
	require.Contains(t, said.String(), "Gracias por escribirnos")
	isv.post(t, "56922220002", text("hola"))
	hook.await(t, 2, soon)
}
