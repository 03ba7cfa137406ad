package isv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReceiveKeepsBodyAndHeadersAndAnswersEmptyObject(t *testing.T) {
	inbox := NewInbox()
	inbox.now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

	response := post(t, inbox, `{"type":"text","text":{"body":"<Hola> & más"}}`, map[string]string{
		"webhook-id":            "msg_1",
		"chattigo-contact":      "56911111111",
		"chattigo-conversation": "cnv_1",
		"chattigo-sequence":     "1",
		"Authorization":         "not kept",
	})

	require.Equal(t, http.StatusOK, response.Code)
	require.JSONEq(t, `{}`, response.Body.String())
	// Byte for byte: no HTML escaping, nothing added.
	require.Equal(t, `[{"index":1,"receivedAt":"2026-11-23T12:00:00Z",`+
		`"headers":{"chattigo-contact":"56911111111","chattigo-conversation":"cnv_1","chattigo-sequence":"1","webhook-id":"msg_1"},`+
		`"body":{"type":"text","text":{"body":"<Hola> & más"}}}]`+"\n", get(t, inbox, "/messages").Body.String())
}

func TestListFilters(t *testing.T) {
	inbox := NewInbox()
	for i, contact := range []string{"a", "b", "a", "b"} {
		post(t, inbox, `{}`, map[string]string{"chattigo-contact": contact, "chattigo-conversation": fmt.Sprint("cnv_", i/2)})
	}
	tests := []struct {
		query string
		want  []int64
	}{
		{query: "", want: []int64{1, 2, 3, 4}},
		{query: "?contact=a", want: []int64{1, 3}},
		{query: "?conversation=cnv_1", want: []int64{3, 4}},
		{query: "?contact=b&conversation=cnv_1", want: []int64{4}},
		{query: "?after=2", want: []int64{3, 4}},
		{query: "?contact=a&after=1", want: []int64{3}},
		{query: "?after=4", want: []int64{}},
		{query: "?contact=nobody", want: []int64{}},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			require.Equal(t, test.want, indexes(t, get(t, inbox, "/messages"+test.query)))
		})
	}
}

func TestListOfNothingIsAnEmptyArray(t *testing.T) {
	require.Equal(t, "[]\n", get(t, NewInbox(), "/messages").Body.String())
}

func TestAListThatWaits(t *testing.T) {
	const moment = lull / 3
	tests := []struct {
		name, query string
		// comes are the contacts of the messages that come, a moment apart; the first
		// after a second.
		comes []string
		want  []int64
		took  time.Duration
	}{
		{name: "nothing comes", query: "?wait=5s", want: []int64{}, took: 5 * time.Second},
		{name: "a turn comes", query: "?wait=5s&contact=a", comes: []string{"a", "a"}, want: []int64{1, 2}, took: time.Second + moment + lull},
		{name: "it comes for another", query: "?wait=5s&contact=b", comes: []string{"a"}, want: []int64{}, took: 5 * time.Second},
		{name: "another does not prolong it", query: "?wait=5s&contact=a", comes: []string{"a", "b"}, want: []int64{1}, took: time.Second + lull},
		{name: "it comes shortly before the end", query: "?wait=1050ms", comes: []string{"a", "a", "a", "a"}, want: []int64{1}, took: 1050 * time.Millisecond},
		{name: "nobody waits", query: "", comes: []string{"a"}, want: []int64{}, took: 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inbox := NewInbox()
				for i, contact := range test.comes {
					time.AfterFunc(time.Second+time.Duration(i)*moment, func() {
						inbox.keep(http.Header{"Chattigo-Contact": {contact}}, []byte(`{}`))
					})
				}
				began := time.Now()

				listed := get(t, inbox, "/messages"+test.query)

				require.Equal(t, test.took, time.Since(began))
				require.Equal(t, test.want, indexes(t, listed))
			})
		})
	}
}

func TestAListThatWaitsIsAnsweredWithWhatWasThereBeforeAndWhatComesNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := NewInbox()
		inbox.keep(http.Header{}, []byte(`{}`))
		time.AfterFunc(lull/2, func() { inbox.keep(http.Header{}, []byte(`{}`)) })
		began := time.Now()

		listed := get(t, inbox, "/messages?wait=5s")

		require.Equal(t, []int64{1, 2}, indexes(t, listed))
		require.Equal(t, lull/2+lull, time.Since(began))
	})
}

func TestStopDoesNotWaitForThoseWhoWait(t *testing.T) {
	inbox := NewInbox()
	waiting := make(chan struct{})
	// A server that stops closes a connection whose request it has not read: only from here on is
	// there a request to be answered.
	server, err := start(t.Context(), "127.0.0.1:0", inbox, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(waiting)
		inbox.ServeHTTP(w, r)
	}))
	require.NoError(t, err)
	answered := make(chan string)
	go func() { answered <- fetch(t.Context(), server.URL()+"messages?wait=30s") }()
	<-waiting
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()

	require.NoError(t, server.Stop(ctx))

	require.Equal(t, "[]\n", <-answered)
}

// fetch returns the body of an answer, or what went wrong.
func fetch(ctx context.Context, url string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err.Error()
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err.Error()
	}
	return string(body)
}

func TestRequestsThatAreRefused(t *testing.T) {
	tests := []struct {
		name, method, target, body string
		status                     int
	}{
		{name: "body above 1 MB", method: http.MethodPost, target: "/", body: strings.Repeat("x", maxBody+1), status: http.StatusRequestEntityTooLarge},
		{name: "after is no number", method: http.MethodGet, target: "/messages?after=x", status: http.StatusBadRequest},
		{name: "wait is no duration", method: http.MethodGet, target: "/messages?wait=5", status: http.StatusBadRequest},
		{name: "wait is too long", method: http.MethodGet, target: "/messages?wait=31s", status: http.StatusBadRequest},
		{name: "wait is negative", method: http.MethodGet, target: "/messages?wait=-1s", status: http.StatusBadRequest},
		{name: "another path", method: http.MethodPost, target: "/other", status: http.StatusNotFound},
		{name: "another method", method: http.MethodDelete, target: "/messages", status: http.StatusMethodNotAllowed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inbox := NewInbox()
			response := httptest.NewRecorder()
			inbox.ServeHTTP(response, httptest.NewRequestWithContext(t.Context(), test.method, test.target, strings.NewReader(test.body)))
			require.Equal(t, test.status, response.Code)
			require.Empty(t, inbox.List(Filter{}))
		})
	}
}

func TestBodiesThatAreNotJSONAreKeptAsStrings(t *testing.T) {
	inbox := NewInbox()
	for _, body := range []string{"", "hola", `{"a":`, "\"\xff\""} {
		post(t, inbox, body, nil)
	}

	listed := inbox.List(Filter{})

	require.Equal(t, []string{`""`, `"hola"`, `"{\"a\":"`, `"\"\ufffd\""`},
		[]string{string(listed[0].Body), string(listed[1].Body), string(listed[2].Body), string(listed[3].Body)})
	require.Equal(t, []int64{1, 2, 3, 4}, indexes(t, get(t, inbox, "/messages")))
}

func TestTheOldestGoesFirst(t *testing.T) {
	tests := []struct {
		name                string
		messages, bytes     int
		wantFirst, wantLast int64
	}{
		{name: "beyond the count", messages: 3, bytes: 1 << 20, wantFirst: 8, wantLast: 10},
		{name: "beyond the bytes", messages: 100, bytes: 20, wantFirst: 7, wantLast: 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inbox := NewInbox()
			inbox.keepMessages, inbox.keepBytes = test.messages, test.bytes
			for range 10 {
				post(t, inbox, `"123"`, nil)
			}
			listed := inbox.List(Filter{})
			require.Equal(t, test.wantFirst, listed[0].Index)
			require.Equal(t, test.wantLast, listed[len(listed)-1].Index)
		})
	}
}

func TestThePageEscapesWhatArrives(t *testing.T) {
	inbox := NewInbox()
	post(t, inbox, `{"type":"<script>alert(1)</script>","text":{"body":"<img src=x onerror=alert(2)>"}}`,
		map[string]string{"chattigo-contact": `"><script>alert(3)</script>`})

	shown := get(t, inbox, "/")

	require.Equal(t, http.StatusOK, shown.Code)
	require.Equal(t, "default-src 'none'; style-src 'unsafe-inline'", shown.Header().Get("Content-Security-Policy"))
	require.NotContains(t, shown.Body.String(), "<script>")
	require.NotContains(t, shown.Body.String(), "<img")
	require.Contains(t, shown.Body.String(), "&lt;script&gt;alert(1)")
}

func TestThePageShowsKindSequenceAndContact(t *testing.T) {
	inbox := NewInbox()
	require.Contains(t, get(t, inbox, "/").Body.String(), "Nothing has arrived yet")
	post(t, inbox, `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`,
		map[string]string{"chattigo-contact": "56911111111", "chattigo-sequence": "7"})
	post(t, inbox, `{"type":"text"}`, map[string]string{"chattigo-contact": "56922222222"})

	shown := get(t, inbox, "/?contact=56911111111").Body.String()

	require.Contains(t, shown, "close notice")
	require.Contains(t, shown, "sequence 7")
	require.NotContains(t, shown, "56922222222")
}

func TestManyAtOnceLoseNothing(t *testing.T) {
	inbox := NewInbox()
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for range 50 {
				post(t, inbox, `{}`, nil)
				inbox.List(Filter{After: 10})
			}
		})
	}
	senders.Wait()

	listed := inbox.List(Filter{})

	require.Len(t, listed, 400)
	for i, m := range listed {
		require.Equal(t, int64(i+1), m.Index)
	}
}

func TestServerServesUntilItIsStopped(t *testing.T) {
	server, err := Start(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL(), strings.NewReader(`{"type":"text"}`))
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	require.Equal(t, "{}\n", string(body))
	require.Len(t, server.Inbox().List(Filter{}), 1)
	require.NoError(t, server.Stop(t.Context()))

	again, err := Start(t.Context(), server.Addr())
	require.NoError(t, err)
	require.NoError(t, again.Stop(t.Context()))
}

func TestStartOnABusyAddressFails(t *testing.T) {
	server, err := Start(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, server.Stop(t.Context())) }()

	_, err = Start(t.Context(), server.Addr())

	require.ErrorContains(t, err, "address already in use")
}

func post(t *testing.T, inbox *Inbox, body string, headers map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response := httptest.NewRecorder()
	inbox.ServeHTTP(response, request)
	return response
}

func get(t *testing.T, inbox *Inbox, target string) *httptest.ResponseRecorder {
	t.Helper()
	response := httptest.NewRecorder()
	inbox.ServeHTTP(response, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody))
	return response
}

func indexes(t *testing.T, response *httptest.ResponseRecorder) []int64 {
	t.Helper()
	var listed []Message
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &listed))
	found := []int64{}
	for _, m := range listed {
		found = append(found, m.Index)
	}
	return found
}
