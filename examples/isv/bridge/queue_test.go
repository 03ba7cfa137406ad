package bridge

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asWriter makes this program write webhooks down until it is killed.
const asWriter = "BRIDGE_TEST_WRITER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asWriter); dir != "" {
		writeForEver(dir)
	}
	os.Exit(m.Run())
}

// writeForEver says each webhook's number once it is on disk.
func writeForEver(dir string) {
	q, err := openQueue(dir, 1<<30, 1<<40)
	for i := 0; err == nil; i++ {
		if err = q.put(fmt.Appendf(nil, `{"n":%d}`, i)); err == nil {
			fmt.Fprintln(os.Stdout, i)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func openTestQueue(t *testing.T, dir string) *queue {
	t.Helper()
	q, err := openQueue(dir, 1000, 1<<20)
	require.NoError(t, err)
	t.Cleanup(func() { _ = q.close() })
	return q
}

func drain(t *testing.T, q *queue) []string {
	t.Helper()
	var all []string
	for {
		e, ok := q.first()
		if !ok {
			return all
		}
		body, err := q.read(e)
		require.NoError(t, err)
		all = append(all, string(body))
		require.NoError(t, q.remove(e))
	}
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	dir := t.TempDir()
	writer := exec.CommandContext(t.Context(), os.Args[0])
	writer.Env = append(os.Environ(), asWriter+"="+dir)
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())
	lines := bufio.NewScanner(out)
	acknowledged := 0
	for acknowledged < 50 && lines.Scan() {
		acknowledged++
	}
	require.NoError(t, writer.Process.Kill())
	for lines.Scan() { // said before it died
		acknowledged++
	}
	_ = writer.Wait() // the error says that it was killed
	require.GreaterOrEqual(t, acknowledged, 50)

	kept := drain(t, openTestQueue(t, dir))

	require.GreaterOrEqual(t, len(kept), acknowledged)
	require.LessOrEqual(t, len(kept), acknowledged+1, "at most the one that it had not yet said")
	for i, body := range kept {
		require.Equal(t, fmt.Sprintf(`{"n":%d}`, i), body)
	}
}

func TestTheQueueGoesOnWhereItStood(t *testing.T) {
	dir := t.TempDir()
	q := openTestQueue(t, dir)
	for _, body := range []string{"a", "b", "c"} {
		require.NoError(t, q.put([]byte(body)))
	}
	first, _ := q.first()
	require.NoError(t, q.remove(first))
	require.NoError(t, q.close())
	waiting := filepath.Join(dir, "waiting")
	for _, stranger := range []string{fileName(9) + tmpSuffix, "notes.txt", "1.json", "+0000000000000000004.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(waiting, stranger), []byte("x"), 0o600))
	}

	q = openTestQueue(t, dir)
	require.NoError(t, q.put([]byte("d")))

	require.Equal(t, []string{"b", "c", "d"}, drain(t, q))
	entries, err := os.ReadDir(waiting)
	require.NoError(t, err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.ElementsMatch(t, []string{"notes.txt", "1.json", "+0000000000000000004.json"}, left, "only what was half written is removed")
}

func TestNumbersAreNotUsedAgain(t *testing.T) {
	dir := t.TempDir()
	q := openTestQueue(t, dir)
	require.NoError(t, q.put([]byte("a")))
	e, _ := q.first()
	require.NoError(t, q.setAside(e, []byte("a")))
	require.NoError(t, q.remove(e))
	require.NoError(t, q.close())

	q = openTestQueue(t, dir)
	require.NoError(t, q.put([]byte("b")))

	e, _ = q.first()
	require.EqualValues(t, 2, e.number, "the refused one has the first")
	_, refused := q.sizes()
	require.Equal(t, 1, refused)
}

func TestADiskThatRefusesLeavesNothingBehind(t *testing.T) {
	q := openTestQueue(t, t.TempDir())
	require.NoError(t, q.waiting.close()) // as good as a disk that is gone

	require.Error(t, q.put([]byte("a")))

	waiting, _ := q.sizes()
	require.Zero(t, waiting)
	require.Zero(t, q.bytes)
	_, ok := q.first()
	require.False(t, ok)
}

func TestAFolderDoesNotLeadOutOfIt(t *testing.T) {
	dir := t.TempDir()
	f, err := openFolder(dir, "inner")
	require.NoError(t, err)
	defer f.close() //nolint:errcheck // the test is over
	outside := filepath.Join(dir, "secret")
	require.NoError(t, os.WriteFile(outside, []byte("x"), 0o600))

	for _, name := range []string{"../secret", outside, "a/../../secret"} {
		require.Error(t, f.write(name, []byte("y")), name)
		_, err := f.read(name, 10)
		require.Error(t, err, name)
		_ = f.remove(name) // what is not there is removed already
	}
	kept, err := os.ReadFile(outside)
	require.NoError(t, err)
	require.Equal(t, "x", string(kept))
}

func TestADataDirectoryHasOneBridge(t *testing.T) {
	s := settingsIn(t.TempDir())
	b, _ := openBridge(t, s, &network{})

	_, err := open(s, b.log, &network{})
	require.ErrorContains(t, err, "another bridge uses it")

	require.NoError(t, b.Close())
	again, err := open(s, b.log, &network{})
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	s := settingsIn(t.TempDir())
	b, _ := openBridge(t, s, &network{})
	require.Equal(t, 200, serve(b, fromMeta(webhookOf("wamid.1"))).Code)
	require.Equal(t, 200, serve(b, fromChattigo(t, "msg_1", hello("a"))).Code)
	var modes []string
	require.NoError(t, filepath.Walk(s.DataDir, func(path string, info os.FileInfo, err error) error {
		if path != s.DataDir {
			modes = append(modes, info.Mode().Perm().String())
		}
		return err
	}))
	require.GreaterOrEqual(t, len(modes), 6)
	require.False(t, slices.ContainsFunc(modes, func(mode string) bool { return !strings.HasSuffix(mode, "------") }), modes)
}
