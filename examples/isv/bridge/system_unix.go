//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bridge

import (
	"errors"
	"os"
	"syscall"
)

// syncDir makes names that were added to a directory, and removed from it, survive a power cut.
func syncDir(dir *os.File) error { return dir.Sync() }

func tryLock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errors.New("another bridge uses it")
	}
	return err
}
