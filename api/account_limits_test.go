package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

const (
	tooManyRequests = `{"message":"too many requests of this account; please wait and try again"}`
	tooMuchWork     = `{"message":"too many definitions, tests and simulations of this account; please wait and try again"}`
)

// limited has a limit of so many requests a second.
func limited(t *testing.T, rate int, options ...func(*fixture)) *fixture {
	t.Helper()
	return setUp(t, append(options, func(f *fixture) { f.rate = rate })...)
}

// ask makes a request as an account.
func (f *fixture) ask(t *testing.T, as, method, path, body string) (int, http.Header, string) {
	t.Helper()
	response := f.do(t, method, path, headers{"Authorization": f.token(as)}, strings.NewReader(body))
	return response.Code, response.Header(), response.Body.String()
}

func TestAnAccountThatAsksTooMuchWaitsAndNoOtherDoes(t *testing.T) {
	f := limited(t, 5)
	for left := 9; left >= 0; left-- {
		status, header, _ := f.ask(t, "isv", "POST", "/webhooks/inbound", webhook())
		require.Equal(t, 200, status)
		require.Equal(t, `"requests";q=10;w=2`, header.Get("RateLimit-Policy"))
		require.Contains(t, header.Get("RateLimit"), `"requests";r=`)
		require.Equal(t, left, remaining(t, header))
	}
	status, header, body := f.ask(t, "isv", "POST", "/webhooks/inbound", full())
	require.Equal(t, 429, status)
	require.Equal(t, tooManyRequests, body)
	require.Equal(t, "1", header.Get("Retry-After"))
	require.Equal(t, `"requests";r=0;t=1`, header.Get("RateLimit"))
	require.Equal(t, "no-store", header.Get("Cache-Control"))
	require.Contains(t, f.log.String(), `"status":429`)
	require.Regexp(t, `"status":429,[^\n]*"account":"isv"`, f.log.String())

	status, _, _ = f.ask(t, "other", "GET", "/bots", "")
	require.Equal(t, 200, status, "another account")
	f.now = f.now.Add(200 * time.Millisecond)
	status, _, _ = f.ask(t, "isv", "POST", "/webhooks/inbound", webhook())
	require.Equal(t, 200, status)
	status, _, _ = f.ask(t, "isv", "POST", "/webhooks/inbound", webhook())
	require.Equal(t, 429, status)
}

// remaining is how many requests are left by a header.
func remaining(t *testing.T, header http.Header) int {
	t.Helper()
	var left, within int
	_, err := fmt.Sscanf(header.Get("RateLimit"), `"requests";r=%d;t=%d`, &left, &within)
	require.NoError(t, err)
	return left
}

// What was answered with 429 is sent again by the ISV, and is then accepted as if it had come for the first time.
func TestWhatWasRefusedForItsRateIsAcceptedWhenItComesAgain(t *testing.T) {
	f := limited(t, 1)
	for range 2 {
		f.ask(t, "isv", "GET", "/bots", "")
	}
	status, _, _ := f.ask(t, "isv", "POST", "/webhooks/inbound", inboundOf(text("wamid.1", contact, "hola")))
	require.Equal(t, 429, status)
	require.Empty(t, f.temporal.ids())
	f.now = f.now.Add(time.Second)
	status, _, _ = f.ask(t, "isv", "POST", "/webhooks/inbound", inboundOf(text("wamid.1", contact, "hola")))
	require.Equal(t, 200, status)
	require.Equal(t, []string{"wamid.1"}, f.temporal.ids())
}

// countedStore counts how often accounts are read.
type countedStore struct {
	api.Store

	accounts int
}

func (s *countedStore) Account(ctx context.Context, name string) (store.Account, error) {
	s.accounts++
	return s.Store.Account(ctx, name)
}

func TestAFloodOfOneAccountCostsNoQuery(t *testing.T) {
	counted := &countedStore{}
	f := limited(t, 1, func(f *fixture) {
		f.wrap = func(s *store.Store) api.Store { counted.Store = s; return counted }
	})
	for range 50 {
		f.ask(t, "isv", "GET", "/bots", "")
	}
	require.Equal(t, 2, counted.accounts)
}

// What tenants write is checked, played and simulated within a limit of its own.
func TestWorkHasALimitOfItsOwn(t *testing.T) {
	f := limited(t, 1000)
	for range 100 {
		status, header, _ := f.ask(t, "isv", "POST", "/bots/none/test", "")
		require.Equal(t, 400, status)
		require.Len(t, header.Values("RateLimit-Policy"), 2)
	}
	status, header, body := f.ask(t, "isv", "POST", "/bots/none/simulate", "{}")
	require.Equal(t, 429, status)
	require.Equal(t, tooMuchWork, body)
	require.Equal(t, []string{`"requests";q=2000;w=2`, `"work";q=100;w=10`}, header.Values("RateLimit-Policy"))
	require.Equal(t, `"work";r=0;t=1`, header.Values("RateLimit")[1])
	status, header, _ = f.ask(t, "isv", "GET", "/bots", "")
	require.Equal(t, 200, status)
	require.Len(t, header.Values("RateLimit-Policy"), 1)
}

func TestWithoutALimitNothingIsSaidOfIt(t *testing.T) {
	f := limited(t, 0)
	status, header, _ := f.ask(t, "isv", "GET", "/bots", "")
	require.Equal(t, 200, status)
	require.Empty(t, header.Values("RateLimit-Policy"))
	require.Empty(t, header.Values("RateLimit"))
}

// A token that is refused costs its account nothing: anybody could send such a one.
func TestATokenThatIsRefusedIsNotCounted(t *testing.T) {
	f := limited(t, 1)
	for range 10 {
		response := f.do(t, "GET", "/bots", headers{"Authorization": f.token("isv") + "x"}, nil)
		require.Equal(t, 401, response.Code)
		require.Empty(t, response.Header().Get("RateLimit"))
	}
	status, _, _ := f.ask(t, "isv", "GET", "/bots", "")
	require.Equal(t, 200, status)
}

// Whoever still has a token that a new password has ended does not use up what the account may do.
func TestATokenThatHasEndedTakesNothingFromItsAccount(t *testing.T) {
	f := limited(t, 1)
	ended := f.token("isv", func(c jwt.MapClaims) { c["gen"] = 0 })
	statuses := map[int]int{}
	for range 10 {
		statuses[f.do(t, "GET", "/bots", headers{"Authorization": ended}, nil).Code]++
	}
	require.Equal(t, map[int]int{401: 2, 429: 8}, statuses)
	status, _, _ := f.ask(t, "isv", "GET", "/bots", "")
	require.Equal(t, 200, status)
}

func TestTwoTokensAreRefused(t *testing.T) {
	f := setUp(t)
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/bots", nil)
	r.Header["Authorization"] = []string{f.token("isv"), f.token("other")}
	response := httptest.NewRecorder()
	f.handler.ServeHTTP(response, r)
	require.Equal(t, invalidToken, response.Body.String())
}
