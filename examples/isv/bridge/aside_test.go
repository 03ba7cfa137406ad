package bridge

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// setAsideAll sets webhooks aside, the first with number 1.
func setAsideAll(t *testing.T, q *queue, webhooks ...string) {
	t.Helper()
	for i, body := range webhooks {
		require.NoError(t, q.setAside(entry{number: uint64(i + 1)}, []byte(body)))
	}
}

func TestTheFilesThatWereSetAsideAreBounded(t *testing.T) {
	q := openTestQueue(t, t.TempDir())
	for n := range uint64(asideFiles) {
		q.refused = append(q.refused, entry{number: n, size: 1})
	}
	require.NoError(t, q.aside.write(fileName(0), []byte("the oldest")))
	require.NoError(t, q.setAside(entry{number: 77_777}, []byte("new")))

	removed, err := q.trimAside()

	require.NoError(t, err)
	require.Equal(t, 1, removed)
	names, err := numbered(q.aside)
	require.NoError(t, err)
	require.Equal(t, []entry{{77_777, 3}}, names)
	require.Len(t, q.refused, asideFiles)
}

func TestTheBytesThatWereSetAsideAreBoundedAndTheOldestGo(t *testing.T) {
	q := openTestQueue(t, t.TempDir())
	q.maxBytes = 10
	setAsideAll(t, q, "1111", "2222", "33")
	removed, err := q.trimAside()
	require.NoError(t, err)
	require.Zero(t, removed, "as much as there may be")

	require.NoError(t, q.setAside(entry{number: 4}, []byte("44444")))
	removed, err = q.trimAside()

	require.NoError(t, err)
	require.Equal(t, 2, removed)
	left, err := numbered(q.aside)
	require.NoError(t, err)
	require.Equal(t, []entry{{3, 2}, {4, 5}}, left)
}

func TestTheNewestThatWasSetAsideStaysWhateverItsSize(t *testing.T) {
	q := openTestQueue(t, t.TempDir())
	q.maxBytes = 3
	setAsideAll(t, q, "1", "22222")

	removed, err := q.trimAside()

	require.NoError(t, err)
	require.Equal(t, 1, removed)
	require.Equal(t, []entry{{2, 5}}, q.refused)
}

func TestAWebhookThatIsSetAsideTwiceCountsOnce(t *testing.T) {
	q := openTestQueue(t, t.TempDir())
	setAsideAll(t, q, "1111", "2222")
	require.NoError(t, q.setAside(entry{number: 1}, []byte("1")))
	require.Equal(t, []entry{{2, 4}, {1, 1}}, q.refused)
}

func TestOneThatCannotBeRemovedDoesNotKeepTheOthers(t *testing.T) {
	q := openTestQueue(t, t.TempDir())
	q.maxBytes = 1
	require.NoError(t, q.aside.root.MkdirAll(fileName(1)+"/full", 0o700)) // a directory with something in it stays
	q.refused = append(q.refused, entry{1, 1})
	require.NoError(t, q.setAside(entry{number: 2}, []byte("2")))
	require.NoError(t, q.setAside(entry{number: 3}, []byte("3")))

	removed, err := q.trimAside()

	require.Error(t, err)
	require.Equal(t, 1, removed)
	require.Equal(t, []entry{{3, 1}}, q.refused)
}

func TestTheBridgeLogsWhichRefusedWebhooksItRemoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.api = func(r *http.Request, _ string) *http.Response {
			if r.URL.Path == "/webhooks/inbound" {
				return response(400, `{"message":"no"}`)
			}
			return usual()
		}
		large := `"` + strings.Repeat("x", maxWebhook/2) + `"`
		s := settingsIn(t.TempDir())
		before, _ := openBridge(t, s, n)
		setAsideAll(t, before.queue, large, large) // as if its bound had been wider
		require.NoError(t, before.Close())
		b, l := openBridge(t, s, n)
		stop := run(t, b)
		synctest.Wait()
		require.Len(t, setAsideFiles(t, b), 1)
		require.Equal(t, 1, strings.Count(l.String(), "the oldest of the refused webhooks were removed"))

		require.NoError(t, b.queue.put([]byte(large)))
		synctest.Wait()
		stop()
		files := setAsideFiles(t, b)
		require.Len(t, files, 1)
		require.Contains(t, files, fileName(3))
		require.Equal(t, 2, strings.Count(l.String(), "the oldest of the refused webhooks were removed"))
		require.Zero(t, waiting(b))
	})
}
