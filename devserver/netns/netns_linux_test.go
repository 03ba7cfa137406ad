package netns_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/netns"
)

const (
	soon     = 20 * time.Second
	patience = time.Second
	// serving makes this program the server of a part; its value is the address.
	serving = "NETNS_TEST_SERVES"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if addr := os.Getenv(serving); addr != "" {
		serve(addr)
	}
	if netns.Check(context.Background()) != nil || netns.Isolated() {
		os.Exit(m.Run())
	}
	status, err := netns.Isolate(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

// serve answers with what GET /?at=URL says, or with a greeting without it.
func serve(addr string) {
	asking := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	server := &http.Server{Addr: addr, ReadHeaderTimeout: soon, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said, err := "hello", error(nil)
		if url := r.URL.Query().Get("at"); url != "" {
			said, err = get(r.Context(), asking, url)
		}
		if err != nil {
			w.WriteHeader(http.StatusGatewayTimeout)
		}
		_, _ = io.WriteString(w, said)
	})}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
	os.Exit(1)
}

func get(ctx context.Context, asking *http.Client, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := asking.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return string(said), err
}

// network is parts a and b, each a server, and a guest.
type network struct {
	*netns.Network

	asking *http.Client
	guest  string
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	if err := netns.Check(t.Context()); err != nil {
		t.Skip(err)
	}
	joined, err := netns.New(t.Context(), "a", "b")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, joined.Close(context.WithoutCancel(t.Context()))) })
	n := &network{Network: joined, asking: &http.Client{Timeout: 3 * patience}}
	for _, name := range []string{"a", "b"} {
		server := exec.CommandContext(t.Context(), os.Args[0])
		server.Env = append(os.Environ(), serving+"="+n.Addr(name)+":80")
		server.Stderr = os.Stderr
		server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		require.NoError(t, n.Start(name, server.Start))
		t.Cleanup(func() { _ = server.Wait() })
		require.Eventually(t, func() bool { return n.hears(t, n.at(name)) }, soon, 20*time.Millisecond)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", n.Addr(netns.Guest)+":80")
	require.NoError(t, err)
	guest := httptest.NewUnstartedServer(http.NotFoundHandler())
	guest.Listener = listener
	guest.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	guest.Start()
	t.Cleanup(guest.Close)
	n.guest = guest.URL
	return n
}

func (n *network) at(name string) string { return "http://" + n.Addr(name) + ":80/" }

// hears asks a server, over the connection of the last time if there is one.
func (n *network) hears(t *testing.T, url string) bool {
	t.Helper()
	_, err := get(t.Context(), n.asking, url)
	return err == nil
}

func (n *network) reaches(t *testing.T, from, url string) bool {
	t.Helper()
	return n.hears(t, n.at(from)+"?at="+url)
}

func TestPartsAreCutOffWithoutAWordAndFindEachOtherAgain(t *testing.T) {
	n := newNetwork(t)
	require.True(t, n.reaches(t, "a", n.at("b")))
	require.True(t, n.reaches(t, "a", n.guest))

	heal, err := n.Cut(t.Context(), "a", "b")
	require.NoError(t, err)
	require.False(t, n.reaches(t, "a", n.at("b")))
	require.False(t, n.reaches(t, "b", n.at("a")))
	require.True(t, n.reaches(t, "a", n.guest), "only the two are cut off")
	require.NoError(t, heal(t.Context()))
	require.True(t, n.reaches(t, "a", n.at("b")))

	heal, err = n.Cut(t.Context(), "a", netns.Guest)
	require.NoError(t, err)
	require.False(t, n.reaches(t, "a", n.guest))
	require.True(t, n.reaches(t, "b", n.guest))
	require.True(t, n.hears(t, n.at("a")), "this program at its own address")
	require.NoError(t, heal(t.Context()))
	require.True(t, n.reaches(t, "a", n.guest))

	heal, err = n.CutOff(t.Context(), "a")
	require.NoError(t, err)
	require.False(t, n.hears(t, n.at("a")))
	require.False(t, n.reaches(t, "b", n.at("a")))
	require.True(t, n.hears(t, n.at("b")))
	require.NoError(t, heal(t.Context()))
	require.True(t, n.hears(t, n.at("a")))
}

// Who is cut off hears nothing: no refusal, and no "no route to host".
func TestAConnectionHangsDuringACutAndGoesOnAfterwards(t *testing.T) {
	n := newNetwork(t)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", n.Addr("a")+":80")
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	heal, err := n.CutOff(t.Context(), "a")
	require.NoError(t, err)

	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	_, err = conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	dialing, cancel := context.WithTimeout(t.Context(), 4*time.Second) // a neighbour would be given up after three
	defer cancel()
	_, err = new(net.Dialer).DialContext(dialing, "tcp", n.Addr("a")+":80")
	var unanswered net.Error // of the context or of the socket, whichever ended first
	require.ErrorAs(t, err, &unanswered)
	require.True(t, unanswered.Timeout(), err)

	require.NoError(t, heal(t.Context()))
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(soon)))
	_, err = conn.Read(make([]byte, 1))
	require.NoError(t, err)
}
