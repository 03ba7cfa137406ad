package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/chattigo/api-isv/metrics"
)

// record collects the attributes of a request's access line while the request is handled.
type record struct {
	id      string
	route   string
	account string
	// client is set for logins only: who it was that tried.
	client  netip.Addr
	version version
	status  int
	cause   error
	// trace is the id of the request's trace; empty without one.
	trace string
	// counts are those of the route.
	counts *metrics.Route
}

// callerGone reports whether nobody waited for the response.
func (r *record) callerGone() bool { return errors.Is(r.cause, context.Canceled) }

// maxMethod bounds, in bytes, the logged method of a request, which callers choose.
const maxMethod = 16

type recordKey struct{}

func recordOf(ctx context.Context) *record {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		return r
	}
	return &record{}
}

// middleware wraps every request, known route or not, with an id, a deadline for its body, the
// recovery from panics, one line in the log, the metrics, and the draining of a refused body.
func (s *server) middleware(next http.Handler) http.Handler {
	unrouted := s.metrics.Route("-", "-")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.now()
		rec := &record{id: rand.Text(), route: "-", counts: unrouted}
		s.metrics.RequestBegan()
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		secure(w.Header())
		w.Header().Set("X-Request-Id", rec.id)
		// Also bounds the discarding of a body that nobody reads. Recorders have no deadline.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWait))
		sw := &statusWriter{ResponseWriter: w, record: rec, request: r, body: watchBody(r)}
		defer s.linger(sw)
		defer func() {
			took := s.now().Sub(start)
			rec.counts.Ended(rec.status, rec.callerGone(), took)
			s.logAccess(r, rec, took)
		}()
		defer s.recoverPanic(sw, r)
		next.ServeHTTP(sw, r)
	})
}

// recoverPanic responds to a request whose handler panicked.
func (s *server) recoverPanic(w *statusWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value, compared as net/http does
		panic(p)
	}
	s.log.ErrorContext(r.Context(), "panic", "request", w.record.id, "route", w.record.route,
		"type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
	if w.record.status == 0 {
		s.writeError(w, r, &apiError{Status: http.StatusInternalServerError, Message: "an unexpected error has occurred"})
	}
}

// logAccess logs the access line: the route's template, never the path, the query, a body or a token.
// A caller's mistake has the level of information, a failure of ours that of an error.
func (s *server) logAccess(r *http.Request, rec *record, took time.Duration) {
	attributes := []slog.Attr{
		slog.String("method", cutAt(r.Method, maxMethod)), slog.String("route", rec.route), slog.Int("status", rec.status),
		slog.Duration("took", took), slog.String("request", rec.id),
	}
	if rec.account != "" {
		attributes = append(attributes, slog.String("account", rec.account))
	}
	if rec.client.IsValid() {
		attributes = append(attributes, slog.String("client", rec.client.String()))
	}
	if rec.trace != "" {
		attributes = append(attributes, slog.String("trace", rec.trace))
	}
	if rec.version.name != "" && !rec.version.known {
		attributes = append(attributes, slog.String("unknown_version", rec.version.name))
	}
	level := slog.LevelInfo
	if rec.route == healthPath || rec.route == readyPath {
		level = slog.LevelDebug // machines ask every few seconds
	}
	if rec.callerGone() {
		attributes = append(attributes, slog.Bool("caller_gone", true))
	} else if rec.status >= http.StatusInternalServerError {
		level = slog.LevelError
		if rec.cause != nil {
			attributes = append(attributes, slog.String("error", maskDigits(rec.cause.Error())))
		}
	}
	s.log.LogAttrs(r.Context(), level, "request", attributes...)
}

// maskDigits hides long numbers in an error's text: phone numbers and contacts' ids.
func maskDigits(s string) string {
	const longest = 5 // digits of a port, a count, a code
	out, run := make([]byte, 0, len(s)), 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			run = 0
			out = append(out, s[i])
			continue
		}
		run++
		switch {
		case run <= longest:
			out = append(out, s[i])
		case run == longest+1:
			out = append(out[:len(out)-longest], "…"...)
		}
	}
	return string(out)
}

// statusWriter records the status for the access line, and whether an error response came before the
// end of the body.
type statusWriter struct {
	http.ResponseWriter

	record  *record
	request *http.Request
	body    *requestBody
	lingers bool
}

func (w *statusWriter) WriteHeader(status int) {
	if w.record.status == 0 {
		w.record.status = status
		if status >= http.StatusBadRequest && w.body.cutOff(w.request) {
			w.lingers = true
			w.Header().Set("Connection", "close")
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
