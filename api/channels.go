package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// channelAge is for how long another process may miss a new bot of a channel.
	channelAge  = 5 * time.Second
	maxChannels = 10_000
)

// channels reads channels through a small cache. A cache without its cleaning goroutine
// keeps what has expired until it is full, but never hands it out.
type channels struct {
	store Store
	cache *ttlcache.Cache[string, store.Channel]
}

func newChannels(s Store) *channels {
	return &channels{s, ttlcache.New(
		ttlcache.WithTTL[string, store.Channel](channelAge),
		ttlcache.WithCapacity[string, store.Channel](maxChannels),
		ttlcache.WithDisableTouchOnHit[string, store.Channel](),
	)}
}

// find returns the channel that a webhook's metadata means: by phone_number_id, else by
// the digits of display_phone_number. Its error is store.ErrNotFound for neither.
func (c *channels) find(ctx context.Context, m whatsapp.Metadata) (store.Channel, error) {
	channel, err := c.read(ctx, byPhoneNumberID, m.PhoneNumberID, c.store.ChannelByPhoneNumberID)
	if errors.Is(err, store.ErrNotFound) {
		return c.read(ctx, byWaID, digits(m.DisplayPhoneNumber), c.store.Channel)
	}
	return channel, err
}

// Prefixes of the cache's keys.
const (
	byPhoneNumberID = "phone_number_id:"
	byWaID          = "wa_id:"
)

func (c *channels) read(ctx context.Context, kind, id string,
	load func(context.Context, string) (store.Channel, error),
) (store.Channel, error) {
	if !storable(id) {
		return store.Channel{}, store.ErrNotFound
	}
	if item := c.cache.Get(kind + id); item != nil {
		return item.Value(), nil
	}
	channel, err := load(ctx, id)
	if err == nil {
		c.cache.Set(kind+id, channel, ttlcache.DefaultTTL)
	}
	return channel, err
}

// forget drops a channel that was changed.
func (c *channels) forget(channel store.Channel) {
	c.cache.Delete(byPhoneNumberID + channel.PhoneNumberID)
	c.cache.Delete(byWaID + channel.WaID)
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
