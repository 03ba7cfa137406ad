package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/chattigo/api-isv/api"
)

// passwordSource are the flags that say where a password comes from. No flag holds the password
// itself: arguments are visible in the process list and in the shell's history.
type passwordSource struct {
	PasswordStdin bool `xor:"password" help:"Read the password from the standard input, to the end of its first line. One of this and --generate is needed."`
	Generate      bool `xor:"password" help:"Make a password and print it, once. One of this and --password-stdin is needed."`
}

// Validate is called when the command line is parsed. Kong's own "required" would show both flags
// in the usage as if both were needed.
func (s passwordSource) Validate() error {
	if !s.PasswordStdin && !s.Generate {
		return errors.New("one of --password-stdin and --generate is needed")
	}
	return nil
}

// read returns the password and its hash.
func (s passwordSource) read(p *program) (password, hash string, err error) {
	if s.Generate {
		password = rand.Text() // 130 bits
	} else if password, err = readLine(p.stdin); err != nil {
		return "", "", err
	}
	hash, err = api.HashPassword(password)
	return password, hash, err
}

// show prints a generated password, which is stored nowhere.
func (s passwordSource) show(p *program, password string) {
	if s.Generate {
		p.printf("Its password, which is shown only now: %s\n", password)
	}
}

// readLine reads the first line. It reads a little more than the longest password, so that a
// longer one is refused and not cut.
func readLine(in io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(in, api.MaxPassword+3))
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}
