package balancer_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/balancer"
	"github.com/chattigo/api-isv/devserver/ports"
)

// api is a backend that says its name.
type api struct {
	*httptest.Server
	healthy atomic.Bool
	posts   atomic.Int64
}

func newAPI(t *testing.T, name string) *api {
	t.Helper()
	a := &api{}
	a.healthy.Store(true)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !a.healthy.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		a.posts.Add(1)
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, name+" "+r.Host+" "+string(body))
	})
	mux.HandleFunc("POST /breaks", func(http.ResponseWriter, *http.Request) {
		a.posts.Add(1)
		panic(http.ErrAbortHandler)
	})
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	return a
}

func (a *api) addr() string { return strings.TrimPrefix(a.URL, "http://") }

func start(t *testing.T, backends ...string) (url string) {
	t.Helper()
	addr, err := ports.Loopback("127.0.0.1:0", "")
	require.NoError(t, err)
	b, err := balancer.Start(t.Context(), balancer.Options{Addr: addr.String(), Backends: backends, HealthPath: "/readyz"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Stop(context.WithoutCancel(t.Context()))) })
	return "http://" + addr.String()
}

func post(t require.TestingT, url string) (status int, body string) {
	response, err := http.Post(url, "text/plain", strings.NewReader("hola"))
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // it is read
	said, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(said)
}

func TestRequestsGoToTheBackendsInTurn(t *testing.T) {
	one, two := newAPI(t, "one"), newAPI(t, "two")
	url := start(t, one.addr(), two.addr())

	for range 10 {
		status, body := post(t, url)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, body, " "+strings.TrimPrefix(url, "http://")+" hola", "with the client's host and the body")
	}

	require.EqualValues(t, 5, one.posts.Load())
	require.EqualValues(t, 5, two.posts.Load())
}

func TestARequestThatNobodyTookGoesToTheOther(t *testing.T) {
	dead, alive := newAPI(t, "dead"), newAPI(t, "alive")
	dead.Close()
	url := start(t, dead.addr(), alive.addr())

	for range 10 {
		status, body := post(t, url)
		require.Equal(t, http.StatusOK, status, body)
		require.Contains(t, body, "alive")
		require.Contains(t, body, "hola")
	}
}

func TestABackendThatIsNotReadyIsLeftOutUntilItIs(t *testing.T) {
	ill, well := newAPI(t, "ill"), newAPI(t, "well")
	url := start(t, ill.addr(), well.addr())
	ill.healthy.Store(false)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		before := ill.posts.Load()
		for range 4 {
			post(c, url)
		}
		require.Equal(c, before, ill.posts.Load())
	}, 20*time.Second, 50*time.Millisecond)

	ill.healthy.Store(true)

	require.EventuallyWithT(t, func(c *assert.CollectT) {
		_, body := post(c, url)
		require.Contains(c, body, "ill")
	}, 20*time.Second, 50*time.Millisecond)
}

// It may have been processed: only its client knows whether it may be repeated.
func TestARequestThatWasBegunIsNotSentAgain(t *testing.T) {
	one, two := newAPI(t, "one"), newAPI(t, "two")
	url := start(t, one.addr(), two.addr())

	status, body := post(t, url+"/breaks")

	require.Equal(t, http.StatusBadGateway, status)
	require.JSONEq(t, `{"message":"the connection to the API broke"}`, body)
	require.EqualValues(t, 1, one.posts.Load()+two.posts.Load())
}

func TestWithoutAnyBackendTheClientIsToldToComeAgain(t *testing.T) {
	dead := newAPI(t, "dead")
	dead.Close()
	url := start(t, dead.addr())

	response, err := http.Get(url + "/readyz")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	require.Equal(t, "1", response.Header.Get("Retry-After"))
}
