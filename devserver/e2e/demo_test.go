package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDemoPlaysToTheNotice(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "demo")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Dir = filepath.Join("..", "..", "examples", "demo")
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)

	cfg := shared.stack.Config()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	demo := exec.CommandContext(ctx, binary)
	demo.Env = append(os.Environ(), "CHATTIGO_HTTP_ADDR="+cfg.HTTPAddr, "CHATTIGO_INBOX_ADDR="+cfg.InboxAddr)
	demo.SysProcAttr = dieWithParent()
	began := time.Now()
	said, err = demo.CombinedOutput()

	require.NoError(t, err, "%s", said)
	require.Equal(t, 1, strings.Count(string(said), closeNotice), "%s", said)
	t.Logf("played in %s", time.Since(began).Round(10*time.Millisecond))
}
