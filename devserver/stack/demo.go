package stack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// The demo account and its channel. They do not exist in production.
const (
	DemoAccount       = "demo"
	DemoPassword      = "demo-password"
	DemoWaID          = "56900000001"
	DemoPhoneNumberID = "100000000000001"
)

// AddDemo migrates a database and adds the demo account and its channel if they are missing. The channel
// delivers to webhook. It does not undo what a developer has changed.
func AddDemo(ctx context.Context, databaseURL, webhook string) (err error) {
	db, err := store.Open(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	if err := addDemoAccount(ctx, db); err != nil {
		return err
	}
	return addDemoChannel(ctx, db, webhook)
}

func addDemoAccount(ctx context.Context, db *store.Store) error {
	_, err := db.Account(ctx, DemoAccount)
	if !errors.Is(err, store.ErrNotFound) {
		return err // nil if it exists: hashing a password is slow
	}
	hash, err := api.HashPassword(DemoPassword)
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	err = db.AddAccount(ctx, store.Account{Name: DemoAccount, PasswordHash: hash, CreatedAt: time.Now()})
	return unlessExists(err)
}

func addDemoChannel(ctx context.Context, db *store.Store, webhook string) error {
	now := time.Now()
	// Without the loop guard: the demo and the load tools send more in a minute than people do.
	err := db.AddChannel(ctx, store.Channel{
		WaID:          DemoWaID,
		PhoneNumberID: DemoPhoneNumberID,
		Account:       DemoAccount,
		CreatedAt:     now,
		UpdatedAt:     now,
	})
	if err := unlessExists(err); err != nil {
		return err
	}
	channel, err := db.Channel(ctx, DemoWaID)
	if err != nil || channel.WebhookURL != "" {
		return err
	}
	return db.SetWebhook(ctx, DemoWaID, webhook, channel.Version, now)
}

// unlessExists ignores the error of something that exists already.
func unlessExists(err error) error {
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}
