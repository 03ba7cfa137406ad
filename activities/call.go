package activities

import (
	"context"
	"errors"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// CallInput is one HTTP call of a bot.
type CallInput struct {
	Address
	Call bot.Call `json:"call"`
}

// CallOutcome is what came of a call, and when.
type CallOutcome struct {
	Result bot.CallResult `json:"result"`
	// At is the recorded end of the call: the time of the event that its result is.
	At time.Time `json:"at"`
}

// Call makes one attempt of an HTTP call that a bot asked for. What went wrong is in the
// outcome once the attempts are used up; until then it is an error that Temporal retries.
func (a *Activities) Call(ctx context.Context, in CallInput) (CallOutcome, error) {
	return CallOutcome{}, errors.New("not written yet")
}
