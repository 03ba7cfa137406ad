package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "aaa.bbb.ccc"

// serve starts a server and a client for it.
func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return open(t, Options{URL: server.URL, Token: token, UserAgent: "chattigo/test", Renew: "log in again"})
}

func open(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestARequestSaysWhatItIs(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "Bearer "+token || r.Header.Get("User-Agent") != "chattigo/test" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("ETag", `"e"`)
		_, _ = w.Write([]byte(strings.Join([]string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("Content-Type"), r.Header.Get("Accept"), string(body)}, "|")))
	})
	for _, tt := range []struct {
		r    Request
		want string
	}{
		{Get("bots"), "GET|/bots|||application/json|"},
		{Request{Method: http.MethodPut, Path: []string{"bots", "a/../b?c"}, Body: []byte("x: 1"), Type: "application/yaml", Accept: "text/xml"}, "PUT|/bots/a%2F..%2Fb%3Fc||application/yaml|text/xml|x: 1"},
		{Request{Method: http.MethodPost, Path: []string{"x"}, Query: map[string][]string{"limit": {"2"}}, Body: []byte("{}")}, "POST|/x|limit=2|application/json|application/json|{}"},
	} {
		got, err := c.Do(t.Context(), tt.r)
		require.NoError(t, err)
		require.Equal(t, &Response{"text/plain", `"e"`, []byte(tt.want)}, got)
	}
}

func TestJSONIsRead(t *testing.T) {
	body := `{"version":3}`
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	var into struct{ Version int }
	require.NoError(t, c.JSON(t.Context(), Get("bots", "a"), &into))
	require.Equal(t, 3, into.Version)
	body = "<html>"
	require.ErrorContains(t, c.JSON(t.Context(), Get("bots", "a"), &into), "GET /bots/a of 127.0.0.1:")
}

func TestWhatTheServerRefusesIsItsSentence(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   string
	}{
		{400, `{"message":"unsupported get request. Object with ID 'x' does not exist"}`, "unsupported get request. Object with ID 'x' does not exist"},
		{401, `{"message":"JWT was invalid"}`, "JWT was invalid: log in again"},
		{401, `{"message":"unauthorized Access"}`, "unauthorized Access: this account may not do that"},
		{422, `{"message":"two\nlines \u001b[31m"}`, "two lines  [31m"},
		{422, `{"message":"` + strings.Repeat("é", 3000) + `"}`, strings.Repeat("é", 2000) + "…"},
		{502, "<html>", "SERVER answered 502 Bad Gateway"},
		{500, `{"message":3}`, "SERVER answered 500 Internal Server Error"},
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = w.Write([]byte(tt.body))
		})
		_, err := c.Do(t.Context(), Get("x"))
		require.EqualError(t, err, strings.ReplaceAll(tt.want, "SERVER", c.URL()))
		refused, ok := errors.AsType[*Refused](err)
		require.True(t, ok)
		require.Equal(t, tt.status, refused.Status)
		require.Equal(t, tt.body, string(refused.Body))
		require.NotContains(t, err.Error(), token)
	}
}

func TestTheTokenFollowsNoRedirect(t *testing.T) {
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer elsewhere.Close()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/bots", http.StatusTemporaryRedirect)
	})
	_, err := c.Do(t.Context(), Get("bots"))
	require.EqualError(t, err, c.URL()+" sends on to "+elsewhere.URL+"/bots; if that is right, name it as the URL of the service")
	require.False(t, asked)
}

func TestWhereAServerMayBe(t *testing.T) {
	for text, want := range map[string]string{
		"https://api.example.com":       "https://api.example.com",
		" https://api.example.com/isv/": "https://api.example.com/isv",
		"http://127.0.0.1:8080/":        "http://127.0.0.1:8080",
		"http://[::1]:8080":             "http://[::1]:8080",
		"http://localhost:8080":         "http://localhost:8080",
	} {
		u, err := ParseURL(text)
		require.NoError(t, err, text)
		require.Equal(t, want, u.String())
	}
	for text, want := range map[string]string{
		"":                             "must be written out",
		"api.example.com":              "must be written out",
		"https://":                     "must be written out",
		"https://u:s3cret@x.example:a": "must be written out",
		"https://u:s3cret@x.example":   "must hold no user, no password",
		"https://x.example/?k=s3cret":  "no query",
		"https://x.example/#s3cret":    "no fragment",
		"http://api.example.com":       "http://api.example.com would carry the password and the token where others can read them: use https",
		"http://127.0.0.1.example.com": "use https",
		"ftp://api.example.com":        "begins with https://, not ftp://",
	} {
		_, err := New(Options{URL: text})
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), "s3cret")
	}
}

func TestATokenThatIsNoneIsNotShown(t *testing.T) {
	for _, bad := range []string{"s3cret\nX-Header: 1", "s3cret s3cret", "s3crét"} {
		_, err := New(Options{URL: "https://x.example", Token: bad})
		require.ErrorContains(t, err, "no token has")
		require.NotContains(t, err.Error(), "s3cr")
	}
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := open(t, Options{URL: server.URL}).Do(t.Context(), Get("bots"))
	require.EqualError(t, err, "nothing listens at "+server.URL)
}

func TestAResponseHasABound(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/line" {
			_, _ = w.Write(make([]byte, maxLine+1))
			return
		}
		_, _ = w.Write(make([]byte, maxResponse+1))
	})
	_, err := c.Do(t.Context(), Get("all"))
	require.ErrorContains(t, err, "answers more than is read here")
	err = c.Lines(t.Context(), Get("line"), func([]byte) error { return nil })
	require.ErrorContains(t, err, "answers more than is read here")
}

// busy answers with these statuses, one after the other, and then with 200.
type busy struct {
	statuses   []int
	retryAfter string
	made       int
}

func (b *busy) RoundTrip(r *http.Request) (*http.Response, error) {
	b.made++
	status, header := http.StatusOK, http.Header{}
	if b.made <= len(b.statuses) {
		status = b.statuses[b.made-1]
		header.Set("Retry-After", b.retryAfter)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(`{"message":"busy"}`)), Request: r}, nil
}

func TestABusyServerIsAskedAgain(t *testing.T) {
	put := Request{Method: http.MethodPut, Path: []string{"x"}, Repeatable: true}
	post := Request{Method: http.MethodPost, Path: []string{"x"}}
	for name, tt := range map[string]struct {
		r    Request
		busy busy
		made int
		took time.Duration
		want string
	}{
		"when it says so":           {put, busy{statuses: []int{429, 503}, retryAfter: "7"}, 3, 14 * time.Second, ""},
		"a little later each time":  {put, busy{statuses: []int{503, 503, 503}}, 4, 7 * time.Second, ""},
		"not for ever":              {put, busy{statuses: []int{503, 503, 503, 503}, retryAfter: "2"}, 4, 6 * time.Second, "busy (again in 2s)"},
		"not tomorrow":              {put, busy{statuses: []int{429}, retryAfter: "21"}, 1, 0, "busy (again in 21s)"},
		"not after 9 digits":        {put, busy{statuses: []int{429}, retryAfter: "999999999"}, 1, 0, "busy (again in 277777h46m39s)"},
		"not what must not be done": {post, busy{statuses: []int{503}, retryAfter: "1"}, 1, 0, "busy (again in 1s)"},
		"not for another reason":    {put, busy{statuses: []int{500}, retryAfter: "1"}, 1, 0, "busy"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := 0
				c := open(t, Options{URL: "https://x.example", Waiting: func(time.Duration, string) { told++ }})
				c.http.Transport = &tt.busy
				began := time.Now()
				_, err := c.Do(t.Context(), tt.r)
				if tt.want == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, tt.want)
				}
				require.Equal(t, tt.made, tt.busy.made)
				require.Equal(t, tt.made-1, told)
				require.Equal(t, tt.took, time.Since(began))
			})
		})
	}
}

func TestAPersonWhoStopsWaitsNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := open(t, Options{URL: "https://x.example", Waiting: func(time.Duration, string) { cancel() }})
		c.http.Transport = &busy{statuses: []int{503}, retryAfter: "5"}
		_, err := c.Do(ctx, Get("x"))
		require.ErrorIs(t, err, context.Canceled)
	})
}

// silent takes a request and answers nothing, or lines and then nothing.
type silent struct{ lines []string }

func (s silent) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.lines == nil {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	reader, writer := io.Pipe()
	go func() {
		for _, line := range s.lines {
			if _, err := writer.Write([]byte(line + "\n")); err != nil {
				return
			}
			select {
			case <-time.After(20 * time.Second):
			case <-r.Context().Done():
			}
		}
		<-r.Context().Done()
		writer.CloseWithError(r.Context().Err())
	}()
	return &http.Response{StatusCode: http.StatusOK, Body: reader, Request: r}, nil
}

func TestAServerThatIsSilentIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := open(t, Options{URL: "https://x.example"})
		c.http.Transport = silent{}
		began := time.Now()
		_, err := c.Do(t.Context(), Get("x"))
		require.EqualError(t, err, "https://x.example did not answer within 30s")
		require.Equal(t, 30*time.Second, time.Since(began))

		c.http.Transport = silent{lines: []string{`{"a":1}`, "", " ", `{"a":2}`}}
		began = time.Now()
		var got []string
		err = c.Lines(t.Context(), Get("x"), func(line []byte) error {
			got = append(got, string(line))
			return nil
		})
		require.EqualError(t, err, "https://x.example did not answer within 30s")
		require.Equal(t, []string{`{"a":1}`, `{"a":2}`}, got)
		require.Equal(t, 90*time.Second, time.Since(began), "each line has its own 30 s")
	})
}

func TestLinesEndWhenTheReaderHasEnough(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("1\n2\n"))
		http.NewResponseController(w).Flush() //nolint:errcheck // the client is there
		if r.URL.Path == "/open" {
			<-r.Context().Done()
		}
	})
	enough := errors.New("enough")
	err := c.Lines(t.Context(), Get("open"), func([]byte) error { return enough })
	require.ErrorIs(t, err, enough)

	ctx, cancel := context.WithCancel(t.Context())
	err = c.Lines(ctx, Get("open"), func(line []byte) error {
		if string(line) == "2" {
			cancel()
		}
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, c.Lines(t.Context(), Get("ends"), func([]byte) error { return nil }))
}
