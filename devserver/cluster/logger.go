package cluster

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// noNexus is the beginning of a warning that every start without an HTTP port logs. That port is for
// Nexus, which nobody uses here.
const noNexus = "HTTP API port has not been set."

// notReady is what the services of a server that starts report of each other until all of them run; each
// tries again by itself. A start that fails says so by its error.
const notReady = "Frontend is not healthy yet"

// quietLogger passes what the server logs at level or above to a slog.Logger, and nothing while the
// server stops.
type quietLogger struct {
	to     *slog.Logger
	level  slog.Leveler
	silent *atomic.Bool
}

// The server prefers With to its own, slower way of prepending tags.
var _ log.WithLogger = (*quietLogger)(nil)

func newQuietLogger(to *slog.Logger, level slog.Leveler) *quietLogger {
	if to == nil {
		to = slog.New(slog.DiscardHandler)
	}
	if level == nil {
		level = slog.LevelWarn
	}
	return &quietLogger{to: to, level: level, silent: new(atomic.Bool)}
}

func (l *quietLogger) silence() { l.silent.Store(true) }

// With returns a logger that adds tags to everything it logs.
func (l *quietLogger) With(tags ...tag.Tag) log.Logger {
	return &quietLogger{to: slog.New(l.to.Handler().WithAttrs(attributes(tags))), level: l.level, silent: l.silent}
}

func (l *quietLogger) Debug(msg string, tags ...tag.Tag) { l.log(slog.LevelDebug, msg, tags) }
func (l *quietLogger) Info(msg string, tags ...tag.Tag)  { l.log(slog.LevelInfo, msg, tags) }
func (l *quietLogger) Warn(msg string, tags ...tag.Tag)  { l.log(slog.LevelWarn, msg, tags) }
func (l *quietLogger) Error(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// DPanic does not panic: the server calls it for errors that it survives.
func (l *quietLogger) DPanic(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

func (l *quietLogger) Panic(msg string, tags ...tag.Tag) {
	l.log(slog.LevelError, msg, tags)
	panic("temporal server: " + msg)
}

// Fatal ends the process, as its callers in the server rely on.
func (l *quietLogger) Fatal(msg string, tags ...tag.Tag) {
	l.to.Error("the Temporal server cannot go on", "reason", msg, "tags", slog.GroupValue(attributes(tags)...))
	os.Exit(1)
}

func (l *quietLogger) log(level slog.Level, msg string, tags []tag.Tag) {
	if level < l.level.Level() || l.silent.Load() || strings.HasPrefix(msg, noNexus) || mentions(tags, notReady) {
		return
	}
	l.to.LogAttrs(context.Background(), level, msg, attributes(tags)...) //nolint:forbidigo,sloglint // the server's logger carries no context; the message is the server's
}

// mentions reports whether a tag contains a text; the value of an error's tag is its text.
func mentions(tags []tag.Tag, text string) bool {
	return slices.ContainsFunc(tags, func(t tag.Tag) bool {
		said, isText := t.Value().(string)
		return isText && strings.Contains(said, text)
	})
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, 0, len(tags))
	for _, t := range tags {
		attrs = append(attrs, slog.Any(t.Key(), t.Value()))
	}
	return attrs
}
