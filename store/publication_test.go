package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

func TestPublications(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"a version goes live, and who and when is kept", versionGoesLive},
		{"of two publishes at once one goes live", publishesAtOnce},
		{"nothing goes live by what has changed", nothingByWhatHasChanged},
		{"a channel that came with a bot goes back to it", backToWhatCameWithTheChannel},
		{"publications go with their channel", publicationsGoWithTheirChannel},
		{"nothing goes live on what has become another's", nothingOnWhatIsAnothers},
		{"a channel that is removed meanwhile leaves nothing behind", removedWhilePublishing},
		{"the latest publications are kept, and no others", latestPublicationsAreKept},
		{"the version of a definition is that of the channel's account", versionIsTheAccounts},
	})
}

// change is a change of channel 1 as it is now, which is the account isv's.
func change(t testing.TB, s *store.Store, hash string) store.Change {
	t.Helper()
	channel, err := s.Channel(t.Context(), "1")
	require.NoError(t, err)
	tests, err := s.Tests(t.Context(), "isv", "a")
	require.NoError(t, err)
	return store.Change{Channel: "1", Bot: hash, At: at(5), By: "isv", Seen: channel, Name: "a", TestsRevision: tests.Revision}
}

func liveHash(t testing.TB, s *store.Store) string {
	t.Helper()
	channel, err := s.Channel(t.Context(), "1")
	require.NoError(t, err)
	return channel.Bot
}

func versionGoesLive(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	put(t, s, version("isv", "a", "a2"))
	for i, hash := range []string{"a2", "a1"} {
		live, err := s.Publish(t.Context(), change(t, s, hash))
		require.NoError(t, err)
		require.Equal(t, store.Publication{Channel: "1", Number: i + 1, Bot: hash, Name: live.Name, Version: 2 - i, At: at(5), By: "isv"}, live)
		require.Equal(t, hash, liveHash(t, s))
	}
	live, err := s.RollBack(t.Context(), change(t, s, ""))
	require.NoError(t, err)

	all, err := s.Publications(t.Context(), "1", 0, 9)
	require.NoError(t, err)
	require.Equal(t, all[0], live)
	require.Equal(t, []store.Publication{
		{Channel: "1", Number: 3, Bot: "a2", Name: "", Version: 2, Rollback: true, At: at(5), By: "isv"},
		{Channel: "1", Number: 2, Bot: "a1", Name: "", Version: 1, At: at(5), By: "isv"},
		{Channel: "1", Number: 1, Bot: "a2", Name: "", Version: 2, At: at(5), By: "isv"},
	}, unnamed(all))
	require.Equal(t, "a", all[0].Name)
	piece, err := s.Publications(t.Context(), "1", 3, 1)
	require.NoError(t, err)
	require.Equal(t, all[1:2], piece)
	one, err := s.Publication(t.Context(), "1", 2)
	require.NoError(t, err)
	require.Equal(t, all[1], one)

	channel, err := s.LiveChannel(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, []any{"a", 2, 3, at(5)}, []any{channel.BotName, channel.BotVersion, channel.Publication, channel.UpdatedAt})
	versions, err := s.LiveVersions(t.Context(), []string{"isv", "other"})
	require.NoError(t, err)
	require.Equal(t, []store.LiveVersion{{Channel: "1", Account: "isv", Name: "a", Number: 2}}, versions)
	channels, err := s.LiveChannels(t.Context(), "", "", 9)
	require.NoError(t, err)
	require.Len(t, channels, 2)
	require.Equal(t, channel, channels[0])
	channels, err = s.LiveChannels(t.Context(), "other", "1", 9)
	require.NoError(t, err)
	require.Equal(t, []any{"2", ""}, []any{channels[0].WaID, channels[0].BotName})
}

// unnamed leaves out what is tested on its own.
func unnamed(all []store.Publication) []store.Publication {
	bare := make([]store.Publication, len(all))
	for i := range all {
		bare[i] = all[i]
		bare[i].Name = ""
	}
	return bare
}

func publishesAtOnce(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	seen := change(t, s, "a1")
	errs := together(6, func(int) error {
		_, err := s.Publish(t.Context(), seen)
		return err
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, store.ErrChanged)
	}
	require.Equal(t, 1, won)
	all, err := s.Publications(t.Context(), "1", 0, 9)
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func nothingByWhatHasChanged(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	for name, meanwhile := range map[string]func(){
		"other tests":     func() { require.NoError(t, s.PutTests(t.Context(), "isv", "a", store.BotTests{Cases: 1})) },
		"a Graph version": func() { require.NoError(t, s.SetWebhook(t.Context(), "1", "https://x", "v14.0", at(1))) },
	} {
		seen := change(t, s, "a1")
		meanwhile()
		_, err := s.Publish(t.Context(), seen)
		require.ErrorIs(t, err, store.ErrChanged, name)
		require.Empty(t, liveHash(t, s))
	}
	gone := change(t, s, "a1")
	gone.Channel = "9"
	_, err := s.Publish(t.Context(), gone)
	require.ErrorIs(t, err, store.ErrChanged)
	_, err = s.RollBack(t.Context(), change(t, s, ""))
	require.ErrorIs(t, err, store.ErrNothingBefore)
}

func backToWhatCameWithTheChannel(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "isv", Bot: "preset"}))
	_, err := s.Publish(t.Context(), change(t, s, "a1"))
	require.NoError(t, err)
	_, err = s.RollBack(t.Context(), change(t, s, ""))
	require.NoError(t, err)
	require.Equal(t, "preset", liveHash(t, s))
	_, err = s.RollBack(t.Context(), change(t, s, ""))
	require.ErrorIs(t, err, store.ErrNothingBefore)
}

func publicationsGoWithTheirChannel(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	_, err := s.Publish(t.Context(), change(t, s, "a1"))
	require.NoError(t, err)
	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "other"}))
	all, err := s.Publications(t.Context(), "1", 0, 9)
	require.NoError(t, err)
	require.Empty(t, all)
	_, err = s.Publication(t.Context(), "1", 0)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func nothingOnWhatIsAnothers(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	seen := change(t, s, "a1")
	require.NoError(t, s.RemoveChannel(t.Context(), "1"))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "other", Version: seen.Seen.Version}))
	_, err := s.Publish(t.Context(), seen)
	require.ErrorIs(t, err, store.ErrChanged)
	require.Empty(t, liveHash(t, s))
}

func versionIsTheAccounts(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("other", "a", "x"))
	put(t, s, version("other", "a", "same"))
	put(t, s, version("isv", "a", "same"))
	_, err := s.Publish(t.Context(), change(t, s, "same"))
	require.NoError(t, err)
	channel, err := s.LiveChannel(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, 1, channel.BotVersion, "and not 2, which is the other account's")
	all, err := s.Publications(t.Context(), "1", 0, 9)
	require.NoError(t, err)
	require.Equal(t, 1, all[0].Version)
}

// TestPublishingIsAnUndoStack compares any sequence of publishes and rollbacks with a stack.
func TestPublishingIsAnUndoStack(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t)
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "isv"}))
	for _, hash := range []string{"a1", "a2", "a3"} {
		put(t, s, version("isv", "a", hash))
	}
	rapid.Check(t, func(rt *rapid.T) {
		_ = s.RemoveChannel(t.Context(), "1") // of the sequence before
		require.NoError(rt, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "isv"}))
		stack := []string{""}
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "publish") {
				hash := fmt.Sprint("a", rapid.IntRange(1, 3).Draw(rt, "version"))
				_, err := s.Publish(t.Context(), change(t, s, hash))
				require.NoError(rt, err)
				stack = append(stack, hash)
			} else if _, err := s.RollBack(t.Context(), change(t, s, "")); len(stack) == 1 {
				require.ErrorIs(rt, err, store.ErrNothingBefore)
			} else {
				require.NoError(rt, err)
				stack = stack[:len(stack)-1]
			}
			require.Equal(rt, stack[len(stack)-1], liveHash(t, s))
		}
	})
}

// A number that is removed while something is published on it comes back without publications.
func removedWhilePublishing(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	for range 10 {
		seen := change(t, s, "a1")
		requireNoErrors(t, together(2, func(i int) error {
			if i == 0 {
				return s.RemoveChannel(t.Context(), "1")
			}
			if _, err := s.Publish(t.Context(), seen); !errors.Is(err, store.ErrChanged) {
				return err
			}
			return nil
		}))
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: "1", Account: "isv"}))
		all, err := s.Publications(t.Context(), "1", 0, 9)
		require.NoError(t, err)
		require.Empty(t, all)
	}
}

func latestPublicationsAreKept(t *testing.T, s *store.Store) {
	withAccounts(t, s)
	put(t, s, version("isv", "a", "a1"))
	put(t, s, version("isv", "a", "a2"))
	publish := func(hash string) int {
		live, err := s.Publish(t.Context(), change(t, s, hash))
		require.NoError(t, err)
		return live.Number
	}
	publish("a1")
	publish("a2")
	// As after as many publishes and rollbacks as are kept: the latest leads back to publication 1.
	latest := store.MaxPublications
	require.NoError(t, s.Exec(t.Context(), `UPDATE publications SET number = ? WHERE channel = '1' AND number = 2`, latest))
	require.NoError(t, s.Exec(t.Context(), `UPDATE channels SET publication = ? WHERE wa_id = '1'`, latest))

	live, err := s.RollBack(t.Context(), change(t, s, ""))
	require.NoError(t, err)
	require.Equal(t, []any{"a1", latest + 1}, []any{live.Bot, live.Number})
	_, err = s.Publication(t.Context(), "1", 1)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.RollBack(t.Context(), change(t, s, ""))
	require.ErrorIs(t, err, store.ErrForgotten)
	require.Equal(t, "a1", liveHash(t, s), "and not the starter")

	require.Equal(t, latest+2, publish("a2"))
	live, err = s.RollBack(t.Context(), change(t, s, ""))
	require.NoError(t, err)
	require.Equal(t, "a1", live.Bot)
	all, err := s.Publications(t.Context(), "1", 0, 9)
	require.NoError(t, err)
	require.Equal(t, []int{latest + 3, latest + 2, latest + 1, latest}, numbersOf(all))
}

func numbersOf(all []store.Publication) []int {
	numbers := make([]int, len(all))
	for i := range all {
		numbers[i] = all[i].Number
	}
	return numbers
}
