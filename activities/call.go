package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// CallsQueue is the task queue of Call alone: a bot's API that hangs takes no slot from
	// pages, archives or deliveries.
	CallsQueue = "chattigo-calls"
	// maxCallRetries bounds what a definition may ask for beyond the first attempt.
	maxCallRetries = 5
	// firstCallPause is the pause after the first attempt; each further one doubles it, up to
	// maxCallPause, which also bounds what Retry-After may ask for: a person is waiting.
	firstCallPause = 500 * time.Millisecond
	maxCallPause   = 10 * time.Second
	// callOverhead is what an attempt may take beside the call's own timeout: the wait for a
	// place, the reading of secrets, and a little more.
	callOverhead = webhook.CallWait + storeTimeout + 3*time.Second
	// callSlack is how long a call may lie in the queue before its first attempt.
	callSlack = time.Minute
)

// CallInput is one HTTP call of a bot.
type CallInput struct {
	Address
	Call bot.Call `json:"call"`
}

// Caller makes one attempt of a call.
type Caller interface {
	Call(ctx context.Context, c webhook.Call) webhook.Response
}

// CallAttempts is how many attempts a call gets: its retry policy's MaximumAttempts. Call counts
// by it, too, and makes the last one's outcome its result, whatever it is.
func CallAttempts(c bot.Call) int32 {
	return int32(min(max(c.Retries, 0), maxCallRetries)) + 1 // #nosec G115 -- at most six
}

// CallAttemptTime is the StartToClose of a call.
func CallAttemptTime(c bot.Call) time.Duration {
	return webhook.CallTimeout(c.Timeout) + callOverhead
}

// CallTotalTime is the ScheduleToClose of a call: all attempts, the longest pauses between them,
// and a minute in the queue.
func CallTotalTime(c bot.Call) time.Duration {
	attempts := time.Duration(CallAttempts(c))
	return attempts*CallAttemptTime(c) + (attempts-1)*maxCallPause + callSlack
}

// Call makes one attempt of an HTTP call that a bot asked for. A failure is in the outcome once the
// attempts are used up, or at once where another attempt would end the same way; until then it is an
// error that Temporal retries. The call's secrets are read here and go nowhere but to the wire.
//
// Call returns an error to the workflow only if the worker dies during the last attempt, or the task
// expires in the queue; the workflow treats that as CallTimeout.
func (a *Activities) Call(ctx context.Context, in CallInput) (chat.CallOutcome, error) {
	attempt := activity.GetInfo(ctx).Attempt
	got := a.tryCall(ctx, in)
	if got.again && attempt < CallAttempts(in.Call) {
		return chat.CallOutcome{}, retry(got.reason(),
			fmt.Sprintf("attempt %d of %d failed: %s", attempt, CallAttempts(in.Call), got.reason()),
			callPause(attempt, got.retryAfter))
	}
	if got.result.Error != "" || got.again {
		a.log.WarnContext(ctx, "bot HTTP call failed", "channel", in.Channel, "conversation", in.Conversation,
			"state", in.Call.State, "attempts", attempt, "reason", got.reason())
	}
	got.result.Call = in.Call.ID
	return chat.CallOutcome{Result: got.result, At: a.clock()}, nil
}

// callAttempt is the outcome of one attempt.
type callAttempt struct {
	result bot.CallResult
	// again is set if another attempt may end otherwise.
	again      bool
	retryAfter time.Duration
}

// reason names an outcome for people. It stands in the Temporal UI and in the log, so that it holds
// nothing of the request or the response but the status.
func (c callAttempt) reason() string {
	if c.result.Error != "" {
		return c.result.Error
	}
	return fmt.Sprintf("HTTP %d", c.result.Status)
}

// failed is an attempt without a response.
func failed(why string, again bool) callAttempt {
	return callAttempt{result: bot.CallResult{Error: why}, again: again}
}

// callPause doubles with every attempt; the server may ask for more.
func callPause(attempt int32, retryAfter time.Duration) time.Duration {
	pause := firstCallPause << min(attempt-1, maxCallRetries)
	return min(max(pause, retryAfter), maxCallPause)
}
