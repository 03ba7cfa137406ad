package stack

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxTemporalLog bounds temporal.log, in bytes. The first errors are the useful ones, so what comes
// after is dropped; a start that finds the file full empties it.
const maxTemporalLog = 16 << 20

// boundedFile stops growing at a size, and drops what comes after.
type boundedFile struct {
	*os.File
	left int64
}

// openTemporalLog opens the file for the Temporal server's warnings, which would confuse a newcomer
// on the screen. It appends to the log of earlier runs.
func openTemporalLog(dataDir string) (*boundedFile, error) {
	file, err := os.OpenFile(filepath.Join(dataDir, "temporal.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) //nolint:gosec // the developer's own directory
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	left, err := freeBytes(file)
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return &boundedFile{File: file, left: left}, nil
}

// freeBytes is how many bytes may be added; a full file is emptied.
func freeBytes(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if info.Size() < maxTemporalLog {
		return maxTemporalLog - info.Size(), nil
	}
	return maxTemporalLog, file.Truncate(0)
}

// Write is called by slog's handler, one call at a time.
func (f *boundedFile) Write(line []byte) (int, error) {
	if int64(len(line)) > f.left {
		f.left = 0
		return len(line), nil
	}
	f.left -= int64(len(line))
	return f.File.Write(line)
}
