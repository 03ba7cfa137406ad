package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chattigo/api-isv/store"
)

const (
	// defaultListed and maxListed are how many conversations one response holds.
	defaultListed = 50
	maxListed     = 200
)

type conversationsResponse struct {
	Conversations []conversationView `json:"conversations"`
	// Next is the cursor of the next page; empty on the last one.
	Next string `json:"next,omitempty"`
}

// listConversations handles GET /conversations, newest first: those of the tenant, for an operator those
// of all tenants.
func (s *server) listConversations(ctx context.Context, req *request, _ struct{}) (conversationsResponse, error) {
	wanted, err := decodeListing(req.query)
	if err != nil {
		return conversationsResponse{}, err
	}
	if wanted.Channel != "" {
		if err := s.mayReadChannel(ctx, req.account, wanted.Channel); err != nil {
			return conversationsResponse{}, err
		}
	}
	if !req.account.Operator {
		wanted.Account = req.account.Name
	}
	limit := wanted.Limit
	wanted.Limit++ // to see whether more follow
	rows, err := s.store.Conversations(ctx, wanted)
	if err != nil {
		return conversationsResponse{}, errUnavailable(err)
	}
	response := conversationsResponse{Conversations: []conversationView{}}
	if len(rows) > limit {
		rows = rows[:limit]
		response.Next = encodeCursor(rows[limit-1])
	}
	for _, row := range rows {
		view, err := s.view(ctx, row)
		if err != nil {
			return conversationsResponse{}, err
		}
		response.Conversations = append(response.Conversations, view)
	}
	return response, nil
}

// decodeListing reads the filters of the list.
func decodeListing(raw string) (store.ConversationQuery, error) {
	var wanted store.ConversationQuery
	q, err := parseQuery(raw, "channel", "contact", "status", "from", "to", "limit", "cursor")
	if err != nil {
		return wanted, err
	}
	if wanted.Limit, err = q.number("limit", defaultListed, maxListed); err != nil {
		return wanted, err
	}
	if wanted.From, err = q.time("from"); err != nil {
		return wanted, err
	}
	if wanted.To, err = q.time("to"); err != nil {
		return wanted, err
	}
	if !wanted.From.IsZero() && !wanted.To.IsZero() && wanted.From.After(wanted.To) {
		return wanted, errBadRequest("from must not be after to")
	}
	if wanted.After, err = decodeCursor(q["cursor"]); err != nil {
		return wanted, err
	}
	wanted.Channel, wanted.Contact = q["channel"], q["contact"]
	if wanted.Contact != "" && !storable(wanted.Contact) {
		return wanted, errBadRequest("contact must be a phone number or a user id")
	}
	wanted.Status, err = decodeStatus(q["status"])
	return wanted, err
}

func decodeStatus(value string) (store.ConversationStatus, error) {
	status := store.ConversationStatus(value)
	known := []store.ConversationStatus{
		"", store.ConversationOpen, store.ConversationClosed, store.ConversationHandedOff, store.ConversationWaiting,
	}
	if !slices.Contains(known, status) {
		return "", errBadRequest(fmt.Sprintf("status must be one of %s, %s, %s, %s", known[1], known[2], known[3], known[4]))
	}
	return status, nil
}

// encodeCursor returns the cursor of the page that follows a conversation. It needs no signature: the
// list is filtered by account whatever the cursor says.
func encodeCursor(last store.Conversation) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(last.OpenedAt.UnixMilli(), 10) + "/" + last.ID))
}

func decodeCursor(cursor string) (store.ConversationCursor, error) {
	if cursor == "" {
		return store.ConversationCursor{}, nil
	}
	refused := errBadRequest("cursor must be the next of an earlier answer")
	decoded, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return store.ConversationCursor{}, refused
	}
	opened, id, _ := strings.Cut(string(decoded), "/")
	millis, err := strconv.ParseInt(opened, 10, 64)
	if err != nil || !storable(id) {
		return store.ConversationCursor{}, refused
	}
	return store.ConversationCursor{OpenedAt: time.UnixMilli(millis), ID: id}, nil
}
