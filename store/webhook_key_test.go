package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestWebhookKeys(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"the first is made once, and stays", webhookKeyStays},
		{"processes that need the first one at once get the same", webhookKeyRace},
		{"a rotation lets the old one sign on for the overlap", webhookKeyOverlap},
		{"without an overlap no older key signs", webhookKeyAtOnce},
		{"a sixth old key is refused until one has expired", webhookKeyLimit},
		{"rotations at once leave one current key", webhookKeyRotations},
		{"nobody but the owner of the channel gets them", webhookKeyOwner},
		{"a new owner of a number gets new ones", webhookKeyNewOwner},
		{"removing a channel and making its key at once leaves no key", webhookKeyRemoval},
		{"a set is found by each of its live keys", webhookKeySet},
		{"a key that is not there, or a row that was copied, is an error", webhookKeySealed},
		{"older keys open, and a reseal makes them needless", webhookKeyReseal},
		{"expired keys are dropped", webhookKeyExpired},
	})
}

func channelOne() store.Channel { return store.Channel{WaID: "1", Account: "demo"} }

func keyIDs(keys []store.WebhookKey) []string {
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = key.ID
	}
	return ids
}

func webhookKeyStays(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	keys, err := v.WebhookKeys(t.Context(), channelOne(), at(1))
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.True(t, store.IsWebhookKeyID(keys[0].ID), keys[0].ID)
	require.Len(t, keys[0].Material(), 64)
	require.Equal(t, at(1), keys[0].CreatedAt)
	require.True(t, keys[0].ExpiresAt.IsZero())
	again, err := v.WebhookKeys(t.Context(), channelOne(), at(2))
	require.NoError(t, err)
	require.Equal(t, keyIDs(keys), keyIDs(again))
	require.Equal(t, keys[0].Material(), again[0].Material())

	other, err := v.WebhookKeys(t.Context(), store.Channel{WaID: "2", Account: "demo"}, at(1))
	require.NoError(t, err)
	require.NotEqual(t, keys[0].Material()[:32], other[0].Material()[:32])
	require.NotEqual(t, keys[0].Material()[32:], other[0].Material()[32:])
}

func webhookKeyRace(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	got := make([][]store.WebhookKey, 8)
	requireNoErrors(t, together(len(got), func(i int) (err error) {
		got[i], err = vault(t, s, sealKey(1)).WebhookKeys(t.Context(), channelOne(), at(i))
		return err
	}))
	for _, keys := range got {
		require.Equal(t, keyIDs(got[0]), keyIDs(keys))
		require.Equal(t, got[0][0].Material(), keys[0].Material())
	}
}

func webhookKeyOverlap(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	old, err := v.WebhookKeys(t.Context(), channelOne(), at(0))
	require.NoError(t, err)
	rotated, err := v.RotateWebhookKey(t.Context(), channelOne(), time.Minute, at(10))
	require.NoError(t, err)
	require.Len(t, rotated, 2)
	require.True(t, rotated[0].ExpiresAt.IsZero())
	require.Equal(t, old[0].ID, rotated[1].ID)
	require.Equal(t, at(70), rotated[1].ExpiresAt)
	require.Equal(t, old[0].Material(), rotated[1].Material())

	for seconds, want := range map[int][]string{10: keyIDs(rotated), 69: keyIDs(rotated), 70: keyIDs(rotated[:1]), 1000: keyIDs(rotated[:1])} {
		live, err := v.WebhookKeys(t.Context(), channelOne(), at(seconds))
		require.NoError(t, err)
		require.Equal(t, want, keyIDs(live), "after %d s", seconds)
	}
}

func webhookKeyAtOnce(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	for i := range 3 {
		_, err := v.RotateWebhookKey(t.Context(), channelOne(), time.Hour, at(i))
		require.NoError(t, err)
	}
	rotated, err := v.RotateWebhookKey(t.Context(), channelOne(), 0, at(4))
	require.NoError(t, err)
	require.Len(t, rotated, 1)
	live, err := v.WebhookKeys(t.Context(), channelOne(), at(4))
	require.NoError(t, err)
	require.Equal(t, keyIDs(rotated), keyIDs(live))
}

func webhookKeyLimit(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	_, err := v.WebhookKeys(t.Context(), channelOne(), at(0))
	require.NoError(t, err)
	var before []store.WebhookKey
	for i := range store.MaxOldWebhookKeys {
		before, err = v.RotateWebhookKey(t.Context(), channelOne(), time.Minute, at(i))
		require.NoError(t, err)
		require.Len(t, before, i+2)
	}
	_, err = v.RotateWebhookKey(t.Context(), channelOne(), time.Minute, at(59))
	require.ErrorIs(t, err, store.ErrTooManyKeys)
	after, err := v.WebhookKeys(t.Context(), channelOne(), at(59))
	require.NoError(t, err)
	require.Equal(t, keyIDs(before), keyIDs(after), "a refused rotation changes nothing")

	after, err = v.RotateWebhookKey(t.Context(), channelOne(), time.Minute, at(60))
	require.NoError(t, err, "the first has expired")
	require.Len(t, after, 6)
	after, err = v.RotateWebhookKey(t.Context(), channelOne(), 0, at(60))
	require.NoError(t, err, "a rotation that leaves no old key is never too much")
	require.Len(t, after, 1)
}

func webhookKeyRotations(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	refused := 0
	for _, err := range together(8, func(i int) error {
		_, err := vault(t, s, sealKey(1)).RotateWebhookKey(t.Context(), channelOne(), time.Minute, at(i))
		return err
	}) {
		if err != nil {
			require.ErrorIs(t, err, store.ErrTooManyKeys)
			refused++
		}
	}
	require.Equal(t, 2, refused, "the first makes the first key, five more leave five old ones")
	keys, err := vault(t, s, sealKey(1)).WebhookKeys(t.Context(), channelOne(), at(10))
	require.NoError(t, err)
	require.Len(t, keys, 6)
	for i, key := range keys {
		require.Equal(t, i == 0, key.ExpiresAt.IsZero())
	}
}

func webhookKeyOwner(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	addAccounts(t, s, "other")
	v := vault(t, s, sealKey(1))
	for _, stranger := range []store.Channel{{WaID: "1", Account: "other"}, {WaID: "1"}, {WaID: "3", Account: "demo"}} {
		for range 2 { // also when there is a key
			_, err := v.WebhookKeys(t.Context(), stranger, at(1))
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = v.RotateWebhookKey(t.Context(), stranger, 0, at(1))
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = v.WebhookKeys(t.Context(), channelOne(), at(1))
			require.NoError(t, err)
		}
	}
}

func webhookKeyNewOwner(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	addAccounts(t, s, "next")
	v := vault(t, s, sealKey(1))
	old, err := v.RotateWebhookKey(t.Context(), channelOne(), time.Hour, at(1))
	require.NoError(t, err)
	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "next"}))
	_, err = v.WebhookKeys(t.Context(), channelOne(), at(2))
	require.ErrorIs(t, err, store.ErrNotFound)
	fresh, err := v.WebhookKeys(t.Context(), store.Channel{WaID: "1", Account: "next"}, at(2))
	require.NoError(t, err)
	require.Len(t, fresh, 1)
	require.NotContains(t, keyIDs(old), fresh[0].ID)
	for _, key := range old {
		_, err := v.WebhookKeySet(t.Context(), key.ID, at(2))
		require.ErrorIs(t, err, store.ErrNotFound)
	}
}

func webhookKeyRemoval(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	errs := together(6, func(i int) error {
		if i == 0 {
			return s.RemoveChannel(t.Context(), "1")
		}
		_, err := v.WebhookKeys(t.Context(), channelOne(), at(1))
		return err
	})
	require.NoError(t, errs[0])
	for _, err := range errs[1:] {
		if err != nil {
			require.ErrorIs(t, err, store.ErrNotFound)
		}
	}
	require.NoError(t, s.AddChannel(t.Context(), channelOne()))
	keys, err := v.WebhookKeys(t.Context(), channelOne(), at(9))
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.Equal(t, at(9), keys[0].CreatedAt)
}

func webhookKeySet(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	first, err := v.WebhookKeys(t.Context(), channelOne(), at(0))
	require.NoError(t, err)
	all, err := v.RotateWebhookKey(t.Context(), channelOne(), time.Minute, at(0))
	require.NoError(t, err)
	_, err = v.WebhookKeys(t.Context(), store.Channel{WaID: "2", Account: "demo"}, at(0))
	require.NoError(t, err)
	for _, key := range all {
		set, err := v.WebhookKeySet(t.Context(), key.ID, at(59))
		require.NoError(t, err)
		require.Equal(t, keyIDs(all), keyIDs(set))
	}
	for _, id := range []string{first[0].ID, "whk_", "1", ""} {
		_, err = v.WebhookKeySet(t.Context(), id, at(60))
		require.ErrorIs(t, err, store.ErrNotFound, id)
	}
}

func webhookKeySealed(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	_, err := vault(t, s).WebhookKeys(t.Context(), channelOne(), at(0))
	require.ErrorIs(t, err, store.ErrNoKey)
	keys, err := vault(t, s, sealKey(1)).WebhookKeys(t.Context(), channelOne(), at(0))
	require.NoError(t, err)
	lacking, err := vault(t, s, sealKey(2)).LackingKeys(t.Context())
	require.NoError(t, err)
	require.Len(t, lacking, 1)
	_, err = vault(t, s, sealKey(2)).WebhookKeys(t.Context(), channelOne(), at(0))
	require.ErrorIs(t, err, store.ErrNoKey)
	require.ErrorContains(t, err, keys[0].ID)
	_, err = vault(t, s, sealKey(2)).WebhookKeySet(t.Context(), keys[0].ID, at(0))
	require.ErrorIs(t, err, store.ErrNoKey)
}

func webhookKeyReseal(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	old := vault(t, s, sealKey(1))
	require.NoError(t, old.Put(t.Context(), "1", "agenda", "x", at(1)))
	before, err := old.RotateWebhookKey(t.Context(), channelOne(), time.Hour, at(1))
	require.NoError(t, err)
	resealed, err := vault(t, s, sealKey(2), sealKey(1)).Reseal(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1+len(before), resealed)
	fresh := vault(t, s, sealKey(2))
	lacking, err := fresh.LackingKeys(t.Context())
	require.NoError(t, err)
	require.Empty(t, lacking)
	after, err := fresh.WebhookKeys(t.Context(), channelOne(), at(1))
	require.NoError(t, err)
	require.Equal(t, keyIDs(before), keyIDs(after))
	for i := range before {
		require.Equal(t, before[i].Material(), after[i].Material())
	}
}

func webhookKeyExpired(t *testing.T, s *store.Store) {
	addTwoChannels(t, s)
	v := vault(t, s, sealKey(1))
	for i := range 3 {
		_, err := v.RotateWebhookKey(t.Context(), channelOne(), time.Duration(i+1)*time.Minute, at(0))
		require.NoError(t, err)
	}
	for _, want := range []struct {
		seconds int
		dropped int64
	}{{119, 0}, {120, 1}, {500, 1}, {500, 0}} {
		dropped, err := v.DropExpiredWebhookKeys(t.Context(), at(want.seconds))
		require.NoError(t, err)
		require.Equal(t, want.dropped, dropped)
	}
	keys, err := v.WebhookKeys(t.Context(), channelOne(), at(0))
	require.NoError(t, err)
	require.Len(t, keys, 1, "the current one stays")
}

func TestWebhookKeyIDsAreToldByTheirForm(t *testing.T) {
	for id, want := range map[string]bool{
		"whk_abcdefghijklmnopqrstuvwxyz": true, "whk_abcdefghijklmnopqrstuv234567": false, "whk_abcdefghijklmnopqrst234567": true,
		"": false, "whk_": false, "WHK_abcdefghijklmnopqrstuvwxyz": false, "whk_Abcdefghijklmnopqrstuvwxyz": false,
		"whk_abcdefghijklmnopqrstuvwxy1": false, "whk_abcdefghijklm\x00opqrstuvwxyz": false,
	} {
		require.Equal(t, want, store.IsWebhookKeyID(id), id)
	}
}

func TestAWebhookKeyPrintsNothingOfItself(t *testing.T) {
	onEachDatabase(t, []testCase{{"in any format", func(t *testing.T, s *store.Store) {
		addTwoChannels(t, s)
		keys, err := vault(t, s, sealKey(1)).WebhookKeys(t.Context(), channelOne(), at(0))
		require.NoError(t, err)
		encoded, err := json.Marshal(keys)
		require.NoError(t, err)
		out := string(encoded)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			out += fmt.Sprintf(verb, keys)
		}
		material := keys[0].Material()
		for _, secret := range []string{fmt.Sprintf("%x", material[:4]), fmt.Sprintf("%d", material[:4])[1:10], string(material[:6])} {
			require.NotContains(t, out, secret)
		}
		require.Contains(t, out, keys[0].ID)
	}}})
}
