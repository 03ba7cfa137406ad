package fleet

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/lib/pq" // the driver "postgres", the one of package store

	"github.com/chattigo/api-isv/store/pgprograms"
)

const (
	// postgresUser owns all databases, as in docker-compose.yml.
	postgresUser = "chattigo"
	// serviceDatabase is the service's own; those of Temporal are made by package cluster.
	serviceDatabase = "chattigo"
	// postgresConnections is max_connections of docker-compose.yml; docs/operations.md has the arithmetic.
	postgresConnections = 250
	pingTimeout         = 2 * time.Second
)

// postgres is the fleet's own PostgreSQL: programs of this machine, data in the data directory.
type postgres struct {
	bin string
	dir string
	// account runs the server: not ours if we are root, which PostgreSQL refuses. Nil is our own.
	account  *syscall.Credential
	host     string
	port     uint16
	password string
	// forgetful leaves out what is for a power cut: what was committed outlives every killed process.
	forgetful bool
}

// findPostgres looks for the programs, and changes nothing.
func findPostgres(ctx context.Context, dataDir string, port uint16) (*postgres, error) {
	bin, err := pgprograms.Find(ctx)
	if errors.Is(err, pgprograms.ErrNone) {
		return nil, fmt.Errorf("%w: install them (Debian: apt-get install postgresql)", err)
	}
	if err != nil {
		return nil, err
	}
	account, err := pgprograms.Account()
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(dataDir, "postgres"))
	return &postgres{bin: bin, dir: dir, account: account, port: port}, err
}

func (p *postgres) addr() string { return net.JoinHostPort(p.host, strconv.Itoa(int(p.port))) }

// url is a database's, with the password.
func (p *postgres) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(postgresUser, p.password), Host: p.addr(),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// prepare makes the password and the data directory where they are missing.
func (p *postgres) prepare(ctx context.Context) error {
	if err := p.letIn(ctx); err != nil {
		return err
	}
	file := p.dir + ".password"
	if err := p.readPassword(file); err != nil {
		return fmt.Errorf("PostgreSQL's password: %w", err)
	}
	_, err := os.Stat(p.dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = p.initialize(ctx, file)
	}
	return err
}

// letIn lets the account that runs the server reach its directory, and says so if another directory on the
// way keeps it out.
func (p *postgres) letIn(ctx context.Context) error {
	if p.account == nil {
		return nil
	}
	parent := filepath.Dir(p.dir)
	if err := os.Chmod(parent, 0o711); err != nil { //nolint:gosec // through it, but not into it: what is inside is closed
		return err
	}
	look := p.program(ctx, "postgres", "--version")
	look.Dir = parent
	if err := look.Run(); err != nil {
		return fmt.Errorf("root may not run PostgreSQL, so that it runs as the account postgres, which cannot enter %s: set CHATTIGO_DATA_DIR to a directory that it can (%w)", parent, err)
	}
	return nil
}

func (p *postgres) readPassword(file string) error {
	content, err := os.ReadFile(file) //nolint:gosec // the developer's own directory
	if errors.Is(err, fs.ErrNotExist) {
		content = []byte(rand.Text())
		err = os.WriteFile(file, content, 0o600)
	}
	if err != nil {
		return err
	}
	p.password = strings.TrimSpace(string(content))
	return p.give(file) // initdb reads it
}

// give makes the account the owner of a file.
func (p *postgres) give(path string) error {
	if p.account == nil {
		return nil
	}
	return os.Chown(path, int(p.account.Uid), int(p.account.Gid))
}

// initialize makes the data directory under another name, so that one that is there is complete.
func (p *postgres) initialize(ctx context.Context, passwordFile string) error {
	unfinished := p.dir + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(unfinished, 0o700), p.give(unfinished)); err != nil {
		return err
	}
	initdb := p.program(ctx, "initdb", "-D", unfinished, "-U", postgresUser, "-A", "scram-sha-256",
		"--pwfile="+passwordFile, "-E", "UTF8", "--locale=C", "--no-instructions")
	initdb.Dir = unfinished
	var said bytes.Buffer
	initdb.Stdout, initdb.Stderr = &said, &said
	if err := initdb.Run(); err != nil {
		return fmt.Errorf("make PostgreSQL's data directory: %w:\n%s", err, bytes.TrimSpace(said.Bytes()))
	}
	if err := letMachineIn(filepath.Join(unfinished, "pg_hba.conf")); err != nil {
		return err
	}
	return os.Rename(unfinished, p.dir)
}

// letMachineIn adds all addresses of this machine's own to 127.0.0.1, for processes that have one each.
func letMachineIn(rules string) error {
	file, err := os.OpenFile(rules, os.O_APPEND|os.O_WRONLY, 0) //nolint:gosec // the file that was just made
	if err != nil {
		return err
	}
	_, err = file.WriteString("host all all 127.0.0.0/8 scram-sha-256\n")
	return errors.Join(err, file.Close())
}

// command runs the server.
func (p *postgres) command(ctx context.Context) *exec.Cmd {
	settings := []string{
		"listen_addresses=" + p.host, "unix_socket_directories=", "port=" + strconv.Itoa(int(p.port)),
		"max_connections=" + strconv.Itoa(postgresConnections),
	}
	if p.forgetful {
		settings = append(settings, "fsync=off", "full_page_writes=off")
	}
	arguments := []string{"-D", p.dir}
	for _, setting := range settings {
		arguments = append(arguments, "-c", setting)
	}
	command := p.program(ctx, "postgres", arguments...)
	command.Dir = p.dir
	return command
}

// program is one of PostgreSQL's, as the account.
func (p *postgres) program(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, filepath.Join(p.bin, name), arguments...) //nolint:gosec // the programs of this machine
	command.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: p.account}
	return command
}

// isReady reports whether the server takes statements.
func (p *postgres) isReady(ctx context.Context) bool {
	return p.administer(ctx, "SELECT 1") == nil
}

// createDatabase makes the service's database where it is missing.
func (p *postgres) createDatabase(ctx context.Context) error {
	err := p.administer(ctx, "CREATE DATABASE "+serviceDatabase)
	if err != nil && strings.Contains(err.Error(), "already exists") {
		return nil
	}
	return err
}

func (p *postgres) administer(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	db, err := sql.Open("postgres", p.url("postgres"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}
