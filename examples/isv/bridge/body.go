package bridge

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"sync/atomic"
)

// budget bounds the bytes of bodies that are in memory. What counts is what has arrived: a caller that
// sends a byte now and then takes nothing from others.
type budget struct {
	used  atomic.Int64
	limit int64
}

// metered is a body that is read within a budget.
type metered struct {
	io.Reader

	from  *budget
	taken int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.taken += int64(n)
	if m.from.used.Add(int64(n)) > m.from.limit {
		return n, errBusy
	}
	return n, err
}

// done gives back what was taken. It is called once nobody needs the body any more.
func (m *metered) done() { m.from.used.Add(-m.taken) }

// readJSON reads a body within the bounds of size and of memory, or answers why not. done is called in
// either case.
func (b *Bridge) readJSON(w http.ResponseWriter, r *http.Request, limit int64) (body []byte, done func(), ok bool) {
	m := &metered{Reader: http.MaxBytesReader(w, r.Body, limit), from: &b.bodies}
	if !isJSON(r.Header) {
		refuse(w, http.StatusUnsupportedMediaType, "the body must be application/json, and not compressed")
		return nil, m.done, false
	}
	body, err := io.ReadAll(m)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case err == nil:
		return body, m.done, true
	case tooLarge:
		refuse(w, http.StatusRequestEntityTooLarge, "the body is too large")
	case errors.Is(err, errBusy):
		unavailable(w, "1")
	default:
		refuse(w, http.StatusBadRequest, "the body could not be read to its end")
	}
	return nil, m.done, false
}

// isJSON also accepts a missing type.
func isJSON(header http.Header) bool {
	if header.Get("Content-Encoding") != "" {
		return false
	}
	value := header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(value)
	return value == "" || err == nil && media == "application/json"
}
