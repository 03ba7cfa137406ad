package app

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/chattigo/api-isv/api"
)

// httpLimits bound what clients may take of an HTTP server. The body of a request has the time that the API gives it;
// there is no ReadTimeout, because it would cancel requests that are still being served.
type httpLimits struct {
	// header is how long the header of a request may take to come, and write how long the request may take from
	// then until its response is read. Streams and pulls have a write of their own.
	header, write time.Duration
	// idle is how long a connection is kept for the next request.
	idle        time.Duration
	headerBytes int
	// connections are open at once, and ofOneClient of one public address.
	connections, ofOneClient int
}

// productionLimits leave room for 50 pulls of each of many accounts, and for the files of a process.
func productionLimits() httpLimits {
	return httpLimits{
		header: 5 * time.Second, write: 60 * time.Second, idle: 2 * time.Minute, headerBytes: 32 << 10,
		connections: 4096, ofOneClient: 1024,
	}
}

// server makes a server; it speaks HTTP/1.1 only, because HTTP/2 needs TLS, which a proxy speaks.
func (l httpLimits) server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: l.header, WriteTimeout: l.write, IdleTimeout: l.idle, MaxHeaderBytes: l.headerBytes,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// refusedEvery is how often the log says that connections are refused.
const refusedEvery = time.Minute

// limit makes a server accept no more connections than it may. Those of proxies are many clients', so that they are
// not counted by address: the listed ones, and all of private networks.
func (l httpLimits) limit(server *http.Server, listener net.Listener, proxies []netip.Prefix, log *slog.Logger) net.Listener {
	sometimes := rate.Sometimes{Interval: refusedEvery}
	limited := &connections{
		Listener: listener, most: l.connections, ofOne: l.ofOneClient, byClient: map[string]int{},
		clientOf: func(address netip.Addr) string {
			if address.IsLoopback() || address.IsPrivate() || slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(address) }) {
				return ""
			}
			return api.SiteOf(address)
		},
		refused: func() {
			sometimes.Do(func() {
				log.Warn("connections are refused: there are too many", "most", l.connections, "of_one_client", l.ofOneClient)
			})
		},
	}
	server.ConnState = limited.watch
	return limited
}
