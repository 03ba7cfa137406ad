package bridge

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAReplyGoesToGraphAndGraphsAnswerBack(t *testing.T) {
	n := &network{}
	b, _ := openBridge(t, settingsIn(t.TempDir()), n)
	body := "{\"to\": \"56911112222\", \"type\":\"text\",\"text\":{\"body\":\"<b> & \\u00f1\"}, \"new_in_v26\": {}}"

	w := serve(b, fromChattigo(t, "msg_1", body))

	require.Equal(t, "wamid.1", wamid(t, w))
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.Len(t, n.sent(), 1)
	sent := n.sent()[0]
	require.Equal(t, "https://graph.test/v26.0/"+phoneNumber+"/messages", sent.url)
	require.Equal(t, http.MethodPost, sent.method)
	require.Equal(t, "Bearer "+graphToken, sent.auth)
	require.Equal(t, body, sent.body, "byte for byte")
}

func TestWhatChattigoDidNotSignJustNowIsRefused(t *testing.T) {
	n := &network{}
	s := settingsIn(t.TempDir())
	s.Keys = append(s.Keys, publicPrefix+base64.StdEncoding.EncodeToString(public(3)))
	b, _ := openBridge(t, s, n)
	body := hello("a")
	now := time.Now()
	for _, test := range []struct {
		name string
		r    *http.Request
		want int
	}{
		{"unsigned", delivery("msg_u", body, now), 401},
		{"of another key", signedAt(t, otherSecret, "msg_u", body, now), 401},
		{"six minutes old", signedAt(t, secret, "msg_u", body, now.Add(-6*time.Minute)), 401},
		{"six minutes ahead", signedAt(t, secret, "msg_u", body, now.Add(6*time.Minute)), 401},
		{"ed25519, six minutes old", delivery("msg_u", body, now.Add(-6*time.Minute), v1a(private(3), "msg_u", body, now.Add(-6*time.Minute))), 401},
		{"ed25519 of another key", delivery("msg_u", body, now, v1a(private(4), "msg_u", body, now)), 401},
		{"ed25519 under the name of HMAC", delivery("msg_u", body, now, strings.Replace(v1a(private(3), "msg_u", body, now), "v1a", "v1", 1)), 401},
		{"signed for another id", with(signedAt(t, secret, "msg_u", body, now), "Webhook-Id", "msg_v"), 401},
		{"signed at another time", with(signedAt(t, secret, "msg_u", body, now.Add(-time.Minute)), "Webhook-Timestamp", fmt.Sprint(now.Unix())), 401},
		{"no id", with(signedAt(t, secret, "", body, now), "Webhook-Id", ""), 401},
		{"no time", with(signedAt(t, secret, "msg_u", body, now), "Webhook-Timestamp", ""), 401},
		{"a time that is none", with(signedAt(t, secret, "msg_u", body, now), "Webhook-Timestamp", "9999999999999999999999"), 401},
		{"a huge id", signedAt(t, secret, strings.Repeat("m", maxID+1), body, now), 401},
		{"a huge list of signatures", with(signedAt(t, secret, "msg_u", body, now), "Webhook-Signature", strings.Repeat("v1a,AAAA ", 1000)), 401},
		{"compressed", with(signedAt(t, secret, "msg_u", body, now), "Content-Encoding", "br"), 415},
		{"a page", with(signedAt(t, secret, "msg_u", body, now), "Content-Type", "text/html"), 415},
		{"no JSON", signedAt(t, secret, "msg_u", "to=569", now), 400},
		{"no object", signedAt(t, secret, "msg_u", "[1]", now), 400},
		{"null", signedAt(t, secret, "msg_u", "null", now), 400},
		{"huge", signedAt(t, secret, "msg_u", `{"a":"`+strings.Repeat("x", maxMessage)+`"}`, now), 413},

		{"a minute old", signedAt(t, secret, "msg_1", body, now.Add(-time.Minute)), 200},
		{"ed25519", delivery("msg_2", body, now, v1a(private(3), "msg_2", body, now)), 200},
		{"two keys during a rotation", delivery("msg_3", body, now, "v1,AAAA", v1a(private(4), "msg_3", body, now), v1a(private(3), "msg_3", body, now)), 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(n.sent())
			require.Equal(t, test.want, serve(b, test.r).Code)
			require.Equal(t, test.want == 200, len(n.sent()) == before+1)
		})
	}
}

func with(r *http.Request, name, value string) *http.Request {
	r.Header.Set(name, value)
	return r
}

func TestTheNoticeIsForUsAndNotForGraph(t *testing.T) {
	const notice = `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`
	n := &network{}
	b, l := openBridge(t, settingsIn(t.TempDir()), n)

	for range 2 {
		w := serve(b, fromChattigo(t, "msg_notice", notice))
		require.Equal(t, 200, w.Code)
		require.Equal(t, `{}`, w.Body.String())
	}

	require.Empty(t, n.sent())
	require.Equal(t, 1, strings.Count(l.String(), "the chat was closed"))
	require.Contains(t, l.String(), "conversation=cnv_1")

	merged := serve(b, fromChattigo(t, "msg_merged",
		`{"to":"569","type":"text","text":{"body":"<Chao> & gracias"},"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`))
	require.Equal(t, "wamid.1", wamid(t, merged))
	require.JSONEq(t, `{"to":"569","type":"text","text":{"body":"<Chao> & gracias"}}`, n.sent()[0].body)
	require.Contains(t, n.sent()[0].body, "<Chao> & gracias", "without HTML escaping")
	require.Equal(t, 2, strings.Count(l.String(), "the chat was closed"))
}

func TestATestOfTheWebhookIsAcceptedAndNotSent(t *testing.T) {
	n := &network{}
	b, _ := openBridge(t, settingsIn(t.TempDir()), n)
	body := `{"chattigoTest":true,"message":"A test of this webhook. It belongs to no conversation: do not forward it."}`

	require.Equal(t, 200, serve(b, fromChattigo(t, "test_1", body)).Code)
	require.Equal(t, 401, serve(b, delivery("test_2", body, time.Now())).Code, "a test is signed too")
	require.Empty(t, n.sent())

	// The header is not signed: it takes nothing from a message.
	w := serve(b, with(fromChattigo(t, "msg_1", hello("a")), "Chattigo-Test", "true"))
	require.Equal(t, "wamid.1", wamid(t, w))
}

func TestAnEventIsForUsAndNotForGraph(t *testing.T) {
	n := &network{}
	b, l := openBridge(t, settingsIn(t.TempDir()), n)
	event := `{"type":"handoff.requested","timestamp":"2026-03-10T14:02:00Z","data":{"contact":"56911112222","note":"Hola"}}`

	for range 2 {
		require.Equal(t, 200, serve(b, fromChattigo(t, "evt_1", event)).Code)
	}

	require.Empty(t, n.sent())
	require.Equal(t, 1, strings.Count(l.String(), "type=handoff.requested"))
	require.NotContains(t, l.String(), "56911112222")
	message := `{"messaging_product":"whatsapp","type":"text","data":{},"text":{"body":"a"}}`
	require.Equal(t, "wamid.1", wamid(t, serve(b, fromChattigo(t, "msg_1", message))))
}

func TestIdsAreNoPaths(t *testing.T) {
	n := &network{}
	s := settingsIn(t.TempDir())
	s.PhoneNumberID = ""
	b, _ := openBridge(t, s, n)
	ids := []string{"../../state/key-id", "/etc/passwd", "..", ".", "a\x00b", "NUL", strings.Repeat("é", 100), "a/../b", "msg_1.json"}
	for _, id := range ids {
		require.Equal(t, 200, serve(b, fromChattigo(t, id, hello("a"))).Code, "%q", id)
	}
	entries, err := os.ReadDir(filepath.Join(s.DataDir, "answers"))
	require.NoError(t, err)
	require.Len(t, entries, len(ids))
	for _, e := range entries {
		require.Len(t, e.Name(), 64+len(".json"))
	}
	for _, waID := range []string{"", "../../login", "1/2", "1?x=1", "56900000001/bot/rollback", strings.Repeat("1", 33)} {
		w := serve(b, with(fromChattigo(t, "msg_"+waID, hello("a")), "Chattigo-Wa-Id", waID))
		require.Equal(t, 502, w.Code, waID)
	}
	require.Len(t, n.to("/channels/"), 1)
}

func TestWithoutANumberTheChannelsIsAskedForAndRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		s := settingsIn(t.TempDir())
		s.PhoneNumberID = ""
		b, _ := openBridge(t, s, n)
		for i := range 3 {
			require.Equal(t, 200, serve(b, fromChattigo(t, fmt.Sprint("msg_", i), hello("a"))).Code)
		}
		require.Equal(t, "https://graph.test/v26.0/200000000000002/messages", n.sent()[2].url)
		require.Len(t, n.to("/channels/"), 1)

		n.setAPI(func(*http.Request, string) *http.Response { return nil })
		pass(2 * numbersAge)
		require.Equal(t, 200, serve(b, fromChattigo(t, "msg_away", hello("a"))).Code, "numbers hardly ever change")
		unknown := with(fromChattigo(t, "msg_unknown", hello("a")), "Chattigo-Wa-Id", "56900000099")
		require.Equal(t, 502, serve(b, unknown).Code)
	})
}

func TestAMessageThatGraphDidNotTakeIsSentAgain(t *testing.T) {
	for _, test := range []struct {
		name  string
		first func() *http.Response
		want  int
	}{
		{"refused", func() *http.Response { return response(400, `{"error":{"code":131047,"message":"(#131047)"}}`) }, 400},
		{"limited", func() *http.Response { return response(429, `{"error":{"code":130429}}`) }, 429},
		{"not reached", func() *http.Response { return nil }, 502},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := &network{graph: func(*http.Request, string) *http.Response { return test.first() }}
			b, _ := openBridge(t, settingsIn(t.TempDir()), n)
			require.Equal(t, test.want, serve(b, fromChattigo(t, "msg_1", hello("a"))).Code)

			n.graph = nil // somebody mended it, and had the dead letter sent again
			require.Equal(t, "wamid.2", wamid(t, serve(b, fromChattigo(t, "msg_1", hello("a")))))
			require.Equal(t, "wamid.2", wamid(t, serve(b, fromChattigo(t, "msg_1", hello("a")))))
		})
	}
}

func TestAGraphThatNeverAnswersIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.graph = func(r *http.Request, _ string) *http.Response {
			<-r.Context().Done()
			return nil
		}
		b, _ := openBridge(t, settingsIn(t.TempDir()), n)
		began := time.Now()

		require.Equal(t, 502, serve(b, fromChattigo(t, "msg_1", hello("a"))).Code)

		require.Equal(t, graphTimeout, time.Since(began))
	})
}

func TestMoreMessagesThanCanBeSentAreToBeSentAgain(t *testing.T) {
	n := &network{}
	b, _ := openBridge(t, settingsIn(t.TempDir()), n)
	for range maxSenders {
		b.senders <- struct{}{}
	}
	require.Equal(t, 503, serve(b, fromChattigo(t, "msg_1", hello("a"))).Code)
	<-b.senders
	require.Equal(t, 200, serve(b, fromChattigo(t, "msg_1", hello("a"))).Code)
}

// Secrets, tokens, texts and the numbers of people are in no log line and in no answer of ours.
func TestTheLogHoldsNoSecretsAndNoTexts(t *testing.T) {
	for name, n := range map[string]*network{
		"all is well": {},
		"nothing is": {
			api:   func(*http.Request, string) *http.Response { return nil },
			graph: func(*http.Request, string) *http.Response { return nil },
		},
		"all is refused": {
			api: func(r *http.Request, _ string) *http.Response {
				if r.URL.Path == "/login" {
					return usual()
				}
				return response(400, `{"message":"no 56911112222"}`)
			},
			graph: func(*http.Request, string) *http.Response {
				return response(400, `{"error":{"code":100,"message":"56911112222"}}`)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, l, stop := forwarding(t, n, webhookOf("wamid.1"))
				serve(b, fromMeta(webhookOf("wamid.2")))
				serve(b, httptest.NewRequest(http.MethodGet, "/meta?hub.mode=subscribe&hub.challenge=1&hub.verify_token="+verifyToken+"x", nil))
				serve(b, fromChattigo(t, "msg_1", hello("a")))
				serve(b, fromChattigo(t, "msg_2", `{"to":"56911112222","text":{"body":"Hola"},"chatBeenClosed":{}}`))
				serve(b, delivery("msg_3", hello("a"), time.Now()))
				pass(time.Minute)
				synctest.Wait()
				stop()

				said := l.String()
				require.NotEmpty(t, said)
				for _, never := range []string{verifyToken, appSecret, graphToken, apiPassword, "token-1", secret, "Hola", "56911112222", "sha256="} {
					require.NotContains(t, said, never)
				}
			})
		})
	}
}

func TestTheBridgeServesOnAnAddress(t *testing.T) {
	s := settingsIn(t.TempDir())
	s.GraphURL, s.APIURL = "http://127.0.0.1:1", "http://127.0.0.1:1"
	l := &log{}
	server, err := Start(t.Context(), "127.0.0.1:0", s, newLog(l))
	require.NoError(t, err)
	body := webhookOf("wamid.1")
	posted, err := http.NewRequest(http.MethodPost, "http://"+server.Addr()+"/meta", bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	posted.Header = fromMeta(body).Header

	found, err := http.DefaultClient.Do(posted)

	require.NoError(t, err)
	require.NoError(t, found.Body.Close())
	require.Equal(t, 200, found.StatusCode)
	_, err = Start(t.Context(), server.Addr(), s, newLog(l))
	require.Error(t, err, "the directory is taken")
	require.NoError(t, server.Stop(t.Context()))
	kept := openTestQueue(t, s.DataDir)
	require.Equal(t, []string{body}, drain(t, kept), "what could not be forwarded waits")
}
