package api

import (
	"io"
	"net/http"
	"time"
)

// Most clients write their whole body before they read a byte of the answer: those of Python, PHP
// and Java do. A connection that is closed while they still write is reset, and the answer that
// says why is lost with it. So a refusal is sent at once, and what is still to come of the body
// is read and dropped, within these bounds; RFC 9112, 9.6, asks for it.
const (
	// lingerBytes is sixteen times the largest body that a route takes.
	lingerBytes = 64 << 20
	// lingerWait is what a body that is wanted has too. lingerPause is for how long nothing may
	// come: a client that has read the answer and stopped does not close in every case.
	lingerWait  = bodyWait
	lingerPause = 5 * time.Second
	// maxLingering bounds how many connections are read on at once, of lingerBuffer bytes each;
	// further ones are closed as net/http does it.
	maxLingering = 256
	lingerBuffer = 16 << 10
	// discarded is how much of an unread body net/http reads before it answers, so that the
	// connection can be used again.
	discarded = 256 << 10
)

// requestBody knows whether it was read to its end.
type requestBody struct {
	io.ReadCloser

	ended bool
}

// watchBody puts a requestBody in the place of a request's body.
func watchBody(r *http.Request) *requestBody {
	body := &requestBody{ReadCloser: r.Body, ended: r.Body == nil || r.Body == http.NoBody}
	if !body.ended {
		r.Body = body
	}
	return body
}

// Read notes the end.
func (b *requestBody) Read(p []byte) (n int, err error) {
	n, err = b.ReadCloser.Read(p)
	b.ended = b.ended || err == io.EOF
	return n, err
}

// cutOff reports whether net/http would close the connection before the body has come. It reads
// a short one itself where it means to keep the connection.
func (b *requestBody) cutOff(r *http.Request) bool {
	keeps := r.ProtoAtLeast(1, 1) && !r.Close && r.Header.Get("Expect") == ""
	short := r.ContentLength >= 0 && r.ContentLength < discarded
	return !b.ended && (!keeps || !short)
}

// linger sends an answer that came before the end of the body, and reads on until the client has
// written it all, or a bound is reached. The connection is closed by whoever called the handler.
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
