package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// slowStore takes its time to find nobody.
type slowStore struct {
	api.Store

	takes time.Duration
}

func (s slowStore) Account(ctx context.Context, _ string) (store.Account, error) {
	select {
	case <-ctx.Done():
		return store.Account{}, ctx.Err()
	case <-time.After(s.takes):
		return store.Account{}, store.ErrNotFound
	}
}

// memoryStore knows one account and one channel.
type memoryStore struct{ api.Store }

func (memoryStore) Account(context.Context, string) (store.Account, error) {
	return store.Account{Name: "isv", Generation: 1}, nil
}

func (memoryStore) ContactLinks(context.Context, string, []string) ([]store.ContactLink, error) {
	return nil, nil
}

func (memoryStore) ChannelByPhoneNumberID(context.Context, string) (store.Channel, error) {
	return store.Channel{WaID: waID, PhoneNumberID: phoneNumberID, Account: "isv"}, nil
}

func (memoryStore) Bot(context.Context, string) (store.Bot, error) {
	return store.Bot{Name: "starter"}, nil
}

// noKeys is for a server that signs nothing.
type noKeys struct{ api.Keys }

// hangingTemporal answers nobody.
type hangingTemporal struct{ api.Signaler }

func (hangingTemporal) SignalWithStartWorkflow(ctx context.Context, _, _ string, _ any,
	_ client.StartWorkflowOptions, _ any, _ ...any,
) (client.WorkflowRun, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestAPOSTGivesUpAfter20Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler, err := api.New(api.Deps{
			Store: memoryStore{}, Keys: noKeys{}, Poster: &poster{}, Temporal: hangingTemporal{}, Ready: func(context.Context) error { return nil },
			TokenKey: []byte(tokenKey), IDKey: []byte(idKey), StarterBot: starter, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		require.NoError(t, err)
		f := &fixture{handler: handler, now: time.Now()}
		start := time.Now()
		var messages []string
		for i := range 100 {
			messages = append(messages, text(fmt.Sprint(i), fmt.Sprint(56700000000+i), "x"))
		}
		require.Equal(t, 503, f.post(t, inboundOf(messages...)).Code)
		require.Equal(t, 20*time.Second, time.Since(start))
	})
}

// pipeListener hands one end of a pipe to a server.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { close(l.done); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// connect starts a server as package app is told to and returns a connection to it.
func connect(t *testing.T, s api.Store) net.Conn {
	t.Helper()
	return serve(t, s)()
}

// serve starts a server; dial makes a connection to it.
func serve(t *testing.T, s api.Store, changes ...func(*api.Deps)) (dial func() net.Conn) {
	t.Helper()
	deps := api.Deps{
		Store: s, Keys: noKeys{}, Poster: &poster{}, Temporal: newRecorder(), Ready: func(context.Context) error { return nil },
		TokenKey: []byte(tokenKey), IDKey: []byte(idKey), StarterBot: starter, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	for _, change := range changes {
		change(&deps)
	}
	handler, err := api.New(deps)
	require.NoError(t, err)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute}
	listener := &pipeListener{make(chan net.Conn), make(chan struct{})}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
	return func() net.Conn {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { require.NoError(t, ours.Close()) })
		listener.conns <- theirs
		return ours
	}
}

func answer(t *testing.T, conn net.Conn) (int, string) {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode, string(body)
}

func TestABodyThatDoesNotComeIsNotWaitedForLongerThan20Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, slowStore{})
		start := time.Now()
		_, err := fmt.Fprint(conn, "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
		require.NoError(t, err)
		status, body := answer(t, conn)
		require.Equal(t, 408, status)
		require.Equal(t, `{"message":"the body did not arrive within 20 seconds"}`, body)
		require.Equal(t, 20*time.Second, time.Since(start))
	})
}

func TestARequestMayTakeLongerThanItsBodyMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, slowStore{takes: 40 * time.Second})
		const body = `{"username":"x","password":"y"}`
		_, err := fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		require.NoError(t, err)
		status, _ := answer(t, conn)
		require.Equal(t, 400, status, "answered by the store, not canceled")
	})
}
