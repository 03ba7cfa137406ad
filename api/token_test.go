package api_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

func signedWith(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	require.NoError(t, err)
	return token
}

func TestTokens(t *testing.T) {
	f := setUp(t)
	good := func() jwt.MapClaims {
		return jwt.MapClaims{
			"iss": "chattigo", "aud": "chattigo-api-isv", "sub": "isv", "gen": 1,
			"exp": f.now.Add(time.Hour).Unix(),
		}
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	set := func(name string, v any) func(jwt.MapClaims) { return func(c jwt.MapClaims) { c[name] = v } }
	unset := func(name string) func(jwt.MapClaims) { return func(c jwt.MapClaims) { delete(c, name) } }
	token := f.token("isv")

	for _, tc := range []struct {
		name, header, want string
		status             int
	}{
		{"bare, as the document has it", token, emptyCounts, 200},
		{"Bearer", "Bearer " + token, emptyCounts, 200},
		{"bearer in small letters and more space", "bearer   " + token + " ", emptyCounts, 200},
		{"empty", "", documentsThird401, 401},
		{"space", "   ", documentsThird401, 401},
		{"Bearer without a token", "Bearer", documentsThird401, 401},
		{"Bearer and space", "Bearer  ", documentsThird401, 401},
		{"another scheme", "Basic aXN2OnB3", invalidToken, 401},
		{"nonsense", "x", invalidToken, 401},
		{"too long to be ours", strings.Repeat("a", 5000), invalidToken, 401},
		{"cut", token[:len(token)-4], invalidToken, 401},
		{"signed with another key", signedWith(t, jwt.SigningMethodHS256, []byte(idKey), good()), invalidToken, 401},
		{"alg none", signedWith(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good()), invalidToken, 401},
		{"alg none without a signature part", strings.TrimSuffix(signedWith(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good()), "."), invalidToken, 401},
		{"HS512 with our key", signedWith(t, jwt.SigningMethodHS512, []byte(tokenKey), good()), invalidToken, 401},
		{"RS256", signedWith(t, jwt.SigningMethodRS256, rsaKey, good()), invalidToken, 401},
		{"expired", f.token("isv", set("exp", f.now.Add(-time.Second).Unix())), invalidToken, 401},
		{"without an end", f.token("isv", unset("exp")), invalidToken, 401},
		{"another audience", f.token("isv", set("aud", "somebody-else")), invalidToken, 401},
		{"without an audience", f.token("isv", unset("aud")), invalidToken, 401},
		{"another issuer", f.token("isv", set("iss", "evil")), invalidToken, 401},
		{"without a user", f.token("isv", unset("sub")), invalidToken, 401},
		{"unknown user", f.token("nobody"), invalidToken, 401},
		{"disabled user", f.token("gone"), invalidToken, 401},
		{"of an older password", f.token("isv", set("gen", 0)), invalidToken, 401},
		{"without a generation", f.token("isv", unset("gen")), invalidToken, 401},
	} {
		t.Run(tc.name, func(t *testing.T) {
			response := f.do(t, http.MethodPost, "/webhooks/inbound", headers{"Authorization": tc.header}, strings.NewReader(webhook()))
			require.Equal(t, tc.want, response.Body.String())
			require.Equal(t, tc.status, response.Code)
			if tc.status == http.StatusUnauthorized {
				response = f.do(t, http.MethodPost, "/webhooks/inbound", headers{"Authorization": tc.header}, strings.NewReader(full()))
				require.Equal(t, tc.want, response.Body.String())
				requireNothingKept(t, f)
			}
		})
	}
	t.Run("no header at all", func(t *testing.T) {
		response := f.do(t, http.MethodPost, "/webhooks/inbound", nil, strings.NewReader(webhook()))
		require.Equal(t, documentsThird401, response.Body.String())
	})
	t.Run("what was refused is kept with a good token", func(t *testing.T) {
		requireFullIsKept(t, f)
	})
}

// ways in which an account's tokens end before their time.
var endings = map[string]func(*fixture, *testing.T) error{
	"password changed": func(f *fixture, t *testing.T) error { return f.store.SetPassword(t.Context(), "isv", "x") },
	"disabled":         func(f *fixture, t *testing.T) error { return f.store.DisableAccount(t.Context(), "isv") },
}

func TestATokenDiesWithTheAccount(t *testing.T) {
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			f := setUp(t)
			token := headers{"Authorization": f.token("isv")}
			use := func(method, path, body string) string {
				return f.do(t, method, path, token, strings.NewReader(body)).Body.String()
			}
			forward := func() string { return use(http.MethodPost, "/webhooks/inbound", webhook()) }
			require.Equal(t, emptyCounts, forward())
			require.NoError(t, end(f, t))
			for _, other := range [][3]string{
				{http.MethodGet, "/conversations", ""},
				{http.MethodPatch, "/webhooks/inbound", `{"waId":"` + waID + `","webhook":"https://isv.example/"}`},
				{http.MethodGet, "/deliveries/next?channel=" + waID, ""},
			} {
				require.Equal(t, invalidToken, use(other[0], other[1], other[2]), other[1])
			}
			// What the account was is kept for a second where messages are forwarded.
			require.Eventually(t, func() bool { return forward() == invalidToken }, 20*time.Second, 20*time.Millisecond)
			require.Equal(t, invalidToken, forward())
		})
	}
}

func TestATokenDiesAtItsTimeWhileItIsUsed(t *testing.T) {
	f := setUp(t)
	token := headers{"Authorization": f.token("isv")}
	forward := func() string {
		return f.do(t, http.MethodPost, "/webhooks/inbound", token, strings.NewReader(webhook())).Body.String()
	}
	f.now = f.now.Add(8*time.Hour - time.Second)
	require.Equal(t, emptyCounts, forward())
	f.now = f.now.Add(time.Second)
	require.Equal(t, invalidToken, forward())
}

func TestAnAccountIsReadOnceForManyMessages(t *testing.T) {
	counted := &countedStore{}
	f := setUp(t, func(f *fixture) {
		f.wrap = func(s *store.Store) api.Store { counted.Store = s; return counted }
	})
	use := func(user, method, path, body string) int {
		counted.accounts = 0
		for range 5 {
			f.do(t, method, path, headers{"Authorization": f.token(user)}, strings.NewReader(body))
		}
		return counted.accounts
	}
	// A slow machine may take more than a second for the five.
	require.Less(t, use("isv", http.MethodPost, "/webhooks/inbound", webhook()), 5)
	require.Equal(t, 5, use("isv", http.MethodGet, "/conversations", ""), "what is read may be secret")
	require.Equal(t, 5, use("gone", http.MethodPost, "/webhooks/inbound", webhook()), "whom it refuses it lets in at once")
}
