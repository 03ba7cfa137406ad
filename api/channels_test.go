package api

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// countingStore has one channel and counts the questions for it.
type countingStore struct {
	Store

	asked int
}

func (s *countingStore) ChannelByPhoneNumberID(_ context.Context, id string) (store.Channel, error) {
	s.asked++
	if id != "1" {
		return store.Channel{}, store.ErrNotFound
	}
	return store.Channel{WaID: "569", PhoneNumberID: "1"}, nil
}

func (s *countingStore) Channel(_ context.Context, waID string) (store.Channel, error) {
	s.asked++
	if waID != "569" {
		return store.Channel{}, store.ErrNotFound
	}
	return store.Channel{WaID: "569", PhoneNumberID: "1"}, nil
}

func TestChannelsAreCachedForASecondAndForgottenWhenChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &countingStore{}
		c := newChannels(s)
		find := func(m whatsapp.Metadata) {
			t.Helper()
			channel, err := c.find(t.Context(), m)
			require.NoError(t, err)
			require.Equal(t, "569", channel.WaID)
		}
		byID, byNumber := whatsapp.Metadata{PhoneNumberID: "1"}, whatsapp.Metadata{DisplayPhoneNumber: "+5 6-9"}

		for range 3 {
			find(byID)
			find(byNumber)
		}
		require.Equal(t, 2, s.asked)

		c.forget(store.Channel{WaID: "569", PhoneNumberID: "1"})
		find(byID)
		find(byNumber)
		require.Equal(t, 4, s.asked)

		<-time.After(channelAge - time.Millisecond) // in the bubble's time
		find(byID)
		require.Equal(t, 4, s.asked)
		<-time.After(2 * time.Millisecond)
		find(byID)
		require.Equal(t, 5, s.asked)
	})
}

func TestUnknownChannelsAreAskedForEveryTime(t *testing.T) {
	s := &countingStore{}
	c := newChannels(s)
	for range 2 {
		_, err := c.find(t.Context(), whatsapp.Metadata{PhoneNumberID: "2", DisplayPhoneNumber: "7"})
		require.ErrorIs(t, err, store.ErrNotFound)
	}
	require.Equal(t, 4, s.asked)
}

// What was read before a change must not be remembered for its whole age after it, however long the
// database took to say it.
func TestTheAgeOfAChannelCountsFromWhenItsReadingBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		takes := channelAge - 100*time.Millisecond
		c := newCached(maxChannels, channelAge, func(context.Context, string) (int, error) {
			asked++
			<-time.After(takes) // in the bubble's time
			return asked, nil
		})
		get := func() int {
			value, err := c.get(t.Context(), "569")
			require.NoError(t, err)
			return value
		}
		require.Equal(t, 1, get())
		require.Equal(t, 1, get(), "is remembered for 100 ms more")
		<-time.After(101 * time.Millisecond)
		takes = channelAge
		require.Equal(t, 2, get())
		require.Equal(t, 3, get(), "was too old when it came")
	})
}
