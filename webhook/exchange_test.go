package webhook

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/webhook/webhooktest"
)

// met is what comes of a fault: of a delivery, which is taken when a 2xx was answered, and of a
// call, whose answer has to be whole.
type met struct{ post, call Class }

func outcomes() map[string]met {
	return map[string]met{
		"101 and an open connection":            {post: Status, call: Connect},
		"101 and data without end":              {post: Status, call: Connect},
		"101 that switches to nothing":          {post: Status, call: Connect},
		"103 and nothing more":                  {post: Timeout, call: Timeout},
		"103 without end":                       {post: Connect, call: Connect},
		"103 now and then":                      {post: Timeout, call: Timeout},
		"100 without end":                       {post: Connect, call: Connect},
		"a status below 100":                    {post: Status, call: Connect},
		"a status line without end":             {post: Connect, call: Connect},
		"a head without end":                    {post: Connect, call: Connect},
		"a head that drips":                     {post: Timeout, call: Timeout},
		"no answer":                             {post: Timeout, call: Timeout},
		"no HTTP":                               {post: Connect, call: Connect},
		"half a head":                           {post: Connect, call: Connect},
		"closes before the answer":              {post: Connect, call: Connect},
		"103 without end, HTTP/2":               {post: Connect, call: Connect},
		"no answer, HTTP/2":                     {post: Timeout, call: Timeout},
		"a body without end":                    {post: Delivered, call: TooLarge},
		"a body that drips":                     {post: Delivered, call: Timeout},
		"a body shorter than announced":         {post: Delivered, call: Timeout},
		"a body that breaks off":                {post: Delivered, call: Connect},
		"a body longer than announced":          {post: Delivered, call: Answered},
		"an announced body of petabytes":        {post: Delivered, call: TooLarge},
		"chunks that are none":                  {post: Delivered, call: Connect},
		"trailers without end":                  {post: Delivered, call: Connect},
		"a body without end, HTTP/2":            {post: Delivered, call: TooLarge},
		"a body that drips, HTTP/2":             {post: Delivered, call: Timeout},
		"a body that unpacks to megabytes":      {post: Delivered, call: Answered},
		"does not read":                         {post: Timeout, call: Timeout},
		"does not read, HTTP/2":                 {post: Timeout, call: Timeout},
		"answers and does not read":             {post: Delivered, call: Answered},
		"answers without end and does not read": {post: Delivered, call: Timeout},
		"a TLS handshake that hangs":            {post: Timeout, call: Timeout},
		"a certificate for another name":        {post: Connect, call: Connect},
		"a certificate of yesterday":            {post: Connect, call: Connect},
		"resets the connection":                 {post: Connect, call: Connect},
		"a body of garbage":                     {post: Delivered, call: Answered},
		"a body of 10 MB":                       {post: Delivered, call: TooLarge},
		"GOAWAY instead of an answer, HTTP/2":   {post: Connect, call: Connect},
		"GOAWAY before every request, HTTP/2":   {post: Connect, call: Connect},
		"a head without end, HTTP/2":            {post: Connect, call: Connect},
		"pings without end, HTTP/2":             {post: Timeout, call: Timeout},
		"settings without end, HTTP/2":          {post: Timeout, call: Timeout},
		"no HTTP/2 at all":                      {post: Connect, call: Connect},
	}
}

const (
	// faultTimeout is what an attempt may take where only its time ends it, faultPatience where
	// something else should, faultGrace what it may take beside that, on a machine that has other
	// things to do.
	faultTimeout  = 300 * time.Millisecond
	faultPatience = 10 * time.Second
	faultGrace    = 20 * time.Second
)

// timeoutOf is what an attempt may take that ends in a class.
func timeoutOf(want Class) time.Duration {
	if want == Timeout {
		return faultTimeout
	}
	return faultPatience
}

// Whatever a server does, an attempt ends with its time.
func TestEveryFaultEndsInTime(t *testing.T) {
	t.Parallel()
	want := outcomes()
	for _, fault := range webhooktest.Faults() {
		client, caller, base := faulty(t, fault)
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			want, ok := want[fault.Name]
			require.True(t, ok)
			ended := make(chan met, 1)
			go func() {
				ended <- meet(t.Context(), client, caller, base, make([]byte, max(fault.Body, 2)), want)
			}()
			select {
			case got := <-ended:
				require.Equal(t, want, got)
			case <-time.After(faultPatience + faultGrace):
				require.Fail(t, "an attempt does not end")
			}
		})
	}
}

func faulty(t *testing.T, fault webhooktest.Fault) (client *Client, caller *Caller, base string) {
	t.Helper()
	server := fault.Start(t, apiName)
	network := server.Redirect(NewGuard())
	client, caller = NewClient("test", network), NewCaller("test", network)
	t.Cleanup(client.Close)
	t.Cleanup(caller.Close)
	return client, caller, server.Base
}

// meet delivers and calls at the same time.
func meet(ctx context.Context, client *Client, caller *Caller, base string, body []byte, want met) (got met) {
	var both sync.WaitGroup
	both.Go(func() {
		r := request(base)
		r.Body, r.Timeout = body, timeoutOf(want.post)
		got.post = client.Post(ctx, r).Class
	})
	both.Go(func() {
		got.call = caller.Call(ctx, Call{Method: "POST", URL: base, Body: body, Timeout: timeoutOf(want.call)}).Class
	})
	both.Wait()
	return got
}

// A connection of one exchange alone ends with its time, so that nothing can read on.
func TestAConnectionEndsWithTheTimeOfItsExchange(t *testing.T) {
	t.Parallel()
	for _, kept := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		ours, theirs := net.Pipe()
		x := &exchange{ctx: ctx}
		x.closeInTime(ours)
		if kept {
			x.release()
		}
		require.NoError(t, theirs.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		cancel()
		_, err := theirs.Read(make([]byte, 1))
		if kept {
			require.ErrorIs(t, err, os.ErrDeadlineExceeded, "its exchange was over before")
		} else {
			require.ErrorIs(t, err, io.EOF)
		}
		require.NoError(t, ours.Close())
	}
}

// What is not read from the connection is not kept, and what is not unpacked does not grow.
func TestNoFaultMakesUsReadMuchOrDialOften(t *testing.T) {
	t.Parallel()
	for _, fault := range webhooktest.Faults() {
		server := fault.Start(t, apiName)
		proxy := webhooktest.NewProxy(t, server.Addr)
		counting := &countingNetwork{Network: webhooktest.Redirect(NewGuard(), server.Authorities, map[string]netip.AddrPort{apiName: proxy.Addr})}
		client := NewClient("test", counting)
		t.Cleanup(client.Close)
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			r := request(server.Base)
			r.Body, r.Timeout = make([]byte, max(fault.Body, 2)), faultTimeout
			result := client.Post(t.Context(), r)
			require.LessOrEqual(t, len(result.Answer), maxKept)
			require.LessOrEqual(t, proxy.Connections(), 2*(maxDials+1))
			client.Close()
			require.LessOrEqual(t, counting.read.Load(), int64(1<<20))
		})
	}
}

// countingNetwork counts the bytes that are read.
type countingNetwork struct {
	Network

	read atomic.Int64
}

func (n *countingNetwork) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := n.Network.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &countingConn{conn, &n.read}, nil
}

type countingConn struct {
	net.Conn

	read *atomic.Int64
}

func (c *countingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read.Add(int64(n))
	return n, err
}
