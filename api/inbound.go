package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// postWait bounds a whole inbound POST once its body is here. Temporal's client gives one
// call half of it.
const postWait = 20 * time.Second

// maxLogged bounds how many codes or lines of one POST are logged.
const maxLogged = 20

// inboundResponse counts the messages that were passed to their conversations, whatever their fate
// there, and the statuses that were stored. Ignored counts everything that was dropped: unknown
// fields, history, groups, parts without a contact, unreadable parts, and notifications (not
// messages) of a channel that is not the account's. Echoes count as ignored too, also one that mutes
// a bot: whether a conversation is open is known only when it is signalled, and no longer if the
// POST is repeated. Preferences, calls, changes of identity and errors that were stored or logged
// are counted nowhere.
type inboundResponse struct {
	Messages int `json:"messages"`
	Statuses int `json:"statuses"`
	Ignored  int `json:"ignored"`
}

func decodeInbound(body []byte) (*whatsapp.Webhook, error) {
	webhook, err := whatsapp.Decode(body)
	if broken, ok := errors.AsType[*whatsapp.DecodeError](err); ok {
		return nil, errBadRequest(broken.Message)
	}
	return webhook, err
}

// inbound handles POST /webhooks/inbound: Meta's webhook body as the ISV got it. A 200 means that
// everything in it is stored; after anything else the ISV must send it again. Nothing is stored of a
// POST with a message for a channel that is unknown or another account's. Everything but messages
// for such a channel is ignored: the ISV could only send the same again. Facts are written to the
// database before any conversation is signalled, and may be written again.
func (s *server) inbound(ctx context.Context, req *request, webhook *whatsapp.Webhook) (inboundResponse, error) {
	counted, err := s.accept(ctx, req, webhook)
	if err != nil {
		s.metrics.NotAccepted(messagesOf(webhook), asError(err).Status < http.StatusInternalServerError)
		return counted, err
	}
	s.metrics.Accepted(counted.Messages, counted.Ignored)
	return counted, nil
}

func messagesOf(webhook *whatsapp.Webhook) (messages int) {
	for i := range webhook.Values {
		messages += len(webhook.Values[i].Messages)
	}
	return messages
}

// accept does what inbound says.
func (s *server) accept(ctx context.Context, req *request, webhook *whatsapp.Webhook) (inboundResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, postWait)
	defer cancel()
	owners, err := s.findChannels(ctx, req.account, webhook)
	if err != nil {
		return inboundResponse{}, err
	}
	now := s.now()
	people, err := s.identifyPeople(ctx, owners, webhook, now)
	if err != nil {
		return inboundResponse{}, errUnavailable(err)
	}
	b := newBatch(people, now)
	for i := range webhook.Values {
		if err := b.add(owners[i], &webhook.Values[i]); err != nil {
			return inboundResponse{}, errUnavailable(err)
		}
	}
	s.logFindings(ctx, req, b)
	s.logUnusable(ctx, req, webhook)
	s.logForeign(ctx, req, owners, webhook)
	if err := s.save(ctx, b); err != nil {
		return inboundResponse{}, errUnavailable(err)
	}
	return b.count, nil
}

// save writes the facts of a POST, and signals its messages to their conversations. After an error
// the next attempt completes the rest: a conversation is closed as merged before the links that
// merge it are written, and a number is taken from its person after the message about it.
func (s *server) save(ctx context.Context, b *batch) error {
	if err := s.conversations.closeMerged(ctx, b.people.merged, b.now); err != nil {
		return err
	}
	if err := saveAll(ctx, b.people.changed, s.store.LinkContacts); err != nil {
		return err
	}
	if err := b.facts.save(ctx, s.store); err != nil {
		return err
	}
	s.announce(ctx, b.facts.announced)
	if err := s.conversations.deliver(ctx, b.groups, b.now); err != nil {
		return err
	}
	return saveAll(ctx, b.people.moved, s.store.LinkContacts)
}

// logFindings logs what operators may have to act on.
func (s *server) logFindings(ctx context.Context, req *request, b *batch) {
	if b.cut > 0 {
		s.log.WarnContext(ctx, "messages above the limit were cut", "messages", b.cut, "account", req.account.Name)
	}
	if b.people.refused > 0 {
		s.log.WarnContext(ctx, "one person would have too many identities; they stay several persons'",
			"messages_and_facts", b.people.refused, "account", req.account.Name)
	}
	if len(b.codes) > 0 {
		s.log.WarnContext(ctx, "WhatsApp reported errors", "codes", b.codes, "account", req.account.Name)
	}
}

// logUnusable logs how many messages have no usable sender, because nobody answers them. The
// senders' ids are not logged.
func (s *server) logUnusable(ctx context.Context, req *request, webhook *whatsapp.Webhook) {
	unusable := 0
	for i := range webhook.Values {
		for _, m := range webhook.Values[i].Messages {
			if !whatsapp.UsableIdentity(m.From) && !whatsapp.UsableIdentity(m.FromUserID) {
				unusable++
			}
		}
	}
	if unusable > 0 {
		s.log.WarnContext(ctx, "messages without a usable identity of their sender were ignored", "messages", unusable, "account", req.account.Name)
	}
}
