package api

import (
	"encoding/json"
	"net/http"
	"time"
)

const (
	typeLines = "application/x-ndjson"
	// lineWait is how long a caller may take to read a line of a stream.
	lineWait = 20 * time.Second
)

// stream is a response that is sent line by line while it is made. Each line is a JSON object; an error
// becomes the last one, because the status has been sent by then.
type stream func(send func(line any) error) error

type errorLine struct {
	Error errorBody `json:"error"`
}

func (s *server) writeStream(w http.ResponseWriter, r *http.Request, lines stream) {
	header := w.Header()
	header.Set("Content-Type", typeLines)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // a proxy must not hold the progress back
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	send := func(line any) error {
		// Recorders have no deadline.
		_ = control.SetWriteDeadline(time.Now().Add(lineWait))
		if err := encoder.Encode(line); err != nil {
			return err
		}
		return control.Flush()
	}
	if err := lines(send); err != nil {
		e := asError(err)
		recordOf(r.Context()).cause = e.cause
		_ = send(errorLine{errorBody{e.Message}}) // it fails only if the caller has gone
	}
}
