package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/lib/pq"
)

const (
	// wireGrace is how long a statement whose context has ended is waited for: the driver asks the server
	// to cancel it, and a server that can be reached answers that.
	wireGrace = time.Second
	// keepsLocks is how long PostgreSQL lets a transaction wait for its next statement. One whose process
	// was cut off in the middle would hold its locks for hours, as PostgreSQL looks for a client that is
	// gone after two hours. No transaction of ours takes longer than statementTimeout.
	keepsLocks = statementTimeout + 10*time.Second
)

// keepAlive finds a connection that nobody uses and whose other end is gone within 25 s, so that no
// statement is sent on it.
func keepAlive() net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}
}

// connector makes connections on which a statement ends with its context even if PostgreSQL was cut off
// meanwhile. The driver alone waits until the operating system gives the connection up, which takes a
// quarter of an hour: it asks the server to cancel, on another connection, and waits for the answer.
type connector struct{ config pq.Config }

// Connect opens a connection, at most until ctx ends.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	bound, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	setting := fmt.Sprintf("SET idle_in_transaction_session_timeout = %d", keepsLocks.Milliseconds())
	if _, err := bound.ExecContext(ctx, setting, nil); err != nil {
		return nil, errors.Join(err, bound.Close())
	}
	return bound, nil
}

func (c *connector) open(ctx context.Context) (*wireConn, error) {
	opening, err := pq.NewConnectorConfig(c.config)
	if err != nil {
		return nil, err
	}
	dialer := &wireDialer{Dialer: net.Dialer{KeepAliveConfig: keepAlive()}, opening: ctx}
	opening.Dialer(dialer)
	opened, err := opening.Connect(ctx)
	wire := dialer.opened()
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(pqConn)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connection lacks a method"), opened.Close())
	}
	return &wireConn{pqConn: conn, wire: wire}, nil
}

// Driver is the driver of all connections.
func (c *connector) Driver() driver.Driver { return pq.Driver{} }

// wireDialer closes the connection that is being opened when the context ends: the driver looks at it while
// it dials, and no more while it says who it is.
type wireDialer struct {
	net.Dialer

	opening context.Context //nolint:containedctx // the driver gives the dialer one that ends with the dialing
	wire    net.Conn
	// forget ends the watch over wire.
	forget func() bool
}

// DialTimeout is asked for by the driver's interface; with DialContext it is not called.
func (d *wireDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	limited := d.Dialer
	limited.Timeout = timeout
	return limited.Dial(network, address)
}

// DialContext makes a connection: the one that is being opened, of the servers that the URL names the latest
// that was tried, or later one that cancels a statement.
func (d *wireDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if d.opening == nil {
		return d.dialCancel(ctx, network, address)
	}
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if d.forget != nil {
		d.forget()
	}
	d.wire, d.forget = conn, context.AfterFunc(d.opening, func() { _ = conn.Close() })
	return conn, nil
}

// opened returns the connection that was opened, which is watched no longer.
func (d *wireDialer) opened() net.Conn {
	if d.forget != nil {
		d.forget()
	}
	d.opening = nil
	return d.wire
}

// dialCancel makes a connection that asks the server to cancel a statement. A prepared statement waits for it,
// so that it has no longer than the statement itself.
func (d *wireDialer) dialCancel(ctx context.Context, network, address string) (net.Conn, error) {
	deadline := time.Now().Add(wireGrace)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return cancelConn{conn, d.wire}, conn.SetDeadline(deadline)
}

// cancelConn asks the server to cancel the statement on another connection, of.
type cancelConn struct {
	net.Conn

	of net.Conn
}

// SetDeadline does nothing: the driver would set one that is later than ours.
func (cancelConn) SetDeadline(time.Time) error { return nil }

// Read waits until the server closes the connection, which is its answer. Without that it may still cancel
// what comes next on the other connection, which is therefore closed.
func (c cancelConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		_ = c.of.Close()
	}
	return n, err
}

// pqConn is what the driver's connections can do.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// wireConn is the driver's connection, with a deadline on the wire.
type wireConn struct {
	pqConn

	wire net.Conn
}

// bound has what is sent and read from now on end a little after ctx does, or not at all if that has no
// deadline. It holds for the rows of a query, too, and for a commit, which has no context of its own.
func (c *wireConn) bound(ctx context.Context) error {
	deadline, bounded := ctx.Deadline()
	if bounded {
		deadline = deadline.Add(wireGrace)
	}
	return c.wire.SetDeadline(deadline)
}

// Close says goodbye, for which the deadline of the last statement does not hold. That nobody hears it is no
// failure: the connection is closed in any case.
func (c *wireConn) Close() error {
	_ = c.wire.SetDeadline(time.Now().Add(wireGrace)) // of one that is closed already there is none
	_ = c.pqConn.Close()
	return nil
}

// ResetSession is called when the connection is taken from the pool.
func (c *wireConn) ResetSession(ctx context.Context) error {
	if c.bound(ctx) != nil {
		return driver.ErrBadConn
	}
	return c.pqConn.ResetSession(ctx)
}

// BeginTx begins a transaction.
func (c *wireConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if err := c.bound(ctx); err != nil {
		return nil, err
	}
	return c.pqConn.BeginTx(ctx, options)
}

// PrepareContext prepares a statement.
func (c *wireConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.bound(ctx); err != nil {
		return nil, err
	}
	return c.pqConn.PrepareContext(ctx, query)
}

// ExecContext runs a statement.
func (c *wireConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.bound(ctx); err != nil {
		return nil, err
	}
	return c.pqConn.ExecContext(ctx, query, args)
}

// QueryContext runs a query.
func (c *wireConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.bound(ctx); err != nil {
		return nil, err
	}
	return c.pqConn.QueryContext(ctx, query, args)
}

// Ping asks the server whether it answers.
func (c *wireConn) Ping(ctx context.Context) error {
	if err := c.bound(ctx); err != nil {
		return err
	}
	return c.pqConn.Ping(ctx)
}
