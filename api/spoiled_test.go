package api_test

import (
	"context"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// spoiled is a store in which something goes wrong, or happens, at a certain point.
type spoiled struct {
	*store.Store

	// put is the error of PutVersion.
	put error
	// beforePublish is called before each Publish.
	beforePublish func()
}

// wrapped puts a spoiled store between API and database.
func wrapped(spoil func(*spoiled)) func(*fixture) {
	return func(f *fixture) {
		f.wrap = func(s *store.Store) api.Store {
			between := &spoiled{Store: s}
			spoil(between)
			return between
		}
	}
}

func (s *spoiled) PutVersion(ctx context.Context, v store.BotVersion) (store.BotVersion, bool, error) {
	if s.put != nil {
		return store.BotVersion{}, false, s.put
	}
	return s.Store.PutVersion(ctx, v)
}

func (s *spoiled) Publish(ctx context.Context, c store.Change) (int, error) {
	if s.beforePublish != nil {
		s.beforePublish()
	}
	return s.Store.Publish(ctx, c)
}
