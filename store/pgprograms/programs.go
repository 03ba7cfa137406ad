// Package pgprograms finds the PostgreSQL that is installed on this machine, for what starts a server of
// its own: the tests, and `make stack`.
//
// It imports nothing of ours. Start reading at Find.
package pgprograms

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNone is returned if no PostgreSQL is installed.
var ErrNone = errors.New("no PostgreSQL programs on this machine")

// Find returns the folder of initdb and postgres: that of pg_config, that in the PATH, or Debian's
// newest. Without any the error is ErrNone.
func Find(ctx context.Context) (string, error) {
	var folders []string
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, folder := range append(folders, debianFolders()...) {
		if hasPrograms(folder) {
			return folder, nil
		}
	}
	return "", ErrNone
}

// hasPrograms reports whether a folder has both programs. That of pg_config may lack them: it also
// comes with the client library.
func hasPrograms(folder string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

// debianFolders are /usr/lib/postgresql/<version>/bin, newest first.
func debianFolders() []string {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return nil
	}
	version := func(folder string) float64 {
		number, err := strconv.ParseFloat(filepath.Base(filepath.Dir(folder)), 64)
		if err != nil {
			return 0
		}
		return number
	}
	slices.SortFunc(folders, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	return folders
}
