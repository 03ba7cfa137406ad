package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chattigo/api-isv/store/pgprograms"
)

const (
	// migratedTemplate is the database that Postgres copies, so that it need not migrate.
	migratedTemplate = "chattigo_template"
	startTimeout     = 60 * time.Second
	startPoll        = 20 * time.Millisecond
)

// server is a PostgreSQL server of this test binary's own.
type server struct {
	dir string
	// lifeline is the supervisor's standard input. Nothing is ever written to it. It is closed
	// when this process ends, for whatever reason, and then the supervisor stops the server and
	// removes its folder. It must stay referenced, or it would be closed.
	lifeline io.WriteCloser
}

// shared is the one server of the test binary, started by the first test that needs it.
// It is a package variable because tests share nothing else that could hold it.
var shared struct {
	sync.Mutex
	server *server
	err    error
}

// supervise creates the database, runs the server, and waits for the end of standard input.
// It runs in a process group of its own, so that Ctrl-C in a terminal does not reach it.
const supervise = `
bin=$1 dir=$2
trap : TERM
(
	"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync || { touch "$dir/failed"; exit 1; }
	exec "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=300 \
		-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB
) > "$dir/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
kill -TERM 0
wait "$server"
rm -rf "$dir"
`

// privateServer is the URL of the private server, which it starts for the first test.
func privateServer(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		// The server outlives the test that happens to be the first.
		shared.server, shared.err = startServer(context.WithoutCancel(t.Context()))
	}
	if errors.Is(shared.err, pgprograms.ErrNone) {
		lackPostgres(t, fmt.Sprintf(" or set %s to a server where databases may be created", databaseURLVariable))
	}
	if shared.err != nil {
		t.Fatalf("the private PostgreSQL server did not start: %v", shared.err)
	}
	return shared.server.url("postgres")
}

// RequirePrograms skips a test that starts a PostgreSQL server by itself where none is installed; the test
// fails if PostgreSQL is required.
func RequirePrograms(t testing.TB) {
	t.Helper()
	if _, err := pgprograms.Find(t.Context()); err != nil {
		lackPostgres(t, "")
	}
}

// lackPostgres skips the test, or fails it if PostgreSQL is required.
func lackPostgres(t testing.TB, otherwise string) {
	t.Helper()
	if os.Getenv(requireVariable) == "1" {
		t.Fatal(pgprograms.ErrNone)
	}
	t.Skip("PostgreSQL is not covered: install it (Debian: apt-get install postgresql)" + otherwise)
}

func (s *server) url(database string) string {
	query := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

func startServer(ctx context.Context) (*server, error) {
	bin, err := pgprograms.Find(ctx)
	if err != nil {
		return nil, err
	}
	account, err := pgprograms.Account()
	if err != nil {
		return nil, err
	}
	s, err := launch(ctx, bin, account)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.prepare(ctx); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return nil, errors.Join(fmt.Errorf("%w; its log:\n%s", err, log), s.lifeline.Close())
	}
	return s, nil
}

// launch starts the supervisor, as account unless that is nil.
func launch(ctx context.Context, bin string, account *syscall.Credential) (*server, error) {
	dir, err := os.MkdirTemp("", "chattigo-postgres-")
	if err != nil {
		return nil, err
	}
	if account != nil {
		if err := os.Chown(dir, int(account.Uid), int(account.Gid)); err != nil {
			return nil, err
		}
	}
	supervisor := exec.CommandContext(ctx, "/bin/sh", "-c", supervise, "postgres-for-tests", bin, dir) // #nosec G204 -- fixed script
	supervisor.Dir = dir
	supervisor.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	supervisor.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: account}
	lifeline, err := supervisor.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := supervisor.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &server{dir: dir, lifeline: lifeline}, nil
}

// prepare waits until the server responds and creates the migrated template.
func (s *server) prepare(ctx context.Context) error {
	ticker := time.NewTicker(startPoll)
	defer ticker.Stop()
	for {
		err := administer(ctx, s.url("postgres"), "CREATE DATABASE "+migratedTemplate)
		if err == nil {
			return migrate(ctx, s.url(migratedTemplate))
		}
		if _, failed := os.Stat(filepath.Join(s.dir, "failed")); failed == nil {
			return errors.New("initdb failed")
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-ticker.C:
		}
	}
}
