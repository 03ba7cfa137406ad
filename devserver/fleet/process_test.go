package fleet

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// spoken keeps what was said to a person.
type spoken struct {
	mu    sync.Mutex
	lines []string
}

func (s *spoken) say(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, what)
}

func (s *spoken) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// launch launches a shell script as a process, ready when a file named ready is in its directory.
func launch(t *testing.T, script string) (p *Process, said *spoken, dir string) {
	t.Helper()
	dir, said = t.TempDir(), &spoken{}
	log, err := openLog(filepath.Join(dir, "script.log"))
	require.NoError(t, err)
	p = &Process{
		name: "script", log: log, say: said.say, stopSignal: 15,
		command: func(ctx context.Context) *exec.Cmd {
			command := exec.CommandContext(ctx, "/bin/sh", "-c", script)
			command.Dir = dir
			return command
		},
		ready: func(context.Context) bool {
			_, err := os.Stat(filepath.Join(dir, "ready"))
			return err == nil
		},
	}
	p.Launch(t.Context())
	t.Cleanup(func() {
		p.Halt()
		require.NoError(t, log.close())
	})
	return p, said, dir
}

const soon = 20 * time.Second

func TestAProcessThatIsKilledIsStartedAgainUntilItIsHalted(t *testing.T) {
	t.Parallel()
	p, said, dir := launch(t, "echo $$ >> starts; touch ready; exec sleep 600")
	require.NoError(t, p.AwaitReady(t.Context()))
	first := p.PID()

	require.NoError(t, p.Kill())

	starts := func() int {
		lines, _ := os.ReadFile(filepath.Join(dir, "starts"))
		return strings.Count(string(lines), "\n")
	}
	require.Eventually(t, func() bool { return starts() == 2 }, soon, 10*time.Millisecond)
	require.NotEqual(t, first, p.PID())
	require.Equal(t, "script ended (signal: killed), see "+p.Log()+"; starting it again in 250ms…", said.all()[0])
	p.Halt()
	require.Zero(t, p.PID())
	p.Launch(t.Context())
	p.Launch(t.Context()) // changes nothing
	require.Eventually(t, func() bool { return starts() == 3 }, soon, 10*time.Millisecond)
	require.Len(t, said.all(), 2, "nobody is told of what was wanted")
}

func TestAFrozenProcessDoesNothingUntilItThaws(t *testing.T) {
	t.Parallel()
	p, _, dir := launch(t, "touch ready; while :; do echo x >> ticks; sleep 0.01; done")
	require.NoError(t, p.AwaitReady(t.Context()))
	ticks := func() int {
		content, _ := os.ReadFile(filepath.Join(dir, "ticks"))
		return len(content)
	}

	require.NoError(t, p.Freeze())
	before := ticks()
	require.Never(t, func() bool { return ticks() > before+2 }, 300*time.Millisecond, 20*time.Millisecond)
	require.NoError(t, p.Thaw())

	require.Eventually(t, func() bool { return ticks() > before+2 }, soon, 10*time.Millisecond)
}

func TestAProcessIsStartedEachTimeWhereItIsToLive(t *testing.T) {
	t.Parallel()
	p, _, _ := launch(t, "touch ready; exec sleep 600")
	require.NoError(t, p.AwaitReady(t.Context()))
	p.Halt()
	var starts atomic.Int64
	p.within = func(start func() error) error {
		starts.Add(1)
		return start()
	}

	p.Launch(t.Context())
	require.Eventually(t, func() bool { return p.PID() != 0 }, soon, 10*time.Millisecond)
	first := p.PID()
	require.NoError(t, p.Kill())

	require.Eventually(t, func() bool { return p.PID() != 0 && p.PID() != first }, soon, 10*time.Millisecond)
	require.EqualValues(t, 2, starts.Load())
}

func TestAProcessThatDoesNotStayUpIsSaidWithItsLastWords(t *testing.T) {
	t.Parallel()
	p, said, _ := launch(t, "echo the port is taken >&2; exit 3")

	err := p.AwaitReady(t.Context())

	require.ErrorContains(t, err, "script does not stay up; the end of "+p.Log()+":\n")
	require.ErrorContains(t, err, "the port is taken")
	require.Contains(t, said.all()[0], "script ended (exit status 3)")
	require.Contains(t, strings.Join(said.all(), "\n"), "starting it again in 1s…\n")
}

func TestAFullLogIsKeptBesideTheNextOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.log")
	require.NoError(t, os.WriteFile(path, []byte("old\n"), 0o600))
	require.NoError(t, os.Truncate(path, maxLog-1))
	log, err := openLog(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, log.close()) }()

	_, err = log.Write([]byte("new\n"))
	require.NoError(t, err)

	require.Equal(t, "new", log.tail())
	full, err := os.Stat(path + ".1")
	require.NoError(t, err)
	require.EqualValues(t, maxLog-1, full.Size())
}
