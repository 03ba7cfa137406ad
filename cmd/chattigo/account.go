package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// passwordSource says where a password comes from. There is no flag that holds one:
// arguments stand in the process list and in the shell's history.
type passwordSource struct {
	PasswordStdin bool `xor:"password" help:"Read the password from the standard input, to the end of its first line. One of this and --generate is needed."`
	Generate      bool `xor:"password" help:"Make a password and print it, once. One of this and --password-stdin is needed."`
}

// Validate is called when the command line is read. The parser's own "required" would show
// both flags in the usage as if both were needed.
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

// show prints a password that was made here: nobody else knows it.
func (s passwordSource) show(p *program, password string) {
	if s.Generate {
		p.printf("Its password, which is shown only now: %s\n", password)
	}
}

// readLine reads the first line, a little more than the longest password.
func readLine(in io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(in, api.MaxPassword+3))
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

type accountAdd struct {
	Name     string `arg:"" help:"The username: letters, digits and . _ @ -, at most 64."`
	Operator bool   `help:"An operator owns no channel and may not post messages; wherever a route shows conversations, it sees those of all tenants."`
	passwordSource
}

// Run adds an account.
func (c accountAdd) Run(p *program) error {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`).MatchString(c.Name) {
		return &usageError{"a username begins with a letter or digit and has at most 64 letters, digits and . _ @ -"}
	}
	password, hash, err := c.read(p)
	if err != nil {
		return err
	}
	return p.withStore(func(s *store.Store) error {
		err := s.AddAccount(p.ctx, store.Account{
			Name: c.Name, PasswordHash: hash, Generation: 1, Operator: c.Operator, CreatedAt: now(),
		})
		if errors.Is(err, store.ErrExists) {
			return c.taken(p, s)
		}
		if err != nil {
			return err
		}
		p.printf("Account %s was added.\n", c.Name)
		c.show(p, password)
		return nil
	})
}

// taken says what can be done with the account that has the name already.
func (c accountAdd) taken(p *program, s *store.Store) error {
	there, err := s.Account(p.ctx, c.Name)
	switch {
	case err == nil && there.Disabled:
		return fmt.Errorf("there is an account %[1]s already, and it is disabled; `chattigo account enable %[1]s` lets it in again", c.Name)
	case err == nil && there.Operator != c.Operator:
		role := choose(c.Operator, "operator", "tenant")
		return fmt.Errorf("there is an account %[1]s already; `chattigo account set %[1]s --role=%[2]s` makes it %[3]s", c.Name, role, aRole(c.Operator))
	}
	return fmt.Errorf("there is an account %s already", c.Name)
}

type accountPasswd struct {
	Name string `arg:"" help:"The username."`
	passwordSource
}

// Run changes a password.
func (c accountPasswd) Run(p *program) error {
	password, hash, err := c.read(p)
	if err != nil {
		return err
	}
	return p.withStore(func(s *store.Store) error {
		if err := unknownAccount(s.SetPassword(p.ctx, c.Name, hash), c.Name); err != nil {
			return err
		}
		p.printf("The password of %s was changed; its tokens have ended.\n", c.Name)
		c.show(p, password)
		account, err := s.Account(p.ctx, c.Name)
		if err == nil && account.Disabled {
			p.printf("%[1]s is disabled, and a new password does not change that: `chattigo account enable %[1]s` lets it in again.\n", c.Name)
		}
		return err
	})
}

type accountDisable struct {
	Name string `arg:"" help:"The username."`
}

// Run shuts an account out.
func (c accountDisable) Run(p *program) error {
	return p.withStore(func(s *store.Store) error {
		if err := unknownAccount(s.DisableAccount(p.ctx, c.Name), c.Name); err != nil {
			return err
		}
		p.printf("Account %[1]s is disabled; its tokens have ended. `chattigo account enable %[1]s` lets it in again.\n", c.Name)
		return nil
	})
}

type accountEnable struct {
	Name string `arg:"" help:"The username."`
}

// Run lets an account in again.
func (c accountEnable) Run(p *program) error {
	return p.withStore(func(s *store.Store) error {
		if err := unknownAccount(s.EnableAccount(p.ctx, c.Name), c.Name); err != nil {
			return err
		}
		p.printf("Account %[1]s is enabled. Its password is the one that it had; `chattigo account passwd %[1]s` gives it another.\n", c.Name)
		return nil
	})
}

type accountSet struct {
	Name string `arg:"" help:"The username."`
	Role string `required:"" enum:"tenant,operator" help:"tenant: owns channels and posts messages. operator: owns none, and sees the conversations of all tenants."`
}

// Run changes what an account may do.
func (c accountSet) Run(p *program) error {
	return p.withStore(func(s *store.Store) error {
		operator := c.Role == "operator"
		channels, err := s.Channels(p.ctx, c.Name)
		if err != nil {
			return err
		}
		if operator && len(channels) > 0 {
			return fmt.Errorf("%s owns %d channel(s), and operators own none; add another account for the operator", c.Name, len(channels))
		}
		if err := unknownAccount(s.SetOperator(p.ctx, c.Name, operator), c.Name); err != nil {
			return err
		}
		p.printf("Account %s is %s; its tokens have ended.\n", c.Name, aRole(operator))
		return nil
	})
}

func aRole(operator bool) string { return choose(operator, "an operator", "a tenant") }

func unknownAccount(err error, name string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no account %q", name)
	}
	return err
}

type accountList struct{}

// Run prints all accounts.
func (accountList) Run(p *program) error {
	return p.withStore(func(s *store.Store) error {
		accounts, err := s.Accounts(p.ctx)
		if err != nil {
			return err
		}
		rows := make([][]string, len(accounts))
		for i, a := range accounts {
			rows[i] = []string{a.Name, choose(a.Operator, "operator", "tenant"), choose(a.Disabled, "disabled", "enabled"), day(a.CreatedAt)}
		}
		return p.table([]string{"NAME", "ROLE", "STATE", "SINCE"}, rows)
	})
}

// table prints rows under their headings.
func (p *program) table(headings []string, rows [][]string) error {
	return p.rows(append([][]string{headings}, rows...))
}

// rows prints rows in columns.
func (p *program) rows(rows [][]string) error {
	out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if _, err := fmt.Fprintln(out, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return out.Flush()
}

func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// now has the precision that the database keeps.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
