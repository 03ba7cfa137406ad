package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// withDeadLetters has a channel with a webhook, three dead letters and one that waits; another tenant has a
// dead letter too.
func withDeadLetters(t testing.TB) *fixture {
	t.Helper()
	f := setUp(t)
	for _, number := range []string{waID, otherWaID} {
		require.NoError(t, f.store.SetWebhook(t.Context(), number, hook, "", start()))
	}
	late := waitingFor(waID, "c", 30, store.DeliveryDead)
	late.Contact = contact2
	f.park(t, waitingFor(waID, "a", 1, store.DeliveryDead), waitingFor(waID, "b", 2, store.DeliveryDead), late,
		waitingFor(waID, "w", 1, store.DeliveryWaiting), waitingFor(otherWaID, "d", 1, store.DeliveryDead))
	return f
}

// replayed are the ids on the list of the replay that was started last.
func (f *fixture) replayed(t testing.TB) (ids []string) {
	t.Helper()
	require.NotEmpty(t, f.temporal.replays)
	last := f.temporal.replays[len(f.temporal.replays)-1]
	rows, err := f.store.NextToReplay(t.Context(), last.ID, 100)
	require.NoError(t, err)
	require.Len(t, rows, last.Count)
	for _, row := range rows {
		require.Equal(t, last.Channel, row.Channel)
		ids = append(ids, row.ID)
	}
	return ids
}

func TestDeadLettersAreReplayedAsAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, body, as string
		want           []string
	}{
		{"/deliveries/replay", `{"channel":"56900000001"}`, "isv", []string{"a", "b", "c"}},
		{"/deliveries/replay", `{"channel":"56900000001"}`, "operator", []string{"a", "b", "c"}},
		{"/deliveries/replay", `{"channel":"56900000001","contact":"56911113333"}`, "isv", []string{"c"}},
		{"/deliveries/replay", `{"channel":"56900000001","conversation":"cnv_b"}`, "isv", []string{"b"}},
		{"/deliveries/replay", `{"channel":"56900000001","from":"2026-03-10T12:02:00Z","to":"2026-03-10T12:03:00Z"}`, "isv", []string{"b"}},
		{"/deliveries/b/replay", ``, "isv", []string{"b"}},
		{"/deliveries/d/replay", `{}`, "other", []string{"d"}},
	} {
		f := withDeadLetters(t)
		status, body := f.as(t, c.as, "POST", c.path, c.body)
		require.Equal(t, http.StatusAccepted, status, body)
		require.Equal(t, c.want, f.replayed(t), c)
		var got struct {
			ID, Channel string
			Count       int
		}
		require.NoError(t, json.Unmarshal([]byte(body), &got))
		require.Equal(t, []workflows.ReplayInput{workflows.NewReplayInput(got.ID, got.Channel, len(c.want))}, f.temporal.replays)
		require.Regexp(t, "^rpl_[a-z0-9]{26}$", got.ID)
		require.Contains(t, f.ok(t, c.as, "GET", "/deliveries/"+c.want[0], ""), `"replay":"`+got.ID+`"`)
	}
}

func TestReplaysThatAreRefused(t *testing.T) {
	t.Parallel()
	f := withDeadLetters(t)
	for body, want := range map[string]string{
		``:                                       "the body is empty; it must be a JSON object",
		`{}`:                                     "channel is missing",
		`{"channel":""}`:                         "channel must not be empty",
		`{"channel":569}`:                        "channel must be a string",
		`{"channel":"569"}`:                      "unsupported get request. Object with ID '569' does not exist",
		`{"channel":"a\u0000"}`:                  "unsupported get request. Object with ID 'a\x00' does not exist",
		`{"channel":"56900000001","state":"w"}`:  "the body has no 'state'; it takes channel, conversation, contact, from, to",
		`{"channel":"56900000001","contact":""}`: "contact must not be empty",
		`{"channel":"56900000001","conversation":"a\u0000"}`: "conversation holds what no id has",
		`{"channel":"56900000001","from":"yesterday"}`:       "from must be a time as in RFC 3339, such as 2026-03-10T12:00:00Z",
		`{"channel":"56900000001","to":null}`:                "to must be a string",
	} {
		status, got := f.as(t, "isv", "POST", "/deliveries/replay", body)
		require.Equal(t, http.StatusBadRequest, status, body)
		require.Equal(t, want, messageOf(t, got))
	}
	for path, want := range map[string]int{
		"/deliveries/d/replay": 400, "/deliveries/x/replay": 400, "/deliveries/a%00/replay": 400, "/deliveries/w/replay": 409,
		"/deliveries/" + strings.Repeat("x", 300) + "/replay": 400,
	} {
		status, body := f.as(t, "isv", "POST", path, "")
		require.Equal(t, want, status, body)
	}
	status, _ := f.as(t, "other", "POST", "/deliveries/replay", `{"channel":"56900000001"}`)
	require.Equal(t, http.StatusUnauthorized, status)
	status, body := f.as(t, "other", "POST", "/deliveries/replay", `{"channel":"56900000002","conversation":"cnv_a"}`)
	require.Equal(t, http.StatusConflict, status, "another's conversation")
	require.Contains(t, body, "there is no dead letter to replay")
	require.Empty(t, f.temporal.replays)
}

func TestNothingIsReplayedWhereNothingIsPosted(t *testing.T) {
	t.Parallel()
	pull, none := true, ""
	for want, change := range map[string]func(*fixture) error{
		"are pulled": func(f *fixture) error {
			return f.store.ConfigureWebhook(t.Context(), waID, store.WebhookSettings{Pull: &pull}, f.now)
		},
		"has no webhook": func(f *fixture) error {
			return f.store.ConfigureWebhook(t.Context(), waID, store.WebhookSettings{URL: &none}, f.now)
		},
		"the webhook is off (gone)": func(f *fixture) error {
			_, err := f.store.RecordWebhookFailure(t.Context(), store.WebhookFailure{Channel: waID, URL: hook, At: f.now, Off: store.OffGone})
			return err
		},
	} {
		f := withDeadLetters(t)
		require.NoError(t, change(f))
		for path, body := range map[string]string{"/deliveries/a/replay": "", "/deliveries/replay": `{"channel":"56900000001"}`} {
			status, got := f.as(t, "isv", "POST", path, body)
			require.Equal(t, http.StatusConflict, status)
			require.Contains(t, messageOf(t, got), want)
		}
		require.Empty(t, f.temporal.replays)
	}
}

// One replay of a channel runs at a time. What a replay that was not started has marked is free again.
func TestReplaysOfAChannelRunOneAfterTheOther(t *testing.T) {
	t.Parallel()
	f := withDeadLetters(t)
	again := func() (int, string) {
		f.handler = f.process(t) // another process, whose limit is its own
		return f.as(t, "isv", "POST", "/deliveries/replay", `{"channel":"56900000001"}`)
	}
	f.temporal.open = map[string]bool{"replay:" + waID: true}
	status, body := again()
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "are being replayed")
	status, _ = f.as(t, "isv", "POST", "/deliveries/replay", `{"channel":"56900000001"}`)
	require.Equal(t, http.StatusTooManyRequests, status, "asked within 5 s")

	f.temporal.open = nil
	for _, refused := range []struct {
		err  error
		want int
	}{
		{serviceerror.NewWorkflowExecutionAlreadyStarted("it runs", "", ""), http.StatusConflict}, {errTemporal, http.StatusServiceUnavailable},
	} {
		f.temporal.fail = func(signal) error { return refused.err }
		status, _ = again()
		require.Equal(t, refused.want, status)
	}
	f.temporal.fail = nil
	status, _ = again()
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, []string{"a", "b", "c"}, f.replayed(t))

	status, _ = again()
	require.Equal(t, http.StatusConflict, status, "they are on that list")
	f.now = f.now.Add(2 * time.Minute)
	status, _ = again()
	require.Equal(t, http.StatusAccepted, status, "whose workflow was terminated")
}

func TestAWebhookShowsWhatWaitsAndWhatIsDead(t *testing.T) {
	t.Parallel()
	f := withDeadLetters(t)
	f.now = start().Add(2 * time.Hour)
	for _, as := range []string{"isv", "operator"} {
		got := f.ok(t, as, "GET", "/webhooks/outbound?waId=56900000001", "")
		require.Contains(t, got, `"waiting":1,"deadLetters":3,"oldestWaiting":"2026-03-10T12:01:00.123Z","oldestAgeSeconds":7140`)
	}
	require.Contains(t, f.ok(t, "other", "GET", "/webhooks/outbound?waId=56900000002", ""), `"waiting":0,"deadLetters":1,"oldestAgeSeconds":0}`)
}
