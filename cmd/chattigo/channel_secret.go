package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
)

// maxSecretInput bounds what is read of a secret, in bytes: a little more than the longest one, so
// that a longer one is refused and not cut.
const maxSecretInput = 5000

type secretSet struct {
	WaID string `arg:"" name:"wa-id" help:"The channel: its number's digits."`
	Name string `arg:"" help:"The secret's name, as in $${secret.name}: a letter, then letters, digits and _, all lower case."`
}

// Help is what --help shows above the flags.
func (secretSet) Help() string {
	return `A bot's HTTP call names a secret where its value must not be seen:

  headers: {Authorization: "Bearer ${secret.agenda}"}

This command gives it its value for one channel. The value is read from the standard input, one line, and is not shown while you type it:

  chattigo channel secret set 56911110000 agenda
  chattigo channel secret set 56911110000 agenda < agenda.key
  pass show clinica/agenda | chattigo channel secret set 56911110000 agenda

It is never an argument: those stand in the process list and in the shell's history. In Docker, a pipe needs docker compose run -T.

The value is sealed with CHATTIGO_SECRET_KEY before it is stored, and takes effect with the next call. Nothing shows it again.`
}

// Run sets a secret.
func (c secretSet) Run(p *program) error {
	if err := store.CheckSecretName(c.Name); err != nil {
		return &usageError{err.Error()}
	}
	return p.withVault(func(s *store.Store, v *store.Vault) error {
		if err := knownChannel(p, s, c.WaID); err != nil {
			return err
		}
		value, err := p.readSecret(c.Name)
		if err != nil {
			return err
		}
		if err := store.CheckSecretValue(value); err != nil {
			return err
		}
		switch err := v.Put(p.ctx, c.WaID, c.Name, value, now()); {
		case errors.Is(err, store.ErrNoKey):
			return errors.New("there is no key to seal secrets with: set CHATTIGO_SECRET_KEY, the same for this command and for all processes (openssl rand -hex 32 makes one)")
		case errors.Is(err, store.ErrTooMany):
			return fmt.Errorf("channel %s has as many secrets as it may have; remove one first", c.WaID)
		case err != nil:
			return err
		}
		p.printf("Secret %s of channel %s was set.\n", c.Name, c.WaID)
		return nil
	})
}

// readSecret reads one line, without echo when it comes from a terminal.
func (p *program) readSecret(name string) (string, error) {
	secret, ok, err := p.askHidden(fmt.Sprintf("Value of %s (not shown): ", name))
	if !ok {
		var data []byte
		data, err = io.ReadAll(io.LimitReader(p.stdin, maxSecretInput))
		secret = string(data)
	}
	if err != nil {
		return "", fmt.Errorf("reading the secret: %w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(secret, "\n"), "\r"), nil
}

type secretList struct {
	WaID string `arg:"" name:"wa-id" help:"The channel: its number's digits."`
}

// Run lists the secrets of a channel, without their values.
func (c secretList) Run(p *program) error {
	return p.withVault(func(s *store.Store, v *store.Vault) error {
		if err := knownChannel(p, s, c.WaID); err != nil {
			return err
		}
		secrets, err := v.List(p.ctx, c.WaID)
		if err != nil {
			return err
		}
		rows := make([][]string, len(secrets))
		for i, secret := range secrets {
			rows[i] = []string{secret.Name, day(secret.UpdatedAt)}
		}
		return p.table([]string{"NAME", "SET"}, rows)
	})
}

type secretRemove struct {
	WaID string `arg:"" name:"wa-id" help:"The channel: its number's digits."`
	Name string `arg:"" help:"The secret's name."`
}

// Run removes a secret.
func (c secretRemove) Run(p *program) error {
	return p.withVault(func(s *store.Store, v *store.Vault) error {
		if err := knownChannel(p, s, c.WaID); err != nil {
			return err
		}
		err := v.Remove(p.ctx, c.WaID, c.Name)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("channel %s has no secret %q", c.WaID, c.Name)
		}
		if err != nil {
			return err
		}
		p.printf("Secret %s of channel %s was removed; calls that need it take their on_error from now on.\n", c.Name, c.WaID)
		return nil
	})
}

type secretReseal struct{}

// Help is what --help shows above the flags.
func (secretReseal) Help() string {
	return `To change CHATTIGO_SECRET_KEY without a moment in which secrets cannot be read:

  1. Put the old key into CHATTIGO_SECRET_KEYS_OLD and a new one into CHATTIGO_SECRET_KEY, everywhere, and restart all processes.
  2. Run this command with the same settings.
  3. Take the old key out of CHATTIGO_SECRET_KEYS_OLD.

It may be run at any time, and again after it was interrupted.`
}

// Run seals all secrets, and the keys that sign deliveries, with the current key.
func (secretReseal) Run(p *program) error {
	return p.withVault(func(_ *store.Store, v *store.Vault) error {
		resealed, err := v.Reseal(p.ctx)
		if errors.Is(err, store.ErrNoKey) && resealed == 0 {
			return fmt.Errorf("set CHATTIGO_SECRET_KEY to the current key and CHATTIGO_SECRET_KEYS_OLD to the older ones: %w", err)
		}
		if err != nil {
			return fmt.Errorf("%d secret(s) and webhook key(s) were sealed anew, but not all: %w", resealed, err)
		}
		p.printf("%d secret(s) and webhook key(s) were sealed anew; older keys are not needed any more.\n", resealed)
		return nil
	})
}

// withVault opens the database and the vault of its secrets for a command.
func (p *program) withVault(do func(*store.Store, *store.Vault) error) error {
	cfg, err := config.LoadStore(p.environ)
	if err != nil {
		return err
	}
	if cfg, err = withDevKeys(cfg); err != nil {
		return err
	}
	keys, err := cfg.SealKeys()
	if err != nil {
		return err
	}
	return p.withStore(func(s *store.Store) error {
		vault, err := s.Vault(keys...)
		if err != nil {
			return err
		}
		return do(s, vault)
	})
}
