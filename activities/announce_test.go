package activities

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const deskBot = `
bot: v1
name: mesa
languages: [es]
start: hola
vars: {pedido: {type: string}, rut: {type: string, pii: true}}
optout: {words: [baja], optin: [alta], say: [adiós]}
states:
  hola: {say: [hola], ask: {as: any, save: {pedido: answer.text}, to: mesa}}
  mesa: {say: [espera], handoff: {to: ventas, note: "pedido ${vars.pedido}"}}
`

func (r *room) desk() ReplyInput {
	r.t.Helper()
	r.bot = r.publish(deskBot)
	r.wantEvents(r.isv.URL)
	return r.next(r.reply(r.input(text("m1", 0, "hola"))), text("m2", time.Second, "pan"))
}

// announced are the bodies of the events that wait.
func (r *room) announced() (bodies []string) {
	r.t.Helper()
	for {
		e, err := r.db.NextEvent(r.t.Context(), channel)
		if isNotFound(err) {
			return bodies
		}
		require.NoError(r.t, err)
		bodies = append(bodies, string(e.Body))
		_, err = r.db.RecordEventAttempt(r.t.Context(), store.EventAttempt{ID: e.ID, Channel: channel, At: opened(), State: store.DeliveryDelivered})
		require.NoError(r.t, err)
	}
}

func TestReplyRecordsAHandoffAndAnnouncesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.desk()
	want := &Announcement{Handoff: &HandoffRequested{At: at(time.Second), By: "bot", Desk: "ventas", Note: "pedido pan"}}
	for range 2 {
		require.Equal(t, want, r.reply(in).Announce)
	}
	require.Empty(t, r.announced(), "a turn may run twice, and its result may be lost")
	next := r.next(r.reply(in), text("m3", 2*time.Second, "¿hola?"))
	require.Nil(t, r.reply(next).Announce, "it was handed off before")
	next = r.next(r.reply(in), chat.Incoming{ID: "u1", At: at(time.Minute), Control: &chat.Control{Kind: bot.ControlResume}})
	require.Nil(t, r.reply(next).Announce)

	r.wantEvents("")
	require.Nil(t, r.reply(in).Announce, "nobody wants to know")
	r.endpoints.DeleteAll()
	r.db.channel = errors.New("the database is down")
	_, err := r.Reply(t.Context(), in)
	require.ErrorIs(t, err, r.db.channel)
}

func TestWhoAsksForAPerson(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.desk()
	control := chat.Incoming{ID: "u1", At: at(time.Minute), Control: &chat.Control{Kind: bot.ControlHandoff, Note: "para Eva"}}
	in.Messages = []chat.Incoming{control}
	require.Equal(t, &HandoffRequested{At: at(time.Minute), By: "operator", Note: "para Eva"}, r.reply(in).Announce.Handoff)
	echo := incoming("wamid.echo", time.Minute, `{"type":"text","text":{"body":"soy Eva"}}`)
	echo.Echo = true
	in.Messages = []chat.Incoming{echo}
	require.Nil(t, r.reply(in).Announce, "a person who answers was not asked for")
	resume := chat.Incoming{ID: "u2", At: at(2 * time.Minute), Control: &chat.Control{Kind: bot.ControlResume}}
	in.Messages = []chat.Incoming{control, resume}
	require.Nil(t, r.reply(in).Announce)
}

func TestReplyRecordsAnOptOut(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.desk()
	in.Messages = []chat.Incoming{text("m2", time.Second, "baja")}
	require.Equal(t, &Announcement{OptedOutAt: at(time.Second)}, r.reply(in).Announce)
	in.State.OptedOut = true
	require.Nil(t, r.reply(in).Announce, "they were out before")
	in.Messages = []chat.Incoming{text("m2", time.Second, "alta")}
	require.Zero(t, r.reply(in).Announce.OptedOutAt, "they opt in, and are handed off")
}

func TestAnnounceWritesEachEventOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	in := AnnounceInput{Address: address(), Announcement: Announcement{
		Handoff: &HandoffRequested{At: at(time.Second), By: "bot", Desk: "ventas", Note: "<1>"}, OptedOutAt: at(2 * time.Second),
	}}
	for range 2 {
		require.NoError(t, r.Announce(t.Context(), in))
	}
	require.Equal(t, []string{channel}, r.runs.sending, "within two seconds it is woken once")
	require.Equal(t, []string{
		`{"type":"handoff.requested","timestamp":"2026-03-10T13:00:01Z","data":{"waId":"56900000001","conversation":"cnv_ours","contact":"56911112222","requestedBy":"bot","desk":"ventas","note":"<1>"}}`,
		`{"type":"contact.opted_out","timestamp":"2026-03-10T13:00:02Z","data":{"waId":"56900000001","contact":"56911112222","conversation":"cnv_ours","source":"bot"}}`,
	}, r.announced())
	r.runs.err = errors.New("Temporal is down")
	r.Activities.announced.DeleteAll()
	require.NoError(t, r.Announce(t.Context(), in), "the sweep makes up for it")
	require.Contains(t, r.logs.String(), "cannot start sending events")
}

func TestTheEndIsAnnouncedWithTheVariablesThatAreNotPersonal(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.desk()
	r.reply(in)
	archive := ArchiveInput{
		Address: address(), WaID: contact, Bot: r.bot, OpenedAt: opened(), ClosedAt: at(time.Hour), Outcome: "resolved",
		Messages: 4, Replies: 5, Unanswered: 1, Page: 1,
		Vars: map[string]json.RawMessage{"pedido": json.RawMessage(`"pan & té"`), "rut": json.RawMessage(`"12.345.678-5"`), "unknown": json.RawMessage(`1`)},
	}
	for range 2 {
		require.NoError(t, r.Archive(t.Context(), archive)) // package app keeps payloads as they are
	}
	require.Equal(t, []string{`{"type":"conversation.closed","timestamp":"2026-03-10T14:00:00Z","data":{"waId":"56900000001","conversation":"cnv_ours","contact":"56911112222",` +
		`"reason":"resolved","openedAt":"2026-03-10T13:00:00Z","closedAt":"2026-03-10T14:00:00Z","messages":4,"replies":5,"unanswered":1,"variables":{"pedido":"pan & té"}}}`},
		r.announced())
	archive.Conversation, archive.Bot = "cnv_other", "gone"
	require.NoError(t, r.run(r.Archive, archive, nil))
	all := r.announced()
	require.Len(t, all, 1)
	require.NotContains(t, all[0], "variables", "without the definition nobody knows which are personal")
}

func TestTheEndOfATerminatedConversationIsAnnounced(t *testing.T) {
	t.Parallel()
	r := terminated(t)
	r.wantEvents(r.isv.URL)
	r.runs.remains = Remains{Page: 1, Messages: 2, Vars: map[string]json.RawMessage{"x": json.RawMessage(`1`)}}
	for range 2 {
		r.recovers()
	}
	all := r.announced()
	require.Len(t, all, 3, "the two replies that waited, and the end")
	require.Contains(t, all[len(all)-1]+all[0], `"type":"conversation.closed"`)
	require.Equal(t, []string{channel}, r.runs.sending)
}

func TestDeadLettersAndADisabledWebhookAreAnnounced(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.isv.says(http.StatusGone)
	m := outgoing(1)
	r.park(nil, m)
	_, err := r.slow(m.ID)
	require.Error(t, err)
	all := r.announced()
	require.Len(t, all, 1)
	require.Contains(t, all[0], `"type":"webhook.disabled"`)
	require.Contains(t, all[0], `"reason":"gone"`)
	require.Equal(t, []string{channel}, r.runs.sending)

	r.Activities.announced.DeleteAll()
	r.clock.set(at(25 * time.Hour))
	result, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
	all = r.announced()
	require.Len(t, all, 1)
	require.Contains(t, all[0], `"type":"delivery.dead"`)
	require.Contains(t, all[0], m.ID)
	require.Len(t, r.runs.sending, 2)

	aborted := outgoing(2)
	r.park(&Failure{Class: "status", Status: 500, Attempted: true, Control: webhook.AbortMessage}, aborted)
	require.Equal(t, store.DeliveryDead, r.row(aborted.ID).State)
	require.Len(t, r.announced(), 1)
}

func TestNobodyIsWokenForAChannelThatWantsNoEvents(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	require.NoError(t, r.run(r.Archive, ArchiveInput{Address: address(), WaID: contact, ClosedAt: at(0), Page: 1}, nil))
	require.Empty(t, r.runs.sending)
}
