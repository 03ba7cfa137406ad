package activities

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/store"
)

// merge closes an open conversation whose contact has a later one: with both open, both would send
// reminders. Of two that were opened at once, each of which asks for the other to close, one stays.
func (r recovery) merge(ctx context.Context, row store.Conversation, successor string) error {
	if successor == "" {
		return nil
	}
	next, err := r.store.Conversation(ctx, successor)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("read the later conversation: %w", err)
	}
	later := cmp.Or(next.OpenedAt.Compare(row.OpenedAt), strings.Compare(next.ID, row.ID)) > 0
	if !later || !next.ClosedAt.IsZero() || next.WorkflowID == row.WorkflowID {
		return nil
	}
	if err := r.runs.CloseMerged(ctx, row.WorkflowID); err != nil {
		return fmt.Errorf("close the earlier conversation: %w", err)
	}
	return nil
}
