package activities

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/store"
)

// merge closes an open conversation whose person goes on in a later one: two that both go on
// would both remind. Of two that were opened at once, each asking for the other, one stays.
func (a *Activities) merge(ctx context.Context, row store.Conversation, successor string) error {
	if successor == "" {
		return nil
	}
	next, err := a.store.Conversation(ctx, successor)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("read the conversation that goes on: %w", err)
	}
	later := cmp.Or(next.OpenedAt.Compare(row.OpenedAt), strings.Compare(next.ID, row.ID)) > 0
	if !later || !next.ClosedAt.IsZero() || next.WorkflowID == row.WorkflowID {
		return nil
	}
	if err := a.runs.CloseMerged(ctx, row.WorkflowID); err != nil {
		return fmt.Errorf("close the conversation that does not go on: %w", err)
	}
	return nil
}
