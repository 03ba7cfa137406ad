package api_test

import (
	"context"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// spoiled is a store in which something goes wrong, or happens, at a certain point.
type spoiled struct {
	*store.Store

	// put is the error of PutVersion and PutTests.
	put error
	// beforePublish is called before each Publish.
	beforePublish func()
	// insteadOfPublish is the error of Publish and RollBack, which then do nothing.
	insteadOfPublish error
	// afterCommit is called after each change of what is live; its error replaces the result.
	afterCommit func() error
	// publication is called before each read of a publication; its error is the result.
	publication func() error
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

func (s *spoiled) PutTests(ctx context.Context, account, name string, t store.BotTests) error {
	if s.put != nil {
		return s.put
	}
	return s.Store.PutTests(ctx, account, name, t)
}

func (s *spoiled) Publish(ctx context.Context, c store.Change) (store.Publication, error) {
	if s.beforePublish != nil {
		s.beforePublish()
	}
	if s.insteadOfPublish != nil {
		return store.Publication{}, s.insteadOfPublish
	}
	return s.committed(s.Store.Publish(ctx, c))
}

func (s *spoiled) RollBack(ctx context.Context, c store.Change) (store.Publication, error) {
	if s.insteadOfPublish != nil {
		return store.Publication{}, s.insteadOfPublish
	}
	return s.committed(s.Store.RollBack(ctx, c))
}

func (s *spoiled) committed(live store.Publication, err error) (store.Publication, error) {
	if err == nil && s.afterCommit != nil {
		if err := s.afterCommit(); err != nil {
			return store.Publication{}, err
		}
	}
	return live, err
}

func (s *spoiled) Publication(ctx context.Context, channel string, number int) (store.Publication, error) {
	if s.publication != nil {
		if err := s.publication(); err != nil {
			return store.Publication{}, err
		}
	}
	return s.Store.Publication(ctx, channel, number)
}
