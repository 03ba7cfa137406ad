package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"an event is announced once, to channels that want events", announcedOnce},
		{"the end of a conversation is announced with it", closeAnnounced},
		{"every way to a dead letter is announced", deadAnnounced},
		{"a webhook that is switched off is announced", disabledAnnounced},
		{"an opt-out that WhatsApp reports is announced once", optOutAnnounced},
		{"what is due comes first", nextEventFirst},
		{"failures are counted until one success", eventFailuresCounted},
		{"an events URL that fails for five days, or is gone, is off until it is set anew", eventsSwitchedOff},
		{"a success after an outage makes all due", eventsAfterOutage},
		{"a new URL gets what waits, no URL drops it", eventsURLChanged},
		{"what waits is bounded in number and time", eventsTrimmed},
		{"what is settled is dropped after a time", eventsDropped},
		{"a channel is removed with its events", eventsRemoved},
	})
}

const eventsURL = "https://isv.example/events"

// withEvents adds the channels 1, which wants events, and 2, which does not.
func withEvents(t *testing.T, s *store.Store) {
	t.Helper()
	withWebhook(t, s)
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "2", PhoneNumberID: "2", Account: "demo", CreatedAt: at(0), UpdatedAt: at(0)}))
	wantEvents(t, s, eventsURL)
}

func wantEvents(t *testing.T, s *store.Store, url string) {
	t.Helper()
	require.NoError(t, s.ConfigureWebhook(t.Context(), "1", store.WebhookSettings{EventsURL: &url}, at(0)))
}

func closedEvent(channel, conversation string, second int) store.Event {
	return store.ClosedData{WaID: channel, Conversation: conversation, Contact: "569", Reason: "resolved", OpenedAt: at(0), ClosedAt: at(second)}.Event()
}

// waitingEvents are the ids of what waits on channel 1, in the order in which it is tried.
func waitingEvents(t *testing.T, s *store.Store) (all []store.Event) {
	t.Helper()
	var kept []string
	for {
		e, err := s.NextEvent(t.Context(), "1")
		if err != nil {
			require.ErrorIs(t, err, store.ErrNotFound)
			break
		}
		all = append(all, e)
		kept = append(kept, e.ID)
		_, err = s.RecordEventAttempt(t.Context(), store.EventAttempt{ID: e.ID, Channel: "1", URL: "none", At: at(1), State: store.DeliveryDelivered})
		require.NoError(t, err)
	}
	n, err := s.CountWaitingEvents(t.Context(), "1", 9)
	require.NoError(t, err)
	require.Zero(t, n, kept)
	return all
}

func types(all []store.Event) (types []string) {
	for _, e := range all {
		types = append(types, e.Type)
	}
	return types
}

func announcedOnce(t *testing.T, s *store.Store) {
	withEvents(t, s)
	one := closedEvent("1", "cnv_1", 1)
	for range 2 {
		require.NoError(t, s.Announce(t.Context(), closedEvent("1", "cnv_2", 2), one, closedEvent("2", "cnv_3", 1), closedEvent("3", "cnv_4", 1)))
	}
	require.NoError(t, s.Announce(t.Context()))
	changed := one
	changed.Body = json.RawMessage(`{}`)
	require.NoError(t, s.Announce(t.Context(), changed))
	n, err := s.CountWaitingEvents(t.Context(), "1", 1)
	require.NoError(t, err)
	require.Equal(t, 1, n, "it counts up to a limit")
	found, err := s.Event(t.Context(), one.ID)
	require.NoError(t, err)
	require.Equal(t, one, found)
	all := waitingEvents(t, s)
	require.Len(t, all, 2)
	require.Equal(t, one, all[0])
	require.JSONEq(t, `{"type":"conversation.closed","timestamp":"2025-10-09T08:53:21.123Z","data":{"waId":"1","conversation":"cnv_1","contact":"569",
		"reason":"resolved","openedAt":"2025-10-09T08:53:20.123Z","closedAt":"2025-10-09T08:53:21.123Z","messages":0,"replies":0,"unanswered":0}}`, string(all[0].Body))
	require.NoError(t, s.Announce(t.Context(), one))
	require.Empty(t, waitingEvents(t, s), "it was delivered")
	for _, id := range []string{closedEvent("2", "cnv_3", 1).ID, closedEvent("3", "cnv_4", 1).ID} {
		_, err := s.Event(t.Context(), id)
		require.ErrorIs(t, err, store.ErrNotFound)
	}
}

func closeAnnounced(t *testing.T, s *store.Store) {
	withEvents(t, s)
	row := store.Conversation{ID: "cnv_1", WorkflowID: "w", Channel: "1", WaID: "569", OpenedAt: at(0), ClosedAt: at(1), Outcome: "resolved"}
	event := closedEvent("1", "cnv_1", 1)
	for range 2 {
		require.NoError(t, s.CloseConversation(t.Context(), store.Closing{Conversation: row, Event: &event}))
	}
	require.Equal(t, []store.Event{event}, waitingEvents(t, s))

	row.ID, row.ClosedAt = "cnv_2", time.Time{}
	require.NoError(t, s.OpenConversation(t.Context(), row))
	row.ClosedAt, row.Outcome = at(3), "terminated"
	terminated := closedEvent("1", "cnv_2", 3)
	for range 2 {
		_, err := s.EndConversation(t.Context(), store.Closing{Conversation: row, Event: &terminated})
		require.NoError(t, err)
	}
	require.Equal(t, []store.Event{terminated}, waitingEvents(t, s))
	other := closedEvent("1", "cnv_3", 3)
	ended, err := s.EndConversation(t.Context(), store.Closing{Conversation: store.Conversation{ID: "cnv_3", ClosedAt: at(3)}, Event: &other})
	require.NoError(t, err)
	require.False(t, ended)
	require.Empty(t, waitingEvents(t, s), "it did not end")
}

func deadAnnounced(t *testing.T, s *store.Store) {
	withEvents(t, s)
	park := func(id, channel, conversation string, second int) {
		require.NoError(t, s.Park(t.Context(), []store.Delivery{{
			ID: id, Channel: channel, Conversation: conversation, Contact: "569", Sequence: 3, Kind: "reply", Body: json.RawMessage(`{"secret":1}`),
			MadeAt: at(second), UpdatedAt: at(second),
		}}))
	}
	requireDead := func(id, reason string) {
		t.Helper()
		all := waitingEvents(t, s)
		require.Len(t, all, 1)
		want := store.DeadData{WaID: "1", Delivery: id, Conversation: "cnv_1", Contact: "569", Sequence: 3, Kind: "reply", Reason: reason, At: at(9)}.Event()
		require.Equal(t, want, all[0])
		require.NotContains(t, string(all[0].Body), "secret")
	}
	for _, channel := range []string{"1", "2"} {
		park("a"+channel, channel, "cnv_1", 1)
		for range 2 {
			_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "a" + channel, At: at(9)}, store.Outcome{State: store.DeliveryDead, LastError: "HTTP 400", At: at(9)})
			require.NoError(t, err)
		}
	}
	requireDead("a1", "HTTP 400")
	park("b1", "1", "cnv_1", 1)
	_, err := s.RecordAttempt(t.Context(), store.Attempt{Delivery: "b1", At: at(8)}, store.Outcome{State: store.DeliveryWaiting, LastError: "HTTP 500", At: at(8)})
	require.NoError(t, err)
	require.Empty(t, waitingEvents(t, s))
	require.NoError(t, s.MarkDead(t.Context(), "b1", "expired", at(9)))
	require.NoError(t, s.MarkDead(t.Context(), "b1", "again", at(9)))
	require.ErrorIs(t, s.MarkDead(t.Context(), "unknown", "x", at(9)), store.ErrNotFound)
	requireDead("b1", "expired")
	park("c1", "1", "cnv_1", 1)
	_, err = s.MarkOthersDead(t.Context(), store.Delivery{Conversation: "cnv_1"}, "terminated", at(9))
	require.NoError(t, err)
	requireDead("c1", "terminated")
	park("d1", "1", "cnv_1", 1)
	_, err = s.MarkOverdueDead(t.Context(), at(2), "terminated", at(9))
	require.NoError(t, err)
	requireDead("d1", "terminated")
	for i := range 501 {
		park(fmt.Sprint("e", i), "1", "cnv_1", 1)
	}
	dead, err := s.MarkOverdueDead(t.Context(), at(2), "terminated", at(9))
	require.NoError(t, err)
	require.EqualValues(t, 501, dead)
	n, err := s.CountWaitingEvents(t.Context(), "1", 999)
	require.NoError(t, err)
	require.Equal(t, 501, n)
}

func disabledAnnounced(t *testing.T, s *store.Store) {
	withEvents(t, s)
	require.False(t, fails(t, s, store.WebhookFailure{At: at(1)}))
	require.Empty(t, waitingEvents(t, s))
	require.True(t, fails(t, s, store.WebhookFailure{At: at(5), Off: store.OffGone}))
	require.False(t, fails(t, s, store.WebhookFailure{At: at(6), Off: store.OffGone}))
	want := store.DisabledData{WaID: "1", Reason: "gone", Since: at(5), FailingSince: at(1)}.Event()
	require.Equal(t, []store.Event{want}, waitingEvents(t, s))
}

func optOutAnnounced(t *testing.T, s *store.Store) {
	withEvents(t, s)
	report := func(p store.Preference) {
		require.NoError(t, s.ReportPreferences(t.Context(), []store.Preference{p}))
	}
	report(optOut("569", "user", true, 5))
	report(optOut("569", "user", true, 5))
	report(optOut("569", "user", true, 7))
	want := store.OptedOutData{WaID: "1", Contact: "569", Source: "whatsapp", At: at(5)}.Event()
	require.Equal(t, []store.Event{want}, waitingEvents(t, s))
	report(optOut("569", "user", false, 8))
	report(optOut("569", "user", true, 6))
	require.Empty(t, waitingEvents(t, s), "an older report changes nothing")
	report(optOut("569", "user", true, 9))
	require.Equal(t, []string{store.EventOptedOut}, types(waitingEvents(t, s)))
	setPreferences(t, s, optOut("570", "", true, 5))
	require.Empty(t, waitingEvents(t, s), "what a bot heard is announced by its conversation")
	other := optOut("571", "", true, 5)
	other.Channel = "2"
	report(other)
	require.Empty(t, waitingEvents(t, s))
}

func eventAttempt(e store.Event, second int) store.EventAttempt {
	return store.EventAttempt{
		ID: e.ID, Channel: "1", URL: eventsURL, At: at(second), State: store.DeliveryWaiting, NextTry: at(second + 10),
		Reason: "HTTP 500", Failed: true, Pause: at(second + 1),
	}
}

func record(t *testing.T, s *store.Store, a store.EventAttempt) (switchedOff bool) {
	t.Helper()
	switchedOff, err := s.RecordEventAttempt(t.Context(), a)
	require.NoError(t, err)
	return switchedOff
}

func eventsHealth(t *testing.T, s *store.Store) store.EventsHealth {
	t.Helper()
	found, err := s.EventsHealth(t.Context(), "1")
	require.NoError(t, err)
	return found
}

func nextEventFirst(t *testing.T, s *store.Store) {
	withEvents(t, s)
	first, second := closedEvent("1", "cnv_1", 1), closedEvent("1", "cnv_2", 2)
	require.NoError(t, s.Announce(t.Context(), second, first))
	next, err := s.NextEvent(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, first.ID, next.ID)
	require.False(t, record(t, s, eventAttempt(first, 3)))
	next, err = s.NextEvent(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, second.ID, next.ID, "one that failed waits")
	failed, err := s.Event(t.Context(), first.ID)
	require.NoError(t, err)
	require.Equal(t, []any{1, at(13), "HTTP 500", at(3), string(first.Body)}, []any{failed.Attempts, failed.NextTry, failed.LastError, failed.UpdatedAt, string(failed.Body)})
	channels, err := s.ChannelsWithEvents(t.Context(), "", 9)
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, channels)
	channels, err = s.ChannelsWithEvents(t.Context(), "1", 9)
	require.NoError(t, err)
	require.Empty(t, channels)
}

func eventFailuresCounted(t *testing.T, s *store.Store) {
	withEvents(t, s)
	e := closedEvent("1", "cnv_1", 1)
	require.NoError(t, s.Announce(t.Context(), e))
	require.Zero(t, eventsHealth(t, s))
	record(t, s, eventAttempt(e, 3))
	record(t, s, eventAttempt(e, 4))
	require.Equal(t, store.EventsHealth{Channel: "1", URL: eventsURL, FailingSince: at(3), Failures: 2, NextTry: at(5)}, eventsHealth(t, s))
	own := eventAttempt(e, 5)
	own.Failed = false
	record(t, s, own)
	require.Equal(t, 2, eventsHealth(t, s).Failures, "it was about the event")
	other := eventAttempt(e, 6)
	other.URL = "https://other.example"
	record(t, s, other)
	require.Equal(t, 2, eventsHealth(t, s).Failures, "that was another URL")
	taken := eventAttempt(e, 7)
	taken.State = store.DeliveryDelivered
	record(t, s, taken)
	require.Zero(t, eventsHealth(t, s))
	record(t, s, eventAttempt(e, 8))
	done, err := s.Event(t.Context(), e.ID)
	require.NoError(t, err)
	require.Equal(t, []any{store.DeliveryDelivered, 5}, []any{done.State, done.Attempts}, "what is settled stays")
}

func eventsSwitchedOff(t *testing.T, s *store.Store) {
	withEvents(t, s)
	e := closedEvent("1", "cnv_1", 1)
	require.NoError(t, s.Announce(t.Context(), e))
	day := 24 * 60 * 60
	for n := range 20 {
		require.Equal(t, n == 19, record(t, s, eventAttempt(e, n*6*day/19+n/19)), n)
	}
	require.True(t, eventsHealth(t, s).IsOff())
	require.Equal(t, store.OffFailing, eventsHealth(t, s).OffReason)
	require.Equal(t, []string{store.EventClosed}, types(waitingEvents(t, s)), "quietly")
	wantEvents(t, s, eventsURL)
	require.Zero(t, eventsHealth(t, s))
	second := closedEvent("1", "cnv_2", 1)
	require.NoError(t, s.Announce(t.Context(), second))
	gone := eventAttempt(second, 9)
	gone.Off = store.OffGone
	require.True(t, record(t, s, gone))
	gone.State, gone.Off, gone.Failed = store.DeliveryDelivered, store.OffDisabled, false
	wantEvents(t, s, eventsURL)
	record(t, s, gone)
	require.Equal(t, store.OffDisabled, eventsHealth(t, s).OffReason, "it takes one event and asks for no other")
}

func eventsAfterOutage(t *testing.T, s *store.Store) {
	for _, failures := range []int{4, 5} {
		name := fmt.Sprint("cnv_", failures)
		if failures == 4 {
			withEvents(t, s)
		}
		first, second := closedEvent("1", name+"a", 1), closedEvent("1", name+"b", 2)
		require.NoError(t, s.Announce(t.Context(), first, second))
		for n := range failures {
			record(t, s, eventAttempt(first, 100+n))
		}
		taken := eventAttempt(second, 200)
		taken.State = store.DeliveryDelivered
		record(t, s, taken)
		left, err := s.Event(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, failures == 5, left.NextTry.Equal(at(1)), "an event that fails alone is no outage")
	}
}

func eventsURLChanged(t *testing.T, s *store.Store) {
	withEvents(t, s)
	e := closedEvent("1", "cnv_1", 1)
	require.NoError(t, s.Announce(t.Context(), e, closedEvent("1", "cnv_2", 2)))
	record(t, s, eventAttempt(e, 3))
	wantEvents(t, s, "https://isv.example/new")
	require.Zero(t, eventsHealth(t, s))
	next, err := s.NextEvent(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, e.ID, next.ID, "it is due")
	taken := eventAttempt(e, 4)
	taken.State, taken.URL = store.DeliveryDelivered, "https://isv.example/new"
	record(t, s, taken)
	require.NoError(t, s.SetWebhook(t.Context(), "1", hook, "", at(5)))
	n, err := s.CountWaitingEvents(t.Context(), "1", 9)
	require.NoError(t, err)
	require.Equal(t, 1, n, "another setting does not touch it")
	wantEvents(t, s, "")
	require.Empty(t, waitingEvents(t, s))
	_, err = s.Event(t.Context(), e.ID)
	require.NoError(t, err, "what was delivered is not forgotten")
	require.NoError(t, s.Announce(t.Context(), closedEvent("1", "cnv_3", 3)))
	require.Empty(t, waitingEvents(t, s))
	wantEvents(t, s, eventsURL)
	require.NoError(t, s.Announce(t.Context(), closedEvent("1", "cnv_4", 3)))
	require.NoError(t, s.DropUnwantedEvents(t.Context(), "1"))
	require.Len(t, waitingEvents(t, s), 1)
}

func eventsTrimmed(t *testing.T, s *store.Store) {
	withEvents(t, s)
	for n := range 5 {
		require.NoError(t, s.Announce(t.Context(), closedEvent("1", fmt.Sprint("cnv_", n), 10+n)))
	}
	dropped, dead, err := s.TrimEvents(t.Context(), store.EventsTrim{Channel: "1", Most: 4, Before: at(12), At: at(99)})
	require.NoError(t, err)
	require.Equal(t, []int64{1, 1}, []int64{dropped, dead})
	_, err = s.Event(t.Context(), closedEvent("1", "cnv_0", 10).ID)
	require.ErrorIs(t, err, store.ErrNotFound, "the oldest")
	expired, err := s.Event(t.Context(), closedEvent("1", "cnv_1", 11).ID)
	require.NoError(t, err)
	require.Equal(t, []any{store.DeliveryDead, "expired", at(99)}, []any{expired.State, expired.LastError, expired.UpdatedAt})
	require.Len(t, waitingEvents(t, s), 3)
}

func eventsDropped(t *testing.T, s *store.Store) {
	withEvents(t, s)
	waiting, done := closedEvent("1", "cnv_1", 20), closedEvent("1", "cnv_2", 3)
	require.NoError(t, s.Announce(t.Context(), waiting, done))
	taken := eventAttempt(done, 10)
	taken.State = store.DeliveryDelivered
	record(t, s, taken)
	for _, tt := range []struct{ before, want int }{{10, 0}, {11, 1}, {20, 0}, {21, 1}} {
		dropped, err := s.DropOldEvents(t.Context(), at(tt.before))
		require.NoError(t, err)
		require.EqualValues(t, tt.want, dropped, tt.before)
	}
}

func eventsRemoved(t *testing.T, s *store.Store) {
	withEvents(t, s)
	e := closedEvent("1", "cnv_1", 1)
	require.NoError(t, s.Announce(t.Context(), e))
	record(t, s, eventAttempt(e, 2))
	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	_, err := s.Event(t.Context(), e.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
}
