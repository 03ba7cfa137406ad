package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// controlWait bounds what a person waits for a conversation to obey: a worker must run.
const controlWait = 5 * time.Second

// invalidRequest is the type of the workflow's refusal of what was sent; every other one is
// about what it is doing.
const invalidRequest = "InvalidRequest"

type controlResponse struct {
	ID string `json:"id"`
	// Status is what the conversation's status is going to be.
	Status string `json:"status"`
}

func decodeClose(body []byte) (workflows.CloseRequest, error) {
	var in workflows.CloseRequest
	object, err := decodeOptional(body)
	if err != nil {
		return in, err
	}
	return in, object.optional(text{"reason", &in.Reason})
}

func decodeHandoff(body []byte) (workflows.HandoffRequest, error) {
	var in workflows.HandoffRequest
	object, err := decodeOptional(body)
	if err != nil {
		return in, err
	}
	return in, object.optional(text{"note", &in.Note})
}

func decodeResume(body []byte) (struct{}, error) {
	_, err := decodeOptional(body)
	return struct{}{}, err
}

// closeConversation answers POST /conversations/{id}/close.
func (s *server) closeConversation(ctx context.Context, c *call, in workflows.CloseRequest) (any, error) {
	return s.control(ctx, c, workflows.UpdateClose, in)
}

// handOff answers POST /conversations/{id}/handoff: the bot falls silent, a person answers.
func (s *server) handOff(ctx context.Context, c *call, in workflows.HandoffRequest) (any, error) {
	return s.control(ctx, c, workflows.UpdateHandoff, in)
}

// resume answers POST /conversations/{id}/resume: the bot answers again.
func (s *server) resume(ctx context.Context, c *call, _ struct{}) (any, error) {
	return s.control(ctx, c, workflows.UpdateResume)
}

// control asks the workflow of a conversation to do something, once it is sure that the
// workflow is in this conversation: the contact's next one runs under the same id.
func (s *server) control(ctx context.Context, c *call, update string, args ...any) (any, error) {
	row, err := s.findConversation(ctx, c)
	if err != nil {
		return nil, err
	}
	if !row.ClosedAt.IsZero() {
		return nil, errClosedAlready(nil)
	}
	ctx, cancel := context.WithTimeout(ctx, controlWait)
	defer cancel()
	if _, err := s.conversations.ask(ctx, row); err != nil {
		return nil, controlError(err)
	}
	result, err := s.conversations.update(ctx, row, client.UpdateWorkflowOptions{
		UpdateName: update, UpdateID: updateID(c, row, update), Args: args,
	})
	switch {
	case err != nil:
		return nil, controlError(err)
	case result.Conversation != row.ID:
		// It ended between the two calls.
		s.log.WarnContext(ctx, "an update met the next conversation", "update", update,
			"conversation", row.ID, "met", result.Conversation)
		return nil, errOtherIsOpen()
	}
	return controlResponse{ID: row.ID, Status: result.Status}, nil
}

// update sends an update and waits for its result.
func (c *conversations) update(ctx context.Context, row store.Conversation, options client.UpdateWorkflowOptions) (workflows.ControlResult, error) {
	options.WorkflowID = row.WorkflowID
	options.WaitForStage = client.WorkflowUpdateStageCompleted
	var result workflows.ControlResult
	handle, err := c.temporal.UpdateWorkflow(ctx, options)
	if err == nil {
		err = handle.Get(ctx, &result)
	}
	return result, err
}

// updateID makes a repeated request one with the first, where the caller marks it as such.
func updateID(c *call, row store.Conversation, update string) string {
	key := c.header.Get("Idempotency-Key")
	if key == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(row.ID + "\x00" + update + "\x00" + key))
	return hex.EncodeToString(sum[:])
}

// controlError says what a failure means to the caller. The workflow's own words are meant
// for callers.
func controlError(err error) error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if _, ended := errors.AsType[*serviceerror.NotFound](err); ended {
		return errClosedAlready(err)
	}
	refused, ok := errors.AsType[*temporal.ApplicationError](err)
	switch {
	case !ok, strings.HasPrefix(refused.Message(), "unknown update"): // the SDK's words: the worker is of an older release
		return errUnavailable(err)
	case refused.Type() == invalidRequest:
		return errBadRequest(cut(refused.Message()))
	}
	return errConflict(cut(refused.Message()), err)
}
