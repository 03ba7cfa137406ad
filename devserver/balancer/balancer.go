// Package balancer is the reverse proxy in front of the API processes of `make stack`: what a load
// balancer does in production.
//
// Requests go to the backends in turn. A backend that does not answer its health check is left out, and a
// request that could not be handed to one, since nobody listens there, goes to the next. A request that
// was begun is never sent twice: the client gets 502 and has to repeat it, as with any other proxy.
//
// The package imports nothing of ours. Start reading at [Start].
package balancer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// checkEvery is the pause between two health checks of a backend, checkTimeout what one may take: a
	// backend that is busy is not one that is dead.
	checkEvery   = 500 * time.Millisecond
	checkTimeout = 2 * time.Second
	// dialTimeout bounds a connection on this machine.
	dialTimeout = time.Second
	// idleConnections are kept for each backend, for idleTimeout: less than the two minutes after which
	// the API closes them.
	idleConnections   = 64
	idleTimeout       = time.Minute
	readHeaderTimeout = 5 * time.Second
	// drainTime bounds the requests in flight at a stop.
	drainTime = 2 * time.Second
)

// errNoBackend is returned when no backend could be connected to.
var errNoBackend = errors.New("no API process can be reached")

// Options says where the balancer listens and what is behind it.
type Options struct {
	// Addr is host:port.
	Addr string
	// Backends are addresses, as host:port.
	Backends []string
	// HealthPath answers 200 on a backend that can take requests.
	HealthPath string
}

// Balancer is a running reverse proxy.
type Balancer struct {
	backends []*backend
	turn     atomic.Uint64
	server   *http.Server
	network  *http.Transport
	// stopChecks ends the health checks, checks waits for them.
	stopChecks context.CancelFunc
	checks     sync.WaitGroup
	ended      chan struct{}
}

// backend is an API process.
type backend struct {
	addr string
	// failing is set while the health check fails.
	failing atomic.Bool
}

// Start listens, and checks the backends until [Balancer.Stop]. A backend counts as healthy until a check
// has failed.
func Start(ctx context.Context, opts Options) (*Balancer, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("start the balancer: %w", err)
	}
	b := &Balancer{
		network: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
			MaxIdleConnsPerHost: idleConnections,
			IdleConnTimeout:     idleTimeout,
		},
		ended: make(chan struct{}),
	}
	for _, addr := range opts.Backends {
		b.backends = append(b.backends, &backend{addr: addr})
	}
	b.server = &http.Server{Handler: b.proxy(), ReadHeaderTimeout: readHeaderTimeout}
	// The checks end with Stop, not with ctx.
	checking, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b.stopChecks = cancel
	for _, one := range b.backends {
		b.checks.Go(func() { b.check(checking, one, opts.HealthPath) })
	}
	go func() {
		defer close(b.ended)
		_ = b.server.Serve(listener) // it ends when Stop closes the server
	}()
	return b, nil
}

// Stop waits for the requests in flight, at most 2 s and until ctx ends, and then closes everything.
func (b *Balancer) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	err := b.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = b.server.Close()
	}
	b.stopChecks()
	b.checks.Wait()
	b.network.CloseIdleConnections()
	<-b.ended
	return err
}

func (b *Balancer) proxy() http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: "backend"}) // RoundTrip puts one in its place
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		Transport:     b,
		FlushInterval: -1, // what comes in pieces is passed on in pieces
		ErrorHandler:  refuse,
	}
}

// refuse answers a request that got no response. Its client may repeat it.
func refuse(w http.ResponseWriter, _ *http.Request, err error) {
	status, message := http.StatusBadGateway, "the connection to the API broke"
	if errors.Is(err, errNoBackend) {
		status, message = http.StatusServiceUnavailable, errNoBackend.Error()
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(status)
	fmt.Fprintf(w, "{%q:%q}\n", "message", message)
}

// RoundTrip sends a request to the backend whose turn it is. Where nobody listens nothing was sent, so that
// the next one gets it.
func (b *Balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	body := r.Body // the reverse proxy closes it
	for _, one := range b.inTurn() {
		tried := r.Clone(r.Context())
		tried.URL.Host = one.addr
		if body != nil {
			tried.Body = keptOpen{body} // a failed attempt would close it for the next one
		}
		response, err := b.network.RoundTrip(tried)
		if !isDial(err) {
			return response, err
		}
		one.failing.Store(true)
	}
	return nil, errNoBackend
}

// inTurn returns the backends in the order in which they are tried: the healthy ones first, beginning with
// the one whose turn it is.
func (b *Balancer) inTurn() []*backend {
	var healthy, failing []*backend
	first := b.turn.Add(1)
	for i := range b.backends {
		one := b.backends[(first+uint64(i))%uint64(len(b.backends))]
		if one.failing.Load() {
			failing = append(failing, one)
		} else {
			healthy = append(healthy, one)
		}
	}
	return append(healthy, failing...)
}

func isDial(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial"
}

// keptOpen is a body that an attempt cannot close.
type keptOpen struct {
	body interface{ Read(p []byte) (int, error) }
}

// Read reads the body.
func (k keptOpen) Read(p []byte) (int, error) { return k.body.Read(p) }

// Close does nothing.
func (keptOpen) Close() error { return nil }

// check keeps looking whether a backend can take requests.
func (b *Balancer) check(ctx context.Context, one *backend, path string) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			one.failing.Store(!b.isHealthy(ctx, "http://"+one.addr+path))
		case <-ctx.Done():
			return
		}
	}
}

func (b *Balancer) isHealthy(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return false
	}
	response, err := b.network.RoundTrip(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}
