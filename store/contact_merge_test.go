package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/store"
)

func TestContactMerge(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"a batch ends as its facts one by one, also those of the same time", batchIsOneByOne},
		{"facts of different times end the same in any order", contactsInAnyOrder},
		{"text that cleans to the same is the same contact", contactsCleaned},
		{"many contacts in one call", manyContacts},
		{"two writers change the same contacts", contactsTogether},
	})
}

// batchIsOneByOne draws facts of few persons, some of whom have no number, with few different
// times, so that many facts have the same time.
func batchIsOneByOne(t *testing.T, s *store.Store) {
	type fact struct {
		waID, userID, former string
		second               int
		optedOut             bool
	}
	number := rapid.SampledFrom([]string{"", "569", "570"})
	userID := rapid.SampledFrom([]string{"", "a", "b", "c"})
	drawn := rapid.Custom(func(t *rapid.T) fact {
		return fact{
			number.Draw(t, "waID"), userID.Draw(t, "userID"), userID.Draw(t, "former"),
			rapid.IntRange(1, 3).Draw(t, "second"), rapid.Bool().Draw(t, "optedOut"),
		}
	})
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		facts := rapid.SliceOfN(drawn, 1, 6).Draw(rt, "facts")
		for name, save := range map[string]func(channel string, facts []fact) error{
			"preferences": func(channel string, facts []fact) error {
				var all []store.Preference
				for _, f := range facts {
					all = append(all, store.Preference{Channel: channel, WaID: f.waID, UserID: f.userID, OptedOut: f.optedOut, At: at(f.second)})
				}
				return s.SetPreferences(t.Context(), all)
			},
			"user ids": func(channel string, facts []fact) error {
				var all []store.IdentityChange
				for _, f := range facts {
					all = append(all, store.IdentityChange{Channel: channel, WaID: f.waID, PreviousUserID: f.former, UserID: f.userID, At: at(f.second)})
				}
				return s.LinkUserIDs(t.Context(), all)
			},
			"voice calls": func(channel string, facts []fact) error {
				var all []store.VoiceCall
				for _, f := range facts {
					all = append(all, store.VoiceCall{Channel: channel, WaID: f.waID, UserID: f.userID, At: at(f.second)})
				}
				return s.RecordVoiceCalls(t.Context(), all)
			},
		} {
			batch, single := fmt.Sprint(name, " batch ", run), fmt.Sprint(name, " single ", run)
			require.NoError(rt, save(batch, facts))
			for i := range facts {
				require.NoError(rt, save(single, facts[i:i+1]))
			}
			requireSameContacts(rt, t, s, batch, single)
		}
	})
}

// requireSameContacts compares all that two channels know of the contacts of batchIsOneByOne.
func requireSameContacts(rt *rapid.T, t *testing.T, s *store.Store, channel, other string) {
	t.Helper()
	for _, ids := range [][2]string{{"569", ""}, {"570", ""}, {"", "a"}, {"", "b"}, {"", "c"}} {
		a, errA := s.Contact(t.Context(), channel, ids[0], ids[1])
		b, errB := s.Contact(t.Context(), other, ids[0], ids[1])
		require.Equal(rt, errA == nil, errB == nil)
		b.Channel = a.Channel
		require.Equal(rt, a, b)
	}
}

// contactsInAnyOrder saves facts in one call, and one by one in another order with repeats. No two
// facts of one kind have the same time.
func contactsInAnyOrder(t *testing.T, s *store.Store) {
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		atOnce, shuffled := fmt.Sprint("at once ", run), fmt.Sprint("shuffled ", run)
		who := rapid.SliceOfN(rapid.IntRange(0, 1), 1, 10).Draw(rt, "contacts")
		write := func(channel string, facts ...int) {
			var preferences []store.Preference
			var changes []store.IdentityChange
			var calls []store.VoiceCall
			for _, i := range facts {
				waID := fmt.Sprint(who[i])
				preferences = append(preferences, store.Preference{Channel: channel, WaID: waID, OptedOut: i%2 == 0, At: at(i)})
				changes = append(changes, store.IdentityChange{Channel: channel, WaID: waID, PreviousUserID: fmt.Sprint("u", i), UserID: fmt.Sprint("u", i+1), At: at(i)})
				calls = append(calls, store.VoiceCall{Channel: channel, WaID: waID, At: at(i)})
			}
			require.NoError(rt, s.SetPreferences(t.Context(), preferences))
			require.NoError(rt, s.LinkUserIDs(t.Context(), changes))
			require.NoError(rt, s.RecordVoiceCalls(t.Context(), calls))
		}
		all := make([]int, len(who))
		for i := range all {
			all[i] = i
		}
		write(atOnce, all...)
		order := rapid.Permutation(all).Draw(rt, "order")
		for _, i := range slices.Concat(order, order[:len(order)/2]) {
			write(shuffled, i)
		}
		for _, waID := range []string{"0", "1"} {
			a, errA := s.Contact(t.Context(), atOnce, waID, "")
			b, errB := s.Contact(t.Context(), shuffled, waID, "")
			require.Equal(rt, errA == nil, errB == nil)
			b.Channel = a.Channel
			require.Equal(rt, a, b)
		}
	})
}

func contactsCleaned(t *testing.T, s *store.Store) {
	setPreferences(t, s, optOut(dirty, "", true, 1), optOut(cleaned, "", false, 2))
	require.Equal(t, at(2), contactOf(t, s, dirty, "").OptedOutAt)
	require.Equal(t, cleaned, contactOf(t, s, dirty, "").WaID)
	moveNumber(t, s, dirty, "new", 3)
	require.Equal(t, cleaned, contactOf(t, s, "new", "").FormerWaID)
}

func manyContacts(t *testing.T, s *store.Store) {
	var preferences []store.Preference
	var moves []store.NumberChange
	for i := range 1200 {
		preferences = append(preferences, optOut(fmt.Sprint("old", i), fmt.Sprint("user", i), i%2 == 0, i))
		moves = append(moves, store.NumberChange{Channel: "1", WaID: fmt.Sprint("old", i), NewWaID: fmt.Sprint("new", i), At: at(5000)})
	}
	require.NoError(t, s.SetPreferences(t.Context(), append(preferences, preferences...)))
	require.NoError(t, s.MoveNumbers(t.Context(), moves))
	for _, i := range []int{0, 1, 499, 500, 1199} {
		require.Equal(t, i%2 == 0, contactOf(t, s, fmt.Sprint("new", i), "").OptedOut)
		require.Equal(t, fmt.Sprint("old", i), contactOf(t, s, "", fmt.Sprint("user", i)).WaID)
	}
}

func contactsTogether(t *testing.T, s *store.Store) {
	requireNoErrors(t, together(8, func(i int) error {
		var preferences []store.Preference
		var moves []store.NumberChange
		for j := range 50 {
			n := j
			if i%2 == 1 {
				n = 49 - j
			}
			preferences = append(preferences, optOut(fmt.Sprint("old", n), "", i == 7, i))
			moves = append(moves, store.NumberChange{Channel: "1", WaID: fmt.Sprint("old", n), NewWaID: fmt.Sprint("new", n), At: at(100)})
		}
		if i%3 == 0 {
			if err := s.MoveNumbers(t.Context(), moves); err != nil {
				return err
			}
		}
		return s.SetPreferences(t.Context(), preferences)
	}))
	for n := range 50 {
		require.Equal(t, at(7), contactOf(t, s, fmt.Sprint("new", n), "").OptedOutAt)
		require.True(t, contactOf(t, s, fmt.Sprint("new", n), "").OptedOut)
	}
}
