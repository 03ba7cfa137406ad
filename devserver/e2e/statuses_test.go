package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// An ISV that answers a delivery with what Meta answered it tells us the id that Meta gave to
// the message; the statuses that come later name the message by it.
func TestStatusesAreTiedToOurMessagesByMetasAnswer(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	meta := httptest.NewServer(http.HandlerFunc(answerAsMeta))
	t.Cleanup(meta.Close)
	c.setWebhook(t, meta.URL)
	c.post(t, ana, text("Hola"))
	c.post(t, ana, text("salir"))
	conversation := workflows.ConversationID(c.awaitEnd(t, ana).runID)

	c.postStatuses(t,
		map[string]string{"id": "wamid.ours.1", "status": "read", "timestamp": "1773144000", "recipient_id": ana},
		map[string]string{"id": "wamid.ours.1", "status": "delivered", "timestamp": "1773143999", "recipient_id": ana},
		map[string]string{"id": "wamid.ours.2", "status": "sent", "timestamp": "1773144000", "recipient_id": ana},
	)

	var ids []string
	for _, e := range transcript(t, conversation) {
		if e.Direction == store.Out && e.Type != "notice" {
			require.Equal(t, fmt.Sprintf("wamid.ours.%d", e.Sequence), e.WAMID)
			ids = append(ids, e.WAMID)
		}
	}
	require.Len(t, ids, 3)
	kept, err := shared.store.Statuses(t.Context(), c.waID, ids)
	require.NoError(t, err)
	require.Len(t, kept, 2)
	require.Equal(t, "read", kept["wamid.ours.1"].Status)
	require.Equal(t, time.Unix(1773144000, 0).UTC(), kept["wamid.ours.1"].At)
	require.Equal(t, "sent", kept["wamid.ours.2"].Status)
}

// A message that the ISV took only later has its id in the ledger.
func TestStatusesAreTiedToMessagesThatWereTakenLate(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	var once sync.Once
	refused := make(chan string, 1)
	meta := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first := false
		once.Do(func() { first = true })
		if first {
			refused <- r.Header.Get("Webhook-Id")
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answerAsMeta(w, r)
	}))
	t.Cleanup(meta.Close)
	c.setWebhook(t, meta.URL)
	c.post(t, ana, text("Hola"))
	var id string
	require.True(t, eventually(t, soon, func() bool {
		select {
		case id = <-refused:
		default:
		}
		return id != ""
	}), "nothing was delivered")

	var row store.Delivery
	require.True(t, eventually(t, 20*time.Second, func() bool {
		var err error
		row, err = shared.store.Delivery(t.Context(), id)
		return err == nil && row.State == store.DeliveryDelivered
	}), "the message was not taken")
	require.Equal(t, 2, row.Attempts)
	require.Equal(t, 1, row.Sequence)
	require.Equal(t, "wamid.ours.1", row.WAMID)

	c.postStatuses(t, map[string]string{"id": row.WAMID, "status": "delivered", "timestamp": "1773144000", "recipient_id": ana})
	kept, err := shared.store.Statuses(t.Context(), c.waID, []string{row.WAMID})
	require.NoError(t, err)
	require.Equal(t, "delivered", kept[row.WAMID].Status)
}

// answerAsMeta answers a delivery with what Meta answers to a message that is sent.
func answerAsMeta(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%q}],"messages":[{"id":"wamid.ours.%s"}]}`,
		ana, ana, r.Header.Get("Chattigo-Sequence"))
}

func (c *tenant) postStatuses(t *testing.T, statuses ...map[string]string) {
	t.Helper()
	c.repost(t, c.api, webhookBody(t, map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": c.waID, "phone_number_id": c.phoneNumberID},
		"statuses":          statuses,
	}))
}
