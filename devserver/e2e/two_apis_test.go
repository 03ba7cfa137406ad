package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestATokenOfOneAPIIsGoodAtTheOther(t *testing.T) {
	t.Parallel()
	isv := newTenant(t)
	for i, api := range shared.apis {
		at := *isv
		at.api = api
		at.login(t, password)

		status, body := at.call(t, http.MethodGet, shared.apis[1-i]+"/channels", nil)

		require.Equal(t, http.StatusOK, status, body)
		require.Contains(t, body, isv.waID)
	}
}

// Workers and the other API know the channel already, and go by what they have read for a second at most.
func TestAWebhookThatIsSetAtOneAPIIsSoonTheOthers(t *testing.T) {
	t.Parallel()
	isv, first := newISV(t, nil)
	second := newReceiver(t, nil)
	isv.repost(t, shared.apis[0], webhookBody(t, isv.value(ana, text("hola"))))
	first.await(t, 2, soon)
	at := *isv
	at.api = shared.apis[1]

	at.setWebhook(t, second.url)
	set := time.Now()

	status, body := isv.call(t, http.MethodGet, shared.apis[0]+"/webhooks/outbound?waId="+isv.waID, nil)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, second.url)
	for n := 0; len(second.all()) == 0; n++ {
		require.Less(t, time.Since(set), soon, "replies still go to the webhook of before")
		contact := fmt.Sprintf("569222299%02d", n)
		isv.repost(t, shared.apis[0], webhookBody(t, isv.value(contact, text("hola"))))
		require.True(t, eventually(t, soon, func() bool {
			return len(of(first.taken(), contact))+len(of(second.taken(), contact)) == 2
		}))
	}
	t.Logf("the replies went to the new webhook within %s", time.Since(set).Round(time.Millisecond))
}

func TestMessagesOfOneContactThroughTwoAPIsAreOneConversation(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	messages := []message{text("hola"), text("horario"), text("menu"), text("salir")}
	for i, m := range messages {
		isv.repost(t, shared.apis[i%2], webhookBody(t, isv.value(ana, m)))
		hook.awaitThat(t, soon, func() bool { return slices.ContainsFunc(hook.taken(), m.isAnsweredBy) })
	}
	hook.awaitThat(t, soon, func() bool { return countNotices(hook.taken()) == 1 })

	got := hook.taken()
	requireInOrder(t, got)
	requireAnswered(t, messages, got)
}

func (m message) isAnsweredBy(d delivery) bool { return d.InReplyTo == m.id }
