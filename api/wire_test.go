package api_test

import (
	"bufio"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// answersTo writes bytes on a real connection, and returns the statuses of what comes back until it is closed.
func answersTo(t *testing.T, addr, text string) []int {
	t.Helper()
	conn := dialTCP(t, addr)
	_, err := io.WriteString(conn, text)
	require.NoError(t, err)
	var statuses []int
	reader := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			return statuses
		}
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		statuses = append(statuses, response.StatusCode)
		if response.Close {
			return statuses
		}
	}
}

// What a proxy and this service could read as two different requests is refused, and what is two is answered twice.
func TestRequestsBeginAndEndWhereTheyShould(t *testing.T) {
	f := setUp(t)
	addr := f.listening(t)
	token := "Authorization: " + f.token("isv") + "\r\n"
	const post, end = "POST /webhooks/inbound HTTP/1.1\r\nHost: x\r\n", "GET /bots HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	body := inboundOf(text("wamid.wire", contact, "hola"))
	for _, tc := range []struct {
		name, text string
		want       []int
	}{
		{"two in one packet", post + token + length(body) + body + end + token + "\r\n", []int{200, 200}},
		{"the second without a token", post + token + length(body) + body + end + "\r\n", []int{200, 401}},
		{"two lengths", post + token + "Content-Length: 5\r\n" + length(body) + body, []int{400}},
		{"a length that is none", post + token + "Content-Length: +5\r\n\r\n{}", []int{400}},
		{"chunks and a length, of which the chunks count", post + token + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + end + token + "\r\n", []int{400, 200}},
		{"an unknown coding", post + token + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", []int{501}},
		{"a chunk without a length", post + token + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", []int{400}},
		{"a space before the colon", post + "Authorization : x\r\n\r\n", []int{400}},
		{"no host", "GET /bots HTTP/1.1\r\n\r\n", []int{400}},
		{"two hosts", "GET /bots HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", []int{400}},
		{"two tokens", end + token + token + "\r\n", []int{401}},
		{"a compressed body behind one that is none", post + token + "Connection: close\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\n" + length(body) + body, []int{415}},
		{"TRACE", "TRACE /bots HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{405}},
		{"CONNECT", "CONNECT 10.0.0.1:80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{404}},
		{"a path that climbs", "GET /docs/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{404}},
		{"a path that climbs in disguise", "GET /docs/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{404}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, answersTo(t, addr, tc.text))
		})
	}
}

func length(body string) string {
	return "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
}

// The method of a request is the one that it has.
func TestNoHeaderOverridesTheMethod(t *testing.T) {
	f := setUp(t)
	response := f.do(t, http.MethodGet, "/webhooks/inbound", headers{"Authorization": f.token("isv"), "X-HTTP-Method-Override": "POST"}, strings.NewReader(webhook()))
	require.Equal(t, http.StatusMethodNotAllowed, response.Code)
}
