package store

import "errors"

var (
	// ErrNotFound says that a row, or the row it must belong to, does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists says that a row with the same name or number is there already.
	ErrExists = errors.New("already exists")
)
