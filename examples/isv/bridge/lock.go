package bridge

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// dirLock keeps a second bridge out of a data directory. The operating system releases it when the process
// ends, however it ends.
type dirLock struct{ file *os.File }

func lockDir(dir string) (*dirLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator's own directory
	if err != nil {
		return nil, err
	}
	if err := tryLock(file); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), file.Close())
	}
	return &dirLock{file}, nil
}

// release unlocks the directory. A nil lock holds nothing.
func (l *dirLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
