package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Account is one login and one tenant.
type Account struct {
	Name string `db:"name"`
	// PasswordHash is an argon2id PHC string.
	PasswordHash string `db:"password_hash"`
	// Generation grows with every password change; tokens of an older one are dead.
	Generation int  `db:"generation"`
	Operator   bool `db:"operator"`
	Disabled   bool `db:"disabled"`
	// CreatedAt is in UTC, to the millisecond, like every time in this package.
	CreatedAt time.Time `db:"created_at"`
}

const accountColumns = `name, password_hash, generation, operator, disabled, created_at`

type accountRow struct {
	Account
	CreatedAt millis `db:"created_at"`
}

func (r accountRow) account() Account {
	r.Account.CreatedAt = r.CreatedAt.time()
	return r.Account
}

// AddAccount stores a new account, ErrExists if the name is taken.
func (s *Store) AddAccount(ctx context.Context, a Account) error {
	_, err := s.writer().exec(ctx, "add account",
		`INSERT INTO accounts (`+accountColumns+`) VALUES (?, ?, ?, ?, ?, ?)`,
		a.Name, a.PasswordHash, a.Generation, a.Operator, a.Disabled, a.CreatedAt)
	return err
}

// Account finds an account by its name, or gives ErrNotFound.
func (s *Store) Account(ctx context.Context, name string) (Account, error) {
	var row accountRow
	err := s.reader().get(ctx, "account", &row,
		`SELECT `+accountColumns+` FROM accounts WHERE name = ?`, name)
	return row.account(), err
}

// Accounts gives all accounts, by name.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	var rows []accountRow
	if err := s.reader().list(ctx, "accounts", &rows, `SELECT `+accountColumns+` FROM accounts`); err != nil {
		return nil, err
	}
	accounts := make([]Account, len(rows))
	for i, row := range rows {
		accounts[i] = row.account()
	}
	// Sorted here because the order of text in PostgreSQL depends on its locale.
	slices.SortFunc(accounts, func(a, b Account) int { return strings.Compare(a.Name, b.Name) })
	return accounts, nil
}

// SetPassword changes the password hash and ends all tokens, or gives ErrNotFound.
func (s *Store) SetPassword(ctx context.Context, name, hash string) error {
	return s.writer().change(ctx, "set password",
		`UPDATE accounts SET password_hash = ?, generation = generation + 1 WHERE name = ?`, hash, name)
}

// DisableAccount shuts an account out and ends all its tokens, or gives ErrNotFound.
func (s *Store) DisableAccount(ctx context.Context, name string) error {
	return s.writer().change(ctx, "disable account",
		`UPDATE accounts SET disabled = ?, generation = generation + 1 WHERE name = ?`, true, name)
}

// EnableAccount lets a disabled account in again, or gives ErrNotFound. Tokens from before it was
// disabled stay dead.
func (s *Store) EnableAccount(ctx context.Context, name string) error {
	return s.writer().change(ctx, "enable account", `UPDATE accounts SET disabled = ? WHERE name = ?`, false, name)
}

// SetOperator makes an account an operator or a tenant and ends all its tokens, or gives
// ErrNotFound.
func (s *Store) SetOperator(ctx context.Context, name string, operator bool) error {
	return s.writer().change(ctx, "set operator",
		`UPDATE accounts SET operator = ?, generation = generation + 1 WHERE name = ?`, operator, name)
}
