package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// controlWait bounds how long a request waits for the conversation's reply; a worker must run.
const controlWait = 5 * time.Second

const (
	// controlEvery is the pause between handoffs and resumes that a conversation accepts in the long run.
	controlEvery = workflows.ControlsSpan / workflows.MaxControls
	maxControls  = 10_000
)

type controlResponse struct {
	ID string `json:"id"`
	// Status is the status that the conversation is going to have.
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

func decodeResume(body []byte) (workflows.ResumeRequest, error) {
	_, err := decodeOptional(body)
	return workflows.ResumeRequest{}, err
}

// closeConversation handles POST /conversations/{id}/close.
func (s *server) closeConversation(ctx context.Context, req *request, in workflows.CloseRequest) (controlResponse, error) {
	in.Conversation = req.vars["id"]
	return s.control(ctx, req, workflows.UpdateClose, in)
}

// handOff handles POST /conversations/{id}/handoff: a person answers instead of the bot.
func (s *server) handOff(ctx context.Context, req *request, in workflows.HandoffRequest) (controlResponse, error) {
	in.Conversation = req.vars["id"]
	return s.control(ctx, req, workflows.UpdateHandoff, in)
}

// resume handles POST /conversations/{id}/resume: the bot answers again.
func (s *server) resume(ctx context.Context, req *request, in workflows.ResumeRequest) (controlResponse, error) {
	in.Conversation = req.vars["id"]
	return s.control(ctx, req, workflows.UpdateResume, in)
}

// control sends an update to the workflow of a conversation. The contact's next conversation runs
// under the same workflow id, and refuses updates for another.
func (s *server) control(ctx context.Context, req *request, update string, in any) (controlResponse, error) {
	row, err := s.findConversation(ctx, req)
	if err != nil {
		return controlResponse{}, err
	}
	if !row.ClosedAt.IsZero() {
		return controlResponse{}, errClosedAlready(nil)
	}
	if update != workflows.UpdateClose && !s.conversations.mayControl(row.ID) {
		return controlResponse{}, errTooManyControls(nil)
	}
	ctx, cancel := context.WithTimeout(ctx, controlWait)
	defer cancel()
	result, err := s.conversations.update(ctx, row, client.UpdateWorkflowOptions{
		UpdateName: update, UpdateID: updateID(req, row, update), Args: []any{in},
	})
	if err != nil {
		return controlResponse{}, controlError(err)
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

// updateID returns the same id for a repeated request, if the caller marks it with an
// Idempotency-Key.
func updateID(req *request, row store.Conversation, update string) string {
	key := req.header.Get("Idempotency-Key")
	if key == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(row.ID + "\x00" + update + "\x00" + key))
	return hex.EncodeToString(sum[:])
}

// controlError converts an update's error into the caller's. The workflow's own messages are meant for
// callers.
func controlError(err error) error {
	if _, ended := errors.AsType[*serviceerror.NotFound](err); ended {
		return errClosedAlready(err)
	}
	_, late := errors.AsType[*client.WorkflowUpdateServiceTimeoutOrCanceledError](err)
	_, blocked := errors.AsType[*serviceerror.WorkflowNotReady](err)
	if late || blocked {
		return errNoAnswer(err)
	}
	refused, ok := errors.AsType[*temporal.ApplicationError](err)
	switch {
	case !ok, strings.HasPrefix(refused.Message(), "unknown update"): // the SDK's words: the worker is of an older release
		return errUnavailable(err)
	case refused.Type() == workflows.RefusedInvalid:
		return errBadRequest(cut(refused.Message()))
	case refused.Type() == workflows.RefusedTooMany:
		return errTooManyControls(err)
	}
	return errConflict(cut(refused.Message()), err)
}

// mayControl reports whether a conversation may be handed off or resumed now. An update that its
// workflow would refuse is not sent: it costs a workflow task, for which messages have to wait.
func (c *conversations) mayControl(id string) bool {
	return c.controls.get(id).Allow()
}

func errTooManyControls(cause error) error {
	return &apiError{
		Status: http.StatusTooManyRequests, RetryAfter: controlEvery, cause: cause,
		Message: "the conversation was handed off and resumed too often within a minute",
	}
}

// errNoAnswer is for a conversation that did not reply in time: no worker runs, or its run is
// blocked.
func errNoAnswer(cause error) error {
	return &apiError{
		Status: http.StatusServiceUnavailable, RetryAfter: controlWait, cause: cause,
		Message: "the conversation does not answer right now; please try again",
	}
}
