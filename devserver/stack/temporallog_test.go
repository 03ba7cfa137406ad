package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATemporalLogThatIsFullDropsTheRest(t *testing.T) {
	file, err := openTemporalLog(t.TempDir())
	require.NoError(t, err)
	file.left = 5

	for range 3 {
		written, err := file.Write([]byte("1234"))
		require.NoError(t, err)
		require.Equal(t, 4, written)
	}

	require.NoError(t, file.Close())
	require.Equal(t, int64(4), size(t, file.Name()))
}

func TestATemporalLogGoesOnWhereItStoodAndStaysBelowItsBound(t *testing.T) {
	tests := []struct {
		name               string
		before, wrote, now int64
	}{
		{name: "a short one is added to", before: 10, wrote: 4, now: 14},
		{name: "up to the bound", before: maxTemporalLog - 4, wrote: 4, now: maxTemporalLog},
		{name: "not beyond it", before: maxTemporalLog - 3, wrote: 4, now: maxTemporalLog - 3},
		{name: "a full one begins anew", before: maxTemporalLog, wrote: 4, now: 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "temporal.log")
			require.NoError(t, os.WriteFile(path, nil, 0o600))
			require.NoError(t, os.Truncate(path, test.before))

			file, err := openTemporalLog(dir)
			require.NoError(t, err)
			_, err = file.Write(make([]byte, test.wrote))
			require.NoError(t, err)
			require.NoError(t, file.Close())

			require.Equal(t, test.now, size(t, path))
		})
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}
