package api

import (
	"context"
	"errors"
	"slices"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// maxUnknown bounds the channels of one POST that nobody has: each is looked up in the
	// database. An ISV forwards what its own numbers get, of which a few may not be set up here.
	maxUnknown = 100
	// maxNumberID bounds, in bytes, what is logged of a phone_number_id, which callers choose.
	maxNumberID = 32
)

// owners looks the channels of one POST up, each once.
type owners struct {
	server  *server
	account store.Account
	seen    map[whatsapp.Metadata]owner
	unknown int
}

// owner is what was found out about the channel that a value names.
type owner struct {
	// channel is the account's own; the zero channel where refusal says why there is none.
	channel store.Channel
	refusal error
}

// findChannels returns the channel of each value: the zero channel for a value that needs none,
// and for one whose channel is not the account's. If that one has a message the error says so,
// and nothing of the POST may be kept.
func (s *server) findChannels(ctx context.Context, account store.Account, webhook *whatsapp.Webhook) ([]store.Channel, error) {
	found := make([]store.Channel, len(webhook.Values))
	all := owners{server: s, account: account, seen: map[whatsapp.Metadata]owner{}}
	for i := range webhook.Values {
		var err error
		if found[i], err = all.of(ctx, &webhook.Values[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// of returns the channel of a value, or why the whole POST is refused.
func (o *owners) of(ctx context.Context, value *whatsapp.Value) (store.Channel, error) {
	if value.Metadata == nil {
		if forABot(value) {
			return store.Channel{}, errBadRequest("metadata is missing in a value with messages")
		}
		return store.Channel{}, nil
	}
	found, err := o.find(ctx, *value.Metadata)
	if err == nil && found.refusal != nil && (o.unknown > maxUnknown || forABot(value)) {
		err = found.refusal
	}
	return found.channel, err
}

func (o *owners) find(ctx context.Context, m whatsapp.Metadata) (owner, error) {
	if known, ok := o.seen[m]; ok {
		return known, nil
	}
	found, err := o.server.ownerOf(ctx, o.account, m)
	if err != nil {
		return owner{}, err
	}
	o.seen[m] = found
	if found.refusal != nil {
		o.unknown++
	}
	return found, nil
}

// ownerOf looks a channel up. The error is the database's.
func (s *server) ownerOf(ctx context.Context, account store.Account, m whatsapp.Metadata) (owner, error) {
	channel, err := s.channels.find(ctx, m)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return owner{refusal: errUnknownObject(m.PhoneNumberID)}, nil
	case err != nil:
		return owner{}, errUnavailable(err)
	case channel.Account != account.Name:
		return owner{refusal: errUnauthorized()}, nil
	}
	return owner{channel: channel}, nil
}

// forABot reports whether a value has a message that a conversation would get.
func forABot(value *whatsapp.Value) bool {
	for i := range value.Messages {
		if value.MessageFate(&value.Messages[i]) != whatsapp.FateCount {
			return true
		}
	}
	return false
}

// logForeign tells operators, once for a POST, of what was ignored because its channel is not the
// account's: it may be one that was forgotten, or has another phone_number_id now.
func (s *server) logForeign(ctx context.Context, req *request, channels []store.Channel, webhook *whatsapp.Webhook) {
	var ids []string
	parts := 0
	for i := range webhook.Values {
		value := &webhook.Values[i]
		if value.Metadata == nil || channels[i].WaID != "" {
			continue
		}
		parts += len(value.Fates())
		if id := cutAt(value.Metadata.PhoneNumberID, maxNumberID); len(ids) < maxLogged && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if parts > 0 {
		s.log.WarnContext(ctx, "notifications of channels that are not the account's were ignored",
			"notifications", parts, "phone_number_ids", ids, "account", req.account.Name)
	}
}
