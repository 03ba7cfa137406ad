package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Account is a login, and the tenant or operator behind it.
type Account struct {
	Name string `db:"name"`
	// PasswordHash is an argon2id PHC string.
	PasswordHash string `db:"password_hash"`
	// Generation grows with every change of password, role or access. Tokens of an older
	// generation are not valid.
	Generation int  `db:"generation"`
	Operator   bool `db:"operator"`
	Disabled   bool `db:"disabled"`
	// CreatedAt is in UTC, to the millisecond, like every time in this package.
	CreatedAt time.Time `db:"created_at"`
}

const accountColumns = `name, password_hash, generation, operator, disabled, created_at`

// AddAccount stores a new account, or returns ErrExists if the name is taken.
func (s accounts) AddAccount(ctx context.Context, a Account) error {
	return s.writer().insert(ctx, "add account", "accounts", accountColumns, "",
		[]any{a.Name, a.PasswordHash, a.Generation, a.Operator, a.Disabled, a.CreatedAt})
}

// Account finds an account by its name, or returns ErrNotFound.
func (s accounts) Account(ctx context.Context, name string) (Account, error) {
	return get[Account](ctx, s.reader(), "account",
		`SELECT `+accountColumns+` FROM accounts WHERE name = ?`, name)
}

// Accounts lists all accounts, sorted by name.
func (s accounts) Accounts(ctx context.Context) ([]Account, error) {
	accounts, err := list[Account](ctx, s.reader(), "accounts", `SELECT `+accountColumns+` FROM accounts`)
	// Sorted here because the order of text in PostgreSQL depends on its locale.
	slices.SortFunc(accounts, func(a, b Account) int { return strings.Compare(a.Name, b.Name) })
	return accounts, err
}

// SetPassword changes the password hash and invalidates all tokens, or returns ErrNotFound.
func (s accounts) SetPassword(ctx context.Context, name, hash string) error {
	return s.writer().change(ctx, "set password",
		`UPDATE accounts SET password_hash = ?, generation = generation + 1 WHERE name = ?`, hash, name)
}

// DisableAccount refuses an account any access and invalidates its tokens, or returns ErrNotFound.
func (s accounts) DisableAccount(ctx context.Context, name string) error {
	return s.writer().change(ctx, "disable account",
		`UPDATE accounts SET disabled = ?, generation = generation + 1 WHERE name = ?`, true, name)
}

// EnableAccount lets a disabled account log in again, or returns ErrNotFound. Tokens from before
// stay invalid.
func (s accounts) EnableAccount(ctx context.Context, name string) error {
	return s.writer().change(ctx, "enable account", `UPDATE accounts SET disabled = ? WHERE name = ?`, false, name)
}

// SetOperator makes an account an operator or a tenant and invalidates its tokens, or returns
// ErrNotFound.
func (s accounts) SetOperator(ctx context.Context, name string, operator bool) error {
	return s.writer().change(ctx, "set operator",
		`UPDATE accounts SET operator = ?, generation = generation + 1 WHERE name = ?`, operator, name)
}
