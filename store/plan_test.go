package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A channel holds many contacts: what is asked on a contact's first message must not read
// the others' rows.
func TestContactsAreLookedUpByTheirIndex(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "plan.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Migrate(t.Context()))

	var steps []struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	query := "EXPLAIN QUERY PLAN " + otherMessageIDs + " UNION ALL " + ownMessageIDs
	args := append(otherArgs("1", "569", "user", "own", time.UnixMilli(1)), "own", 2)
	require.NoError(t, s.reader().list(t.Context(), "plan", &steps, query, args...))

	var plan []string
	for _, step := range steps {
		if strings.HasPrefix(step.Detail, "SEARCH") || strings.HasPrefix(step.Detail, "SCAN") {
			plan = append(plan, step.Detail)
		}
	}
	require.ElementsMatch(t, []string{
		"SEARCH conversations USING INDEX conversations_wa_id (channel=? AND wa_id=?)",
		"SEARCH conversations USING INDEX conversations_user_id (channel=? AND user_id=?)",
		"SEARCH conversations USING INDEX sqlite_autoindex_conversations_1 (id=?)",
		"SEARCH transcript_pages USING INDEX sqlite_autoindex_transcript_pages_1 (conversation=?)",
		"SEARCH transcript_pages USING INDEX sqlite_autoindex_transcript_pages_1 (conversation=? AND number<?)",
		"SCAN others",
		"SCAN others",
	}, plan)
}
