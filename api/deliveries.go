package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/chattigo/api-isv/store"
)

// DeliveryStore is the part of [Store] for the ledger of what was not delivered at once.
type DeliveryStore interface {
	Deliveries(ctx context.Context, q store.DeliveryQuery) ([]store.Delivery, error)
	// Delivery returns store.ErrNotFound for an unknown id.
	Delivery(ctx context.Context, id string) (store.Delivery, error)
	Attempts(ctx context.Context, deliveryID string) ([]store.Attempt, error)
	// LeaseNext returns store.ErrNotFound if there is none.
	LeaseNext(ctx context.Context, q store.LeaseQuery) (store.Delivery, error)
	ReleaseDelivery(ctx context.Context, id string, until time.Time) error
	Acknowledge(ctx context.Context, id, class, wamid string, at time.Time) (store.Delivery, error)
	MarkReplay(ctx context.Context, q store.ReplayQuery) (int64, error)
	EndReplay(ctx context.Context, replay string) (int64, error)
	CountDeliveries(ctx context.Context, channel string, state store.DeliveryState, most int) (int, error)
	// OldestWaiting returns the zero time if nothing waits.
	OldestWaiting(ctx context.Context, channel string) (time.Time, error)
	WaitingConversations(ctx context.Context, channel, after string, limit int) ([]store.WaitingConversation, error)
}

type deliveriesResponse struct {
	Deliveries []ledgerView `json:"deliveries"`
	// Next is the cursor of the next page; empty on the last one.
	Next string `json:"next,omitempty"`
}

// ledgerView is a message that was not delivered at once.
type ledgerView struct {
	// ID is its webhook-id.
	ID           string `json:"id"`
	WaID         string `json:"waId"`
	Conversation string `json:"conversation"`
	Contact      string `json:"contact"`
	Sequence     int    `json:"sequence"`
	InReplyTo    string `json:"inReplyTo,omitempty"`
	// Kind is "reply" or "notice", State "waiting", "delivered" or "dead".
	Kind     string              `json:"kind"`
	State    store.DeliveryState `json:"state"`
	Attempts int                 `json:"attempts"`
	// NextTry is when the schedule has the next attempt; empty unless it waits.
	NextTry   string `json:"nextTry,omitempty"`
	LastError string `json:"lastError,omitempty"`
	// Replay is the id of the replay that is to send it again, or that did; empty for none.
	Replay    string `json:"replay,omitempty"`
	MadeAt    string `json:"madeAt"`
	UpdatedAt string `json:"updatedAt"`
}

// ledgerDetails is a delivery with its message and its attempts.
type ledgerDetails struct {
	ledgerView

	Message json.RawMessage `json:"message"`
	// Tries are the HTTP attempts, in order.
	Tries []attemptView `json:"tries"`
}

type attemptView struct {
	Number int    `json:"number"`
	At     string `json:"at"`
	// Class is the kind of outcome, such as "status" or "timeout".
	Class string `json:"class"`
	// Status is the HTTP status; 0 without a response.
	Status     int   `json:"status"`
	DurationMS int64 `json:"durationMs"`
	// Answer is the beginning of the response's body; bytes that are no UTF-8 are replaced.
	Answer string `json:"answer,omitempty"`
}

// listDeliveries handles GET /deliveries, newest first: those of the tenant, for an operator those of all
// tenants.
func (s *server) listDeliveries(ctx context.Context, req *request, _ struct{}) (deliveriesResponse, error) {
	wanted, err := decodeDeliveryQuery(req.query)
	if err != nil {
		return deliveriesResponse{}, err
	}
	if wanted.Channel != "" {
		if err := s.mayReadChannel(ctx, req.account, wanted.Channel); err != nil {
			return deliveriesResponse{}, err
		}
	}
	if !req.account.Operator {
		wanted.Account = req.account.Name
	}
	limit := wanted.Limit
	wanted.Limit++ // to see whether more follow
	rows, err := s.store.Deliveries(ctx, wanted)
	if err != nil {
		return deliveriesResponse{}, errUnavailable(err)
	}
	rows, next := cutPage(rows, limit, func(d store.Delivery) []string {
		return []string{strconv.FormatInt(d.MadeAt.UnixMilli(), 10), d.ID}
	})
	response := deliveriesResponse{make([]ledgerView, len(rows)), next}
	for i, row := range rows {
		response.Deliveries[i] = showLedger(row)
	}
	return response, nil
}

// decodeDeliveryQuery reads the filters of the list.
func decodeDeliveryQuery(raw string) (store.DeliveryQuery, error) {
	var wanted store.DeliveryQuery
	q, err := parseQuery(raw, "channel", "conversation", "contact", "state", "from", "to", "limit", "cursor")
	if err != nil {
		return wanted, err
	}
	wanted = store.DeliveryQuery{
		Channel: q["channel"], Conversation: q["conversation"], Contact: q["contact"], State: store.DeliveryState(q["state"]),
	}
	for _, key := range []string{"conversation", "contact"} {
		if !storable(q[key]) && q[key] != "" {
			return wanted, errBadRequest(key + " holds what no id has")
		}
	}
	known := []store.DeliveryState{"", store.DeliveryWaiting, store.DeliveryDelivered, store.DeliveryDead}
	if !slices.Contains(known, wanted.State) {
		return wanted, errBadRequest(fmt.Sprintf("state must be one of %s, %s, %s", known[1], known[2], known[3]))
	}
	if wanted.From, err = q.time("from"); err != nil {
		return wanted, err
	}
	if wanted.To, err = q.time("to"); err != nil {
		return wanted, err
	}
	p, err := q.page(defaultListed, 2)
	if err != nil {
		return wanted, err
	}
	wanted.Limit = p.limit
	wanted.After, err = decodeDeliveryCursor(p.after)
	return wanted, err
}

func decodeDeliveryCursor(after []string) (store.DeliveryCursor, error) {
	if after[1] == "" {
		return store.DeliveryCursor{}, nil
	}
	millis, err := strconv.ParseInt(after[0], 10, 64)
	if err != nil || !storable(after[1]) {
		return store.DeliveryCursor{}, errCursor()
	}
	return store.DeliveryCursor{MadeAt: time.UnixMilli(millis), ID: after[1]}, nil
}

func showLedger(d store.Delivery) ledgerView {
	return ledgerView{
		ID: d.ID, WaID: d.Channel, Conversation: d.Conversation, Contact: d.Contact, Sequence: d.Sequence,
		InReplyTo: d.InReplyTo, Kind: d.Kind, State: d.State, Attempts: d.Attempts, NextTry: stamp(d.NextTry),
		LastError: d.LastError, Replay: d.Replay, MadeAt: stamp(d.MadeAt), UpdatedAt: stamp(d.UpdatedAt),
	}
}

// getDelivery handles GET /deliveries/{id}.
func (s *server) getDelivery(ctx context.Context, req *request, _ struct{}) (ledgerDetails, error) {
	row, err := s.findDelivery(ctx, req)
	if err != nil {
		return ledgerDetails{}, err
	}
	attempts, err := s.store.Attempts(ctx, row.ID)
	if err != nil {
		return ledgerDetails{}, errUnavailable(err)
	}
	details := ledgerDetails{showLedger(row), row.Body, make([]attemptView, len(attempts))}
	for i, a := range attempts {
		details.Tries[i] = attemptView{a.Number, stamp(a.At), a.Class, a.Status, a.DurationMS, readable(a.Answer)}
	}
	return details, nil
}

// readable is a response as text.
func readable(answer []byte) string {
	if utf8.Valid(answer) {
		return string(answer)
	}
	return string([]rune(string(answer))) // what is no UTF-8 becomes U+FFFD
}

// findDelivery reads the delivery in the path. It is unknown to all but its tenant and operators.
func (s *server) findDelivery(ctx context.Context, req *request) (store.Delivery, error) {
	id := req.vars["id"]
	if !storable(id) {
		return store.Delivery{}, errUnknownObject(id)
	}
	row, err := s.store.Delivery(ctx, id)
	if err != nil {
		return store.Delivery{}, errNotRead(err, id)
	}
	if s.mayReadChannel(ctx, req.account, row.Channel) != nil {
		return store.Delivery{}, errUnknownObject(id)
	}
	return row, nil
}
