package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// channelAge is for how long a process may not see that another one changed a channel. A publish
	// answers only after that time: see settleTime.
	channelAge  = time.Second
	maxChannels = 10_000
)

// channels reads channels through a cache.
type channels struct {
	byPhoneNumberID, byWaID *cached[string, store.Channel]
}

func newChannels(s Store) *channels {
	return &channels{
		newCached(maxChannels, channelAge, onlyStorable(s.ChannelByPhoneNumberID)),
		newCached(maxChannels, channelAge, onlyStorable(s.Channel)),
	}
}

// onlyStorable keeps ids that no row can have away from the database.
func onlyStorable(load func(context.Context, string) (store.Channel, error)) func(context.Context, string) (store.Channel, error) {
	return func(ctx context.Context, id string) (store.Channel, error) {
		if !storable(id) {
			return store.Channel{}, store.ErrNotFound
		}
		return load(ctx, id)
	}
}

// find returns the channel that a webhook's metadata means: by phone_number_id, else by
// the digits of display_phone_number. The error is store.ErrNotFound if there is none.
func (c *channels) find(ctx context.Context, m whatsapp.Metadata) (store.Channel, error) {
	channel, err := c.byPhoneNumberID.get(ctx, m.PhoneNumberID)
	if errors.Is(err, store.ErrNotFound) {
		return c.byWaID.get(ctx, digits(m.DisplayPhoneNumber))
	}
	return channel, err
}

// forget drops a channel that was changed.
func (c *channels) forget(channel store.Channel) {
	c.byPhoneNumberID.forget(channel.PhoneNumberID)
	c.byWaID.forget(channel.WaID)
}

// digits keeps the digits of a number such as "+56 9 0000-0001".
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
