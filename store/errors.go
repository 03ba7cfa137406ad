package store

import "errors"

var (
	// ErrNotFound is returned if a row, or the row that it refers to, does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists is returned if there is a row with the same name or number already.
	ErrExists = errors.New("already exists")
)
