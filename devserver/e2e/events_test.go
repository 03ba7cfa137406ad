package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// told is one event as a back office saw it.
type told struct {
	id     string
	header http.Header
	Type   string
	At     time.Time `json:"timestamp"`
	Data   map[string]any
	body   string
}

// backOffice is where an ISV has its events posted.
type backOffice struct {
	url string

	mu     sync.Mutex
	told   []told
	answer func(http.ResponseWriter, *http.Request)
}

// newBackOffice makes a back office of the tenant, and sets it as the channel's.
func newBackOffice(t *testing.T, c *tenant, answer func(http.ResponseWriter, *http.Request)) *backOffice {
	t.Helper()
	b := &backOffice{answer: answer}
	server := httptest.NewServer(b)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	b.url = server.URL + "/events"
	c.configure(t, map[string]any{"eventsUrl": b.url})
	return b
}

func (b *backOffice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	e := told{id: r.Header.Get("webhook-id"), header: r.Header.Clone(), body: string(body)}
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		e.Type = "unreadable: " + err.Error()
	}
	b.mu.Lock()
	b.told = append(b.told, e)
	answer := b.answer
	b.mu.Unlock()
	if answer != nil {
		answer(w, r)
	}
}

func (b *backOffice) all() []told {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.told)
}

// await waits until an event of a type was told, and returns the first.
func (b *backOffice) await(t *testing.T, kind string) (found told) {
	t.Helper()
	require.True(t, eventually(t, soon, func() bool {
		all := b.all()
		i := slices.IndexFunc(all, func(e told) bool { return e.Type == kind })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	}), "%s was not told", kind)
	return found
}

// deskBot hands off to a desk, and has a variable that is personal.
const deskBot = `
bot: v1
name: mesa
languages: [es]
start: hola
vars: {pedido: {type: string}, rut: {type: string, pii: true}}
optout: {words: [baja], optin: [alta], say: [adiós]}
states:
  hola: {say: [hola], ask: {as: any, save: {pedido: answer.text}, to: rut}}
  rut: {say: [¿rut?], ask: {as: any, save: {rut: answer.text}, to: mesa}}
  mesa: {say: [espera], handoff: {to: ventas, note: "pedido ${vars.pedido}"}}
`

func newDeskTenant(t *testing.T) *tenant {
	t.Helper()
	b, err := definition.Load([]byte(deskBot))
	require.NoError(t, err)
	require.NoError(t, shared.store.PutBot(t.Context(), store.Bot{Hash: b.Hash, Name: b.Name, Source: []byte(deskBot), CreatedAt: time.Now()}))
	return newTenantWithBot(t, b.Hash)
}

// verify checks an event with the public library and the channel's secret.
func (c *tenant) verify(t *testing.T, e told) {
	t.Helper()
	status, body := c.call(t, http.MethodGet, c.api+"/webhooks/outbound/secret?waId="+c.waID, nil)
	require.Equal(t, http.StatusOK, status, body)
	secret := body[strings.Index(body, "whsec_"):]
	secret = secret[:strings.Index(secret, `"`)]
	verifier, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	require.NoError(t, verifier.Verify([]byte(e.body), e.header))
}

// All that an ISV's back office is told of, each once, signed, and to nobody else.
func TestABackOfficeIsToldOfEverything(t *testing.T) {
	t.Parallel()
	isv := newDeskTenant(t)
	gone := newSwitch()
	hook := newReceiver(t, gone.answer)
	isv.setWebhook(t, hook.url)
	office := newBackOffice(t, isv, nil)
	other, otherHook := newISV(t, nil)
	others := newBackOffice(t, other, nil)

	isv.post(t, ana, text("hola"))
	isv.post(t, ana, text("un pan"))
	isv.post(t, ana, text("12.345.678-5"))
	hook.await(t, 3, soon)
	handoff := office.await(t, store.EventHandoff)
	conversation := hook.all()[0].Conversation
	require.Equal(t, map[string]any{
		"waId": isv.waID, "conversation": conversation, "contact": ana, "requestedBy": "bot", "desk": "ventas", "note": "pedido un pan",
	}, handoff.Data)

	// The contact opts out, which also ends the conversation.
	isv.post(t, ana, text("baja"))
	optedOut := office.await(t, store.EventOptedOut)
	require.Equal(t, map[string]any{"waId": isv.waID, "conversation": conversation, "contact": ana, "source": "bot"}, optedOut.Data)
	closed := office.await(t, store.EventClosed)
	require.Equal(t, "optout", closed.Data["reason"])
	require.Equal(t, conversation, closed.Data["conversation"])
	require.InDelta(t, 4, closed.Data["messages"], 0)
	require.Equal(t, map[string]any{"pedido": "un pan"}, closed.Data["variables"], "what is personal is left out")
	keepHistory(t, "announced", isv.workflowID(ana), isv.awaitEnd(t, ana).runID)

	// Another conversation, whose replies the webhook does not want any more.
	gone.set(http.StatusGone)
	isv.post(t, ana, text("hola de nuevo"))
	disabled := office.await(t, store.EventDisabled)
	require.Equal(t, "gone", disabled.Data["reason"])
	waiting, err := shared.store.WaitingDeliveries(t.Context(), isv.waID, 9)
	require.NoError(t, err)
	require.NotEmpty(t, waiting)
	require.NoError(t, shared.temporal.TerminateWorkflow(t.Context(), isv.workflowID(ana), "", "a person did it"))
	isv.post(t, ana, text("hola otra vez"))
	require.True(t, eventually(t, recoveredWithin, func() bool {
		return slices.ContainsFunc(office.all(), func(e told) bool { return e.Type == store.EventDead })
	}))
	dead := office.await(t, store.EventDead)
	require.Equal(t, "terminated", dead.Data["reason"])
	require.Equal(t, "reply", dead.Data["kind"])

	// WhatsApp reports that another contact opts out, twice.
	report := webhookBody(t, map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": isv.waID, "phone_number_id": isv.phoneNumberID},
		"user_preferences": []any{map[string]any{
			"wa_id": "56922220002", "detail": "stop", "category": "marketing_messages", "value": "stop", "timestamp": time.Now().Unix(),
		}},
	})
	isv.repost(t, isv.api, report)
	isv.repost(t, isv.api, report)
	require.True(t, eventually(t, soon, func() bool {
		return slices.ContainsFunc(office.all(), func(e told) bool { return e.Data["source"] == "whatsapp" })
	}))

	other.post(t, ana, text("hola"), text("salir"))
	otherHook.await(t, 4, soon)
	others.await(t, store.EventClosed)
	requireToldOnce(t, isv, office)
	requireToldOnce(t, other, others)
	require.Len(t, others.all(), 1)
	for _, e := range office.all() {
		require.NotContains(t, e.body, "12.345.678-5")
	}
}

// requireToldOnce demands that each event came once, signed by its channel, and about that channel only.
func requireToldOnce(t *testing.T, c *tenant, b *backOffice) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range b.all() {
		require.False(t, seen[e.id], e.body)
		seen[e.id] = true
		c.verify(t, e)
		require.Equal(t, c.waID, e.Data["waId"])
		require.Equal(t, c.waID, e.header.Get("chattigo-wa-id"))
		require.Empty(t, e.header.Get("chattigo-sequence"))
		require.WithinDuration(t, time.Now(), e.At, time.Hour)
	}
}

// A back office that never answers, with many events: replies do not notice.
func TestADeadBackOfficeSlowsDownNoReply(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	office := newBackOffice(t, isv, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for n := range 20 {
		isv.post(t, fmt.Sprintf("5693333%04d", n), text("hola"), text("salir"))
	}
	hook.await(t, 80, soon)
	require.True(t, eventually(t, soon, func() bool { return len(office.all()) > 0 }))
	var slowest time.Duration
	for n := range 10 {
		contact := fmt.Sprintf("5694444%04d", n)
		began := time.Now()
		isv.post(t, contact, text("hola"))
		hook.awaitThat(t, soon, func() bool { return len(of(hook.taken(), contact)) == 2 })
		slowest = max(slowest, time.Since(began))
	}
	t.Logf("the slowest answer took %s", slowest.Round(time.Millisecond))
	require.Less(t, slowest, 5*time.Second)
	described, err := shared.temporal.DescribeWorkflowExecution(t.Context(), workflows.EventsID(isv.waID), "")
	require.NoError(t, err)
	require.LessOrEqual(t, len(described.GetPendingActivities()), 1, "one attempt at a time")

	// The ISV gives it another URL: all that waits goes there, each once.
	healed := newBackOffice(t, isv, nil)
	require.True(t, eventually(t, 60*time.Second, func() bool { return len(healed.all()) >= 20 }))
	requireToldOnce(t, isv, healed)
	require.Len(t, healed.all(), 20)
	body := ""
	shown := func() bool {
		_, body = isv.call(t, http.MethodGet, isv.api+"/webhooks/outbound?waId="+isv.waID, nil)
		return strings.Contains(body, `"events":{"on":true,"failures":0,"waiting":0}`)
	}
	require.True(t, eventually(t, soon, shown) || shown(), body)
	awaitCompleted(t, workflows.EventsID(isv.waID))
	keepHistory(t, "events", workflows.EventsID(isv.waID), "")
}

// Without a URL nothing is written, and what waited is dropped.
func TestWithoutAnEventsURLNothingIsTold(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	office := newBackOffice(t, isv, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	isv.post(t, ana, text("hola"), text("salir"))
	hook.await(t, 4, soon)
	office.await(t, store.EventClosed)
	isv.configure(t, map[string]any{"eventsUrl": ""})
	n, err := shared.store.CountWaitingEvents(t.Context(), isv.waID, 9)
	require.NoError(t, err)
	require.Zero(t, n)
	isv.post(t, ana, text("hola"), text("salir"))
	hook.await(t, 8, soon)
	isv.awaitEnd(t, ana)
	again := newBackOffice(t, isv, nil)
	isv.post(t, ana, text("hola"), text("salir"))
	hook.await(t, 12, soon)
	closed := again.await(t, store.EventClosed)
	require.NotEqual(t, office.all()[0].id, closed.id)
	require.Len(t, again.all(), 1)
}
