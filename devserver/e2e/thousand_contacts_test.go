package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// postBound is the API's own limit for a POST, 20 s, and what a busy machine adds to it.
const postBound = 25 * time.Second

// A slow machine does not start a thousand conversations within the limit of one POST: then
// the answer is 503, and the same POST again brings only what was missing. The test is not
// parallel, as it takes the whole machine.
func TestAThousandContactsInOnePostAreEachAnsweredOnce(t *testing.T) {
	const contacts = 1000
	isv, hook := newISV(t, nil)
	var values []map[string]any
	sent := map[string]message{}
	for i := range contacts {
		contact, m := fmt.Sprintf("5694%07d", i), text("hola")
		sent[contact] = m
		values = append(values, isv.value(contact, m))
	}

	began := time.Now()
	posts := postUntilAccepted(t, isv, webhookBody(t, values...))
	accepted := time.Since(began)
	hook.awaitThat(t, time.Minute, func() bool { return distinct(hook.taken()) >= 2*contacts })
	t.Logf("accepted after %d POSTs and %s, all delivered after %s", posts, accepted.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))

	hook.requireSilence(t)
	said := map[string][]delivery{}
	for _, d := range fresh(t, hook.taken()) {
		said[d.Contact] = append(said[d.Contact], d)
	}
	require.Len(t, said, contacts)
	conversations := map[string]bool{}
	for contact, m := range sent {
		require.Len(t, said[contact], 2, contact)
		conversations[requireInOrder(t, said[contact])] = true
		requireAnswered(t, []message{m}, said[contact])
	}
	require.Len(t, conversations, contacts)
}

// postUntilAccepted sends a body as an ISV does: again after a 503, at most twice. It returns
// how many POSTs it took.
func postUntilAccepted(t *testing.T, isv *tenant, body []byte) int {
	t.Helper()
	for posts := 1; ; posts++ {
		began := time.Now()
		status, answered := isv.call(t, http.MethodPost, isv.api+"/webhooks/inbound", body)
		require.Less(t, time.Since(began), postBound, "an ISV may have given up by then")
		if status == http.StatusOK {
			return posts
		}
		require.Equal(t, http.StatusServiceUnavailable, status, answered)
		require.Less(t, posts, 3, "not accepted after %d POSTs", posts)
	}
}
