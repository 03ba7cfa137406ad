package ports_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/ports"
)

func TestCheckNamesEveryBusyAddressAndItsVariable(t *testing.T) {
	first, second := listen(t), listen(t)

	err := ports.Check(t.Context(),
		ports.Want{Addr: first, Variable: "CHATTIGO_HTTP_ADDR"},
		ports.Want{Addr: "127.0.0.1:0", Variable: "CHATTIGO_INBOX_ADDR"},
		ports.Want{Addr: second, Variable: "CHATTIGO_TEMPORAL_ADDR"},
	)

	require.EqualError(t, err, first+" is in use; stop what listens there, set CHATTIGO_HTTP_ADDR, or is `make run` already running?\n"+
		second+" is in use; stop what listens there, set CHATTIGO_TEMPORAL_ADDR, or is `make run` already running?")
}

func TestCheckLeavesTheAddressFree(t *testing.T) {
	addr, err := ports.Loopback("127.0.0.1:0", "X")
	require.NoError(t, err)

	require.NoError(t, ports.Check(t.Context(), ports.Want{Addr: addr.String(), Variable: "X"}))
	require.NoError(t, ports.Check(t.Context(), ports.Want{Addr: addr.String(), Variable: "X"}))
}

func TestLoopback(t *testing.T) {
	tests := []struct {
		addr, want, err string
	}{
		{addr: "127.0.0.1:7233", want: "127.0.0.1:7233"},
		{addr: "localhost:7233", want: "127.0.0.1:7233"},
		{addr: ":7233", want: "127.0.0.1:7233"},
		{addr: "[::1]:7233", want: "[::1]:7233"},
		{addr: "0.0.0.0:7233", err: `V: "0.0.0.0:7233" is not a loopback address; the development server listens on this machine only`},
		{addr: "example.com:7233", err: `V: "example.com:7233" is not a loopback address; the development server listens on this machine only`},
		{addr: "127.0.0.1", err: `V: "127.0.0.1" is not host:port`},
		{addr: "127.0.0.1:99999", err: `V: "127.0.0.1:99999" has no valid port`},
	}
	for _, test := range tests {
		t.Run(test.addr, func(t *testing.T) {
			got, err := ports.Loopback(test.addr, "V")
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, got.String())
		})
	}
}

func listen(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	return listener.Addr().String()
}
