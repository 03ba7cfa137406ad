package store

import (
	"context"
	"errors"
	"time"
)

// Publication is one change of the bot of a channel.
type Publication struct {
	Channel string `db:"channel"`
	// Number counts the publications of the channel, from 1.
	Number int `db:"number"`
	// Bot is the hash of the definition, empty for the starter. Name and Version are those that it has
	// in the account of the channel; they are empty for the starter.
	Bot     string `db:"bot"`
	Name    string `db:"bot_name"`
	Version int    `db:"bot_version"`
	// Rollback reports whether it went back to what was live before.
	Rollback bool      `db:"rollback"`
	At       time.Time `db:"published_at"`
	By       string    `db:"published_by"`
}

const publicationColumns = `channel, number, bot, back, published_at, published_by, rollback`

// MaxPublications is how many publications of a channel are kept: the latest ones.
const MaxPublications = 1000

// noneBefore is where a publication goes back to if nothing was there before it.
const noneBefore = -1

// Change is what is to be published on a channel, and what was read to decide it.
type Change struct {
	Channel string
	// Bot is the hash of the version that goes live; a rollback finds its own.
	Bot string
	At  time.Time
	By  string
	// Seen is the channel as it was read. Nothing is published if its account, its publication or its
	// Graph version is another by now.
	Seen Channel
	// Name is the bot whose tests were passed, TestsRevision the revision of these tests. Nothing is
	// published if there are others by now.
	Name          string
	TestsRevision int
}

// Publish puts a version live on a channel, or returns ErrChanged.
func (s publishing) Publish(ctx context.Context, c Change) (live Publication, err error) {
	const op = "publish"
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		live, err = publish(ctx, tx, op, c, c.Seen.Publication, false)
		if err != nil {
			return err
		}
		// The row is locked, so that no other tests come before the end of the transaction.
		return orChanged(ctx, tx, op, `UPDATE owned_bots SET newest = newest WHERE account = ? AND name = ? AND tests_revision = ?`,
			c.Seen.Account, c.Name, c.TestsRevision)
	})
	return live, err
}

// RollBack puts live what was there before the latest publication, whatever tests and Graph version
// say to it. It returns ErrNothingBefore if there is no such thing, ErrForgotten if it is too old to be
// kept, or ErrChanged.
func (s publishing) RollBack(ctx context.Context, c Change) (live Publication, err error) {
	const op = "roll back"
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		before, err := findBefore(ctx, tx, op, c)
		if err != nil {
			return err
		}
		c.Bot = before.Bot
		live, err = publish(ctx, tx, op, c, before.Back, true)
		return err
	})
	return live, err
}

// backward is where a publication leads back to.
type backward struct {
	Bot  string `db:"bot"`
	Back int    `db:"back"`
}

// findBefore finds to what a rollback goes back.
func findBefore(ctx context.Context, tx session, op string, c Change) (backward, error) {
	latest, err := findBack(ctx, tx, op, c.Channel, c.Seen.Publication)
	// Publication 0 is only written down before the first one.
	if errors.Is(err, ErrNotFound) || err == nil && latest.Back == noneBefore {
		return backward{}, tx.fail(ctx, op, ErrNothingBefore)
	}
	if err != nil {
		return backward{}, err
	}
	before, err := findBack(ctx, tx, op, c.Channel, latest.Back)
	if errors.Is(err, ErrNotFound) {
		return backward{}, tx.fail(ctx, op, ErrForgotten)
	}
	return before, err
}

func findBack(ctx context.Context, tx session, op, channel string, number int) (backward, error) {
	return get[backward](ctx, tx, op, `SELECT bot, back FROM publications WHERE channel = ? AND number = ?`, channel, number)
}

// publish changes the channel and writes the publication down. Before the first one it also writes
// down what the channel had, as publication 0. It removes what is not kept any more, and reads back what was
// written, so that nothing has to be read after the commit.
func publish(ctx context.Context, tx session, op string, c Change, back int, rollback bool) (Publication, error) {
	number := c.Seen.Publication + 1
	err := orChanged(ctx, tx, op, `UPDATE channels SET bot = ?, publication = ?, updated_at = ?
		WHERE wa_id = ? AND account = ? AND publication = ? AND version = ?`,
		c.Bot, number, c.At, c.Channel, c.Seen.Account, c.Seen.Publication, c.Seen.Version)
	if err != nil {
		return Publication{}, err
	}
	rows := [][]any{{c.Channel, number, c.Bot, back, c.At, c.By, rollback}}
	if c.Seen.Publication == 0 {
		rows = append(rows, []any{c.Channel, 0, c.Seen.Bot, noneBefore, c.Seen.CreatedAt, "", false})
	}
	if err := tx.insert(ctx, op, "publications", publicationColumns, "", rows...); err != nil {
		return Publication{}, err
	}
	_, err = tx.exec(ctx, op, `DELETE FROM publications WHERE channel = ? AND number <= ?`, c.Channel, number-MaxPublications)
	if err != nil {
		return Publication{}, err
	}
	return publicationOf(ctx, tx, op, c.Channel, number)
}

// orChanged runs a statement that finds its row only if nothing has changed.
func orChanged(ctx context.Context, tx session, op, query string, args ...any) error {
	touched, err := tx.exec(ctx, op, query, args...)
	if err == nil && touched == 0 {
		return tx.fail(ctx, op, ErrChanged)
	}
	return err
}

// publications joins the name and the version that a hash has in the account of the channel.
const publications = `SELECT p.channel AS channel, p.number AS number, p.bot AS bot, p.rollback AS rollback, p.published_at AS published_at,
	p.published_by AS published_by, COALESCE(b.name, '') AS bot_name, COALESCE(v.number, 0) AS bot_version
	FROM publications p JOIN channels h ON h.wa_id = p.channel
	LEFT JOIN bots b ON b.hash = p.bot LEFT JOIN bot_versions v ON v.account = h.account AND v.hash = p.bot`

// Publication finds a publication of a channel, or returns ErrNotFound.
func (s publishing) Publication(ctx context.Context, channel string, number int) (Publication, error) {
	return publicationOf(ctx, s.reader(), "publication", channel, number)
}

func publicationOf(ctx context.Context, q session, op, channel string, number int) (Publication, error) {
	return get[Publication](ctx, q, op, publications+` WHERE p.channel = ? AND p.number = ?`, channel, number)
}

// Publications lists what was published on a channel, the latest first. before is the number of the
// last one of the piece before, 0 for the first piece.
func (s publishing) Publications(ctx context.Context, channel string, before, limit int) ([]Publication, error) {
	query, args := publications+` WHERE p.channel = ? AND p.number > 0`, []any{channel}
	if before != 0 {
		query, args = query+` AND p.number < ?`, append(args, before)
	}
	return list[Publication](ctx, s.reader(), "publications", query+` ORDER BY p.number DESC LIMIT ?`, append(args, limit)...)
}
