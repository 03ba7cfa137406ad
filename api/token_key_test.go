package api_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

const newTokenKey = "new-token-key-new-token-key-new-32"

// issued is a token as POST /login gives it.
func (f *fixture) issued(t *testing.T) string {
	t.Helper()
	var answer struct {
		Token string `json:"access_token"`
	}
	response := f.do(t, http.MethodPost, "/login", nil, strings.NewReader(`{"username":"isv","password":"correct horse"}`))
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &answer), "%s", response.Body)
	return answer.Token
}

// with makes the process of one start with these keys.
func (f *fixture) with(t *testing.T, key string, old ...string) {
	t.Helper()
	f.tokenKey, f.oldKeys = key, old
	f.handler = f.process(t)
}

func (f *fixture) use(t *testing.T, token string) int {
	t.Helper()
	return f.do(t, http.MethodGet, "/bots", headers{"Authorization": token}, nil).Code
}

// A rotation as docs/operations.md describes it: every token is accepted by every process at every moment.
func TestTheKeyOfTokensIsRotatedWithoutEndingALogin(t *testing.T) {
	f := setUp(t)
	before := f.issued(t)
	require.Equal(t, 200, f.use(t, before))

	f.with(t, tokenKey, newTokenKey)
	require.Equal(t, 200, f.use(t, before))
	f.with(t, newTokenKey, tokenKey)
	after := f.issued(t)
	require.NotEqual(t, headerOf(t, before)["kid"], headerOf(t, after)["kid"])
	require.Equal(t, 200, f.use(t, before))
	require.Equal(t, 200, f.use(t, after))

	f.with(t, tokenKey, newTokenKey) // a process that is still to be restarted
	require.Equal(t, 200, f.use(t, after))

	f.with(t, newTokenKey)
	require.Equal(t, 401, f.use(t, before), "a key that was taken out ends its tokens")
	require.Equal(t, 200, f.use(t, after))
}

func TestATokenOfAFormerKeyExpiresAsAnyOther(t *testing.T) {
	f := setUp(t)
	token := f.issued(t)
	f.with(t, newTokenKey, tokenKey)
	f.now = f.now.Add(8*time.Hour - time.Second)
	require.Equal(t, 200, f.use(t, token))
	f.now = f.now.Add(time.Second)
	require.Equal(t, 401, f.use(t, token))
}

// The id names the key, and only the key that it names is tried.
func TestTheKeyOfATokenIsTheOneThatItNames(t *testing.T) {
	f := setUp(t)
	current := headerOf(t, f.issued(t))["kid"]
	f.with(t, newTokenKey, tokenKey)
	newest := headerOf(t, f.issued(t))["kid"]
	for _, tc := range []struct {
		name, key string
		kid       any
		status    int
	}{
		{"the newest", newTokenKey, newest, 200},
		{"a former one", tokenKey, current, 200},
		{"none, signed with the newest", newTokenKey, nil, 200},
		{"none, signed with a former one", tokenKey, nil, 401},
		{"an unknown one", newTokenKey, "unknown", 401},
		{"empty", newTokenKey, "", 401},
		{"another's", newTokenKey, current, 401},
		{"a path", newTokenKey, "../../dev/null", 401},
		{"a number", newTokenKey, 1, 401},
		{"a list", newTokenKey, []any{newest}, 401},
		{"a key as its own id", newTokenKey, newTokenKey, 401},
		{"the id as the key", newest.(string), newest, 401}, //nolint:errcheck,forcetypeassert // a header of ours
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.status, f.use(t, f.tokenWith(t, jwt.SigningMethodHS256, []byte(tc.key), map[string]any{"kid": tc.kid})))
		})
	}
}

// No header makes the service use another algorithm, or a key that comes with the token.
func TestATokenBringsNeitherItsAlgorithmNorItsKey(t *testing.T) {
	f := setUp(t)
	kid := headerOf(t, f.issued(t))["kid"]
	response := f.do(t, http.MethodGet, "/webhooks/outbound/secret?waId="+waID, headers{"Authorization": f.token("isv")}, nil)
	require.Equal(t, 200, response.Code)
	public := response.Body.Bytes()
	mine := []byte("a key that whoever made the token knows")
	jwk := map[string]any{"kty": "oct", "k": base64.RawURLEncoding.EncodeToString(mine)}
	for name, token := range map[string]string{
		"none":                      f.tokenWith(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, map[string]any{"kid": kid}),
		"HS384 with our key":        f.tokenWith(t, jwt.SigningMethodHS384, []byte(tokenKey), map[string]any{"kid": kid}),
		"what is public as the key": f.tokenWith(t, jwt.SigningMethodHS256, public, map[string]any{"kid": kid}),
		"a key in the header":       f.tokenWith(t, jwt.SigningMethodHS256, mine, map[string]any{"kid": kid, "jwk": jwk}),
		"a URL of a key":            f.tokenWith(t, jwt.SigningMethodHS256, mine, map[string]any{"kid": kid, "jku": "https://evil.example/keys"}),
		"an empty key":              f.tokenWith(t, jwt.SigningMethodHS256, []byte{}, map[string]any{"kid": kid}),
		"said to be RS256":          f.tokenWith(t, jwt.SigningMethodHS256, []byte(tokenKey), map[string]any{"kid": kid, "alg": "RS256"}),
		"said to be None":           f.tokenWith(t, jwt.SigningMethodHS256, []byte(tokenKey), map[string]any{"kid": kid, "alg": "None"}),
	} {
		require.Equal(t, 401, f.use(t, token), name)
	}
}

// tokenWith makes a token of the ISV with a header of one's own.
func (f *fixture) tokenWith(t *testing.T, method jwt.SigningMethod, key any, header map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, jwt.MapClaims{
		"iss": "chattigo", "aud": "chattigo-api-isv", "sub": "isv", "gen": 1, "exp": f.now.Add(time.Hour).Unix(),
	})
	for name, value := range header {
		if value != nil {
			token.Header[name] = value
		}
	}
	signed, err := token.SignedString(key)
	require.NoError(t, err)
	return signed
}

func headerOf(t *testing.T, token string) map[string]any {
	t.Helper()
	encoded, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	require.NoError(t, err)
	var header map[string]any
	require.NoError(t, json.Unmarshal(text, &header))
	require.Equal(t, "HS256", header["alg"])
	return header
}
