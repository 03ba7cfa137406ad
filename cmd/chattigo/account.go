package main

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/chattigo/api-isv/store"
)

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
			return c.nameTaken(p, s)
		}
		if err != nil {
			return err
		}
		p.printf("Account %s was added.\n", c.Name)
		c.show(p, password)
		return nil
	})
}

// nameTaken is the error for a name that exists; it says which command changes that account.
func (c accountAdd) nameTaken(p *program, s *store.Store) error {
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

// Run disables an account.
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

// Run enables a disabled account.
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

// Run changes the role of an account.
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

// aRole is the role with its article, for a sentence.
func aRole(operator bool) string { return choose(operator, "an operator", "a tenant") }

// unknownAccount turns "not found" into an error for a person.
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
