package api

import (
	"context"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// ackRequest is what the ISV says of a message that it has taken.
type ackRequest struct {
	// wamid is the id that Meta gave to the message; empty if it was not said.
	wamid string
}

// decodeAck reads an optional body: Meta's own response to the message.
func decodeAck(body []byte) (ackRequest, error) {
	if _, err := decodeOptional(body); err != nil {
		return ackRequest{}, err
	}
	return ackRequest{webhook.MessageID(body)}, nil
}

type ackResponse struct {
	ID string `json:"id"`
	// State is "delivered".
	State store.DeliveryState `json:"state"`
}

// acknowledge handles POST /deliveries/{id}/ack: a message that was pulled counts as delivered, also if its
// lease is over or its channel is pushed by now. Sent again it changes nothing.
func (s *server) acknowledge(ctx context.Context, req *request, in ackRequest) (ackResponse, error) {
	before, err := s.findDelivery(ctx, req)
	if err != nil {
		return ackResponse{}, err
	}
	row, err := s.store.Acknowledge(ctx, before.ID, pulledClass, in.wamid, s.now())
	if err != nil {
		return ackResponse{}, errUnavailable(err)
	}
	switch row.State {
	case store.DeliveryWaiting:
		return ackResponse{}, errConflict("the delivery was not handed out: GET /deliveries/next does that, and says which one is next", nil)
	case store.DeliveryDead:
		return ackResponse{}, errConflict("the delivery is a dead letter: it was given up ("+cut(row.LastError)+") before it was acknowledged", nil)
	}
	// Whoever delivers the conversation's messages is waiting for this one. If that cannot be asked to go on,
	// the ISV sends the same again; a repeat asks at most once in a while.
	if before.State == store.DeliveryWaiting || s.conversations.mayRetry(row.Conversation) == nil {
		if err := s.conversations.retry(ctx, row, s.now()); err != nil {
			return ackResponse{}, errUnavailable(err)
		}
	}
	return ackResponse{row.ID, row.State}, nil
}
