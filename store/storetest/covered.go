package storetest

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const coveredVariable = "CHATTIGO_TEST_COVERED"

// reported holds the lines that this test binary has written.
var reported struct {
	sync.Mutex
	lines map[string]bool
}

// report appends a line to the file of coveredVariable, once per test binary. It is one
// write, so that test binaries that run at once do not mix their lines.
func report(t testing.TB, line string) {
	t.Helper()
	path := os.Getenv(coveredVariable)
	reported.Lock()
	defer reported.Unlock()
	if path == "" || reported.lines[line] {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) // #nosec G304 G703 -- named by who runs the tests
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	_, err = file.WriteString(line + "\n")
	require.NoError(t, err)
	if reported.lines == nil {
		reported.lines = map[string]bool{}
	}
	reported.lines[line] = true
}

func reportSQLite(t testing.TB) {
	t.Helper()
	if os.Getenv(coveredVariable) != "" {
		report(t, "SQLite "+ask(t, "sqlite", ":memory:", "SELECT sqlite_version()"))
	}
}

func reportPostgres(t testing.TB, server string, isPrivate bool) {
	t.Helper()
	if os.Getenv(coveredVariable) == "" {
		return
	}
	// "15.18 (Debian 15.18-0+deb12u1)": the packager's part is left out.
	version, _, _ := strings.Cut(ask(t, "postgres", server, "SHOW server_version"), " ")
	origin := databaseURLVariable
	if isPrivate {
		origin = "private server"
	}
	report(t, "PostgreSQL "+version+" ("+origin+")")
}

func ask(t testing.TB, driver, dsn, query string) (answer string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	require.NoError(t, db.QueryRowContext(context.WithoutCancel(t.Context()), query).Scan(&answer))
	return answer
}
