package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
)

// databaseWait is how long a process that starts waits for a database that cannot be reached, such as one that
// starts at the same time. Whoever runs the process starts it anew afterwards, and sees that it fails.
const databaseWait = time.Minute

func openStore(ctx context.Context, cfg config.Config, log *slog.Logger) (*store.Store, error) {
	s, err := awaitStore(ctx, cfg, log)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := prepare(ctx, s, cfg.IsDev()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// awaitStore opens the database as soon as it can be reached, and logs that it waits.
func awaitStore(ctx context.Context, cfg config.Config, log *slog.Logger) (*store.Store, error) {
	waiting, cancel := context.WithTimeout(ctx, databaseWait)
	defer cancel()
	for attempt := 0; ; attempt++ {
		s, err := store.Open(ctx, cfg.DatabaseURL, store.WithConnections(cfg.DatabaseConnections))
		if !errors.Is(err, store.ErrUnreachable) {
			return s, err
		}
		if attempt%10 == 0 {
			log.Warn("waiting for the database", "place", cfg.DatabasePlace(), "error", err)
		}
		select {
		case <-waiting.Done():
			return nil, err
		case <-time.After(reconnectPause):
		}
	}
}

func prepare(ctx context.Context, s *store.Store, dev bool) error {
	if dev {
		return s.Migrate(ctx)
	}
	pending, err := s.Pending(ctx)
	if err != nil {
		return err
	}
	if pending > 0 {
		return fmt.Errorf("the database lacks %d migration(s): run `chattigo migrate`", pending)
	}
	return nil
}

// storeStarter stores the built-in bot under its hash: a conversation needs the definition that it
// began with even after a release has changed it.
func storeStarter(ctx context.Context, s *store.Store) error {
	starter, err := definition.Load(definition.Starter())
	if err != nil {
		return fmt.Errorf("load the starter bot: %w", err)
	}
	row := store.Bot{Hash: starter.Hash, Name: starter.Name, Source: starter.Source(), CreatedAt: time.Now()}
	if err := s.PutBot(ctx, row); err != nil {
		return fmt.Errorf("store the starter bot: %w", err)
	}
	return nil
}
