package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// login is what chattigo login keeps: which server, who, and the token.
type login struct {
	URL       string    `json:"url"`
	User      string    `json:"user"`
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// maxLogin bounds what is read of the file, in bytes.
const maxLogin = 64 << 10

// errNoLogin is the error of readLogin when nobody has logged in.
var errNoLogin = errors.New("nobody has logged in")

// loginFile is where the login is kept.
func loginFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("cannot tell where your configuration is kept: %w", err)
	}
	return filepath.Join(dir, "chattigo", "login.json"), nil
}

// readLogin reads the file, unless others can read it too.
func readLogin(path string) (l login, err error) {
	file, err := os.Open(path) //nolint:gosec // the person's own file
	if errors.Is(err, fs.ErrNotExist) {
		return login{}, errNoLogin
	}
	if err != nil {
		return login{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return login{}, err
	}
	// Windows keeps no such bits; there the folder is the person's own.
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return login{}, fmt.Errorf("others can read the token in %s (mode %04o): run `chattigo login` again, which replaces the file; if somebody has read it, have the password changed, which ends the token", path, mode)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxLogin))
	if err != nil {
		return login{}, err
	}
	if json.Unmarshal(text, &l) != nil || l.URL == "" || l.Token == "" {
		return login{}, fmt.Errorf("%s is not what `chattigo login` wrote: run it again", path) // the cause would show a part of the token
	}
	return l, nil
}

// write writes the file as a whole or not at all, for its owner only.
func (l login) write(path string) error {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.Chmod(dir, 0o700)); err != nil { //nolint:gosec // a folder must be entered
		return fmt.Errorf("cannot keep the token: %w", err)
	}
	file, err := os.CreateTemp(dir, "login-*.json") // of mode 0600
	if err != nil {
		return fmt.Errorf("cannot keep the token: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot keep the token: %w", err), os.Remove(file.Name()))
	}
	return nil
}

// removeLogin removes the file, and reports whether it was there.
func removeLogin(path string) (bool, error) {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
