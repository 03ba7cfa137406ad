package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
)

const tooManyFailed = `{"message":"too many failed logins; please wait and try again"}`

// quickHash is a hash of a password that is checked in no time.
func quickHash(password string) string {
	salt := []byte("saltsalt")
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=8,t=1,p=1$%s$%s", argon2.Version, encode(salt), encode(argon2.IDKey([]byte(password), salt, 1, 8, 1, 32)))
}

// logIn tries to, from an address.
func (f *fixture) logIn(t *testing.T, from, user, password string, h headers) *httptest.ResponseRecorder {
	t.Helper()
	body := fmt.Sprintf(`{"username":%q,"password":%q}`, user, password)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login", strings.NewReader(body))
	r.RemoteAddr = from + ":1234"
	for name, value := range h {
		r.Header.Set(name, value)
	}
	response := httptest.NewRecorder()
	f.handler.ServeHTTP(response, r)
	checkContract(t, r, strings.NewReader(body), response)
	return response
}

func TestFailedLoginsHaveToWait(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.SetPassword(t.Context(), "isv", quickHash(password)))
	for i := range 10 {
		require.Equal(t, `{"message":"invalid Password"}`, f.logIn(t, "192.0.2.1", "isv", fmt.Sprint("wrong", i), nil).Body.String())
	}
	for _, try := range []string{"another", password} {
		response := f.logIn(t, "192.0.2.1", "isv", try, nil)
		require.Equal(t, http.StatusTooManyRequests, response.Code)
		require.Equal(t, tooManyFailed, response.Body.String())
		require.Equal(t, "30", response.Header().Get("Retry-After"))
	}
	require.Equal(t, 200, f.logIn(t, "192.0.2.2", "isv", password, nil).Code, "somebody else's failures")
	f.now = f.now.Add(30 * time.Second)
	require.Equal(t, 200, f.logIn(t, "192.0.2.1", "isv", password, nil).Code)
}

// Ten programs behind one address log in as they start, again and again.
func TestManyLoginsFromOneAddressAreNoAttack(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.SetPassword(t.Context(), "isv", quickHash(password)))
	for range 200 {
		require.Equal(t, 200, f.logIn(t, "192.0.2.1", "isv", password, nil).Code)
	}
}

// What the store cannot answer is no failure of the caller's.
func TestALoginThatCannotBeCheckedIsNotCounted(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.Close())
	for range 200 {
		require.Equal(t, 503, f.logIn(t, "192.0.2.1", "isv", password, nil).Code)
	}
}

func TestBehindATrustedProxyClientsAreCountedApart(t *testing.T) {
	f := setUp(t, func(f *fixture) { f.proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	require.NoError(t, f.store.SetPassword(t.Context(), "isv", quickHash(password)))
	from := func(client string) headers { return headers{"X-Forwarded-For": client} }
	for i := range 10 {
		require.Equal(t, 400, f.logIn(t, "10.0.0.1", "isv", fmt.Sprint("wrong", i), from("192.0.2.1")).Code)
	}
	require.Equal(t, 429, f.logIn(t, "10.0.0.1", "isv", password, from("192.0.2.1")).Code)
	require.Equal(t, 200, f.logIn(t, "10.0.0.1", "isv", password, from("192.0.2.2")).Code)
	for i := range 10 {
		require.Equal(t, 400, f.logIn(t, "198.51.100.1", "isv", fmt.Sprint("other", i), from(fmt.Sprintf("192.0.2.%d", i))).Code)
	}
	require.Equal(t, 429, f.logIn(t, "198.51.100.1", "isv", password, from("192.0.2.99")).Code, "whoever makes the header up")
}

// The log says who tried to log in and as whom; what stands in the place of a name may be a password.
func TestLoginsAreLoggedWithTheirClient(t *testing.T) {
	f := setUp(t)
	f.logIn(t, "192.0.2.1", "isv", "wrong password", nil)
	f.logIn(t, "192.0.2.2", "a password", "wrong password", nil)
	f.logIn(t, "192.0.2.3", "isv", password, nil)
	log := f.log.String()
	require.Regexp(t, `"status":400,[^\n]*"account":"isv","client":"192.0.2.1"`, log)
	require.Regexp(t, `"status":400,[^\n]*"client":"192.0.2.2"`, log)
	require.Regexp(t, `"status":200,[^\n]*"account":"isv","client":"192.0.2.3"`, log)
	require.NotContains(t, log, "password")
	require.NotContains(t, log, password)
}

// A program that nobody told of the new password tries the old one again and again, behind the address of those
// that know it.
func TestAnOldPasswordAgainAndAgainHoldsUpNobody(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.SetPassword(t.Context(), "isv", quickHash(password)))
	for range 300 {
		require.Equal(t, 400, f.logIn(t, "192.0.2.1", "isv", "old password", nil).Code)
	}
	require.Equal(t, 200, f.logIn(t, "192.0.2.1", "isv", password, nil).Code)
	require.Equal(t, 400, f.logIn(t, "192.0.2.1", "isv", "old password", nil).Code)

	require.NoError(t, f.store.SetPassword(t.Context(), "isv", quickHash("old password")))
	require.Equal(t, 200, f.logIn(t, "192.0.2.1", "isv", "old password", nil).Code, "it is the password again")
}
