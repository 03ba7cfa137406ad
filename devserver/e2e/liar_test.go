package e2e

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// lieTime bounds a lie: no attempt of ours takes longer.
const lieTime = 20 * time.Second

// lie responds to a POST as a server that is broken, or hostile, does.
type lie func(ctx context.Context, w http.ResponseWriter)

// lies are by name, for the log. All but the last three are failures.
var lies = map[string]lie{
	"never answers": func(ctx context.Context, _ http.ResponseWriter) { <-ctx.Done() },
	"drips its header": onWire(func(ctx context.Context, conn net.Conn) {
		drip(ctx, conn, "HTTP/1.1 200 OK\r\n", "X-Drip: drip\r\n")
	}),
	"sends 1xx for ever": onWire(func(ctx context.Context, conn net.Conn) {
		drip(ctx, conn, "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
	}),
	"resets the connection": onWire(func(_ context.Context, conn net.Conn) {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}),
	"closes at once": onWire(func(context.Context, net.Conn) {}),
	"speaks another language": onWire(func(_ context.Context, conn net.Conn) {
		_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n"))
	}),
	"redirects": func(_ context.Context, w http.ResponseWriter) {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	},
	"fails with 10 MB": func(_ context.Context, w http.ResponseWriter) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write(make([]byte, 10<<20))
	},
	"fails for a reason of megabytes": func(_ context.Context, w http.ResponseWriter) {
		w.Header().Set("Retry-After", strings.Repeat("9", 4000))
		w.WriteHeader(http.StatusBadGateway)
	},
	"takes it, with garbage": func(_ context.Context, w http.ResponseWriter) {
		_, _ = w.Write([]byte("{\"messages\":[{\"id\":\x00\xff"))
	},
	"takes it, and talks for ever": onWire(func(ctx context.Context, conn net.Conn) {
		drip(ctx, conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "8000\r\n"+strings.Repeat("x", 0x8000)+"\r\n")
	}),
	"takes it, and breaks off": func(_ context.Context, w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte("{}"))
	},
}

// onWire is a lie that net/http does not tell: it has the connection.
func onWire(tell func(ctx context.Context, conn net.Conn)) lie {
	return func(ctx context.Context, w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(lieTime))
		tell(ctx, conn)
	}
}

// drip writes a beginning and then the same again and again, slowly, until nobody reads any more.
func drip(ctx context.Context, conn net.Conn, beginning, again string) {
	ctx, cancel := context.WithTimeout(ctx, lieTime)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	said := bytes.NewBufferString(beginning)
	for {
		if _, err := conn.Write(said.Bytes()); err != nil {
			return
		}
		said = bytes.NewBufferString(again)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// randomLie returns one of the lies.
func randomLie() lie {
	n := rand.IntN(len(lies))
	for _, one := range lies {
		if n--; n < 0 {
			return one
		}
	}
	return nil
}
