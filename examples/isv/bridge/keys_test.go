package bridge

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	firstKID = "whk_firstfirst"
	nextKID  = "whk_nextnext"
)

func jwks(kids map[string]byte, order ...string) string {
	var keys []string
	for _, kid := range order {
		x := base64.RawURLEncoding.EncodeToString(public(kids[kid]))
		keys = append(keys, fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q,"kid":%q,"alg":"EdDSA","use":"sig"}`, x, kid))
	}
	return `{"keys":[` + strings.Join(keys, ",") + `]}`
}

// keySet answers /.well-known/jwks.json as Chattigo does: what it knows, by any of its keys that signs.
func keySet(n *network, kids map[string]byte, order ...string) {
	n.setAPI(func(r *http.Request, _ string) *http.Response {
		if r.URL.Path != "/.well-known/jwks.json" {
			return usual()
		}
		for _, kid := range order {
			if kid == r.URL.Query().Get("kid") {
				return response(200, jwks(kids, order...))
			}
		}
		return response(404, `{"message":"no key that signs has this kid"}`)
	})
}

func signedBy(n byte, id string) *http.Request {
	now := time.Now()
	return delivery(id, hello("a"), now, v1a(private(n), id, hello("a"), now))
}

func TestTheKeySetIsLoadedOnceAndFollowsRotations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kids := map[string]byte{firstKID: 3, nextKID: 4}
		n := &network{}
		keySet(n, kids, firstKID)
		s := settingsIn(t.TempDir())
		s.Keys, s.KeyID = nil, firstKID
		b, _ := openBridge(t, s, n)
		loads := func() int { return len(n.to("jwks.json")) }

		for i := range 3 {
			require.Equal(t, 200, serve(b, signedBy(3, fmt.Sprint("msg_", i))).Code)
		}
		require.Equal(t, 1, loads())
		for i := range 100 { // everybody can send what no key has signed
			require.Equal(t, 401, serve(b, signedBy(9, fmt.Sprint("x_", i))).Code)
		}
		require.Equal(t, 1, loads(), "at most once in a minute")

		keySet(n, kids, nextKID, firstKID)
		pass(reloadEvery)
		require.Equal(t, 200, serve(b, signedBy(4, "msg_next")).Code)
		require.Equal(t, 200, serve(b, signedBy(3, "msg_overlap")).Code)
		require.Equal(t, 2, loads())

		// The first key has stopped; a restart begins with the next one.
		keySet(n, kids, nextKID)
		require.NoError(t, b.Close())
		b, _ = openBridge(t, s, n)
		require.Equal(t, 200, serve(b, signedBy(4, "msg_restart")).Code)
		require.Equal(t, 401, serve(b, signedBy(3, "msg_old")).Code)
	})
}

func TestAKeyThatWasSetAnewIsAskedForWhenTheRememberedOneIsUnknown(t *testing.T) {
	n := &network{}
	keySet(n, map[string]byte{nextKID: 4}, nextKID)
	s := settingsIn(t.TempDir())
	s.Keys, s.KeyID = nil, nextKID
	require.NoError(t, os.MkdirAll(filepath.Join(s.DataDir, "state"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(s.DataDir, "state", keyIDFile), []byte(firstKID), 0o600))
	b, _ := openBridge(t, s, n)

	require.Equal(t, 200, serve(b, signedBy(4, "msg_1")).Code)
}

func TestWithoutTheKeySetMessagesAreToBeSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{api: func(*http.Request, string) *http.Response { return nil }}
		s := settingsIn(t.TempDir())
		s.Keys, s.KeyID = nil, firstKID
		b, l := openBridge(t, s, n)
		require.Equal(t, 503, serve(b, signedBy(3, "msg_1")).Code)
		require.Contains(t, l.String(), "BRIDGE_WEBHOOK_KEY_ID")
		for _, garbage := range []string{`[]`, `{"keys":[]}`, `{"keys":[{"kty":"RSA","kid":"whk_aaaaaaaa"}]}`, `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"whk_aaaaaaaa"}]}`} {
			n.setAPI(func(*http.Request, string) *http.Response { return response(200, garbage) })
			pass(retryEvery)
			require.Equal(t, 503, serve(b, signedBy(3, "msg_1")).Code)
		}

		keySet(n, map[string]byte{firstKID: 3}, firstKID)
		pass(retryEvery)
		require.Equal(t, 200, serve(b, signedBy(3, "msg_1")).Code)
		require.Empty(t, bodies(n.sent())[1:])

		n.setAPI(func(*http.Request, string) *http.Response { return nil })
		pass(reloadEvery)
		require.Equal(t, 401, serve(b, signedBy(9, "msg_2")).Code)
		require.Equal(t, 200, serve(b, signedBy(3, "msg_3")).Code, "the keys of before stay")
	})
}

func TestACallerThatLeavesDoesNotStopTheLoading(t *testing.T) {
	n := &network{}
	keySet(n, map[string]byte{firstKID: 3}, firstKID)
	s := settingsIn(t.TempDir())
	s.Keys, s.KeyID = nil, firstKID
	b, _ := openBridge(t, s, n)
	gone, cancel := context.WithCancel(t.Context())
	cancel()

	serve(b, signedBy(9, "msg_1").WithContext(gone))

	require.Equal(t, 200, serve(b, signedBy(3, "msg_2")).Code)
	require.Len(t, n.to("jwks.json"), 1)
}
