package snippets

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/webhook"
)

// The guides show these files as they are, so that what is tested here is what people copy.
func TestTheGuidesShowTheSnippetsAsTheyAre(t *testing.T) {
	for file, language := range map[string]string{
		"receive_go/main.go": "go", "receive.mjs": "js", "receive.py": "python", "verify-v1a.mjs": "js",
	} {
		code, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, guide := range []string{"guia-isv.md", "guide-isv.md"} {
			page, err := os.ReadFile("../" + guide)
			require.NoError(t, err)
			require.Contains(t, string(page), "```"+language+"\n"+string(code)+"```\n", "%s in %s", file, guide)
		}
	}
}

// body has what a careless reading of it changes: spaces, escapes, characters beyond ASCII and HTML's.
const body = "{\"type\" : \"text\",\n \"text\":{\"body\":\"<b>¿Qué?</b> \\u00f1 & 👋\"}}"

func key(t *testing.T, seed byte) webhook.SigningKey {
	t.Helper()
	k, err := webhook.NewSigningKey(bytes.Repeat([]byte{seed}, webhook.KeyBytes))
	require.NoError(t, err)
	return k
}

// receiver is a snippet that runs.
type receiver struct {
	url string
	// lines are those that it prints.
	lines chan string
}

// run starts a program that serves on PORT until the test is over.
func run(t *testing.T, secrets []string, program string, args ...string) *receiver {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = append(os.Environ(), "PORT="+port, "WEBHOOK_SECRETS="+strings.Join(secrets, " "))
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	var problems bytes.Buffer
	command.Stderr = &problems
	require.NoError(t, command.Start())
	r := &receiver{url: "http://127.0.0.1:" + port + "/", lines: make(chan string, 100)}
	go func() {
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			r.lines <- scanner.Text()
		}
		close(r.lines)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		for range r.lines { // to its end, before Wait closes the pipe
		}
		_ = command.Wait() // the error says that it was killed
		if t.Failed() {
			t.Log(problems.String())
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		return err == nil && conn.Close() == nil
	}, 20*time.Second, 20*time.Millisecond, "it does not listen")
	return r
}

// languages are the snippets that can be run here, by how they are started.
func languages(t *testing.T) map[string][]string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "receive")
	said, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./receive_go").CombinedOutput()
	require.NoError(t, err, "%s", said)
	found := map[string][]string{"go": {binary}}
	for name, command := range map[string][]string{"node": {"node", "receive.mjs"}, "python": {"python3", "receive.py"}} {
		if _, err := exec.LookPath(command[0]); err != nil {
			t.Logf("%s is not installed here: its snippet was not run", name)
			continue
		}
		found[name] = command
	}
	return found
}

// post delivers with the real sender.
func post(t *testing.T, url, id string, keys ...webhook.SigningKey) webhook.Result {
	t.Helper()
	client := webhook.NewClient("test", webhook.NewGuard(webhook.WithLoopback()))
	defer client.Close()
	return client.Post(t.Context(), webhook.Request{
		URL: url, Body: []byte(body), ID: id, Conversation: "cnv_1", WaID: "56900000001", Contact: "56911112222",
		Sequence: 1, Attempt: 1, Keys: keys, Timeout: 15 * time.Second,
	})
}

// capture returns the headers of a delivery.
func capture(t *testing.T, id string, keys ...webhook.SigningKey) http.Header {
	t.Helper()
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { header = r.Header.Clone() }))
	defer server.Close()
	require.Equal(t, webhook.Delivered, post(t, server.URL, id, keys...).Class)
	return header
}

// send posts what nobody of ours would.
func send(t *testing.T, url string, header http.Header, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

func changed(h http.Header, name, value string) http.Header {
	h = h.Clone()
	h.Set(name, value)
	return h
}

// signedAt are the headers of a delivery of another time.
func signedAt(t *testing.T, k webhook.SigningKey, id string, at time.Time) http.Header {
	t.Helper()
	library, err := standardwebhooks.NewWebhook(k.Secret())
	require.NoError(t, err)
	signature, err := library.Sign(id, at, []byte(body))
	require.NoError(t, err)
	return http.Header{
		"Webhook-Id": {id}, "Webhook-Timestamp": {fmt.Sprint(at.Unix())}, "Webhook-Signature": {signature},
	}
}

func TestTheSnippetsTakeWhatWeSendAndNothingElse(t *testing.T) {
	ours, next, strangers := key(t, 1), key(t, 2), key(t, 3)
	for name, command := range languages(t) {
		t.Run(name, func(t *testing.T) {
			r := run(t, []string{ours.Secret()}, command[0], command[1:]...)

			refused := capture(t, "msg_refused", ours)
			for what, status := range map[string]int{
				"unsigned":                  send(t, r.url, http.Header{}, body),
				"without its time":          send(t, r.url, changed(refused, "Webhook-Timestamp", ""), body),
				"a time that is none":       send(t, r.url, changed(refused, "Webhook-Timestamp", "\xb2"), body),
				"another id":                send(t, r.url, changed(refused, "Webhook-Id", "msg_other"), body),
				"another body":              send(t, r.url, refused, body+" "),
				"no signature":              send(t, r.url, changed(refused, "Webhook-Signature", ""), body),
				"a signature that is none":  send(t, r.url, changed(refused, "Webhook-Signature", "v1, v1 ,v1,é"), body),
				"six minutes old":           send(t, r.url, signedAt(t, ours, "msg_refused", time.Now().Add(-6*time.Minute)), body),
				"six minutes ahead":         send(t, r.url, signedAt(t, ours, "msg_refused", time.Now().Add(6*time.Minute)), body),
				"another channel's key":     post(t, r.url, "msg_refused", strangers).StatusCode,
				"a key that is not set yet": post(t, r.url, "msg_refused", next).StatusCode,
			} {
				require.Equal(t, http.StatusUnauthorized, status, what)
			}

			require.Equal(t, http.StatusOK, send(t, r.url, signedAt(t, ours, "msg_0", time.Now().Add(-4*time.Minute)), body), "a few minutes are no matter")
			require.Equal(t, webhook.Delivered, post(t, r.url, "msg_1", ours).Class)
			require.Equal(t, webhook.Delivered, post(t, r.url, "msg_1", next, ours).Class, "the repeat comes during a rotation, with two signatures of each kind")
			require.Equal(t, webhook.Delivered, post(t, r.url, "msg_2", next, ours).Class)
			for _, id := range []string{"msg_0", "msg_1", "msg_2"} {
				require.Equal(t, "new "+id, <-r.lines, "each message once")
			}
			require.Empty(t, r.lines)
		})
	}
}

func TestTheSnippetsKnowTwoSecretsDuringARotation(t *testing.T) {
	former, current := key(t, 1), key(t, 2)
	for name, command := range languages(t) {
		t.Run(name, func(t *testing.T) {
			r := run(t, []string{former.Secret(), current.Secret()}, command[0], command[1:]...)

			require.Equal(t, webhook.Delivered, post(t, r.url, "msg_1", former).Class)
			require.Equal(t, webhook.Delivered, post(t, r.url, "msg_2", current, former).Class)
			require.Equal(t, webhook.Delivered, post(t, r.url, "msg_3", current).Class)
			require.Equal(t, http.StatusUnauthorized, post(t, r.url, "msg_4", key(t, 3)).StatusCode)
		})
	}
}

func TestTheSnippetForPublicKeysVerifiesWhatWeSend(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Log("node is not installed here: its snippet was not run")
		return
	}
	ours, next := key(t, 1), key(t, 2)
	type attempt struct {
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	var attempts []attempt
	var want []bool
	try := func(header http.Header, body string, verified bool) {
		a := attempt{map[string]string{}, base64.StdEncoding.EncodeToString([]byte(body))}
		for name := range header {
			a.Headers[strings.ToLower(name)] = header.Get(name)
		}
		attempts, want = append(attempts, a), append(want, verified)
	}
	header := capture(t, "msg_1", ours)
	try(header, body, true)
	try(capture(t, "msg_1", next, ours), body, true)
	try(capture(t, "msg_1", next), body, false)
	try(header, body+" ", false)
	try(http.Header{}, body, false)
	try(changed(header, "Webhook-Timestamp", fmt.Sprint(time.Now().Add(-6*time.Minute).Unix())), body, false)
	try(changed(header, "Webhook-Signature", "v1a,AAAA v1a,"), body, false)
	jwks := map[string]any{"keys": []any{map[string]string{
		"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(ours.Public()), "kid": "whk_1", "alg": "EdDSA", "use": "sig",
	}}}
	input, err := json.Marshal(map[string]any{"attempts": attempts, "jwks": jwks})
	require.NoError(t, err)

	command := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", `
		import { readFileSync } from 'node:fs'
		import { signedByKeySet } from './verify-v1a.mjs'
		const { attempts, jwks } = JSON.parse(readFileSync(0))
		console.log(JSON.stringify(attempts.map(a => signedByKeySet(a.headers, Buffer.from(a.body, 'base64'), jwks))))`)
	command.Stdin = bytes.NewReader(input)
	said, err := command.CombinedOutput()

	require.NoError(t, err, "%s", said)
	var verified []bool
	require.NoError(t, json.Unmarshal(said, &verified))
	require.Equal(t, want, verified)
}
