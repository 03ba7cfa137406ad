package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

func (f *fixture) page(t testing.TB, conversation string, number int, entries ...store.Entry) {
	t.Helper()
	require.NoError(t, f.store.PutPage(t.Context(), store.Page{Conversation: conversation, Number: number, Entries: entries}))
}

func entry(id string) store.Entry { return store.Entry{At: start(), Direction: store.In, ID: id} }

func shown(id string) string {
	return `{"at":"2026-03-10T12:00:00.123Z","direction":"in","id":"` + id + `"}`
}

func TestATranscriptSaysWhatBecameOfEachMessage(t *testing.T) {
	f := setUp(t)
	f.keep(t, ended(row("a", waID, 1)))
	out := func(id, delivery, wamid string) store.Entry {
		return store.Entry{At: start(), Direction: store.Out, ID: id, Delivery: delivery, WAMID: wamid}
	}
	f.page(t, "cnv_a", 1,
		store.Entry{At: start(), Direction: store.In, ID: "wamid.1", Type: "text", Timestamp: 1773144000, Body: json.RawMessage(`{"text": {"body":"<ñ>"}}`)},
		store.Entry{At: start(), Direction: store.Out, ID: "msg_1", Sequence: 1, InReplyTo: "wamid.1", Delivery: "delivered", WAMID: "wamid.a", Body: json.RawMessage(`{}`)},
		out("msg_2", "delivered", ""), out("msg_3", "ledger", ""), out("msg_4", "ledger", ""), out("msg_5", "ledger", ""), out("msg_6", "ledger", ""),
		store.Entry{At: start(), Direction: store.Human, ID: "wamid.h", Type: "text"},
		store.Entry{At: start(), Direction: store.Note, ID: "msg_4", Note: "not delivered: dead letter"},
	)
	f.park(t,
		store.Delivery{ID: "msg_3", Conversation: "cnv_a", Kind: "reply", State: store.DeliveryDelivered, Attempts: 3, LastError: "timeout", WAMID: "wamid.c"},
		store.Delivery{ID: "msg_4", Conversation: "cnv_a", Kind: "reply", State: store.DeliveryDead, Attempts: 9, LastError: "status", Body: json.RawMessage(`"secret"`)},
		store.Delivery{ID: "msg_5", Conversation: "cnv_a", Kind: "reply", Attempts: 1, LastError: "connect"},
		store.Delivery{ID: "msg_6", Conversation: "cnv_b", Kind: "reply", WAMID: "wamid.foreign"},
	)
	require.NoError(t, f.store.SaveStatuses(t.Context(), []store.MessageStatus{
		{Channel: waID, WAMID: "wamid.a", Status: "read", At: eleven()},
		{Channel: waID, WAMID: "wamid.c", Status: "failed", At: eleven(), ErrorCode: 131047},
		{Channel: waID, WAMID: "wamid.1", Status: "read"},
		{Channel: waID, WAMID: "wamid.foreign", Status: "read"},
		{Channel: otherWaID, WAMID: "wamid.a", Status: "failed", ErrorCode: 1},
	}))
	at := func(rest string) string { return `{"at":"2026-03-10T12:00:00.123Z",` + rest + `}` }
	require.Equal(t, `{"conversation":"cnv_a","page":1,"messages":[`+
		at(`"direction":"in","id":"wamid.1","type":"text","timestamp":1773144000,"body":{"text":{"body":"<ñ>"}}`)+`,`+
		at(`"direction":"out","id":"msg_1","sequence":1,"inReplyTo":"wamid.1","delivery":{"state":"delivered","attempts":1},"status":{"status":"read","at":"2026-03-10T11:00:00.000Z"},"body":{}`)+`,`+
		at(`"direction":"out","id":"msg_2","delivery":{"state":"delivered","attempts":1}`)+`,`+
		at(`"direction":"out","id":"msg_3","delivery":{"state":"delivered","attempts":3,"lastError":"timeout"},"status":{"status":"failed","at":"2026-03-10T11:00:00.000Z","errorCode":131047}`)+`,`+
		at(`"direction":"out","id":"msg_4","delivery":{"state":"dead","attempts":9,"lastError":"status"}`)+`,`+
		at(`"direction":"out","id":"msg_5","delivery":{"state":"waiting","attempts":1,"lastError":"connect"}`)+`,`+
		at(`"direction":"out","id":"msg_6"`)+`,`+
		at(`"direction":"human","id":"wamid.h","type":"text"`)+`,`+
		at(`"direction":"note","id":"msg_4","note":"not delivered: dead letter"`)+
		`]}`, f.get(t, "isv", "/conversations/cnv_a/messages"))
}

func TestTheEndOfAnOpenTranscriptComesFromTheWorkflow(t *testing.T) {
	for _, tt := range []struct {
		name     string
		snapshot workflows.Snapshot
		err      error
		// want are the pages 1, 2, … as far as next leads.
		want []string
		live bool
	}{
		{"a tail behind two pages", workflows.Snapshot{Conversation: "cnv_a", Page: 3, Tail: []store.Entry{entry("t")}}, nil, []string{shown("p1"), shown("p2"), shown("t")}, true},
		{"a tail that is being stored", workflows.Snapshot{Conversation: "cnv_a", Page: 2, Tail: []store.Entry{entry("p2"), entry("t")}}, nil, []string{shown("p1"), shown("p2") + "," + shown("t")}, true},
		{"no tail", workflows.Snapshot{Conversation: "cnv_a", Page: 3}, nil, []string{shown("p1"), shown("p2")}, true},
		{"another's tail", workflows.Snapshot{Conversation: "cnv_b", Page: 1, Tail: []store.Entry{entry("secret")}}, nil, []string{shown("p1"), shown("p2")}, false},
		{"no answer", workflows.Snapshot{}, context.DeadlineExceeded, []string{shown("p1"), shown("p2")}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setUp(t)
			f.keep(t, row("a", waID, 1))
			f.page(t, "cnv_a", 1, entry("p1"))
			f.page(t, "cnv_a", 2, entry("p2"))
			f.temporal.query = func(context.Context, string) (workflows.Snapshot, error) { return tt.snapshot, tt.err }
			for i, want := range tt.want {
				next := fmt.Sprintf(`"next":%d,`, i+2)
				if i+1 == len(tt.want) {
					next = ""
				}
				require.Equal(t, fmt.Sprintf(`{"conversation":"cnv_a","page":%d,"messages":[%s],%s"live":%t}`, i+1, want, next, tt.live),
					f.get(t, "isv", fmt.Sprintf("/conversations/cnv_a/messages?page=%d", i+1)))
			}
		})
	}
}

func TestATailIsJoinedLikeAPage(t *testing.T) {
	f := setUp(t)
	f.keep(t, row("a", waID, 1))
	f.park(t, store.Delivery{ID: "msg_1", Conversation: "cnv_a", Kind: "reply", Attempts: 1, WAMID: "wamid.a"})
	require.NoError(t, f.store.SaveStatuses(t.Context(), []store.MessageStatus{{Channel: waID, WAMID: "wamid.a", Status: "sent"}}))
	f.temporal.query = answering(workflows.Snapshot{Conversation: "cnv_a", Page: 1, Tail: []store.Entry{
		{At: start(), Direction: store.Out, ID: "msg_1", Delivery: "ledger"},
	}})
	require.Equal(t, `{"conversation":"cnv_a","page":1,"messages":[{"at":"2026-03-10T12:00:00.123Z","direction":"out","id":"msg_1",`+
		`"delivery":{"state":"waiting","attempts":1},"status":{"status":"sent"}}],"live":true}`, f.get(t, "isv", "/conversations/cnv_a/messages"))
}

// To its ISV a conversation that is older than the archive is kept is one that never was.
func TestAConversationThatWasDeletedIsUnknown(t *testing.T) {
	f := setUp(t)
	f.keep(t, ended(row("a", waID, 1)))
	require.NoError(t, f.store.PutPage(t.Context(), store.Page{Conversation: "cnv_a", Number: 1, Entries: []store.Entry{{Direction: store.In, ID: "m1"}}}))
	require.Contains(t, f.get(t, "isv", "/conversations/cnv_a/messages"), `"id":"m1"`)
	deleted, err := f.store.DropConversations(t.Context(), start().Add(90*24*time.Hour), 10)
	require.NoError(t, err)
	require.EqualValues(t, 1, deleted)

	var all []scenario
	for _, as := range []string{"isv", "operator"} {
		for _, path := range []string{"/conversations/cnv_a", "/conversations/cnv_a/messages", "/conversations/cnv_a/messages?page=2"} {
			all = append(all, scenario{
				name: as + " " + path, method: http.MethodGet, path: path, as: as, wantStatus: http.StatusBadRequest,
				wantBody: `{"message":"unsupported get request. Object with ID 'cnv_a' does not exist"}`,
			})
		}
	}
	f.run(t, all)
	require.Equal(t, `{"conversations":[]}`, f.get(t, "isv", "/conversations"))
}

func TestPagesThatAreNotThere(t *testing.T) {
	f := setUp(t)
	f.keep(t, ended(row("a", waID, 1)))
	const refused = `{"message":"page must be a whole number from 1 to 1000000"}`
	get := func(query, body string, status int) scenario {
		return scenario{name: query, method: http.MethodGet, path: "/conversations/cnv_a/messages" + query, as: "isv", wantStatus: status, wantBody: body}
	}
	f.run(t, []scenario{
		get("", `{"conversation":"cnv_a","page":1,"messages":[]}`, 200),
		get("?page=7", `{"conversation":"cnv_a","page":7,"messages":[]}`, 200),
		get("?page=1000000", `{"conversation":"cnv_a","page":1000000,"messages":[]}`, 200),
		get("?page=1000001", refused, 400),
		get("?page=9223372036854775808", refused, 400),
		get("?page=0", refused, 400),
		get("?page=-1", refused, 400),
		get("?page=one", refused, 400),
		get("?limit=1", `{"message":"the query has no 'limit'; it takes page"}`, 400),
	})
}
