package bridge

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// StopTimeout is how long [Server.Stop] should be given: a message that is on its way to Graph takes up
// to 12 s.
const StopTimeout = 15 * time.Second

// Server serves a bridge on an address.
type Server struct {
	bridge   *Bridge
	listener net.Listener
	http     *http.Server
	ended    chan error
	// endRun ends the forwarding; running waits for it.
	endRun  context.CancelFunc
	running sync.WaitGroup
}

// Start listens on addr (host:port, port 0 for a free one) and serves until [Server.Stop]. It speaks plain
// HTTP: what Meta and Chattigo reach is a proxy in front of it, with TLS.
func Start(ctx context.Context, addr string, s Settings, log *slog.Logger) (*Server, error) {
	b, err := Open(s, log)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	run, endRun := context.WithCancel(context.WithoutCancel(ctx))
	server := &Server{bridge: b, listener: listener, http: newServer(b), ended: make(chan error, 1), endRun: endRun}
	server.running.Go(func() { b.Run(run) })
	go func() { server.ended <- server.http.Serve(listener) }()
	return server, nil
}

// newServer bounds what a caller may take of time and memory.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}

// Addr is the host:port that the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Ended holds a value when the server has ended by itself.
func (s *Server) Ended() <-chan error { return s.ended }

// Stop closes the address, lets open requests finish, at most until ctx is done, and ends the forwarding.
// It is called once.
func (s *Server) Stop(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	s.endRun()
	s.running.Wait()
	return errors.Join(err, s.bridge.Close())
}
