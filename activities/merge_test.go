package activities

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestAnOpenConversationOfTheSamePersonIsMergedIntoTheLaterOne(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, successor, workflowID string
		opened, closed              time.Time
		want                        []string
	}{
		{"the later one goes on", "cnv_next", "conversation:2", at(0), time.Time{}, []string{"conversation:1"}},
		{"opened at once: one of the two stays", "cnv_b", "conversation:2", at(-time.Hour), time.Time{}, []string{"conversation:1"}},
		{"opened at once: the other of the two", "cnv_a", "conversation:2", at(-time.Hour), time.Time{}, nil},
		{"the earlier one asks", "cnv_next", "conversation:2", at(-2 * time.Hour), time.Time{}, nil},
		{"the one that asks has ended", "cnv_next", "conversation:2", at(0), at(1), nil},
		{"it is the same workflow's", "cnv_next", "conversation:1", at(0), time.Time{}, nil},
		{"nobody asks", "", "conversation:2", at(0), time.Time{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := terminated(t)
			r.runs.remains = Remains{Open: true}
			next := store.Conversation{ID: "cnv_next", WorkflowID: tt.workflowID, Channel: channel, UserID: "CL.1", OpenedAt: tt.opened}
			if tt.successor != "" {
				next.ID = tt.successor
			}
			require.NoError(t, r.db.Store.OpenConversation(t.Context(), next))
			if !tt.closed.IsZero() {
				next.ClosedAt = tt.closed
				require.NoError(t, r.db.CloseConversation(t.Context(), store.Closing{Conversation: next}))
			}
			in := RecoverInput{Conversation: abandoned, Successor: tt.successor}
			require.NoError(t, r.run(r.Recover, in, nil))
			require.Equal(t, tt.want, r.runs.merged)
		})
	}
}

func TestAMergeThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	next := store.Conversation{ID: "cnv_next", WorkflowID: "conversation:2", Channel: channel, UserID: "CL.1", OpenedAt: at(0)}
	require.NoError(t, r.db.Store.OpenConversation(t.Context(), next))
	row, err := r.db.Conversation(t.Context(), abandoned)
	require.NoError(t, err)
	r.runs.err = errors.New("Temporal is gone")
	require.Error(t, recovery{r.Activities}.merge(t.Context(), row, next.ID))
	r.runs.err = nil
	require.NoError(t, recovery{r.Activities}.merge(t.Context(), row, "cnv_unknown"), "a successor that is gone needs nobody closed")
}
