//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bridge

import (
	"errors"
	"os"
	"syscall"
)

func tryLock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errors.New("another bridge uses it")
	}
	return err
}
