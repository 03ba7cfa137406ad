package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func accountCases() []testCase {
	return []testCase{
		{"what is added is found", accountRoundTrip},
		{"a name is taken once, also by many at once", accountTakenOnce},
		{"unknown names are not found", accountUnknown},
		{"a new password, disabling and another role each end all tokens", accountGenerations},
		{"text from outside is cleaned and found again", accountDirty},
		{"an empty name is refused", accountWithoutName},
	}
}

func accountRoundTrip(t *testing.T, s *store.Store) {
	want := []store.Account{
		{Name: "Zeta", PasswordHash: "$argon2id$z", CreatedAt: at(1)},
		{Name: "alfa", PasswordHash: "$argon2id$a", Generation: 7, Operator: true, Disabled: true, CreatedAt: at(2)},
		{Name: "ñ " + awkward},
	}
	for _, account := range []store.Account{want[2], want[0], want[1]} {
		require.NoError(t, s.AddAccount(t.Context(), account))
	}
	for _, account := range want {
		got, err := s.Account(t.Context(), account.Name)
		require.NoError(t, err)
		require.Equal(t, account, got)
	}
	all, err := s.Accounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, all, "in the order of bytes, whatever the server's locale")
}

func accountTakenOnce(t *testing.T, s *store.Store) {
	errs := together(8, func(int) error {
		return s.AddAccount(t.Context(), store.Account{Name: "demo", CreatedAt: at(0)})
	})
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
			continue
		}
		require.ErrorIs(t, err, store.ErrExists)
	}
	require.Equal(t, 1, added)
}

func accountUnknown(t *testing.T, s *store.Store) {
	_, err := s.Account(t.Context(), "nobody")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorIs(t, s.SetPassword(t.Context(), "nobody", "hash"), store.ErrNotFound)
	require.ErrorIs(t, s.DisableAccount(t.Context(), "nobody"), store.ErrNotFound)
	require.ErrorIs(t, s.EnableAccount(t.Context(), "nobody"), store.ErrNotFound)
	require.ErrorIs(t, s.SetOperator(t.Context(), "nobody", true), store.ErrNotFound)
	all, err := s.Accounts(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
}

func accountGenerations(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "demo", PasswordHash: "old", Generation: 1}))
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "other", PasswordHash: "old"}))
	requireNoErrors(t, together(5, func(int) error { return s.SetPassword(t.Context(), "demo", "new") }))
	require.NoError(t, s.DisableAccount(t.Context(), "demo"))

	got, err := s.Account(t.Context(), "demo")
	require.NoError(t, err)
	require.Equal(t, store.Account{Name: "demo", PasswordHash: "new", Generation: 7, Disabled: true}, got)

	require.NoError(t, s.EnableAccount(t.Context(), "demo"))
	require.NoError(t, s.SetOperator(t.Context(), "demo", true))
	got, err = s.Account(t.Context(), "demo")
	require.NoError(t, err)
	require.Equal(t, store.Account{Name: "demo", PasswordHash: "new", Generation: 8, Operator: true}, got)
	other, err := s.Account(t.Context(), "other")
	require.NoError(t, err)
	require.Equal(t, store.Account{Name: "other", PasswordHash: "old"}, other)
}

func accountDirty(t *testing.T, s *store.Store) {
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: dirty}))
	got, err := s.Account(t.Context(), dirty)
	require.NoError(t, err)
	require.Equal(t, cleaned, got.Name)
}

func accountWithoutName(t *testing.T, s *store.Store) {
	require.Error(t, s.AddAccount(t.Context(), store.Account{}))
}

func channelCases() []testCase {
	return []testCase{
		{"what is added is found by both numbers", channelRoundTrip},
		{"both numbers are taken once", channelTakenOnce},
		{"many channels may have no phone_number_id", channelWithoutID},
		{"an unknown account owns nothing", channelUnknownAccount},
		{"channels are listed by account", channelList},
		{"the webhook is set", channelWebhook},
		{"a loop guard is set and unset", channelLoopGuard},
		{"a phone_number_id is changed, and taken once", channelPhoneNumberID},
		{"a channel without conversations is removed with what is known of it", channelRemove},
	}
}

func addAccounts(t *testing.T, s *store.Store, names ...string) {
	t.Helper()
	for _, name := range names {
		require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: name}))
	}
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

func botCases() []testCase {
	return []testCase{
		{"a definition is stored once and never changes", botNeverChanges},
		{"a large source comes back byte for byte", botLarge},
	}
}

func botNeverChanges(t *testing.T, s *store.Store) {
	want := store.Bot{Hash: "h1", Account: "demo", Name: awkward, Source: []byte("bot: {}\x00\xff"), CreatedAt: at(1)}
	require.NoError(t, s.PutBot(t.Context(), want))
	requireNoErrors(t, together(4, func(int) error {
		return s.PutBot(t.Context(), store.Bot{Hash: "h1", Name: "other", CreatedAt: at(2)})
	}))
	got, err := s.Bot(t.Context(), "h1")
	require.NoError(t, err)
	require.Equal(t, want, got)

	starter := store.Bot{Hash: "h2"}
	require.NoError(t, s.PutBot(t.Context(), starter))
	got, err = s.Bot(t.Context(), "h2")
	require.NoError(t, err)
	require.Equal(t, starter, got)
	_, err = s.Bot(t.Context(), "h3")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func botLarge(t *testing.T, s *store.Store) {
	want := store.Bot{Hash: "h", Source: megabyte()}
	require.NoError(t, s.PutBot(t.Context(), want))
	got, err := s.Bot(t.Context(), "h")
	require.NoError(t, err)
	require.Equal(t, want, got)
}
