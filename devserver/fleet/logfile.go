package fleet

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

const (
	// maxLog bounds one log file, in bytes. A full one is kept beside the next, and replaces the one
	// before it.
	maxLog = 16 << 20
	// tailBytes is how much of a log an error shows: some lines.
	tailBytes = 2000
)

// logFile is what a process writes, in a file that does not grow without bound.
type logFile struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int64
}

// openLog appends to the log of earlier starts.
func openLog(path string) (*logFile, error) {
	l := &logFile{path: path}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	return l, nil
}

func (l *logFile) open() error {
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close() // nothing was written
		return err
	}
	l.file, l.size = file, info.Size()
	return nil
}

// Write appends what the process wrote.
func (l *logFile) Write(written []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size+int64(len(written)) > maxLog {
		if err := l.rotate(); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Write(written)
	l.size += int64(n)
	return n, err
}

func (l *logFile) rotate() error {
	_ = l.file.Close() // what was written is with the operating system
	if err := os.Rename(l.path, l.path+".1"); err != nil {
		return err
	}
	return l.open()
}

// tail is the end of the log, for an error.
func (l *logFile) tail() string {
	content, err := os.ReadFile(l.path)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(content[max(0, len(content)-tailBytes):]))
}

func (l *logFile) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}
