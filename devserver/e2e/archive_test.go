package e2e

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
)

// rerunArchive runs every conversation that the tests have archived again, under its own version: every
// byte must come out as it was said. TestMain calls it after all tests. It returns how many there were.
func rerunArchive(ctx context.Context, s *store.Store) (n int, all error) {
	bots := map[string]*definition.Bot{}
	list := store.ConversationQuery{Status: store.ConversationClosed, Limit: 200}
	for {
		rows, err := s.Conversations(ctx, list)
		if err != nil {
			return n, err
		}
		for _, row := range rows {
			if !opened.MatchString(row.ID) {
				continue
			}
			n++
			if wrong := rerunOne(ctx, s, bots, row); wrong != nil {
				all = errors.Join(all, fmt.Errorf("conversation %s (%s): %w", row.ID, row.Outcome, wrong))
			}
		}
		if len(rows) < list.Limit {
			return n, all
		}
		last := rows[len(rows)-1]
		list.After = store.ConversationCursor{OpenedAt: last.OpenedAt, ID: last.ID}
	}
}

// opened matches the ids of conversations that a message opened. Some tests begin one in the middle, with
// a state of their own, and no turn that opened it.
var opened = regexp.MustCompile(`^cnv_[0-9a-f]{8}-`)

func rerunOne(ctx context.Context, s *store.Store, bots map[string]*definition.Bot, row store.Conversation) error {
	pages, err := s.Pages(ctx, row.ID)
	if err != nil {
		return err
	}
	c, err := archive.Read(row, pages)
	if err != nil {
		return err
	}
	if row.Messages == 0 && len(c.Turns) == 0 {
		return nil // nothing that it got could be read: the bot was given nothing
	}
	b, err := ownVersion(ctx, s, bots, row.Bot)
	if err != nil {
		return err
	}
	difference, err := rerun.Run(b, c)
	switch {
	case err != nil && row.Outcome == activities.OutcomeTerminated:
		return nil // its end stood in the workflow only
	case err != nil:
		return err
	case difference != nil:
		return fmt.Errorf("differs at turn %d in state %q: %s\nwas %s\nis  %s", difference.Turn, difference.State, difference.Kind, difference.Was, difference.Is)
	}
	return nil
}

func ownVersion(ctx context.Context, s *store.Store, bots map[string]*definition.Bot, hash string) (*definition.Bot, error) {
	if b := bots[hash]; b != nil {
		return b, nil
	}
	row, err := s.Bot(ctx, hash)
	if err != nil {
		return nil, err
	}
	bots[hash], err = definition.Load(row.Source)
	return bots[hash], err
}
