package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// Rows of conversations: the tenant's are a to d, e is another's.
func row(id, channel string, minute int) store.Conversation {
	return store.Conversation{
		ID: "cnv_" + id, WorkflowID: "workflow:" + id, Channel: channel, WaID: contact, Bot: starter,
		OpenedAt: start().Add(time.Duration(minute) * time.Minute).Truncate(time.Millisecond),
	}
}

func ended(c store.Conversation) store.Conversation {
	c.ClosedAt, c.Outcome, c.Messages, c.Replies, c.Unanswered = c.OpenedAt.Add(time.Hour), "solved", 3, 2, 0
	return c
}

func (f *fixture) keep(t testing.TB, rows ...store.Conversation) {
	t.Helper()
	for _, c := range rows {
		require.NoError(t, f.store.CloseConversation(t.Context(), store.Closing{Conversation: c}))
	}
}

func (f *fixture) park(t testing.TB, deliveries ...store.Delivery) {
	t.Helper()
	require.NoError(t, f.store.Park(t.Context(), deliveries))
}

func (f *fixture) get(t testing.TB, as, path string) string {
	t.Helper()
	response := f.do(t, http.MethodGet, path, headers{"Authorization": f.token(as)}, nil)
	require.Equal(t, 200, response.Code, response.Body)
	return response.Body.String()
}

type listing struct {
	Conversations []struct{ ID, Status string }
	Next          string
}

func (f *fixture) list(t testing.TB, as, query string) (ids string, next string) {
	t.Helper()
	var l listing
	require.NoError(t, json.Unmarshal([]byte(f.get(t, as, "/conversations?"+query)), &l))
	for _, c := range l.Conversations {
		ids += strings.TrimPrefix(c.ID, "cnv_")
	}
	return ids, l.Next
}

func listed(t *testing.T) *fixture {
	t.Helper()
	f := setUp(t)
	b, c := row("b", waID, 2), row("c", waID, 3)
	b.WaID, b.UserID = "", contactUserID
	c.HandedOffAt = c.OpenedAt.Add(time.Second)
	f.keep(t, ended(row("a", waID, 1)), b, c, row("d", waID, 4), row("e", otherWaID, 5))
	f.park(t, store.Delivery{ID: "msg_1", Conversation: "cnv_d", Kind: "reply"}, store.Delivery{ID: "msg_2", Conversation: "cnv_a", Kind: "reply"})
	return f
}

func TestConversationsAreListedAsTheTableHasThem(t *testing.T) {
	f := listed(t)
	f.temporal.query = nil // nobody is asked
	open := func(id, contact, status, minute string) string {
		return fmt.Sprintf(`{"id":"cnv_%s","channel":"56900000001","contact":%s,"bot":"starter@5ta77e70","status":%q,"openedAt":"2026-03-10T12:%s:00.123Z"}`,
			id, contact, status, minute)
	}
	require.Equal(t, `{"conversations":[`+strings.Join([]string{
		open("d", `{"waId":"56911112222"}`, "waiting_webhook", "04"),
		open("c", `{"waId":"56911112222"}`, "handed_off", "03"),
		open("b", `{"userId":"CL.13491208655302741918"}`, "open", "02"),
		`{"id":"cnv_a","channel":"56900000001","contact":{"waId":"56911112222"},"bot":"starter@5ta77e70","status":"closed",` +
			`"openedAt":"2026-03-10T12:01:00.123Z","closedAt":"2026-03-10T13:01:00.123Z","outcome":"solved","messages":3,"replies":2,"unanswered":0}`,
	}, ",")+`]}`, f.get(t, "isv", "/conversations"))
}

func TestABotThatIsNotKnownIsNamedByItsHash(t *testing.T) {
	f := setUp(t)
	c := row("a", waID, 1)
	c.Bot = fancy
	f.keep(t, c)
	require.Contains(t, f.get(t, "isv", "/conversations"), `"bot":"fa2c4000"`)
	c.ID, c.Bot = "cnv_b", ""
	f.keep(t, c)
	require.Equal(t, 1, strings.Count(f.get(t, "isv", "/conversations"), `"bot"`))
}

func TestConversationsAreFilteredAndNeverAnothersAreSeen(t *testing.T) {
	f := listed(t)
	for _, tt := range []struct{ as, query, want string }{
		{"isv", "", "dcba"},
		{"other", "", "e"},
		{"operator", "", "edcba"},
		{"isv", "channel=56900000001", "dcba"},
		{"operator", "channel=56900000002", "e"},
		{"isv", "contact=56911112222", "dca"},
		{"other", "contact=56911112222", "e"},
		{"operator", "contact=56911112222", "edca"},
		{"isv", "contact=CL.13491208655302741918", "b"},
		{"other", "contact=CL.13491208655302741918", ""},
		{"isv", "status=open", "dcb"},
		{"isv", "status=closed", "a"},
		{"isv", "status=handed_off", "c"},
		{"isv", "status=waiting_webhook", "d"},
		{"other", "status=waiting_webhook", ""},
		{"isv", "from=2026-03-10T12:02:00Z&to=2026-03-10T12:04:00Z", "cb"},
		{"isv", "from=2026-03-10T13:03:00%2B01:00", "dc"},
		{"isv", "channel=56900000001&contact=56911112222&status=closed&to=2027-01-01T00:00:00Z&limit=200", "a"},
		{"isv", "to=0001-01-01T00:00:00Z", ""},
		{"operator", "to=0001-01-01T01:00:00%2B01:00", ""},
		{"isv", "to=0000-01-01T00:00:00Z", ""},
		{"isv", "to=1970-01-01T00:00:00Z", ""},
		{"isv", "to=1969-12-31T00:00:00Z", ""},
		{"isv", "to=9999-12-31T23:59:59Z", "dcba"},
		{"isv", "from=0001-01-01T00:00:00Z", "dcba"},
		{"isv", "from=9999-12-31T23:59:59Z", ""},
		{"isv", "from=0001-01-01T00:00:00Z&to=0001-01-01T00:00:00Z", ""},
		{"isv", "from=2026-03-10T12:02:00Z&to=2026-03-10T12:02:00Z", ""},
		{"isv", "contact=%27%20OR%201=1--", ""},
	} {
		ids, next := f.list(t, tt.as, tt.query)
		require.Equal(t, tt.want, ids, "%s %s", tt.as, tt.query)
		require.Empty(t, next)
	}
}

func TestTheListGoesOnBehindItsCursor(t *testing.T) {
	f := listed(t)
	for _, tt := range []struct{ as, query, want string }{
		{"isv", "limit=1", "d|c|b|a|"}, {"isv", "limit=2", "dc|ba|"}, {"isv", "limit=3&status=open", "dcb|"}, {"operator", "limit=4", "edcb|a|"},
	} {
		var got, cursor string
		for range 10 {
			ids, next := f.list(t, tt.as, tt.query+cursor)
			got += ids + "|"
			if next == "" {
				break
			}
			cursor = "&cursor=" + url.QueryEscape(next)
		}
		require.Equal(t, tt.want, got, "%s %s", tt.as, tt.query)
	}
}

func TestAForgedCursorShowsNothingOfAnother(t *testing.T) {
	f := listed(t)
	for _, place := range []string{"9223372036854775807/x", "-9223372036854775808/x", "9999999999999/cnv_e", "0/' OR 1=1"} {
		ids, _ := f.list(t, "isv", "cursor="+base64.RawURLEncoding.EncodeToString([]byte(place)))
		require.NotContains(t, ids, "e", place)
	}
}

func TestFiltersThatCannotBeAreRefused(t *testing.T) {
	f := listed(t)
	const when = `must be a time as in RFC 3339, such as 2026-03-10T12:00:00Z`
	const limit, cursor = `limit must be a whole number from 1 to 200`, `cursor must be the next of an earlier answer`
	forged := func(place string) string {
		return "cursor=" + base64.RawURLEncoding.EncodeToString([]byte(place))
	}
	var scenarios []scenario
	for query, message := range map[string]string{
		"limit=0": limit, "limit=201": limit, "limit=-1": limit, "limit=x": limit, "limit=99999999999999999999": limit, "limit=1.5": limit,
		"limit=1&limit=2": `limit may be given only once`,
		"status=":         `status must not be empty`,
		"status=broken":   `status must be one of open, closed, handed_off, waiting_webhook`,
		"from=yesterday":  `from ` + when, "to=2026-03-10": `to ` + when,
		"from=2026-03-10T12:00:01Z&to=2026-03-10T12:00:00Z": `from must not be after to`,
		"from=2026-03-10T12:00:00Z&to=0001-01-01T00:00:00Z": `from must not be after to`,
		"from=2026-03-10T12:00:00+01:00":                    `from ` + when, // a plus that is not escaped is a space
		"cursor=%21":                                        cursor, forged("1"): cursor, forged("x/y"): cursor, forged("1/"): cursor,
		forged("1/a\x00"): cursor, forged("99999999999999999999/a"): cursor, forged("1/" + strings.Repeat("a", 300)): cursor,
		"contact=a%00":      `contact must be a phone number or a user id`,
		"contact=" + long(): `contact must be a phone number or a user id`,
		"chanel=1":          `the query has no 'chanel'; it takes channel, contact, status, from, to, limit, cursor`,
		"a=%zz":             `the query of the URL cannot be read`,
		"channel=a%00":      `unsupported get request. Object with ID 'a\u0000' does not exist`,
		"channel=56900009":  `unsupported get request. Object with ID '56900009' does not exist`,
	} {
		for _, as := range []string{"isv", "operator"} {
			scenarios = append(scenarios, scenario{
				name: as + " " + cutTo(query, 40), method: http.MethodGet, path: "/conversations?" + query, as: as,
				wantStatus: 400, wantBody: `{"message":"` + message + `"}`,
			})
		}
	}
	f.run(t, scenarios)
}

// long is what is too long for any id.
func long() string { return strings.Repeat("5", 300) }

func cutTo(s string, n int) string { return s[:min(len(s), n)] }
