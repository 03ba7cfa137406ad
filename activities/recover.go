package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// OutcomeTerminated is a conversation whose workflow was terminated: nothing of ours ran at
	// its end.
	OutcomeTerminated = "terminated"
	// noteTerminated stands at what a terminated conversation had not answered.
	noteTerminated = "not answered: the conversation was terminated"
	// settling is how old an open row has to be before its workflow is missed: the list of
	// running workflows may be a little late.
	settling = 10 * time.Minute
	// maxLooked bounds one hourly look, in rows; missingBatch is how many are asked about at once.
	maxLooked    = 10_000
	missingBatch = 100
	// settleWait is the pause before the next look at a run that has only just ended, or is silent.
	settleWait = 10 * time.Second
	// patientAttempts is from which attempt on a run that does not answer is done without.
	patientAttempts = 8
	// forgottenAfter is how long after its budget a delivery may still be on its way to its end.
	forgottenAfter = time.Hour
	// maxFound is how many conversations one look has recovered.
	maxFound = 500
)

// Runs says what Temporal knows of conversations. Only workflows know how to ask them, so
// package app has the one implementation.
type Runs interface {
	// Remains looks for what is left of a conversation, for at most some seconds. An error
	// means that it cannot be known now.
	Remains(ctx context.Context, workflowID, conversation string) (Remains, error)
	// CloseMerged asks the open conversation of a workflow id to close without a word: the same
	// person's chat goes on in another one. One that has ended meanwhile is no error.
	CloseMerged(ctx context.Context, workflowID string) error
	// Running gives those of the workflow ids that have an open run.
	Running(ctx context.Context, workflowIDs []string) (map[string]bool, error)
}

// Remains is what is left of a conversation in Temporal.
type Remains struct {
	// Open says that an open run has it: it needs nobody.
	Open bool
	// Settling says that its last run has only just ended, and what that was doing may still go on.
	Settling bool
	// Silent says that its last run is there and did not answer: it may be busy, or blocked.
	Silent bool
	// Told says that the ISV is not to be told: it was, or the bot wants it so.
	Told     bool
	Sequence int
	Messages int
	Replies  int
	// Unanswered counts messages that stand in the transcript unanswered.
	Unanswered int
	// Refused counts, by state, what the bot did not understand.
	Refused map[string]int
	// Page is the number of the transcript's page that Tail was going to be; 0 when the last run
	// did not answer.
	Page int
	Tail []store.Entry
	// Accepted are the messages that the last run's history holds, looked at or not.
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

// RecoverResult says what is left to be done.
type RecoverResult struct {
	// Recovered is false when there was nothing to recover.
	Recovered bool `json:"recovered"`
	// Notice is the close notice that nobody sent; nil when it is not to be sent.
	Notice *NoticeInput `json:"notice,omitempty"`
}

// Recover ends a conversation whose workflow was terminated: what its last run still knows goes
// into the archive, the replies that waited become dead letters, and the notice goes into the
// ledger with the end of the row: an attempt after a crash finds it there.
func (a *Activities) Recover(ctx context.Context, in RecoverInput) (RecoverResult, error) {
	row, err := a.store.Conversation(ctx, in.Conversation)
	switch {
	case isNotFound(err):
		return RecoverResult{}, nil
	case err != nil:
		return RecoverResult{}, fmt.Errorf("read the conversation: %w", err)
	case !row.ClosedAt.IsZero():
		return a.recovered(ctx, row)
	}
	remains, err := a.runs.Remains(ctx, row.WorkflowID, row.ID)
	switch {
	case err != nil:
		return RecoverResult{}, fmt.Errorf("ask Temporal about the conversation: %w", err)
	case remains.Open:
		return RecoverResult{}, a.merge(ctx, row, in.Successor)
	case remains.Settling:
		return RecoverResult{}, retry("settling", "the conversation's run has only just ended", settleWait)
	case remains.Silent && activity.GetInfo(ctx).Attempt < patientAttempts:
		return RecoverResult{}, retry("silent", "the conversation's last run does not answer", settleWait)
	}
	return a.recover(ctx, row, remains)
}

// recovered gives the notice again of a conversation that an earlier attempt has ended.
func (a *Activities) recovered(ctx context.Context, row store.Conversation) (RecoverResult, error) {
	if row.Outcome != OutcomeTerminated {
		return RecoverResult{}, nil
	}
	id, _ := NoticeMessage(row.ID)
	parked, err := a.store.Delivery(ctx, id)
	switch {
	case isNotFound(err):
		return RecoverResult{Recovered: true}, nil
	case err != nil:
		return RecoverResult{}, fmt.Errorf("read the ledger: %w", err)
	case parked.State != store.DeliveryWaiting:
		return RecoverResult{Recovered: true}, nil
	}
	return RecoverResult{Recovered: true, Notice: &NoticeInput{
		Address: addressOf(row), Sequence: parked.Sequence, MadeAt: parked.MadeAt, Carried: true,
	}}, nil
}

func (a *Activities) recover(ctx context.Context, row store.Conversation, remains Remains) (RecoverResult, error) {
	waiting, err := a.complete(ctx, row, &remains)
	if err != nil {
		return RecoverResult{}, err
	}
	at := a.clock()
	dead, err := a.store.MarkRepliesDead(ctx, row.ID, OutcomeTerminated, at)
	if err != nil {
		return RecoverResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	row.ClosedAt, row.Outcome = at, OutcomeTerminated
	row.Messages, row.Replies, row.Unanswered = remains.Messages, remains.Replies, remains.Unanswered+len(waiting)
	row.Refused = remains.Refused
	closing := store.Closing{Conversation: row}
	if !remains.Told {
		notice := NoticeInput{Address: addressOf(row), Sequence: remains.Sequence + 1, MadeAt: at}.noticeRow()
		closing.Notice = &notice
	}
	if entries := append(remains.Tail, waiting...); len(entries) > 0 {
		closing.Page = &store.Page{Conversation: row.ID, Number: remains.Page, Entries: entries}
	}
	ended, err := a.store.EndConversation(ctx, closing)
	switch {
	case err != nil:
		return RecoverResult{}, fmt.Errorf("archive the conversation: %w", err)
	case !ended: // it has ended by itself at this very moment, and properly
		return RecoverResult{}, nil
	}
	a.log.WarnContext(ctx, "a conversation had been terminated and was archived", "channel", row.Channel,
		"conversation", row.ID, "answered", !remains.Silent, "dead_letters", dead, "unanswered", len(waiting))
	return a.recovered(ctx, row)
}

// complete takes from the database what the last run did not tell, and gives what was accepted
// and stands nowhere yet.
func (a *Activities) complete(ctx context.Context, row store.Conversation, remains *Remains) (waiting []store.Entry, err error) {
	last, err := a.store.LastSequence(ctx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	remains.Sequence = max(remains.Sequence, last)
	if remains.Page == 0 {
		if err := a.countPages(ctx, row.ID, remains); err != nil {
			return nil, err
		}
	}
	overflowed, more, err := a.overflowed(ctx, remains.Overflow)
	if err != nil {
		return nil, err
	}
	remains.Unanswered += more
	remains.Accepted = append(overflowed, remains.Accepted...)
	return a.unlooked(ctx, row, *remains)
}

// countPages counts what the pages hold, for a run that did not answer.
func (a *Activities) countPages(ctx context.Context, conversation string, remains *Remains) error {
	pages, err := a.store.Pages(ctx, conversation)
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

// unlooked are the messages that were accepted and stand neither in the tail, nor in a page, nor
// in another conversation.
func (a *Activities) unlooked(ctx context.Context, row store.Conversation, remains Remains) ([]store.Entry, error) {
	q := store.KnownQuery{
		Channel: row.Channel, WaID: row.WaID, UserID: row.UserID, WorkflowID: row.WorkflowID, Conversation: row.ID, BelowPage: remains.Page,
		Since: a.now().Add(-remembered),
	}
	for _, e := range remains.Accepted {
		q.IDs = append(q.IDs, e.ID)
	}
	known, err := a.store.KnownMessages(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("look for what was kept: %w", err)
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
	to := Address{Conversation: row.ID, WorkflowID: row.WorkflowID, Channel: row.Channel, Contact: row.WaID}
	if to.Contact == "" {
		to.Contact = row.UserID
	}
	return to
}

// FindInput bounds the hourly look; its zero value looks at everything.
type FindInput struct{}

// FindResult names conversations to be recovered.
type FindResult struct {
	Conversations []string `json:"conversations,omitempty"`
}

// FindUnclosed gives conversations whose rows are open although no run of theirs can be, at
// most some hundreds; the next look finds the rest.
func (a *Activities) FindUnclosed(ctx context.Context, _ FindInput) (FindResult, error) {
	if err := a.buryForgotten(ctx); err != nil {
		return FindResult{}, err
	}
	if _, err := a.store.DropOldOverflow(ctx, a.now().Add(-overflowKept)); err != nil {
		return FindResult{}, fmt.Errorf("drop messages that nobody waits for: %w", err)
	}
	found, err := a.findUnclosed(ctx)
	return FindResult{Conversations: found}, err
}

// buryForgotten makes dead letters of what is older than any budget: the workflow that carried
// it was terminated.
func (a *Activities) buryForgotten(ctx context.Context) error {
	at := a.clock()
	buried, err := a.store.MarkOverdueDead(ctx, at.Add(-webhook.NoticeBudget-forgottenAfter), OutcomeTerminated, at)
	if err != nil {
		return fmt.Errorf("look for forgotten deliveries: %w", err)
	}
	if buried > 0 {
		a.log.WarnContext(ctx, "deliveries that nobody carried any more became dead letters", "count", buried)
	}
	return nil
}

func (a *Activities) findUnclosed(ctx context.Context) ([]string, error) {
	before := a.now().Add(-settling)
	superseded, err := a.store.SupersededConversations(ctx, before, maxFound)
	if err != nil {
		return nil, fmt.Errorf("look for conversations that others followed: %w", err)
	}
	found := superseded
	var after store.Conversation
	for looked := 0; looked < maxLooked && len(found) < maxFound; looked += missingBatch {
		rows, err := a.store.OpenConversations(ctx, store.OpenQuery{Before: before, After: after, Limit: missingBatch})
		if err != nil {
			return nil, fmt.Errorf("list open conversations: %w", err)
		}
		missing, err := a.missing(ctx, rows)
		if err != nil {
			return nil, err
		}
		found = append(found, missing...)
		if len(rows) < missingBatch {
			break
		}
		after = rows[len(rows)-1]
	}
	return found[:min(len(found), maxFound)], nil
}

// missing gives those whose workflow id has no open run.
func (a *Activities) missing(ctx context.Context, rows []store.Conversation) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.WorkflowID
	}
	running, err := a.runs.Running(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("ask Temporal which conversations run: %w", err)
	}
	var missing []string
	for _, row := range rows {
		if !running[row.WorkflowID] {
			missing = append(missing, row.ID)
		}
	}
	return missing, nil
}
