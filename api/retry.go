package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.temporal.io/api/serviceerror"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// retryEvery is how often the same may be tried again: each is an attempt and some events.
	retryEvery = 5 * time.Second
	maxRetries = 10_000
)

func decodeRetry(body []byte) (struct{}, error) {
	_, err := decodeOptional(body)
	return struct{}{}, err
}

type retryResponse struct {
	// ID is the delivery's or the channel's.
	ID string `json:"id"`
	// Status is "retrying".
	Status string `json:"status"`
}

// retryDelivery handles POST /deliveries/{id}/retry: what waits is tried at once.
func (s *server) retryDelivery(ctx context.Context, req *request, _ struct{}) (retryResponse, error) {
	row, err := s.findDelivery(ctx, req)
	if err != nil {
		return retryResponse{}, err
	}
	if row.State != store.DeliveryWaiting {
		return retryResponse{}, errConflict("the delivery does not wait: it is "+string(row.State), nil)
	}
	if err := s.conversations.mayRetry(row.Conversation); err != nil {
		return retryResponse{}, err
	}
	if err := s.conversations.retry(ctx, row, s.now()); err != nil {
		return retryResponse{}, errUnavailable(err)
	}
	return retryResponse{row.ID, "retrying"}, nil
}

// retryChannel handles POST /channels/{waId}/retry: all that waits for the channel's webhook is tried at
// once.
func (s *server) retryChannel(ctx context.Context, req *request, _ struct{}) (retryResponse, error) {
	channel, err := s.publishing.channel(ctx, req)
	if err != nil {
		return retryResponse{}, err
	}
	if err := s.conversations.mayRetry(channel.WaID); err != nil {
		return retryResponse{}, err
	}
	if err := s.conversations.drain(ctx, channel.WaID); err != nil {
		return retryResponse{}, errUnavailable(err)
	}
	return retryResponse{channel.WaID, "retrying"}, nil
}

// mayRetry returns an error if the same was retried just now.
func (c *conversations) mayRetry(id string) error {
	if c.retries.get(id).Allow() {
		return nil
	}
	return &apiError{Status: http.StatusTooManyRequests, RetryAfter: retryEvery, Message: "what waits was tried again just now"}
}

// retry signals whoever delivers what waits: the conversation, or what carries its notice on.
func (c *conversations) retry(ctx context.Context, row store.Delivery, at time.Time) error {
	if row.Kind == "notice" {
		err := c.temporal.SignalWorkflow(ctx, workflows.NoticeID(row.Conversation), "", workflows.SignalRetry, nil)
		if _, none := errors.AsType[*serviceerror.NotFound](err); !none {
			return err
		}
	}
	envelope := workflows.Envelope{At: at.UTC().Truncate(time.Millisecond), Retry: true}
	_, err := c.signalOpen(ctx, row.WorkflowID, "", envelope)
	return err
}
