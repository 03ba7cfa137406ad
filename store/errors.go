package store

import "errors"

var (
	// ErrNotFound is returned if a row, or the row that it refers to, does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists is returned if there is a row with the same name or number already.
	ErrExists = errors.New("already exists")
	// ErrChanged is returned if what a caller decided by has changed meanwhile. Nothing was written;
	// the caller may read and decide again.
	ErrChanged = errors.New("has changed meanwhile")
	// ErrTooManyBots is returned to an account that has MaxBots already.
	ErrTooManyBots = errors.New("the account has too many bots")
	// ErrTooManyVersions is returned for a bot that has MaxVersions already.
	ErrTooManyVersions = errors.New("the bot has too many versions")
	// ErrTooManyBytes is returned to an account whose bots would take more than MaxBotBytes.
	ErrTooManyBytes = errors.New("the texts of the account's bots are too large together")
	// ErrTooLarge is returned for what is larger than a caller wants to hold.
	ErrTooLarge = errors.New("too large")
	// ErrUnreachable is returned by Open if there was no answer of the database's own, or none but that it
	// starts, stops or has no connection left: another attempt may find it.
	ErrUnreachable = errors.New("cannot be reached")
	// ErrNothingBefore is returned by a rollback where nothing was published, or all is rolled back.
	ErrNothingBefore = errors.New("there is nothing to go back to")
	// ErrForgotten is returned by a rollback to a publication that is too old to be kept.
	ErrForgotten = errors.New("what was live before is not kept any more")
)
