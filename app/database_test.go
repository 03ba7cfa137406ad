package app

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store/storetest"
)

// spoken calls a function once a line with a text is logged.
type spoken struct {
	text string
	then func()
	once sync.Once
}

func (s *spoken) Write(line []byte) (int, error) {
	if strings.Contains(string(line), s.text) {
		s.once.Do(s.then)
	}
	return len(line), nil
}

// waitingFor is everything with a log that calls a function once it says that the database is waited for.
func waitingFor(then func()) Options {
	options := everything()
	options.Logger = slog.New(slog.NewTextHandler(&spoken{text: "waiting for the database", then: then}, nil))
	return options
}

func TestNewWaitsForADatabaseThatStartsLater(t *testing.T) {
	cfg := settings(t, config.Dev)
	database, addr := storetest.PostgresURL(t), freeAddr(t)
	cfg.DatabaseURL = through(t, addr, database)
	var listener net.Listener
	a, err := New(t.Context(), cfg, waitingFor(func() { listener = forward(t, addr, database) }))
	require.NoError(t, err)
	require.NotNil(t, listener, "it waited")
	require.NoError(t, a.close())
	require.NoError(t, listener.Close())
}

func TestNewStopsWaitingForADatabaseWhenItIsToldTo(t *testing.T) {
	cfg := settings(t, config.Dev)
	cfg.DatabaseURL = "postgres://u:secret@" + freeAddr(t) + "/db?sslmode=disable"
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, err := New(ctx, cfg, waitingFor(stop))
	require.ErrorContains(t, err, "open the database: ")
	require.NotContains(t, err.Error(), "secret")
}

// through is the URL of a database behind another address.
func through(t *testing.T, addr, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	query := u.Query()
	query.Del("host")
	u.Host, u.RawQuery = addr, query.Encode()
	return u.String()
}

// forward listens at an address for connections to a database, until the listener is closed.
func forward(t *testing.T, addr, databaseURL string) net.Listener {
	t.Helper()
	network, to := storetest.PostgresAddress(t, databaseURL)
	listener := listen(t, addr)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(t.Context(), conn, network, to)
		}
	}()
	return listener
}

// pass copies both ways until one side closes.
func pass(ctx context.Context, conn net.Conn, network, to string) {
	defer func() { _ = conn.Close() }()
	server, err := new(net.Dialer).DialContext(ctx, network, to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		_, _ = io.Copy(conn, server)
		_ = conn.Close()
	}()
	_, _ = io.Copy(server, conn)
}

func TestTheArchiveIsKeptForAsManyDaysAsSet(t *testing.T) {
	cfg := settings(t, config.Dev)
	cfg.ArchiveDays = 30
	a, err := New(t.Context(), cfg, everything())
	require.NoError(t, err)
	require.Equal(t, 30*24*time.Hour, a.parts(nil, nil, nil).ArchiveKept)
	require.NoError(t, a.close())
}
