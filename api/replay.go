package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/serviceerror"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// maxReplayed bounds the dead letters of one replay.
	maxReplayed = 10_000
	// replayAbandoned is after how long dead letters that were marked for a replay may be marked for another
	// one, while none of their channel runs: whoever marked them did not start it.
	replayAbandoned = time.Minute
)

// replayRequest says which dead letters are to be sent again.
type replayRequest struct {
	channel, conversation, contact string
	from, to                       time.Time
}

// decodeReplay refuses unknown fields: a filter that is misspelt would else replay everything.
func decodeReplay(body []byte) (replayRequest, error) {
	var in replayRequest
	object, err := decodeObject(body)
	if err != nil {
		return in, err
	}
	if err := object.only("channel", "conversation", "contact", "from", "to"); err != nil {
		return in, err
	}
	if err := object.texts(text{"channel", &in.channel}); err != nil {
		return in, err
	}
	for _, field := range []text{{"conversation", &in.conversation}, {"contact", &in.contact}} {
		if _, given := object[field.name]; !given {
			continue
		}
		if err := object.texts(field); err != nil {
			return in, err
		}
		if !storable(*field.into) {
			return in, errBadRequest(field.name + " holds what no id has")
		}
	}
	if in.from, err = object.time("from"); err != nil {
		return in, err
	}
	in.to, err = object.time("to")
	return in, err
}

// only refuses fields that are not known.
func (o object) only(known ...string) error {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(known, name) {
			return errBadRequest(fmt.Sprintf("the body has no '%s'; it takes %s", cut(name), strings.Join(known, ", ")))
		}
	}
	return nil
}

// time reads an optional time in RFC 3339; it returns the zero time if there is none.
func (o object) time(name string) (time.Time, error) {
	if _, given := o[name]; !given {
		return time.Time{}, nil
	}
	var value string
	if err := o.texts(text{name, &value}); err != nil {
		return time.Time{}, err
	}
	return query{name: value}.time(name)
}

type replayResponse struct {
	// ID is the replay's.
	ID      string `json:"id"`
	Channel string `json:"channel"`
	// Count is how many dead letters are on its list.
	Count int64 `json:"count"`
	// More is set if the list is full: there may be others, for another replay.
	More bool `json:"more,omitempty"`
}

// replayDelivery handles POST /deliveries/{id}/replay: a dead letter is sent again.
func (s *server) replayDelivery(ctx context.Context, req *request, _ struct{}) (answered, error) {
	row, err := s.findDelivery(ctx, req)
	if err != nil {
		return answered{}, err
	}
	if row.State != store.DeliveryDead {
		return answered{}, errConflict("the delivery is no dead letter: it is "+string(row.State), nil)
	}
	return s.replay(ctx, store.ReplayQuery{Channel: row.Channel, Delivery: row.ID})
}

// replayDeliveries handles POST /deliveries/replay: the dead letters of a channel are sent again, or those of
// them that are asked for. What becomes one later is not among them.
func (s *server) replayDeliveries(ctx context.Context, req *request, in replayRequest) (answered, error) {
	if !storable(in.channel) {
		return answered{}, errUnknownObject(in.channel)
	}
	if err := s.mayReadChannel(ctx, req.account, in.channel); err != nil {
		return answered{}, err
	}
	return s.replay(ctx, store.ReplayQuery{
		Channel: in.channel, Conversation: in.conversation, Contact: in.contact, From: in.from, To: in.to,
	})
}

// replay marks the list and starts the workflow that sends it.
func (s *server) replay(ctx context.Context, q store.ReplayQuery) (answered, error) {
	if err := s.mayReplay(ctx, q.Channel); err != nil {
		return answered{}, err
	}
	if err := s.conversations.mayRetry(workflows.ReplayID(q.Channel)); err != nil {
		return answered{}, err
	}
	running, err := s.conversations.isRunning(ctx, workflows.ReplayID(q.Channel))
	switch {
	case err != nil:
		return answered{}, errUnavailable(err)
	case running:
		return answered{}, errReplaying()
	}
	q.ID, q.At, q.Limit = "rpl_"+strings.ToLower(rand.Text()), s.now(), maxReplayed
	q.Abandoned = q.At.Add(-replayAbandoned)
	count, err := s.store.MarkReplay(ctx, q)
	switch {
	case err != nil:
		return answered{}, errUnavailable(err)
	case count == 0:
		return answered{}, errConflict("there is no dead letter to replay: GET /deliveries?state=dead lists them", nil)
	}
	if err := s.startReplay(ctx, q, count); err != nil {
		return answered{}, err
	}
	return answered{http.StatusAccepted, replayResponse{q.ID, q.Channel, count, count == maxReplayed}}, nil
}

// mayReplay returns an error if nothing is posted to the channel's webhook.
func (s *server) mayReplay(ctx context.Context, waID string) error {
	channel, err := s.store.Channel(ctx, waID)
	if err != nil {
		return errNotRead(err, waID)
	}
	health, err := s.store.WebhookHealth(ctx, waID)
	switch {
	case err != nil:
		return errUnavailable(err)
	case !channel.PullSince.IsZero():
		return errConflict(`the messages of this channel are pulled; dead letters are only posted: send PATCH /webhooks/outbound with "delivery": "push" first`, nil)
	case channel.WebhookURL == "":
		return errConflict("the channel has no webhook; set one with PATCH /webhooks/outbound first", nil)
	case health.IsOff():
		return errConflict("the webhook is off ("+health.OffReason+"); PATCH /webhooks/outbound turns it on", nil)
	}
	return nil
}

// startReplay starts the workflow. If it cannot be started nothing is marked.
func (s *server) startReplay(ctx context.Context, q store.ReplayQuery, count int64) error {
	_, err := s.conversations.temporal.ExecuteWorkflow(ctx, workflows.ReplayOptions(q.Channel), workflows.ReplayType,
		workflows.NewReplayInput(q.ID, q.Channel, int(count)))
	if err == nil {
		return nil
	}
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), controlWait)
	defer cancel()
	if _, failed := s.store.EndReplay(kept, q.ID); failed != nil {
		err = errors.Join(err, failed)
	}
	if _, runs := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); runs {
		return errReplaying()
	}
	return errUnavailable(err)
}

func errReplaying() error {
	return errConflict("dead letters of the channel are being replayed; wait until that has ended, or cancel the workflow in the Temporal UI", nil)
}
