// Package datadir locks the directory in which a development server keeps its data, so that two do not
// write there.
//
// It imports nothing of ours. Start reading at [Reserve].
package datadir

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

// Lock is a lock on a data directory. The operating system releases it when the process ends, however
// it ends.
type Lock struct {
	file *os.File
}

// Reserve locks the directory, which is made where it is missing, and writes the id of this process
// into the lock's file. Before anything is made or changed it calls check, whose error it returns.
// The error of a directory that another process has is one line that names command: what people type
// to start a server there, such as make run.
func Reserve(dir, command string, check func() error) (*Lock, error) {
	lock, err := lockExisting(dir, command)
	if err != nil {
		return nil, err
	}
	if err := check(); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	if lock == nil {
		if lock, err = lockNew(dir, command); err != nil {
			return nil, err
		}
	}
	if err := lock.sign(); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return lock, nil
}

// lockExisting locks a directory that has a lock file, and writes nothing. It returns nil if there is
// no lock file: then nobody holds the lock.
func lockExisting(dir, command string) (*Lock, error) {
	lock, err := lockDir(dir, command, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no lock file
	}
	return lock, err
}

// lockNew creates the directory and locks it.
func lockNew(dir, command string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return lockDir(dir, command, os.O_RDWR|os.O_CREATE)
}

func lockDir(dir, command string, flag int) (*Lock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), flag, 0o600) //nolint:gosec // the developer's own directory
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	err = tryLock(file)
	if err == nil {
		return &Lock{file}, nil
	}
	if errors.Is(err, errLocked) {
		err = inUse(dir, command, file)
	} else {
		err = fmt.Errorf("lock the data directory: %w", err)
	}
	_ = file.Close() // read only
	return nil, err
}

// inUse is the error that names the process that holds the lock. The number is missing between
// locking and signing.
func inUse(dir, command string, file io.Reader) error {
	holder := ""
	said, err := io.ReadAll(io.LimitReader(file, 20))
	if pid, numberErr := strconv.Atoi(strings.TrimSpace(string(said))); err == nil && numberErr == nil {
		holder = fmt.Sprintf(" (process %d)", pid)
	}
	return fmt.Errorf("%s is in use by another `%s`%s; stop it, or set CHATTIGO_DATA_DIR", dir, command, holder)
}

// sign writes the id of this process to the lock file.
func (l *Lock) sign() error {
	err := l.file.Truncate(0)
	if err == nil {
		_, err = l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		return fmt.Errorf("lock the data directory: %w", err)
	}
	return nil
}

// Release unlocks the directory. The file stays: removing it would race with the next process that
// locks it. A nil lock holds nothing.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
