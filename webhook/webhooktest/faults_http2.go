package webhooktest

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// Types and flags of HTTP/2 frames (RFC 9113, 6).
const (
	frameHeaders      = 1
	frameSettings     = 4
	framePing         = 6
	frameGoAway       = 7
	frameContinuation = 9

	flagAck = 1
)

// frame makes a frame of HTTP/2.
func frame(kind, flags byte, stream uint32, payload string) string {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind)) // #nosec G115 -- a few bytes
	head = append(head, flags)
	return string(binary.BigEndian.AppendUint32(head, stream)) + payload
}

// goAway says goodbye; the requests after the last stream were not read.
func goAway(last uint32) string {
	return frame(frameGoAway, 0, 0, string(binary.BigEndian.AppendUint32(nil, last))+"\x00\x00\x00\x00")
}

// frameFaults speak HTTP/2 frame by frame.
func frameFaults() []Fault {
	hello := frame(frameSettings, 0, 0, "") + frame(frameSettings, flagAck, 0, "")
	const status200 = "\x88"
	field := "\x00\x01x\x01y"
	return []Fault{
		frames("GOAWAY instead of an answer, HTTP/2", says(hello), says(goAway(1))),
		frames("GOAWAY before every request, HTTP/2", says(hello), says(goAway(0)), until),
		frames("a head without end, HTTP/2", says(hello),
			says(frame(frameHeaders, 0, 1, status200)), repeat(frame(frameContinuation, 0, 1, strings.Repeat(field, 2000)), 0)),
		frames("pings without end, HTTP/2", says(hello), repeat(frame(framePing, 0, 0, "chattigo"), time.Millisecond)),
		frames("settings without end, HTTP/2", says(hello), repeat(frame(frameSettings, 0, 0, ""), time.Millisecond)),
		frames("no HTTP/2 at all", says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), until),
	}
}

// frames reads the beginning of a request over HTTP/2 and then does as it likes with the connection.
func frames(name string, steps ...step) Fault {
	serve := func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
		defer func() { _ = conn.Close() }()
		if !awaitHeaders(conn) {
			return
		}
		gone := make(chan struct{})
		go func() {
			_, _ = io.Copy(io.Discard, conn)
			close(gone)
		}()
		for _, s := range steps {
			if !s(conn, gone) {
				break
			}
		}
		_ = conn.Close()
		<-gone
	}
	return Fault{Name: name, option: func(s *httptest.Server) {
		s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": serve}
	}}
}

// until waits until the client is gone.
func until(_ net.Conn, gone <-chan struct{}) bool {
	<-gone
	return false
}

// awaitHeaders reads up to the frame that begins a request.
func awaitHeaders(conn net.Conn) bool {
	preface := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	if _, err := io.ReadFull(conn, preface); err != nil || !bytes.HasPrefix(preface, []byte("PRI")) {
		return false
	}
	for {
		var head [9]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return false
		}
		length := int64(binary.BigEndian.Uint32(head[:4]) >> 8)
		if _, err := io.CopyN(io.Discard, conn, length); err != nil {
			return false
		}
		if head[3] == frameHeaders {
			return true
		}
	}
}
