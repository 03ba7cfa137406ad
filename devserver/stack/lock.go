package stack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// errLocked says that another process holds the lock.
var errLocked = errors.New("locked")

// dirLock is a lock on a data directory, so that two servers do not write there. The operating system
// releases it when the process ends, however it ends.
type dirLock struct{ file *os.File }

// lockExisting locks a directory that has a lock file, and writes nothing. It returns nil if there is
// no lock file: then nobody holds the lock.
func lockExisting(dir string) (*dirLock, error) {
	lock, err := lockDir(dir, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no lock file
	}
	return lock, err
}

// lockNew creates the directory and locks it.
func lockNew(dir string) (*dirLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return lockDir(dir, os.O_RDWR|os.O_CREATE)
}

func lockDir(dir string, flag int) (*dirLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), flag, 0o600) //nolint:gosec // the developer's own directory
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	err = tryLock(file)
	if err == nil {
		return &dirLock{file}, nil
	}
	if errors.Is(err, errLocked) {
		err = inUse(dir, file)
	} else {
		err = fmt.Errorf("lock the data directory: %w", err)
	}
	_ = file.Close() // read only
	return nil, err
}

// inUse is the error that names the process that holds the lock. The number is missing between
// locking and signing.
func inUse(dir string, file io.Reader) error {
	holder := ""
	said, err := io.ReadAll(io.LimitReader(file, 20))
	if pid, numberErr := strconv.Atoi(strings.TrimSpace(string(said))); err == nil && numberErr == nil {
		holder = fmt.Sprintf(" (process %d)", pid)
	}
	return fmt.Errorf("%s is in use by another `make run`%s; stop it, or set CHATTIGO_DATA_DIR", dir, holder)
}

// sign writes the id of this process to the lock file.
func (l *dirLock) sign() error {
	err := l.file.Truncate(0)
	if err == nil {
		_, err = l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		return fmt.Errorf("lock the data directory: %w", err)
	}
	return nil
}

// release unlocks the directory. The file stays: removing it would race with the next process that
// locks it. A nil lock holds nothing.
func (l *dirLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
