package isv

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// Server serves an inbox on an address.
type Server struct {
	inbox    *Inbox
	listener net.Listener
	http     *http.Server
	ended    chan error
	// endWaits ends the requests that wait for messages.
	endWaits context.CancelFunc
}

// Start listens on addr (host:port, port 0 for a free one) and serves until [Server.Stop].
func Start(ctx context.Context, addr string) (*Server, error) {
	inbox := NewInbox()
	return start(ctx, addr, inbox, inbox)
}

// start is Start with a handler in front of the inbox.
func start(ctx context.Context, addr string, inbox *Inbox, handler http.Handler) (*Server, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	// Requests end with Stop and not with ctx.
	requests, endWaits := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{
		inbox:    inbox,
		listener: listener,
		http: &http.Server{
			Handler:           handler,
			BaseContext:       func(net.Listener) context.Context { return requests },
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       maxWait + 10*time.Second,
			WriteTimeout:      maxWait + 10*time.Second,
			IdleTimeout:       time.Minute,
		},
		ended:    make(chan error, 1),
		endWaits: endWaits,
	}
	go func() { s.ended <- s.http.Serve(listener) }()
	return s, nil
}

// Inbox is what the server has received.
func (s *Server) Inbox() *Inbox { return s.inbox }

// Addr is the host:port that the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URL is the address to set as a channel's webhook.
func (s *Server) URL() string { return "http://" + s.Addr() + "/" }

// Stop closes the address and lets open requests finish, at most until ctx is done; those that wait
// for messages are answered at once. It is called once.
func (s *Server) Stop(ctx context.Context) error {
	s.endWaits()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
