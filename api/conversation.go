package api

import (
	"context"
	"errors"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// liveWait bounds the query to a conversation.
const liveWait = 2 * time.Second

// statusClosed is the status of a conversation that has ended; the other ones are the workflow's.
const statusClosed = "closed"

type contactView struct {
	WaID   string `json:"waId,omitempty"`
	UserID string `json:"userId,omitempty"`
}

// conversationView is a conversation as its database row has it.
type conversationView struct {
	ID      string      `json:"id"`
	Channel string      `json:"channel"`
	Contact contactView `json:"contact"`
	// Bot is name@hash8, or hash8 alone where the name is not known.
	Bot      string `json:"bot,omitempty"`
	Status   string `json:"status"`
	OpenedAt string `json:"openedAt"`
	ClosedAt string `json:"closedAt,omitempty"`
	Outcome  string `json:"outcome,omitempty"`
	// Only the workflow of an open conversation has these counts.
	Messages   *int `json:"messages,omitempty"`
	Replies    *int `json:"replies,omitempty"`
	Unanswered *int `json:"unanswered,omitempty"`
}

// handoffView is a handoff: who has to take over, and a note for them.
type handoffView struct {
	To   string `json:"to,omitempty"`
	Note string `json:"note,omitempty"`
}

// callView is an HTTP call of the bot's that is in flight, without headers and body.
type callView struct {
	Method string `json:"method"`
	Target string `json:"target"`
	Since  string `json:"since"`
}

// liveView is one conversation, with the state of its workflow while it is open.
type liveView struct {
	conversationView

	// Live is false if the workflow did not answer, and nil after the end.
	Live        *bool `json:"live,omitempty"`
	Waiting     *int  `json:"waiting,omitempty"`
	Undelivered *int  `json:"undelivered,omitempty"`
	// Deadline is when the next timer of the conversation fires.
	Deadline string `json:"deadline,omitempty"`
	// Question is the bot's state that waits for an answer.
	Question string `json:"question,omitempty"`
	Sequence *int   `json:"sequence,omitempty"`
	// Refused counts, by state, the messages that the bot did not understand.
	Refused map[string]int `json:"refused,omitempty"`
	// Call is nil if the bot waits for none, Handoff if the conversation is not handed off.
	Call    *callView    `json:"call,omitempty"`
	Handoff *handoffView `json:"handoff,omitempty"`
}

// getConversation handles GET /conversations/{id}: the row, and the workflow's state of an open
// conversation.
func (s *server) getConversation(ctx context.Context, req *request, _ struct{}) (liveView, error) {
	row, err := s.findConversation(ctx, req)
	if err != nil {
		return liveView{}, err
	}
	view, err := s.view(ctx, row)
	if err != nil {
		return liveView{}, err
	}
	response := liveView{conversationView: view, Refused: row.Refused}
	if row.ClosedAt.IsZero() {
		snapshot, live := s.live(ctx, row, enumspb.QUERY_REJECT_CONDITION_NOT_OPEN)
		response.Live = &live
		if live {
			response.fill(snapshot)
		}
	}
	return response, nil
}

// findConversation reads the row that the path names, if the caller may see it.
func (s *server) findConversation(ctx context.Context, req *request) (store.Conversation, error) {
	id := req.vars["id"]
	if !storable(id) {
		return store.Conversation{}, errUnknownObject(id)
	}
	row, err := s.store.Conversation(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Conversation{}, errUnknownObject(id)
	case err != nil:
		return store.Conversation{}, errUnavailable(err)
	}
	return row, s.mayReadChannel(ctx, req.account, row.Channel)
}

// mayReadChannel returns an error for a channel that is unknown, or not the account's; operators may
// read all.
func (s *server) mayReadChannel(ctx context.Context, account store.Account, waID string) error {
	channel, err := s.channels.byWaID.get(ctx, waID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errUnknownObject(waID)
	case err != nil:
		return errUnavailable(err)
	case !account.Operator && channel.Account != account.Name:
		return errUnauthorized()
	}
	return nil
}

// view converts a row.
func (s *server) view(ctx context.Context, row store.Conversation) (conversationView, error) {
	label, err := s.conversations.label(ctx, row.Bot)
	if err != nil {
		return conversationView{}, errUnavailable(err)
	}
	view := conversationView{
		ID: row.ID, Channel: row.Channel, Contact: contactView{row.WaID, row.UserID},
		Bot: strings.TrimPrefix(label, "@"), Status: statusOf(row),
		OpenedAt: stamp(row.OpenedAt), ClosedAt: stamp(row.ClosedAt), Outcome: row.Outcome,
	}
	if !row.ClosedAt.IsZero() {
		view.Messages, view.Replies, view.Unanswered = &row.Messages, &row.Replies, &row.Unanswered
	}
	return view, nil
}

// statusOf returns the status of a row.
func statusOf(row store.Conversation) string {
	switch {
	case !row.ClosedAt.IsZero():
		return statusClosed
	case !row.HandedOffAt.IsZero():
		return workflows.StatusHandedOff
	case row.Waiting:
		return workflows.StatusWaitingWebhook
	}
	return workflows.StatusOpen
}

// fill overwrites what the row says with what the workflow says.
func (v *liveView) fill(snapshot workflows.Snapshot) {
	if snapshot.Status != "" {
		v.Status = snapshot.Status
	}
	if snapshot.Closing != nil {
		v.Status = workflows.StatusClosing
	}
	v.Messages, v.Replies, v.Unanswered = &snapshot.Messages, &snapshot.Replies, &snapshot.Unanswered
	v.Waiting, v.Undelivered, v.Sequence = &snapshot.Waiting, &snapshot.Undelivered, &snapshot.Sequence
	v.Deadline = stamp(snapshot.Deadline)
	if snapshot.State != nil {
		v.Refused = snapshot.State.Refused
	}
	if snapshot.State != nil && snapshot.State.Ask != nil {
		v.Question = snapshot.State.Ask.State
	}
	if c := snapshot.Call; c != nil {
		v.Call = &callView{Method: c.Method, Target: c.Target, Since: stamp(c.Since)}
	}
	if h := snapshot.Handoff; h != nil {
		v.Handoff = &handoffView{To: h.To, Note: h.Note}
	}
}

// live queries the workflow of an open conversation; false if it does not answer. That is no error of
// the request, which is answered from the row then.
func (s *server) live(ctx context.Context, row store.Conversation, reject enumspb.QueryRejectCondition) (workflows.Snapshot, bool) {
	snapshot, err := s.conversations.query(ctx, row, reject)
	if _, ended := errors.AsType[*apiError](err); err != nil && !ended {
		s.log.WarnContext(ctx, "an open conversation did not answer", "conversation", row.ID, "error", maskDigits(err.Error()))
	}
	return snapshot, err == nil
}

// query queries the workflow of a conversation. The error is an [apiError] if the conversation has
// ended, and the contact perhaps has another one. A run that was terminated still answers, unless
// the reject condition forbids it.
func (c *conversations) query(ctx context.Context, row store.Conversation, reject enumspb.QueryRejectCondition) (workflows.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, liveWait)
	defer cancel()
	var snapshot workflows.Snapshot
	response, err := c.temporal.QueryWorkflowWithOptions(ctx, &client.QueryWorkflowWithOptionsRequest{
		WorkflowID: row.WorkflowID, QueryType: workflows.QueryState, QueryRejectCondition: reject,
	})
	switch {
	case err != nil:
	case response.QueryRejected != nil:
		return workflows.Snapshot{}, errClosedAlready(nil)
	default:
		err = response.QueryResult.Get(&snapshot)
	}
	switch _, unknown := errors.AsType[*serviceerror.NotFound](err); {
	case unknown:
		return workflows.Snapshot{}, errClosedAlready(err)
	case err != nil:
		return workflows.Snapshot{}, err
	case snapshot.Conversation != row.ID:
		return workflows.Snapshot{}, errOtherIsOpen()
	}
	return snapshot, nil
}

func errClosedAlready(cause error) error {
	return errConflict("the conversation is closed already", cause)
}

func errOtherIsOpen() error {
	return errConflict("the conversation is closed already, and its contact has another one", nil)
}
