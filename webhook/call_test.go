package webhook

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/webhook/webhooktest"
)

const apiName = "api.clinicasur.example"

// callTo makes a caller for which the name of the examples is a server of the test's.
func callTo(t testing.TB, handler http.HandlerFunc, options ...webhooktest.Option) (*Caller, string) {
	t.Helper()
	server := webhooktest.New(t, apiName, handler, options...)
	caller := NewCaller("test", server.Redirect(NewGuard()))
	t.Cleanup(caller.Close)
	return caller, server.Base
}

func TestCallSendsWhatItIsGivenAndReadsTheAnswer(t *testing.T) {
	var got *http.Request
	var body []byte
	caller, base := callTo(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		got = r
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"ok":"ñ"}`)
	})
	response := caller.Call(t.Context(), Call{
		Method: "POST", URL: base + "/reservas?x=1", Header: http.Header{"Authorization": {"Bearer x"}}, Body: []byte(`{"a":"<é>"}`),
	})
	require.Positive(t, response.Duration)
	response.Duration = 0
	require.Equal(t, Response{Class: Answered, Status: 409, Body: `{"ok":"ñ"}`, RetryAfter: 7 * time.Second}, response)
	require.Equal(t, "POST /reservas?x=1 HTTP/2.0", fmt.Sprint(got.Method, " ", got.RequestURI, " ", got.Proto))
	require.Equal(t, apiName, got.Host)
	require.Equal(t, `{"a":"<é>"}`, string(body))
	for name, want := range map[string]string{
		"Authorization": "Bearer x", "User-Agent": "Chattigo-ISV/test", "Accept-Encoding": "identity",
	} {
		require.Equal(t, want, got.Header.Get(name))
	}
}

func TestCallKeepsItsConnection(t *testing.T) {
	for name, option := range map[string]webhooktest.Option{
		"HTTP/2": func(*httptest.Server) {}, "HTTP/1.1": func(s *httptest.Server) { s.EnableHTTP2 = false },
	} {
		t.Run(name, func(t *testing.T) {
			peers := map[string]bool{}
			caller, base := callTo(t, func(_ http.ResponseWriter, r *http.Request) { peers[r.RemoteAddr] = true }, option)
			for range 3 {
				require.Equal(t, Answered, caller.Call(t.Context(), Call{Method: "GET", URL: base}).Class)
			}
			require.Len(t, peers, 1)
		})
	}
}

func TestCallFollowsNoRedirect(t *testing.T) {
	calls := 0
	caller, base := callTo(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("Location", "https://169.254.169.254/latest/meta-data/")
		w.WriteHeader(http.StatusFound)
	})
	response := caller.Call(t.Context(), Call{Method: "GET", URL: base})
	require.Equal(t, Answered, response.Class)
	require.Equal(t, http.StatusFound, response.Status)
	require.Equal(t, 1, calls)
}

func TestCallTakesAnAnswerOf64KiBAndNoMore(t *testing.T) {
	for _, tt := range []struct {
		name string
		body string
		want Class
	}{
		{"nothing", "", Answered},
		{"just fits", strings.Repeat("x", maxCallResponse), Answered},
		{"one byte more", strings.Repeat("x", maxCallResponse+1), TooLarge},
		{"megabytes", strings.Repeat("x", 4<<20), TooLarge},
		{"grows when it is made valid", strings.Repeat("x\xff", maxCallResponse/2), TooLarge},
	} {
		for _, announced := range []bool{true, false} {
			t.Run(tt.name+" "+strconv.FormatBool(announced), func(t *testing.T) {
				caller, base := callTo(t, func(w http.ResponseWriter, _ *http.Request) {
					if announced {
						w.Header().Set("Content-Length", strconv.Itoa(len(tt.body)))
					} else {
						_ = http.NewResponseController(w).Flush()
					}
					_, _ = io.WriteString(w, tt.body)
				})
				response := caller.Call(t.Context(), Call{Method: "GET", URL: base})
				require.Equal(t, tt.want, response.Class)
				if tt.want == Answered {
					require.Equal(t, tt.body, response.Body)
				} else {
					require.Empty(t, response.Body)
				}
			})
		}
	}
}

func TestCallMakesTheAnswerValidAndUnpacksNothing(t *testing.T) {
	caller, base := callTo(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			_, _ = io.WriteString(w, "a\xff\xfeb\x00c")
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write(make([]byte, 10<<20))
		_ = packed.Close()
	})
	require.Equal(t, "a\uFFFDb\x00c", caller.Call(t.Context(), Call{Method: "GET", URL: base + "/broken"}).Body)
	response := caller.Call(t.Context(), Call{Method: "GET", URL: base + "/bomb"})
	require.Equal(t, Answered, response.Class)
	require.Less(t, len(response.Body), 40<<10)
}

func TestCallEndsInTime(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drip := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-time.After(time.Millisecond):
			case <-r.Context().Done():
			}
		}
	}
	for name, handler := range map[string]http.HandlerFunc{"a server that hangs": hang, "one that drips": drip} {
		t.Run(name, func(t *testing.T) {
			caller, base := callTo(t, handler)
			start := time.Now()
			response := caller.Call(t.Context(), Call{Method: "GET", URL: base, Timeout: 50 * time.Millisecond})
			require.Equal(t, Timeout, response.Class)
			require.Less(t, time.Since(start), defaultCallTimeout)
		})
	}
	for _, c := range []struct{ wanted, want time.Duration }{
		{0, 5 * time.Second},
		{-1, 5 * time.Second},
		{time.Second, time.Second},
		{10 * time.Second, 10 * time.Second},
		{time.Minute, 10 * time.Second},
	} {
		require.Equal(t, c.want, CallTimeout(c.wanted))
	}
}

func TestCallTellsWhatWentWrongApart(t *testing.T) {
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	oldTLS := func(s *httptest.Server) { s.TLS.MinVersion, s.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }
	plain := func(s *httptest.Server) { s.EnableHTTP2 = false }
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		option  webhooktest.Option
	}{
		{"a certificate for another name", func(http.ResponseWriter, *http.Request) {}, webhooktest.ForName("other.example")},
		{"a TLS of yesterday", func(http.ResponseWriter, *http.Request) {}, oldTLS},
		{"a server that hangs up", hangUp, plain},
		{"headers without end", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", maxHeaderBytes+4096))
		}, plain},
		{"an answer that breaks off", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "half")
		}, plain},
		{"no HTTP at all", func(w http.ResponseWriter, _ *http.Request) {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = rw.WriteString("SSH-2.0-OpenSSH\r\n\r\n")
				_ = rw.Flush()
				_ = conn.Close()
			}
		}, plain},
	} {
		t.Run(tt.name, func(t *testing.T) {
			caller, base := callTo(t, tt.handler, tt.option)
			require.Equal(t, Connect, caller.Call(t.Context(), Call{Method: "GET", URL: base}).Class)
		})
	}
}

func TestCallThatWeEndSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	caller, base := callTo(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	require.Equal(t, Canceled, caller.Call(ctx, Call{Method: "GET", URL: base}).Class)
}

func TestCallRefusesMethodsAndHeadersThatAreNone(t *testing.T) {
	var calls atomic.Int32
	caller, base := callTo(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	for _, method := range []string{"", "get", "CONNECT", "TRACE", "OPTIONS", "HEAD", "GET / HTTP/1.1\r\nX: y", "PÖST"} {
		require.Equal(t, Forbidden, caller.Call(t.Context(), Call{Method: method, URL: base}).Class, method)
	}
	for _, header := range []http.Header{{"X": {"a\r\nX-Evil: 1"}}, {"X": {"a\x00"}}, {"X\r\nY": {"a"}}, {"X Y": {"a"}}} {
		require.NotEqual(t, Answered, caller.Call(t.Context(), Call{Method: "GET", URL: base, Header: header}).Class)
	}
	require.Zero(t, calls.Load())
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		require.Equal(t, Answered, caller.Call(t.Context(), Call{Method: method, URL: base}).Class, method)
	}
}

// A URL is refused by its form, whatever the network would connect to.
func TestCallRefusesURLsThatABotMustNotCall(t *testing.T) {
	var calls atomic.Int32
	caller, _ := callTo(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	for url, want := range map[string]Class{
		"https://" + apiName + "/":            Answered,
		"https://API.clinicasur.example.:443": Answered,
		"https://127.0.0.1/":                  Forbidden,
		"http://" + apiName + "/":             Forbidden,
		"https://x." + apiName + ":8080/":     Forbidden,
	} {
		require.Equal(t, want, caller.Call(t.Context(), Call{Method: "GET", URL: url}).Class, url)
	}
	require.EqualValues(t, 2, calls.Load())
}

// What production makes refuses everything that is not public, with a server there to be reached.
func TestTheProductionCallerRefusesThisMachineAndItsNeighbours(t *testing.T) {
	w := watch(t)
	for _, address := range []string{
		"127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "168.63.129.16", "::1",
		"::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fd00:ec2::254",
	} {
		w.resolves("api.example.com", addresses(address))
		require.Equal(t, Forbidden, w.Call(t.Context(), Call{Method: "GET", URL: "https://api.example.com/"}).Class, address)
	}
	require.Equal(t, Forbidden, w.Call(t.Context(), Call{Method: "GET", URL: "http://api.example.com/"}).Class)
	require.Empty(t, w.through)
}
