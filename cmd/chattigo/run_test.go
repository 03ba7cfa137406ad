package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/chattigo/api-isv/store"
)

// asCommand is set for a process of this test binary that stands for chattigo itself, so that scripts
// can be tested. Its prefix is that of variables which are no settings.
const asCommand = "CHATTIGO_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// terminal runs commands against one data directory.
type terminal struct {
	dir     string
	environ []string
}

func newTerminal(t *testing.T, environ ...string) *terminal {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	return &terminal{dir, append([]string{"CHATTIGO_DATA_DIR=" + dir, "CHATTIGO_DATABASE_URL=sqlite:" + filepath.Join(dir, "chattigo.db")}, environ...)}
}

// run returns the exit code and both outputs.
func (tm *terminal) run(t *testing.T, stdin string, args ...string) (int, string, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, tm.environ, strings.NewReader(stdin), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// open lends the store of the data directory.
func (tm *terminal) open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(tm.dir, "chattigo.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

type step struct {
	args    string
	stdin   string
	code    int
	out     string
	wantErr string
}

func (tm *terminal) play(t *testing.T, steps []step) {
	t.Helper()
	migrations, err := filepath.Glob("../../store/migrations/*.sql")
	require.NoError(t, err)
	known := strings.NewReplacer("TODAY", day(now()), "MIGRATIONS", strconv.Itoa(len(migrations)))
	for _, s := range steps {
		code, out, errOut := tm.run(t, s.stdin, strings.Fields(s.args)...)
		require.Equal(t, known.Replace(s.out), out, s.args)
		require.Equal(t, s.wantErr, errOut, s.args)
		require.Equal(t, s.code, code, s.args)
	}
}

func TestMistakesOfTyping(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	tm.play(t, []step{
		{args: "", code: 2, wantErr: "chattigo: expected one of \"all\", \"api\", \"worker\", \"migrate\", \"account\", ... (see chattigo --help)\n"},
		{args: "nope", code: 2, wantErr: "chattigo: unexpected argument nope (see chattigo --help)\n"},
		{args: "api --fast", code: 2, wantErr: "chattigo: unknown flag --fast (see chattigo api --help)\n"},
		{args: "account add isv", code: 2, wantErr: "chattigo: account add: one of --password-stdin and --generate is needed (see chattigo account add --help)\n"},
		{args: "account passwd isv", code: 2, wantErr: "chattigo: account passwd: one of --password-stdin and --generate is needed (see chattigo account passwd --help)\n"},
		{args: "account add isv --generate --password-stdin", code: 2, wantErr: "chattigo: --password-stdin and --generate can't be used together (see chattigo account add --help)\n"},
		{args: "account add isv secret", code: 2, wantErr: "chattigo: unexpected argument secret (see chattigo account add --help)\n"},
		{args: "account add -- -x --generate", code: 2, wantErr: "chattigo: unexpected argument --generate (see chattigo account add --help)\n"},
		{args: "account add ñandú --generate", code: 2, wantErr: "chattigo: a username begins with a letter or digit and has at most 64 letters, digits and . _ @ -\n"},
		{args: "account add isv --password-stdin", stdin: "short", code: 1, wantErr: "chattigo: the password must have at least 10 bytes\n"},
		{args: "account add isv --password-stdin", stdin: strings.Repeat("x", 5000), code: 1, wantErr: "chattigo: the password must have at most 1024 bytes\n"},
		{args: "channel add --account isv --wa-id +569 --phone-number-id 1", code: 2, wantErr: "chattigo: --wa-id must be 5 to 20 digits\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id x", code: 2, wantErr: "chattigo: --phone-number-id must be 1 to 32 digits\n"},
		{args: "channel add --account isv --wa-id 56900000001", code: 2, wantErr: "chattigo: missing flags: --phone-number-id=STRING (see chattigo channel add --help)\n"},
		{args: "channel set 56900000001", code: 2, wantErr: "chattigo: channel set: one of --loop-guard and --phone-number-id is needed (see chattigo channel set --help)\n"},
		{args: "channel set 56900000001 --phone-number-id=12x", code: 2, wantErr: "chattigo: --phone-number-id must be 1 to 32 digits\n"},
		{args: "channel set 56900000001 --phone-number-id=", code: 2, wantErr: "chattigo: --phone-number-id must be 1 to 32 digits\n"},
		{args: "account set isv", code: 2, wantErr: "chattigo: missing flags: --role=STRING (see chattigo account set --help)\n"},
		{args: "account set isv --role=root", code: 2, wantErr: "chattigo: --role must be one of \"tenant\",\"operator\" but got \"root\" (see chattigo account set --help)\n"},
		{args: "channel set 56900000001 --loop-guard=maybe", code: 2, wantErr: "chattigo: --loop-guard must be one of \"on\",\"off\" but got \"maybe\" (see chattigo channel set --help)\n"},
	})
}

func TestHelpIsHelpful(t *testing.T) {
	tm := newTerminal(t)
	for _, args := range [][]string{{"--help"}, {"account", "--help"}, {"account", "add", "--help"}, {"channel", "add", "--help"}, {"channel", "set", "--help"}, {"channel", "remove", "--help"}, {"account", "enable", "--help"}, {"replay", "--help"}, {"temporal", "setup", "--help"}, {"all", "-h"}} {
		code, out, errOut := tm.run(t, "", args...)
		require.Zero(t, code, args)
		require.Empty(t, errOut, args)
		require.Contains(t, out, "Usage: chattigo", args)
	}
	require.NoDirExists(t, tm.dir, "help touches nothing")
	_, out, _ := tm.run(t, "", "account", "add", "--help")
	require.Contains(t, out, "Usage: chattigo account add <name> [flags]\n", "not as if both ways to give a password were needed")
	require.Contains(t, out, "One of this and")
}

// With the name of the database misspelt, production would run on a file of its own.
func TestAMisspeltSettingStopsEveryCommandThatReadsIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	misspelt := &terminal{dir, []string{"CHATTIGO_DATA_DIR=" + dir, "CHATTIGO_DATABASE_URI=postgres://u:hunter2@db/x"}}
	for _, command := range []string{"all", "api", "worker", "migrate", "account list", "config"} {
		code, out, errOut := misspelt.run(t, "", strings.Fields(command)...)
		require.Equal(t, 1, code, command)
		require.Contains(t, errOut, "CHATTIGO_DATABASE_URI is not a setting; did you mean CHATTIGO_DATABASE_URL?", command)
		require.Contains(t, errOut, "CHATTIGO_DATABASE_URL must be set in production", command)
		require.NotContains(t, out+errOut, "hunter2")
		require.NotContains(t, out, "sqlite:"+dir, "nothing is shown that is not in force")
	}
	require.NoDirExists(t, dir)
}
