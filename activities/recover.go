package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// OutcomeTerminated is the outcome of a conversation whose workflow was terminated: no code of
	// the service ran at its end.
	OutcomeTerminated = "terminated"
	// noteTerminated is the note at messages that a terminated conversation had not answered.
	noteTerminated = "not answered: the conversation was terminated"
	// settleWait is the pause before a retry on a run that has only just ended, or does not respond.
	settleWait = 10 * time.Second
	// patientAttempts is the attempt from which on a run that does not respond is archived without its state.
	patientAttempts = 8
)

// Runs asks Temporal about conversations. Only workflows know how to ask, so that package app has the
// one implementation.
type Runs interface {
	// Remains finds what is left of a conversation, within some seconds. An error means that it
	// cannot be found out now.
	Remains(ctx context.Context, workflowID, conversation string) (Remains, error)
	// CloseMerged asks the open conversation of a workflow id to close silently: the same person's
	// chat goes on in another one. It is no error if the conversation has ended meanwhile.
	CloseMerged(ctx context.Context, workflowID string) error
	// Running returns those of the workflow ids that have an open run.
	Running(ctx context.Context, workflowIDs []string) (map[string]bool, error)
	// Retry asks a conversation, or what carries its notice on, to try at once what waits for the
	// webhook. It is no error if nobody is there to be asked.
	Retry(ctx context.Context, w store.WaitingConversation) error
	// StartDrain starts the drain of a channel, or lets one that runs begin again.
	StartDrain(ctx context.Context, channel string) error
	// SendEvents starts what sends the events of a channel, or makes it look again.
	SendEvents(ctx context.Context, channel string) error
}

// Remains is what is left of a conversation in Temporal.
type Remains struct {
	// Open is set when a run of it is open: there is nothing to recover.
	Open bool
	// Settling is set when its last run has only just ended, so that its activities may still run.
	Settling bool
	// Silent is set when its last run exists and did not respond: it may be busy, or blocked.
	Silent bool
	// Told is set when no notice is due: it was sent, or the bot wants none.
	Told bool
	// LastWords is the webhook-id of the message that carries the notice; empty for one that is apart.
	LastWords string
	Sequence  int
	Messages  int
	Replies   int
	// Unanswered counts the messages in the transcript that were not answered.
	Unanswered int
	// Refused counts, by state, the messages that the bot did not understand.
	Refused map[string]int
	// Vars are the bot's variables; nil where they are not known.
	Vars map[string]json.RawMessage
	// Page is the number of the transcript's page for Tail; 0 when the last run did not respond.
	Page int
	Tail []store.Entry
	// Accepted are the messages in the last run's history, handled or not.
	Accepted []store.Entry
	// Overflow are messages that waited in the database; nil for none.
	Overflow *OverflowRange
}

// RecoverInput names a conversation whose row is open.
type RecoverInput struct {
	Conversation string `json:"conversation"`
	// Successor is the conversation that the same person has now; empty when nobody asks for one.
	Successor string `json:"successor,omitempty"`
}

// RecoverResult is the result of a recovery.
type RecoverResult struct {
	// Recovered is false when there was nothing to recover.
	Recovered bool `json:"recovered"`
	// Notice is the close notice that is still to be sent; nil when none is due.
	Notice *NoticeInput `json:"notice,omitempty"`
}

// Recover ends a conversation whose workflow was terminated: the state of its last run is archived,
// waiting replies become dead letters, and the notice is written into the ledger together with the
// end of the row, where an attempt after a crash finds it.
func (a *Activities) Recover(ctx context.Context, in RecoverInput) (RecoverResult, error) {
	row, err := a.store.Conversation(ctx, in.Conversation)
	switch {
	case isNotFound(err):
		return RecoverResult{}, nil
	case err != nil:
		return RecoverResult{}, fmt.Errorf("read the conversation: %w", err)
	case !row.ClosedAt.IsZero():
		return recovery{a}.recovered(ctx, row)
	}
	remains, err := a.runs.Remains(ctx, row.WorkflowID, row.ID)
	switch {
	case err != nil:
		return RecoverResult{}, fmt.Errorf("ask Temporal about the conversation: %w", err)
	case remains.Open:
		return RecoverResult{}, recovery{a}.merge(ctx, row, in.Successor)
	case remains.Settling:
		return RecoverResult{}, retry("settling", "the conversation's run has only just ended", settleWait)
	case remains.Silent && activity.GetInfo(ctx).Attempt < patientAttempts:
		return RecoverResult{}, retry("silent", "the conversation's last run does not answer", settleWait)
	}
	return recovery{a}.recover(ctx, row, remains)
}

// recovery has the steps of Recover.
type recovery struct{ *Activities }

// recovered returns the notice of a conversation that an earlier attempt has ended.
func (r recovery) recovered(ctx context.Context, row store.Conversation) (RecoverResult, error) {
	if row.Outcome != OutcomeTerminated {
		return RecoverResult{}, nil
	}
	parked, err := r.store.NoticeOf(ctx, row.ID)
	switch {
	case isNotFound(err):
		return RecoverResult{Recovered: true}, nil
	case err != nil:
		return RecoverResult{}, fmt.Errorf("read the ledger: %w", err)
	case parked.State != store.DeliveryWaiting:
		return RecoverResult{Recovered: true}, nil
	}
	notice := NoticeInput{Address: addressOf(row), Sequence: parked.Sequence, MadeAt: parked.MadeAt, Carried: true}
	if id, _ := NoticeMessage(row.ID); id != parked.ID {
		notice.ID = parked.ID
	}
	return RecoverResult{Recovered: true, Notice: &notice}, nil
}

// notice returns what tells the ISV of the end: the last words that wait in the ledger to do so, or else a
// notice that is to be written there.
func (r recovery) notice(ctx context.Context, row store.Conversation, remains Remains, at time.Time) (store.Delivery, error) {
	var err error
	found := store.Delivery{}
	switch {
	case remains.LastWords != "":
		found, err = r.store.Delivery(ctx, remains.LastWords)
	case remains.Silent:
		found, err = r.store.NoticeOf(ctx, row.ID)
	}
	if err != nil && !isNotFound(err) {
		return found, fmt.Errorf("read the ledger: %w", err)
	}
	if found.ID != "" {
		return found, nil
	}
	return NoticeInput{Address: addressOf(row), Sequence: remains.Sequence + 1, MadeAt: at}.noticeRow(), nil
}

func (r recovery) recover(ctx context.Context, row store.Conversation, remains Remains) (RecoverResult, error) {
	waiting, err := r.complete(ctx, row, &remains)
	if err != nil {
		return RecoverResult{}, err
	}
	at := r.clock()
	notice, err := r.notice(ctx, row, remains, at)
	if err != nil {
		return RecoverResult{}, err
	}
	dead, err := r.store.MarkOthersDead(ctx, notice, OutcomeTerminated, at)
	if err != nil {
		return RecoverResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	r.metrics.GaveUp(int(dead))
	row.ClosedAt, row.Outcome = at, OutcomeTerminated
	row.Messages, row.Replies, row.Unanswered = remains.Messages, remains.Replies, remains.Unanswered+len(waiting)
	row.Refused = remains.Refused
	closing := store.Closing{Conversation: row, Event: r.closedEvent(ctx, row, "", remains.Vars)}
	if !remains.Told {
		closing.Notice = &notice
	}
	if entries := append(remains.Tail, waiting...); len(entries) > 0 {
		closing.Page = &store.Page{Conversation: row.ID, Number: remains.Page, Entries: entries}
	}
	ended, err := r.store.EndConversation(ctx, closing)
	switch {
	case err != nil:
		return RecoverResult{}, fmt.Errorf("archive the conversation: %w", err)
	case !ended: // it has just ended by itself, properly
		return RecoverResult{}, nil
	}
	r.metrics.Closed(OutcomeTerminated)
	r.log.WarnContext(ctx, "terminated conversation archived", "channel", row.Channel,
		"conversation", row.ID, "answered", !remains.Silent, "dead_letters", dead, "unanswered", len(waiting))
	r.sendEvents(ctx, row.Channel)
	return r.recovered(ctx, row)
}

// complete reads from the database what the last run did not return, and returns the messages that
// were accepted and are in no transcript yet.
func (r recovery) complete(ctx context.Context, row store.Conversation, remains *Remains) (waiting []store.Entry, err error) {
	last, err := r.store.LastSequence(ctx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	remains.Sequence = max(remains.Sequence, last)
	if remains.Page == 0 {
		if err := r.countPages(ctx, row.ID, remains); err != nil {
			return nil, err
		}
	}
	overflowed, more, err := r.overflowed(ctx, remains.Overflow)
	if err != nil {
		return nil, err
	}
	remains.Unanswered += more
	remains.Accepted = append(overflowed, remains.Accepted...)
	return r.unhandled(ctx, row, *remains)
}

// countPages counts the messages of the stored pages, for a run that did not respond.
func (r recovery) countPages(ctx context.Context, conversation string, remains *Remains) error {
	pages, err := r.store.Pages(ctx, conversation)
	if err != nil {
		return fmt.Errorf("read the transcript: %w", err)
	}
	remains.Page = 1
	for _, page := range pages {
		remains.Page = max(remains.Page, page.Number+1)
		for _, entry := range page.Entries {
			remains.count(entry)
		}
	}
	return nil
}

// unhandled are the messages that were accepted and are neither in the tail, nor in a page, nor in
// another conversation.
func (r recovery) unhandled(ctx context.Context, row store.Conversation, remains Remains) ([]store.Entry, error) {
	q := store.KnownQuery{
		Channel: row.Channel, WaID: row.WaID, UserID: row.UserID, WorkflowID: row.WorkflowID, Conversation: row.ID, BelowPage: remains.Page,
		Since: r.now().Add(-remembered),
	}
	for _, e := range remains.Accepted {
		q.IDs = append(q.IDs, e.ID)
	}
	known, err := r.store.KnownMessages(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("look for known messages: %w", err)
	}
	seen := map[string]bool{}
	for _, id := range known {
		seen[id] = true
	}
	for _, e := range remains.Tail {
		seen[e.ID] = true
	}
	var waiting []store.Entry
	for _, e := range remains.Accepted {
		if !seen[e.ID] {
			seen[e.ID] = true
			e.Note = noteTerminated
			waiting = append(waiting, e)
		}
	}
	return waiting, nil
}

// count adds an entry to the numbers of what remains. An incoming entry with a note was not answered.
func (r *Remains) count(e store.Entry) {
	r.Sequence = max(r.Sequence, e.Sequence)
	switch {
	case e.Direction == store.Out:
		r.Replies++
	case e.Direction == store.In && e.Note == "":
		r.Messages++
	case e.Direction == store.In:
		r.Unanswered++
	}
}

func addressOf(row store.Conversation) Address {
	contact := whatsapp.Identity{WaID: row.WaID, UserID: row.UserID}
	return Address{Conversation: row.ID, WorkflowID: row.WorkflowID, Channel: row.Channel, Contact: contact.Key()}
}
