package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestChannels(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"what is added is found by both numbers", channelRoundTrip},
		{"both numbers are taken once", channelTakenOnce},
		{"many channels may have no phone_number_id", channelWithoutID},
		{"an unknown account owns nothing", channelUnknownAccount},
		{"channels are listed by account", channelList},
		{"the webhook is set", channelWebhook},
		{"its other settings are changed", channelWebhookSettings},
		{"a loop guard is set and unset", channelLoopGuard},
		{"a phone_number_id is changed, and taken once", channelPhoneNumberID},
		{"a channel without conversations is removed with what is known of it", channelRemove},
	})
}

func channelRoundTrip(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	want := store.Channel{
		WaID: "56900000001", PhoneNumberID: "100000000000001", Account: "demo",
		WebhookURL: "https://example.com/" + awkward, Version: "v15.0", Bot: "abc", LoopGuard: true,
		CreatedAt: at(1), UpdatedAt: at(2),
	}
	require.NoError(t, s.AddChannel(t.Context(), want))
	got, err := s.Channel(t.Context(), want.WaID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = s.ChannelByPhoneNumberID(t.Context(), want.PhoneNumberID)
	require.NoError(t, err)
	require.Equal(t, want, got)

	_, err = s.Channel(t.Context(), want.PhoneNumberID)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.ChannelByPhoneNumberID(t.Context(), want.WaID)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func channelTakenOnce(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo", "other")
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", PhoneNumberID: "p1", Account: "demo"}))
	for _, taken := range []store.Channel{
		{WaID: "1", PhoneNumberID: "p2", Account: "other"},
		{WaID: "2", PhoneNumberID: "p1", Account: "other"},
	} {
		require.ErrorIs(t, s.AddChannel(t.Context(), taken), store.ErrExists)
	}
}

func channelWithoutID(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "demo"}))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "2", Account: "demo"}))
	_, err := s.ChannelByPhoneNumberID(t.Context(), "")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func channelUnknownAccount(t *testing.T, s *store.Store) {
	err := s.AddChannel(t.Context(), store.Channel{WaID: "1", PhoneNumberID: "p1", Account: "nobody"})
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.Channel(t.Context(), "1")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func channelList(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo", "other")
	a := store.Channel{WaID: "1", PhoneNumberID: "p1", Account: "other"}
	b := store.Channel{WaID: "2", PhoneNumberID: "p2", Account: "demo"}
	c := store.Channel{WaID: "3", PhoneNumberID: "p3", Account: "other"}
	for _, channel := range []store.Channel{c, a, b} {
		require.NoError(t, s.AddChannel(t.Context(), channel))
	}
	for account, want := range map[string][]store.Channel{
		"": {a, b, c}, "demo": {b}, "other": {a, c}, "nobody": {},
	} {
		got, err := s.Channels(t.Context(), account)
		require.NoError(t, err)
		require.Equal(t, want, got, "account %q", account)
	}
}

func channelWebhook(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", PhoneNumberID: "p1", Account: "demo", Bot: "b"}))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "2", PhoneNumberID: "p2", Account: "demo"}))
	require.NoError(t, s.SetWebhook(t.Context(), "1", "https://example.com/in", "v16.0", at(9)))
	got, err := s.Channels(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []store.Channel{
		{WaID: "1", PhoneNumberID: "p1", Account: "demo", Bot: "b", WebhookURL: "https://example.com/in", Version: "v16.0", UpdatedAt: at(9)},
		{WaID: "2", PhoneNumberID: "p2", Account: "demo"},
	}, got)
	require.ErrorIs(t, s.SetWebhook(t.Context(), "3", "https://example.com/in", "", time.Time{}), store.ErrNotFound)
}

func channelWebhookSettings(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "demo", WebhookURL: "https://example.com/in", Version: "v16.0"}))
	want := store.Channel{
		WaID: "1", Account: "demo", WebhookURL: "https://example.com/in", Version: "v16.0",
		PullSince: at(2), MergeNotice: true, TimeoutSeconds: 9, EventsURL: "https://example.com/events", UpdatedAt: at(2),
	}
	all := store.WebhookSettings{Pull: new(true), MergeNotice: new(true), TimeoutSeconds: new(9), EventsURL: &want.EventsURL}
	require.NoError(t, s.ConfigureWebhook(t.Context(), "1", all, at(2)))
	require.Equal(t, want, channelOf(t, s, "1"))

	require.NoError(t, s.ConfigureWebhook(t.Context(), "1", store.WebhookSettings{Pull: new(true)}, at(3)))
	want.UpdatedAt = at(3)
	require.Equal(t, want, channelOf(t, s, "1"), "it is pulled since the first time")

	none := store.WebhookSettings{Pull: new(false), MergeNotice: new(false), TimeoutSeconds: new(0), EventsURL: new("")}
	require.NoError(t, s.ConfigureWebhook(t.Context(), "1", none, at(4)))
	require.Equal(t, store.Channel{
		WaID: "1", Account: "demo", WebhookURL: "https://example.com/in", Version: "v16.0", UpdatedAt: at(4),
	}, channelOf(t, s, "1"))
	require.ErrorIs(t, s.ConfigureWebhook(t.Context(), "3", all, at(2)), store.ErrNotFound)
}

func channelOf(t *testing.T, s *store.Store, waID string) store.Channel {
	got, err := s.Channel(t.Context(), waID)
	require.NoError(t, err)
	return got
}

func channelLoopGuard(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "demo"}))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "2", Account: "demo"}))
	require.NoError(t, s.SetLoopGuard(t.Context(), "1", true, at(9)))
	got, err := s.Channels(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []store.Channel{
		{WaID: "1", Account: "demo", LoopGuard: true, UpdatedAt: at(9)}, {WaID: "2", Account: "demo"},
	}, got)
	require.NoError(t, s.SetLoopGuard(t.Context(), "1", false, at(10)))
	off, err := s.Channel(t.Context(), "1")
	require.NoError(t, err)
	require.False(t, off.LoopGuard)
	require.ErrorIs(t, s.SetLoopGuard(t.Context(), "3", true, at(9)), store.ErrNotFound)
}

func channelPhoneNumberID(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", PhoneNumberID: "p1", Account: "demo"}))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "2", PhoneNumberID: "p2", Account: "demo"}))
	require.NoError(t, s.SetPhoneNumberID(t.Context(), "1", "p3", at(9)))
	got, err := s.ChannelByPhoneNumberID(t.Context(), "p3")
	require.NoError(t, err)
	require.Equal(t, store.Channel{WaID: "1", PhoneNumberID: "p3", Account: "demo", UpdatedAt: at(9)}, got)
	_, err = s.ChannelByPhoneNumberID(t.Context(), "p1")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorIs(t, s.SetPhoneNumberID(t.Context(), "1", "p2", at(10)), store.ErrExists)
	require.ErrorIs(t, s.SetPhoneNumberID(t.Context(), "3", "p4", at(10)), store.ErrNotFound)
}

func channelRemove(t *testing.T, s *store.Store) {
	addAccounts(t, s, "demo")
	for _, waID := range []string{"1", "2"} {
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: waID, PhoneNumberID: "p" + waID, Account: "demo"}))
		require.NoError(t, s.SetPreferences(t.Context(), []store.Preference{{Channel: waID, WaID: "569", OptedOut: true, At: at(1)}}))
		require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{{Channel: waID, WAMID: "wamid.1", Status: "sent", At: at(1)}}))
		vault, err := s.Vault(make([]byte, 32))
		require.NoError(t, err)
		require.NoError(t, vault.Put(t.Context(), waID, "agenda", "secret", at(1)))
	}
	require.NoError(t, s.OpenConversation(t.Context(), store.Conversation{ID: "cnv_1", WorkflowID: "w", Channel: "2", WaID: "569", OpenedAt: at(1)}))

	linkContacts(t, s, link("569", "569", "569", 1), link("CL.1", "569", "", 1))
	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	require.Empty(t, linksOf(t, s, "1", "569"))
	require.ErrorIs(t, s.RemoveChannel(t.Context(), "1"), store.ErrNotFound)
	require.ErrorIs(t, s.RemoveChannel(t.Context(), "2"), store.ErrNotFound)

	for waID, kept := range map[string]int{"1": 0, "2": 1} {
		statuses, err := s.Statuses(t.Context(), waID, []string{"wamid.1"})
		require.NoError(t, err)
		require.Len(t, statuses, kept, waID)
	}
	_, err := s.Contact(t.Context(), "1", "569", "")
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.Contact(t.Context(), "2", "569", "")
	require.NoError(t, err, "what is refused changes nothing")
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "3", PhoneNumberID: "p1", Account: "demo"}), "its number is free again")
}
