package api

import (
	"context"
	"errors"
	"slices"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// maxUnknown bounds the unknown channels of one POST: each is looked up in the database. An ISV
	// forwards what its own numbers get, of which a few may not be set up here.
	maxUnknown = 100
	// maxNumberID bounds, in bytes, a logged phone_number_id, which callers choose.
	maxNumberID = 32
)

// owners looks up the channels of one POST, each once.
type owners struct {
	server  *server
	account store.Account
	seen    map[whatsapp.Metadata]owner
	unknown int
}

// owner is the result of the lookup of one channel.
type owner struct {
	// channel is the zero channel if it is unknown or another account's; refusal says which.
	channel store.Channel
	refusal error
}

// findChannels returns the channel of each value: the zero channel for a value that needs none, and for
// one whose channel is not the account's. It returns an error if such a value has a message:
// nothing of the POST may be stored then.
func (s *server) findChannels(ctx context.Context, account store.Account, webhook *whatsapp.Webhook) ([]store.Channel, error) {
	found := make([]store.Channel, len(webhook.Values))
	all := owners{server: s, account: account, seen: map[whatsapp.Metadata]owner{}}
	for i := range webhook.Values {
		var err error
		if found[i], err = all.channelOf(ctx, &webhook.Values[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// channelOf returns the channel of a value, or the error with which the whole POST is refused.
func (o *owners) channelOf(ctx context.Context, value *whatsapp.Value) (store.Channel, error) {
	if value.Metadata == nil {
		if hasMessages(value) {
			return store.Channel{}, errBadRequest("metadata is missing in a value with messages")
		}
		return store.Channel{}, nil
	}
	found, err := o.find(ctx, *value.Metadata)
	if err == nil && found.refusal != nil && (o.unknown > maxUnknown || hasMessages(value)) {
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

// ownerOf looks up a channel. The error is the database's.
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

// hasMessages reports whether a value has a message for a conversation.
func hasMessages(value *whatsapp.Value) bool {
	for i := range value.Messages {
		if value.MessageFate(&value.Messages[i]) != whatsapp.FateCount {
			return true
		}
	}
	return false
}

// logForeign logs, once for a POST, how much was ignored because its channel is not the account's: the
// channel may not be set up, or may have another phone_number_id now.
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
