package bridge

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// tmpSuffix is on a file that is not written to its end.
const tmpSuffix = ".tmp"

// folder is a directory whose files are written whole or not at all, also when the machine loses its
// power. Nothing outside of it can be reached through it, whatever a name says.
type folder struct{ root *os.Root }

// openFolder makes a directory below another if it is missing, and removes what was not written to its
// end.
func openFolder(parent, name string) (*folder, error) {
	path := filepath.Join(parent, name)
	if err := os.MkdirAll(path, 0o700); err != nil { //nolint:gosec // a setting
		return nil, fmt.Errorf("make the directory: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	f := &folder{root}
	entries, err := f.list()
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), tmpSuffix) {
			_ = root.Remove(e.Name()) // it is overwritten some time, if not now
		}
	}
	return f, nil
}

func (f *folder) close() error { return f.root.Close() }

// list returns the files, in no order.
func (f *folder) list() ([]os.DirEntry, error) {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	entries, err := dir.ReadDir(-1)
	if err = errors.Join(err, dir.Close()); err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	return entries, nil
}

// write creates a file that is on disk when write returns nil, and is not there if it does not.
func (f *folder) write(name string, data []byte) error {
	err := f.writeSynced(name+tmpSuffix, data)
	if err == nil {
		err = f.root.Rename(name+tmpSuffix, name)
	}
	if err != nil {
		_ = f.root.Remove(name + tmpSuffix) // most errors say that there is no place; try to make some
		return fmt.Errorf("write a file: %w", err)
	}
	if err := f.sync(); err != nil {
		_ = f.root.Remove(name)
		return err
	}
	return nil
}

func (f *folder) writeSynced(name string, data []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// sync makes names that were added and removed survive a power cut.
func (f *folder) sync() error {
	dir, err := f.root.Open(".")
	if err == nil {
		err = errors.Join(syncDir(dir), dir.Close())
	}
	if err != nil {
		return fmt.Errorf("sync the directory: %w", err)
	}
	return nil
}

// read returns a file of at most limit bytes.
func (f *folder) read(name string, limit int64) ([]byte, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errors.New("the file is too large")
	}
	return data, errors.Join(err, file.Close())
}

func (f *folder) remove(name string) error {
	err := f.root.Remove(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
