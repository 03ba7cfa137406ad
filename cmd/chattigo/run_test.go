package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

func TestAccountsAndChannels(t *testing.T) {
	tm := newTerminal(t)
	tm.play(t, []step{
		{args: "account list", code: 1, wantErr: "chattigo: the SQLite database is not up to date: run `chattigo migrate` first\n"},
		{args: "migrate", out: "The SQLite database is up to date; MIGRATIONS of its migrations were missing.\n"},
		{args: "migrate", out: "The SQLite database is up to date; 0 of its migrations were missing.\n"},
		{args: "account list", out: "NAME  ROLE  STATE  SINCE\n"},
		{args: "account add isv --password-stdin", stdin: "correct horse\r\nnot this line\n", out: "Account isv was added.\n"},
		{args: "account add isv --password-stdin", stdin: "correct horse", code: 1, wantErr: "chattigo: there is an account isv already\n"},
		{args: "account add boss --operator --password-stdin", stdin: "correct horse", out: "Account boss was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 100000000000001", out: "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 2", code: 1, wantErr: "chattigo: there is a channel with that wa-id or phone-number-id already; `chattigo channel list` shows all\n"},
		{args: "channel add --account isv --wa-id 56900000009 --phone-number-id 100000000000001", code: 1, wantErr: "chattigo: there is a channel with that wa-id or phone-number-id already; `chattigo channel list` shows all\n"},
		{args: "channel add --account nobody --wa-id 56900000002 --phone-number-id 2", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
		{args: "channel add --account boss --wa-id 56900000002 --phone-number-id 2", code: 1, wantErr: "chattigo: boss is an operator, and operators own no channels\n"},
		{args: "channel list", out: "" +
			"WA-ID        PHONE-NUMBER-ID  ACCOUNT  WEBHOOK  VERSION  BOT      LOOP-GUARD  SINCE\n" +
			"56900000001  100000000000001  isv      -        newest   starter  on          TODAY\n"},
		{args: "channel list --account boss", out: "WA-ID  PHONE-NUMBER-ID  ACCOUNT  WEBHOOK  VERSION  BOT  LOOP-GUARD  SINCE\n"},
		{args: "account passwd isv --password-stdin", stdin: "battery staple\n", out: "The password of isv was changed; its tokens have ended.\n"},
		{args: "account passwd nobody --password-stdin", stdin: "battery staple\n", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
		{args: "account disable boss", out: "Account boss is disabled; its tokens have ended. `chattigo account enable boss` lets it in again.\n"},
		{args: "account disable nobody", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
		{args: "account list", out: "" +
			"NAME  ROLE      STATE     SINCE\n" +
			"boss  operator  disabled  TODAY\n" +
			"isv   tenant    enabled   TODAY\n"},
	})
	account, err := tm.open(t).Account(t.Context(), "isv")
	require.NoError(t, err)
	ok, err := api.VerifyPassword(account.PasswordHash, "battery staple")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestAChannelsLoopGuardIsOnUntilSomebodyWantsItOff(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	const added = "Channel %s of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: fmt.Sprintf(added, "56900000001")},
		{args: "channel add --account isv --wa-id 56900000002 --phone-number-id 2 --no-loop-guard", out: fmt.Sprintf(added, "56900000002")},
		{args: "channel list", out: "" +
			"WA-ID        PHONE-NUMBER-ID  ACCOUNT  WEBHOOK  VERSION  BOT      LOOP-GUARD  SINCE\n" +
			"56900000001  1                isv      -        newest   starter  on          TODAY\n" +
			"56900000002  2                isv      -        newest   starter  off         TODAY\n"},
		{args: "channel set 56900000001 --loop-guard=off", out: "The loop guard of channel 56900000001 is off, for conversations that open from now on.\n"},
		{args: "channel set 56900000002 --loop-guard=on", out: "The loop guard of channel 56900000002 is on, for conversations that open from now on.\n"},
		{args: "channel set 56900000003 --loop-guard=on", code: 1, wantErr: "chattigo: there is no channel 56900000003; `chattigo channel list` shows all\n"},
	})
	for waID, guarded := range map[string]bool{"56900000001": false, "56900000002": true} {
		channel, err := tm.open(t).Channel(t.Context(), waID)
		require.NoError(t, err)
		require.Equal(t, guarded, channel.LoopGuard)
	}
}

func TestAWebhooksQueryIsNotShown(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
	})
	require.NoError(t, tm.open(t).SetWebhook(t.Context(), "56900000001", "https://hooks.example.com/in?token=s3cret", "v15.0", now()))
	_, out, _ := tm.run(t, "", "channel", "list")
	require.Contains(t, out, "https://hooks.example.com/in?…  v15.0")
	require.NotContains(t, out, "s3cret")
}

func TestAGeneratedPasswordIsPrintedOnceAndWorks(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	for _, command := range []string{"add", "passwd"} {
		code, out, errOut := tm.run(t, "", "account", command, "isv", "--generate")
		require.Zero(t, code, errOut)
		_, password, found := strings.Cut(strings.TrimSpace(out), "Its password, which is shown only now: ")
		require.True(t, found)
		require.GreaterOrEqual(t, len(password), 26)
		account, err := tm.open(t).Account(t.Context(), "isv")
		require.NoError(t, err)
		ok, err := api.VerifyPassword(account.PasswordHash, password)
		require.NoError(t, err)
		require.True(t, ok)
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

func TestConfigShowsEverythingAndHidesSecrets(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_TOKEN_KEY="+strings.Repeat("t", 32), "CHATTIGO_ID_KEY="+strings.Repeat("i", 32))
	code, out, errOut := tm.run(t, "", "config")
	require.Zero(t, code, errOut)
	for _, v := range (config.Config{}).Variables() {
		require.Contains(t, out, v.Name)
	}
	require.NotContains(t, out, strings.Repeat("t", 32))

	code, out, errOut = newTerminal(t, "CHATTIGO_ENV=x").run(t, "", "config")
	require.Equal(t, 1, code)
	require.Contains(t, out, "CHATTIGO_HTTP_ADDR", "shown although something is wrong")
	require.Contains(t, errOut, `chattigo: configuration: CHATTIGO_ENV must be dev or production, not "x"`)
}

func TestVersion(t *testing.T) {
	code, out, _ := newTerminal(t).run(t, "", "version")
	require.Zero(t, code)
	require.Regexp(t, `^chattigo \S+.* go1\.\S+ \w+/\w+\n$`, out)
}

// serving makes a program whose servers are the given function.
func serving(t *testing.T, environ map[string]string, serve func(context.Context, config.Config, app.Options) error) (*program, *bytes.Buffer) {
	t.Helper()
	var stderr bytes.Buffer
	return &program{ctx: t.Context(), environ: environ, stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &stderr, serve: serve}, &stderr
}

func TestServersStartAsTheyAreCalled(t *testing.T) {
	for command, want := range map[string]app.Options{
		"all": {API: true, Worker: true}, "api": {API: true}, "worker": {Worker: true},
	} {
		t.Run(command, func(t *testing.T) {
			environ := map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": t.TempDir(), "CHATTIGO_LOG_FORMAT": "json", "CHATTIGO_LOG_LEVEL": "warn"}
			p, stderr := serving(t, environ, func(ctx context.Context, cfg config.Config, got app.Options) error {
				got.Logger.InfoContext(ctx, "unheard")
				got.Logger.WarnContext(ctx, "heard", "key", cfg.TokenKey)
				require.False(t, got.Logger.Enabled(ctx, slog.LevelInfo))
				got.Logger = nil
				want.Version = buildVersion()
				require.Equal(t, want, got)
				require.NoError(t, cfg.Validate())
				require.NotEmpty(t, cfg.IDKey, "dev has keys")
				return nil
			})
			require.Equal(t, 0, p.run([]string{command}))
			require.Contains(t, stderr.String(), `"msg":"heard","key":"••••••••"`)
			require.NotContains(t, stderr.String(), "unheard")
		})
	}
}

func TestServersEndOnSIGTERM(t *testing.T) {
	environ := map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": t.TempDir()}
	p, _ := serving(t, environ, func(ctx context.Context, _ config.Config, _ app.Options) error {
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
		<-ctx.Done()
		return nil
	})
	require.Equal(t, 0, p.run([]string{"all"}))
}

func TestAServersFailureIsOneLine(t *testing.T) {
	environ := map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": t.TempDir()}
	p, stderr := serving(t, environ, func(context.Context, config.Config, app.Options) error {
		return errors.Join(errors.New("listen tcp 127.0.0.1:8080: address already in use"), errors.New("b"))
	})
	require.Equal(t, 1, p.run([]string{"api"}))
	require.Equal(t, "chattigo: listen tcp 127.0.0.1:8080: address already in use; b\n", stderr.String())
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

func TestServersDoNotStartWithoutKeysInProduction(t *testing.T) {
	p, stderr := serving(t, nil, func(context.Context, config.Config, app.Options) error {
		return errors.New("started")
	})
	require.Equal(t, 1, p.run([]string{"all"}))
	require.Contains(t, stderr.String(), "CHATTIGO_TOKEN_KEY must be set in production")
	require.Contains(t, stderr.String(), "CHATTIGO_ID_KEY must be set in production")
}
