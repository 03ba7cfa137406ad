package store_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

// A statement ends soon after its context although its connection hangs, and so do the pool's others; what
// comes after the network is back runs on new ones.
func TestAStatementEndsWithItsContextWhenPostgreSQLIsCutOff(t *testing.T) {
	t.Parallel()
	databaseURL := storetest.PostgresURL(t)
	between := newSwallower(t, databaseURL)
	s, err := store.Open(t.Context(), between.url(t, databaseURL), store.WithConnections(4))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	open := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		return s.AddAccount(ctx, store.Account{Name: "acme", PasswordHash: "x", CreatedAt: time.Now()})
	}
	read := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		return s.Ping(ctx)
	}
	between.cut()

	ended := make(chan error, 8)
	began := time.Now()
	for range 4 {
		go func() { ended <- open() }()
		go func() { ended <- read() }()
	}
	for range 8 {
		select {
		case err := <-ended:
			require.ErrorIs(t, err, context.DeadlineExceeded)
		case <-time.After(30 * time.Second):
			require.FailNow(t, "a statement hangs on a connection that was cut off")
		}
	}
	require.Less(t, time.Since(began), 20*time.Second)

	between.heal()
	require.Eventually(t, func() bool { return read() == nil }, 20*time.Second, 50*time.Millisecond)
	require.NoError(t, open())
}

// What a process that vanished has locked is free again soon.
func TestPostgreSQLEndsATransactionThatWaitsForNobody(t *testing.T) {
	t.Parallel()
	s := storetest.Postgres(t)

	waits, err := s.Count(t.Context(), `SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'`)

	require.NoError(t, err)
	require.Equal(t, 40_000, waits)
}

// The deadline of a statement is no other's on the same connection.
func TestAConnectionOutlivesTheDeadlineOfAStatement(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), storetest.PostgresURL(t), store.WithConnections(1))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	before, err := s.Count(ctx, `SELECT pg_backend_pid()`)
	require.NoError(t, err)

	require.NoError(t, s.Exec(t.Context(), `SELECT pg_sleep(4)`))

	after, err := s.Count(t.Context(), `SELECT pg_backend_pid()`)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// Nor is it that of the goodbye.
func TestAConnectionIsClosedInOrderAfterTheDeadlineOfAStatement(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), storetest.PostgresURL(t))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	require.NoError(t, s.Ping(ctx))

	<-ctx.Done()
	<-time.After(2 * time.Second)

	require.NoError(t, s.Close())
}

// A pool that is closed after PostgreSQL went away has nothing to complain of.
func TestConnectionsAreClosedInOrderAfterPostgreSQLWentAway(t *testing.T) {
	t.Parallel()
	databaseURL := storetest.PostgresURL(t)
	between := newSwallower(t, databaseURL)
	s, err := store.Open(t.Context(), between.url(t, databaseURL))
	require.NoError(t, err)

	between.reset()
	<-time.After(time.Second)

	require.NoError(t, s.Close())
}

// swallower passes connections on to PostgreSQL until it is cut: then it takes what comes, and passes nothing
// on, as a network does that is gone without a word.
type swallower struct {
	net.Listener

	network, to string
	// reset resets all connections.
	reset context.CancelFunc

	mu   sync.Mutex
	gone chan struct{} // closed while it is cut
}

func newSwallower(t *testing.T, databaseURL string) *swallower {
	t.Helper()
	network, to := storetest.PostgresAddress(t, databaseURL)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &swallower{Listener: listener, network: network, to: to, gone: make(chan struct{})}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // the store is closed after the test's own
	t.Cleanup(func() {
		stop()
		require.NoError(t, s.Close())
	})
	s.reset = stop
	go s.serve(ctx)
	return s
}

func (s *swallower) url(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	query := u.Query()
	query.Del("host")
	u.Host, u.RawQuery = s.Addr().String(), query.Encode()
	return u.String()
}

func (s *swallower) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.gone)
}

// heal lets new connections through; the old ones stay as they are.
func (s *swallower) heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = make(chan struct{})
}

func (s *swallower) serve(ctx context.Context) {
	for {
		conn, err := s.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		gone := s.gone
		s.mu.Unlock()
		context.AfterFunc(ctx, func() {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
		})
		go s.pass(ctx, conn, gone)
	}
}

func (s *swallower) pass(ctx context.Context, conn net.Conn, gone <-chan struct{}) {
	server, err := new(net.Dialer).DialContext(ctx, s.network, s.to)
	if err != nil {
		_ = conn.Close()
		return
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		_, _ = io.Copy(swallowing{conn, gone}, server)
		_ = conn.Close()
	}()
	_, _ = io.Copy(swallowing{server, gone}, conn)
	_ = server.Close()
}

type swallowing struct {
	io.Writer

	gone <-chan struct{}
}

func (w swallowing) Write(p []byte) (int, error) {
	select {
	case <-w.gone:
		return len(p), nil
	default:
		return w.Writer.Write(p)
	}
}
