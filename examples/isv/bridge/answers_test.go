package bridge

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARepeatGetsTheAnswerOfTheFirstAndGraphNothing(t *testing.T) {
	n := &network{}
	s := settingsIn(t.TempDir())
	b, _ := openBridge(t, s, n)
	first := serve(b, fromChattigo(t, "msg_1", hello("a")))

	again := serve(b, fromChattigo(t, "msg_1", hello("a")))
	other := serve(b, fromChattigo(t, "msg_2", hello("a")))

	require.Equal(t, first.Body.String(), again.Body.String())
	require.Equal(t, "wamid.1", wamid(t, again))
	require.Equal(t, "wamid.2", wamid(t, other), "the same text under another id is another message")
	require.NoError(t, b.Close())
	b, _ = openBridge(t, s, n)
	require.Equal(t, "wamid.1", wamid(t, serve(b, fromChattigo(t, "msg_1", hello("a")))), "a restart forgets nothing")
	require.Len(t, n.sent(), 2)
}

func TestConcurrentDeliveriesOfAMessageReachGraphOnce(t *testing.T) {
	n := &network{}
	entered := make(chan struct{}, 10)
	release := make(chan struct{})
	n.graph = func(*http.Request, string) *http.Response {
		entered <- struct{}{}
		<-release
		return response(200, `{"messages":[{"id":"wamid.once"}]}`)
	}
	b, _ := openBridge(t, settingsIn(t.TempDir()), n)
	var group sync.WaitGroup
	found := make(chan *httptest.ResponseRecorder, 8)
	for range 8 {
		r := fromChattigo(t, "msg_1", hello("a"))
		group.Go(func() { found <- serve(b, r) })
	}
	<-entered
	close(release)
	group.Wait()
	close(found)

	for w := range found {
		require.Equal(t, "wamid.once", wamid(t, w))
	}
	require.Len(t, n.sent(), 1)
}

// Chattigo waits 3 s the first time. What Graph answers later must not be lost: the repeat would send the
// message again.
func TestAMessageIsSentToItsEndWhenTheCallerDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.graph = func(*http.Request, string) *http.Response {
			pass(5 * time.Second)
			return response(200, `{"messages":[{"id":"wamid.late"}]}`)
		}
		b, _ := openBridge(t, settingsIn(t.TempDir()), n)
		impatient, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		serve(b, fromChattigo(t, "msg_1", hello("a")).WithContext(impatient))

		began := time.Now()
		during := serve(b, fromChattigo(t, "msg_1", hello("a")))
		require.Equal(t, 2*time.Second, time.Since(began), "it joins the request that is running")
		after := serve(b, fromChattigo(t, "msg_1", hello("a")))

		require.Equal(t, "wamid.late", wamid(t, during))
		require.Equal(t, "wamid.late", wamid(t, after))
		require.Len(t, n.sent(), 1)
	})
}

func TestTheEndOfTheBridgeWaitsForWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.graph = func(*http.Request, string) *http.Response {
			pass(5 * time.Second)
			return response(200, `{"messages":[{"id":"wamid.late"}]}`)
		}
		s := settingsIn(t.TempDir())
		b, _ := openBridge(t, s, n)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		serve(b, fromChattigo(t, "msg_1", hello("a")).WithContext(impatient))
		require.NoError(t, b.Close())

		b, _ = openBridge(t, s, n)
		require.Equal(t, "wamid.late", wamid(t, serve(b, fromChattigo(t, "msg_1", hello("a")))))
		require.Len(t, n.sent(), 1)
	})
}

func TestAnswersAreForgottenInTheEnd(t *testing.T) {
	n := &network{}
	s := settingsIn(t.TempDir())
	b, _ := openBridge(t, s, n)
	now := time.Now()
	b.answers.now = func() time.Time { return now }
	b.answers.kept = 3
	for i := range 5 {
		serve(b, fromChattigo(t, fmt.Sprint("msg_", i), hello("a")))
	}
	count := func() int {
		entries, err := os.ReadDir(filepath.Join(s.DataDir, "answers"))
		require.NoError(t, err)
		return len(entries)
	}
	require.Equal(t, 3, count())
	require.Len(t, b.answers.known, 3)
	require.Equal(t, "wamid.5", wamid(t, serve(b, fromChattigo(t, "msg_4", hello("a")))), "the newest are kept")

	now = now.Add(answersAge + time.Second)
	serve(b, fromChattigo(t, "msg_new", hello("a")))
	require.Equal(t, 1, count())
	require.Len(t, b.answers.order, 1)
}

func TestAnAnswerThatCannotBeReadIsNone(t *testing.T) {
	n := &network{}
	s := settingsIn(t.TempDir())
	b, _ := openBridge(t, s, n)
	serve(b, fromChattigo(t, "msg_1", hello("a")))
	files, err := filepath.Glob(filepath.Join(s.DataDir, "answers", "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.NoError(t, os.WriteFile(files[0], []byte(`{"status":9`), 0o600))

	require.Equal(t, "wamid.2", wamid(t, serve(b, fromChattigo(t, "msg_1", hello("a")))))
	require.Equal(t, "wamid.2", wamid(t, serve(b, fromChattigo(t, "msg_1", hello("a")))))
	require.Len(t, b.answers.order, 1)
}

func TestAnAnswerThatCannotBeWrittenIsGivenAllTheSame(t *testing.T) {
	n := &network{}
	b, l := openBridge(t, settingsIn(t.TempDir()), n)
	require.NoError(t, b.answers.folder.close())

	require.Equal(t, "wamid.1", wamid(t, serve(b, fromChattigo(t, "msg_1", hello("a")))))
	require.Contains(t, l.String(), "an answer cannot be written down")
}
