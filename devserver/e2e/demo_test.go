package e2e

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The demos use one channel, and so play one after the other. They have the machine to themselves: what
// they promise a newcomer is an answer within seconds.
func TestDemoPlaysToTheNotice(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "demo")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Dir = filepath.Join("..", "..", "examples", "demo")
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)

	bots := []string{"", "clinica", "cobranza", "hotel", "internet", "nps", "pedido"}
	if *onFleet {
		bots = bots[:2] // through the balancer; the bots are no others there
	}
	for _, bot := range bots {
		t.Run(cmp.Or(bot, "starter"), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cfg := shared.stack.Config()
			demo := exec.CommandContext(ctx, binary)
			demo.Dir = filepath.Join("..", "..")
			demo.Env = append(os.Environ(), "CHATTIGO_HTTP_ADDR="+cfg.HTTPAddr, "CHATTIGO_INBOX_ADDR="+cfg.InboxAddr, "BOT="+bot)
			demo.SysProcAttr = dieWithParent()
			began := time.Now()
			said, err := demo.CombinedOutput()

			require.NoError(t, err, "%s", said)
			require.Equal(t, 1, strings.Count(string(said), closeNotice), "%s", said)
			require.Equal(t, bot != "", strings.Contains(string(said), "has the starter live again"), "%s", said)
			t.Logf("played in %s", time.Since(began).Round(10*time.Millisecond))
		})
	}
}
