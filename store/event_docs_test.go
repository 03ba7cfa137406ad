package store_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// The examples of the documentation have the keys of the events.
func TestTheDocumentationShowsEachTypeOfEvent(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/events.md")
	require.NoError(t, err)
	shown := map[string]map[string]any{}
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(text, -1) {
		var body struct {
			Type      string
			Timestamp time.Time
			Data      map[string]any
		}
		require.NoError(t, json.Unmarshal(block[1], &body))
		if body.Type != "" {
			require.NotZero(t, body.Timestamp)
			shown[body.Type] = body.Data
		}
	}
	full := []store.Event{
		store.ClosedData{Variables: map[string]json.RawMessage{"a": json.RawMessage(`1`)}}.Event(), store.HandoffData{}.Event(),
		store.OptedOutData{Conversation: "x"}.Event(), store.DeadData{}.Event(), store.DisabledData{}.Event(),
	}
	require.Len(t, shown, len(full))
	for _, e := range full {
		var body struct{ Data map[string]any }
		require.NoError(t, json.Unmarshal(e.Body, &body))
		require.Equal(t, slices.Sorted(maps.Keys(body.Data)), slices.Sorted(maps.Keys(shown[e.Type])), e.Type)
	}
}
