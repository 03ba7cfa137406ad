package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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
	meta := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%q}],"messages":[{"id":"wamid.ours.%s"}]}`,
			ana, ana, r.Header.Get("Chattigo-Sequence"))
	}))
	t.Cleanup(meta.Close)
	c.setWebhook(t, meta.URL)
	c.post(t, ana, text("Hola"))
	c.post(t, ana, text("salir"))
	conversation := workflows.ConversationID(c.awaitEnd(t, ana).runID)

	c.repost(t, c.api, webhookBody(t, map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": c.waID, "phone_number_id": c.phoneNumberID},
		"statuses": []any{
			map[string]string{"id": "wamid.ours.1", "status": "read", "timestamp": "1773144000", "recipient_id": ana},
			map[string]string{"id": "wamid.ours.1", "status": "delivered", "timestamp": "1773143999", "recipient_id": ana},
			map[string]string{"id": "wamid.ours.2", "status": "sent", "timestamp": "1773144000", "recipient_id": ana},
		},
	}))

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
