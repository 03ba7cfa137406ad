package api

import (
	"io"
	"net/http"
	"time"
)

// Most clients write their whole body before they read a byte of the response: those of Python, PHP
// and Java do. A connection that is closed while they still write is reset, and the response that
// says why is lost with it. So an error response is sent at once, and the rest of the body is read
// and dropped, within these bounds; RFC 9112, 9.6, asks for it.
const (
	// lingerBytes is sixteen times the largest body that a route accepts.
	lingerBytes = 64 << 20
	// lingerWait bounds the whole, as for an accepted body. lingerPause bounds the time without a byte:
	// a client that has read the response and stopped does not always close the connection.
	lingerWait  = bodyWait
	lingerPause = 5 * time.Second
	// maxLingering is how many connections are drained at once, with lingerBuffer bytes each; further
	// ones are closed at once.
	maxLingering = 256
	lingerBuffer = 16 << 10
	// discarded is how much of an unread body net/http reads before it responds, so that the connection
	// can be used again.
	discarded = 256 << 10
)

// requestBody is a body that records whether it was read to its end.
type requestBody struct {
	io.ReadCloser

	ended bool
}

// watchBody replaces a request's body by a requestBody.
func watchBody(r *http.Request) *requestBody {
	body := &requestBody{ReadCloser: r.Body, ended: r.Body == nil || r.Body == http.NoBody}
	if !body.ended {
		r.Body = body
	}
	return body
}

// Read records the end.
func (b *requestBody) Read(p []byte) (n int, err error) {
	n, err = b.ReadCloser.Read(p)
	b.ended = b.ended || err == io.EOF
	return n, err
}

// cutOff reports whether net/http would close the connection before the whole body has come. It reads
// the rest of a short one itself if it keeps the connection.
func (b *requestBody) cutOff(r *http.Request) bool {
	keeps := r.ProtoAtLeast(1, 1) && !r.Close && r.Header.Get("Expect") == ""
	short := r.ContentLength >= 0 && r.ContentLength < discarded
	return !b.ended && (!keeps || !short)
}

// linger flushes a response that was written before the end of the body, and reads on until the client
// has written it all, or a bound is reached. The caller of the handler closes the connection.
func (s *server) linger(w *statusWriter) {
	if !w.lingers {
		return
	}
	select {
	case s.lingering <- struct{}{}:
		defer func() { <-s.lingering }()
	default:
		return
	}
	connection := http.NewResponseController(w)
	if connection.Flush() != nil {
		return
	}
	end := time.Now().Add(lingerWait)
	buffer := make([]byte, lingerBuffer)
	for left := lingerBytes; left > 0; {
		pause := time.Now().Add(lingerPause)
		if pause.After(end) {
			pause = end
		}
		if connection.SetReadDeadline(pause) != nil {
			return
		}
		n, err := w.body.Read(buffer)
		if err != nil {
			return
		}
		left -= n
	}
}
