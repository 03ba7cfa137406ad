package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store/pgprograms"
)

// victimVariable makes the test binary start its private server, print its folder, and wait to be
// killed.
const victimVariable = "CHATTIGO_STORETEST_VICTIM"

func TestPrivateServerEndsWithAKilledTestBinary(t *testing.T) {
	if os.Getenv(victimVariable) != "" {
		beVictim(t)
		return
	}
	if _, err := pgprograms.Find(t.Context()); errors.Is(err, pgprograms.ErrNone) && os.Getenv(requireVariable) != "1" {
		t.Skip("this machine has no PostgreSQL programs: install them (Debian: apt-get install postgresql)")
	}
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	victim.Env = append(os.Environ(), victimVariable+"=1")
	stdin, err := victim.StdinPipe()
	require.NoError(t, err)
	defer func() { _ = stdin.Close() }()
	stdout, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	dir := serverDir(t, stdout)
	postmaster := postmasterPID(t, dir)
	require.True(t, runs(postmaster))

	require.NoError(t, victim.Process.Kill())
	_ = victim.Wait() // fails, because it was killed
	require.Eventually(t, func() bool {
		_, err := os.Stat(dir)
		return !runs(postmaster) && errors.Is(err, os.ErrNotExist)
	}, 20*time.Second, 20*time.Millisecond)
}

// beVictim waits on standard input, so that it also ends with the test that started it.
func beVictim(t *testing.T) {
	t.Helper()
	privateServer(t)
	_, err := fmt.Fprintln(os.Stdout, "dir="+shared.server.dir)
	require.NoError(t, err)
	_, err = io.ReadAll(os.Stdin)
	require.NoError(t, err)
}

func serverDir(t *testing.T, stdout io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if dir, ok := strings.CutPrefix(lines.Text(), "dir="); ok {
			return dir
		}
	}
	require.FailNow(t, "the victim started no server")
	return ""
}

func postmasterPID(t *testing.T, dir string) int {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(first)
	require.NoError(t, err)
	return pid
}

func runs(pid int) bool {
	return syscall.Kill(pid, 0) == nil
}
