package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTargetRefusesUnexpectedValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ field, value any }{
		{new(time.Time), "1"},
		{new(time.Time), nil},
		{new([]byte), int64(1)},
		{new(json.RawMessage), true},
		{new(map[string]int), int64(1)},
		{new(map[string]int), "[]"},
		{new(map[string]int), nil},
	} {
		to, ok := target(tt.field).(interface{ Scan(src any) error })
		require.True(t, ok)
		require.Error(t, to.Scan(tt.value), "%T from %v", tt.field, tt.value)
	}
}

func TestTargetCopiesTheBytesOfTheDriver(t *testing.T) {
	t.Parallel()
	buffer := []byte("first")
	var body json.RawMessage
	to, ok := target(&body).(interface{ Scan(src any) error })
	require.True(t, ok)
	require.NoError(t, to.Scan(buffer))
	copy(buffer, "other")
	require.Equal(t, "first", string(body))
}
