package bridge

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// withKeySet opens a bridge that has loaded the set with the keys of tests, the newest first, by the
// first of them.
func withKeySet(t *testing.T, order ...string) (*Bridge, *network, *log) {
	t.Helper()
	n := &network{}
	serveKeys(n, order...)
	s := settingsIn(t.TempDir())
	s.Keys, s.KeyID = nil, order[0]
	b, l := openBridge(t, s, n)
	require.Equal(t, 200, serve(b, signedBy(3, "msg_first")).Code)
	require.Equal(t, 1, loads(n))
	return b, n, l
}

func serveKeys(n *network, order ...string) {
	keySet(n, map[string]byte{firstKID: 3, nextKID: 4}, order...)
}

func loads(n *network) int { return len(n.to("jwks.json")) }

func unreachable(*http.Request, string) *http.Response { return nil }

func TestAKeyThatStoppedIsBelievedForFiveMinutesAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n, _ := withKeySet(t, nextKID, firstKID)
		serveKeys(n, nextKID)

		pass(freshFor - time.Second)
		require.Equal(t, 200, serve(b, signedBy(3, "msg_1")).Code)
		require.Equal(t, 1, loads(n))
		pass(time.Second)
		require.Equal(t, 401, serve(b, signedBy(3, "msg_2")).Code, "the set is loaded before a match is believed")
		require.Equal(t, 200, serve(b, signedBy(4, "msg_3")).Code)
		require.Equal(t, 2, loads(n))
	})
}

func TestAKeyThatStoppedIsNotBelievedAfterAQuietDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n, _ := withKeySet(t, nextKID, firstKID)
		serveKeys(n, nextKID)
		pass(24 * time.Hour)
		require.Equal(t, 401, serve(b, signedBy(3, "msg_1")).Code)
	})
}

func TestKeysThatDoNotExistAnyMoreAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n, l := withKeySet(t, firstKID)
		serveKeys(n, nextKID) // an emergency: the first one stopped at once
		pass(freshFor)

		require.Equal(t, 503, serve(b, signedBy(3, "msg_1")).Code)
		require.Equal(t, 503, serve(b, signedBy(4, "msg_2")).Code, "it comes again when somebody has set the new id")
		require.Contains(t, l.String(), "BRIDGE_WEBHOOK_KEY_ID")
		n.setAPI(unreachable)
		pass(retryEvery)
		require.Equal(t, 503, serve(b, signedBy(3, "msg_1")).Code, "what was dropped does not come back")
		serveKeys(n, nextKID, firstKID)
		pass(retryEvery)
		require.Equal(t, 200, serve(b, signedBy(4, "msg_2")).Code)
	})
}

func TestAForgedMessageAfterAnEmergencyRotationDropsTheKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n, _ := withKeySet(t, firstKID)
		serveKeys(n, nextKID)
		pass(reloadEvery)
		require.Equal(t, 503, serve(b, signedBy(9, "msg_1")).Code)
		require.Equal(t, 503, serve(b, signedBy(3, "msg_2")).Code)
	})
}

func TestTheKeysHoldForAnHourWhileTheAPICannotBeReached(t *testing.T) {
	for name, api := range map[string]func(*http.Request, string) *http.Response{
		"no connection": unreachable,
		"a fault":       func(*http.Request, string) *http.Response { return response(500, `{}`) },
		"no key set":    func(*http.Request, string) *http.Response { return response(200, `<html>`) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, n, l := withKeySet(t, firstKID)
				n.setAPI(func(r *http.Request, body string) *http.Response {
					if r.URL.Path != "/.well-known/jwks.json" {
						return usual()
					}
					return api(r, body)
				})

				pass(freshFor)
				require.Equal(t, 200, serve(b, signedBy(3, "msg_1")).Code)
				require.Equal(t, 401, serve(b, signedBy(9, "msg_x")).Code)
				require.Contains(t, l.String(), "cannot be loaded now")
				pass(holdsFor - freshFor - time.Second)
				require.Equal(t, 200, serve(b, signedBy(3, "msg_2")).Code)
				pass(time.Second)
				require.Equal(t, 503, serve(b, signedBy(3, "msg_3")).Code)
				pass(retryEvery)
				require.Equal(t, 503, serve(b, signedBy(3, "msg_3")).Code)

				serveKeys(n, firstKID)
				pass(retryEvery)
				require.Equal(t, 200, serve(b, signedBy(3, "msg_3")).Code)
			})
		})
	}
}

func TestForgedMessagesDoNotMakeAStormOfLoadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n, _ := withKeySet(t, firstKID)
		n.setAPI(unreachable)
		pass(freshFor)
		for second := range 10 {
			for i := range 20 {
				serve(b, signedBy(9, fmt.Sprint("x_", second, "_", i)))
			}
			pass(time.Second)
		}
		require.Equal(t, 1+2, loads(n), "one in five seconds")
	})
}

// slowly answers for the key set after a while, unless the caller leaves before.
func slowly(n *network, d time.Duration, status int, body string) {
	n.setAPI(func(r *http.Request, _ string) *http.Response {
		if r.URL.Path != "/.well-known/jwks.json" {
			return usual()
		}
		select {
		case <-time.After(d):
			return response(status, body)
		case <-r.Context().Done():
			return nil
		}
	})
}

func TestOneLoadingIsForAllWhoComeMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n, _ := withKeySet(t, firstKID)
		slowly(n, 2*time.Second, 200, jwks(map[string]byte{firstKID: 3}, firstKID))
		pass(freshFor)

		codes := make([]int, 30)
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() { codes[i] = serve(b, signedBy([]byte{3, 9}[i%2], fmt.Sprint("msg_", i))).Code })
		}
		all.Wait()

		for i, code := range codes {
			require.Equal(t, []int{200, 401}[i%2], code)
		}
		require.Equal(t, 2, loads(n))
	})
}

func TestOnlyOneMessageWaitsForAnAPIThatDidNotAnswerJustNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, n, _ := withKeySet(t, firstKID)
		slowly(n, time.Hour, 200, `{}`)
		pass(freshFor)
		require.Equal(t, 200, serve(b, signedBy(3, "msg_1")).Code)
		pass(retryEvery)

		var one sync.WaitGroup
		one.Go(func() { serve(b, signedBy(3, "msg_2")) })
		synctest.Wait()
		began := time.Now()
		require.Equal(t, 200, serve(b, signedBy(3, "msg_3")).Code)
		require.Zero(t, time.Since(began))
		one.Wait()
		require.Equal(t, keySetTimeout, time.Since(began))
		require.Equal(t, 3, loads(n))
	})
}
