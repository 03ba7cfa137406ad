package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestWebhookHealth(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"failures are counted until one success", webhookFailuresCounted},
		{"a webhook that fails for five days is switched off", webhookSwitchedOff},
		{"a webhook that is gone is switched off at once", webhookGone},
		{"a pause is kept, the longest of them", webhookHeld},
		{"another webhook begins anew", webhookChanged},
		{"what waits is listed by conversation", waitingConversationsListed},
	})
}

const hook = "https://isv.example/hook"

// withWebhook adds the channel 1 of an account.
func withWebhook(t *testing.T, s *store.Store) {
	t.Helper()
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "demo", PasswordHash: "x", CreatedAt: at(0)}))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "demo", WebhookURL: hook, CreatedAt: at(0), UpdatedAt: at(0)}))
}

func fails(t *testing.T, s *store.Store, f store.WebhookFailure) (switchedOff bool) {
	t.Helper()
	f.Channel = "1"
	if f.URL == "" {
		f.URL = hook
	}
	switchedOff, err := s.RecordWebhookFailure(t.Context(), f)
	require.NoError(t, err)
	return switchedOff
}

func health(t *testing.T, s *store.Store) store.WebhookHealth {
	t.Helper()
	found, err := s.WebhookHealth(t.Context(), "1")
	require.NoError(t, err)
	return found
}

func webhookFailuresCounted(t *testing.T, s *store.Store) {
	withWebhook(t, s)
	require.Zero(t, health(t, s))
	require.False(t, fails(t, s, store.WebhookFailure{At: at(1)}))
	require.False(t, fails(t, s, store.WebhookFailure{At: at(2)}))
	require.Equal(t, store.WebhookHealth{Channel: "1", URL: hook, FailingSince: at(1), Failures: 2}, health(t, s))

	require.NoError(t, s.RecordWebhookSuccess(t.Context(), "1", "https://other.example", at(99)))
	require.Equal(t, 2, health(t, s).Failures, "that was another webhook")
	require.NoError(t, s.RecordWebhookSuccess(t.Context(), "1", hook, at(99)))
	require.Zero(t, health(t, s))

	require.False(t, fails(t, s, store.WebhookFailure{At: at(100), HeldUntil: at(200)}))
	require.NoError(t, s.RecordWebhookSuccess(t.Context(), "1", hook, at(199)))
	require.Equal(t, at(200), health(t, s).HeldUntil, "what was under way meanwhile does not end a pause")
	require.NoError(t, s.RecordWebhookSuccess(t.Context(), "1", hook, at(200)))
	require.Zero(t, health(t, s))

	require.True(t, fails(t, s, store.WebhookFailure{At: at(300), Off: store.OffGone}))
	require.NoError(t, s.RecordWebhookSuccess(t.Context(), "1", hook, at(301)))
	require.True(t, health(t, s).IsOff(), "nor does it turn on what is off")
}

func webhookSwitchedOff(t *testing.T, s *store.Store) {
	withWebhook(t, s)
	for n := range 19 {
		require.False(t, fails(t, s, store.WebhookFailure{At: at(n)}))
	}
	days := 5 * 24 * time.Hour
	require.False(t, fails(t, s, store.WebhookFailure{At: at(0).Add(days - time.Millisecond)}), "not for five days")
	require.True(t, fails(t, s, store.WebhookFailure{At: at(0).Add(days)}))
	require.False(t, fails(t, s, store.WebhookFailure{At: at(1).Add(days)}), "it is off already")
	off := health(t, s)
	require.True(t, off.IsOff())
	require.Equal(t, at(0).Add(days), off.OffAt)
	require.Equal(t, store.OffFailing, off.OffReason)

	require.NoError(t, s.SetWebhook(t.Context(), "1", hook, "v15.0", at(9)))
	require.Zero(t, health(t, s), "setting it again turns it on")
	require.False(t, fails(t, s, store.WebhookFailure{At: at(0).Add(2 * days)}), "and the count begins anew")
}

func webhookGone(t *testing.T, s *store.Store) {
	withWebhook(t, s)
	require.True(t, fails(t, s, store.WebhookFailure{At: at(1), Off: store.OffGone}))
	require.Equal(t, store.OffGone, health(t, s).OffReason)
}

func webhookHeld(t *testing.T, s *store.Store) {
	withWebhook(t, s)
	fails(t, s, store.WebhookFailure{At: at(1), HeldUntil: at(60)})
	fails(t, s, store.WebhookFailure{At: at(2), HeldUntil: at(30)})
	fails(t, s, store.WebhookFailure{At: at(3)})
	require.Equal(t, at(60), health(t, s).HeldUntil)
	require.True(t, health(t, s).IsHeld(at(59)))
	require.False(t, health(t, s).IsHeld(at(60)))
}

func webhookChanged(t *testing.T, s *store.Store) {
	withWebhook(t, s)
	fails(t, s, store.WebhookFailure{At: at(1), HeldUntil: at(60), Off: store.OffGone})
	require.NoError(t, s.SetWebhook(t.Context(), "1", "https://new.example", "v15.0", at(2)))
	fails(t, s, store.WebhookFailure{At: at(3), Off: store.OffGone}) // an attempt that began before
	require.Zero(t, health(t, s))
	fails(t, s, store.WebhookFailure{At: at(4), URL: "https://new.example"})
	require.Equal(t, store.WebhookHealth{Channel: "1", URL: "https://new.example", FailingSince: at(4), Failures: 1}, health(t, s))

	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	require.Zero(t, health(t, s))
}

func waitingConversationsListed(t *testing.T, s *store.Store) {
	row := func(channel, conversation, kind string, n int, state store.DeliveryState) store.Delivery {
		return store.Delivery{
			ID: fmt.Sprint(conversation, "/", n), Channel: channel, Conversation: conversation,
			WorkflowID: "wf:" + conversation, Contact: "5", Sequence: n, Kind: kind, Body: []byte(`{}`),
			MadeAt: at(0), UpdatedAt: at(0), State: state,
		}
	}
	require.NoError(t, s.Park(t.Context(), []store.Delivery{
		row("1", "cnv_a", "reply", 1, store.DeliveryWaiting), row("1", "cnv_a", "reply", 2, store.DeliveryWaiting),
		row("1", "cnv_b", "reply", 1, store.DeliveryWaiting), row("1", "cnv_b", "notice", 2, store.DeliveryWaiting),
		row("1", "cnv_c", "reply", 1, store.DeliveryDead), row("1", "cnv_c", "notice", 2, store.DeliveryWaiting),
		row("1", "cnv_d", "reply", 1, store.DeliveryDelivered), row("2", "cnv_e", "reply", 1, store.DeliveryWaiting),
	}))
	list := func(after string, limit int) []store.WaitingConversation {
		found, err := s.WaitingConversations(t.Context(), "1", after, limit)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, []store.WaitingConversation{
		{Conversation: "cnv_a", WorkflowID: "wf:cnv_a"}, {Conversation: "cnv_b", WorkflowID: "wf:cnv_b"},
	}, list("", 2))
	require.Equal(t, []store.WaitingConversation{{Conversation: "cnv_c", WorkflowID: "wf:cnv_c", Notice: true}}, list("cnv_b", 2))
}
