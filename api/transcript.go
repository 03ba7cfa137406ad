package api

import (
	"context"
	"encoding/json"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/chattigo/api-isv/store"
)

// maxPage bounds the number of a requested page; it fits the column.
const maxPage = 1_000_000

type transcriptResponse struct {
	Conversation string        `json:"conversation"`
	Page         int           `json:"page"`
	Messages     []messageView `json:"messages"`
	// Next is the number of the next page; 0 on the last one.
	Next int `json:"next,omitempty"`
	// Live is whether the latest messages of an open conversation are included; nil after its end.
	Live *bool `json:"live,omitempty"`
}

type messageView struct {
	At        string          `json:"at,omitempty"`
	Direction store.Direction `json:"direction"`
	ID        string          `json:"id,omitempty"`
	Type      string          `json:"type,omitempty"`
	Timestamp int64           `json:"timestamp,omitempty"`
	Sequence  int             `json:"sequence,omitempty"`
	InReplyTo string          `json:"inReplyTo,omitempty"`
	Delivery  *deliveryView   `json:"delivery,omitempty"`
	Status    *statusView     `json:"status,omitempty"`
	Note      string          `json:"note,omitempty"`
	Body      json.RawMessage `json:"body,omitempty"`
}

// deliveryView is the delivery of a message to the ISV's webhook.
type deliveryView struct {
	State     store.DeliveryState `json:"state"`
	Attempts  int                 `json:"attempts"`
	LastError string              `json:"lastError,omitempty"`
}

// statusView is WhatsApp's status of a message on its way to the contact.
type statusView struct {
	Status    string `json:"status"`
	At        string `json:"at,omitempty"`
	ErrorCode int64  `json:"errorCode,omitempty"`
}

// transcript handles GET /conversations/{id}/messages: one page. The last page of an open
// conversation is still in its workflow.
func (s *server) transcript(ctx context.Context, req *request, _ struct{}) (transcriptResponse, error) {
	row, err := s.findConversation(ctx, req)
	if err != nil {
		return transcriptResponse{}, err
	}
	q, err := parseQuery(req.query, "page")
	if err != nil {
		return transcriptResponse{}, err
	}
	response := transcriptResponse{Conversation: row.ID}
	if response.Page, err = q.number("page", 1, maxPage); err != nil {
		return transcriptResponse{}, err
	}
	entries, err := s.readPage(ctx, row, &response)
	if err != nil {
		return transcriptResponse{}, err
	}
	response.Messages, err = s.showEntries(ctx, row, entries)
	return response, err
}

// readPage reads the entries of a page, and sets whether another one follows. The workflow is queried
// first: an entry that it stores meanwhile is in both then, not in neither.
func (s *server) readPage(ctx context.Context, row store.Conversation, response *transcriptResponse) ([]store.Entry, error) {
	var tail store.Page
	if row.ClosedAt.IsZero() {
		snapshot, live := s.live(ctx, row, enumspb.QUERY_REJECT_CONDITION_NONE)
		response.Live = &live
		tail.Number, tail.Entries = snapshot.Page, snapshot.Tail
	}
	page, last, err := s.store.Page(ctx, row.ID, response.Page)
	if err != nil {
		return nil, errUnavailable(err)
	}
	if len(tail.Entries) > 0 {
		last = max(last, tail.Number)
		if response.Page == tail.Number {
			page = tail
		}
	}
	if response.Page < last {
		response.Next = response.Page + 1
	}
	return slices.DeleteFunc(page.Entries, func(e store.Entry) bool { return e.Direction == store.Turn }), nil
}

// showEntries converts entries, with delivery and status of those that the bot sent.
func (s *server) showEntries(ctx context.Context, row store.Conversation, entries []store.Entry) ([]messageView, error) {
	var parked []string
	for _, e := range entries {
		if e.Direction == store.Out && e.Delivery == store.InLedger {
			parked = append(parked, e.ID)
		}
	}
	ledger, err := s.store.DeliveriesOf(ctx, row.ID, parked)
	if err != nil {
		return nil, errUnavailable(err)
	}
	statuses, err := s.store.Statuses(ctx, row.Channel, wamids(entries, ledger))
	if err != nil {
		return nil, errUnavailable(err)
	}
	views := make([]messageView, len(entries))
	for i, e := range entries {
		views[i] = showEntry(e)
		if e.Direction == store.Out {
			views[i].Delivery = showDelivery(e, ledger)
			views[i].Status = showStatus(statuses, wamid(e, ledger))
		}
	}
	return views, nil
}

func showEntry(e store.Entry) messageView {
	return messageView{
		At: stamp(e.At), Direction: e.Direction, ID: e.ID, Type: e.Type, Timestamp: e.Timestamp,
		Sequence: e.Sequence, InReplyTo: e.InReplyTo, Note: e.Note, Body: e.Body,
	}
}

// showDelivery returns nil if neither the entry nor the ledger knows the delivery.
func showDelivery(e store.Entry, ledger map[string]store.DeliveryProgress) *deliveryView {
	if e.Delivery == store.DeliveredAtOnce {
		return &deliveryView{State: store.DeliveryDelivered, Attempts: 1}
	}
	progress, ok := ledger[e.ID]
	if !ok {
		return nil
	}
	return &deliveryView{progress.State, progress.Attempts, progress.LastError}
}

func showStatus(statuses map[string]store.MessageStatus, id string) *statusView {
	status, ok := statuses[id]
	if !ok {
		return nil
	}
	return &statusView{status.Status, stamp(status.At), status.ErrorCode}
}

// wamid returns Meta's id of a message of ours; empty if it is unknown.
func wamid(e store.Entry, ledger map[string]store.DeliveryProgress) string {
	if e.WAMID != "" {
		return e.WAMID
	}
	return ledger[e.ID].WAMID
}

func wamids(entries []store.Entry, ledger map[string]store.DeliveryProgress) []string {
	var ids []string
	for _, e := range entries {
		if id := wamid(e, ledger); e.Direction == store.Out && id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}
