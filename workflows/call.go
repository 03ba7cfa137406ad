package workflows

import (
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// Calling is a call that the bot waits for. What the contact writes meanwhile is deferred.
type Calling struct {
	bot.Call

	// For is the contact's message that led to it, empty when none did; Since is the time of the
	// event that asked for it.
	For   string    `json:"for,omitempty"`
	Since time.Time `json:"since"`
	// Outcome is set from the end of the call until the bot has been told.
	Outcome *activities.CallOutcome `json:"outcome,omitempty"`
}

// calling says that the bot waits for a call that has not come back.
func (c *conversation) calling() bool { return c.Call != nil && c.Call.Outcome == nil }

// calledBack says that the bot has to be told of one that has.
func (c *conversation) calledBack() bool { return c.Call != nil && c.Call.Outcome != nil }

// callDue says that a call was asked for and is not being made.
func (c *conversation) callDue() bool { return c.calling() && !c.call.out() }

// startCall makes the call, on a queue of its own: a slow API holds up nobody's deliveries.
func (c *conversation) startCall() {
	ctx, cancel := workflow.WithCancel(workflow.WithActivityOptions(c.work, callOptions(c.Call.Call)))
	input := activities.CallInput{Address: c.address(), Call: c.Call.Call}
	c.call = pending{future: workflow.ExecuteActivity(ctx, c.acts.Call, input), cancel: cancel}
}

// settleCall takes the outcome. Without one the worker was lost, or the queue too long: the bot
// is told that the call timed out. When that was is known by our clock only, so nothing is said
// because of it in the same workflow task: see settle.
func (c *conversation) settleCall() {
	if c.endCall() {
		return
	}
	at := workflow.Now(c.work).UTC().Truncate(time.Millisecond)
	c.Call.Outcome = &activities.CallOutcome{
		Result: bot.CallResult{Call: c.Call.ID, Error: bot.CallTimeout}, At: latest(at, c.latest()),
	}
	c.unsettled = true
}

// takeCallBack ends the waiting for a call before the run ends. Success counts however it
// comes; anything else makes the next run call again, under the same id.
func (c *conversation) takeCallBack() {
	c.call.cancel()
	c.endCall()
}

// endCall is true when the call has come to an outcome.
func (c *conversation) endCall() bool {
	var outcome activities.CallOutcome
	err := c.call.future.Get(c.work, &outcome)
	c.call = pending{}
	c.dirty = false
	if err != nil {
		workflow.GetLogger(c.work).Warn("a call came back without an outcome", "conversation", c.ID, "error", err)
		return false
	}
	outcome.Result.Call = c.Call.ID
	c.Call.Outcome = &outcome
	return true
}

// followCall goes by what a turn says of calls: the bot wants one, still waits for one, or does
// not wait any more. Nobody waits for the end of what is not wanted.
func (c *conversation) followCall(r activities.ReplyResult) {
	if c.Call != nil && (r.Call != nil || r.Close != nil || !c.awaits(c.Call.ID)) {
		if c.call.out() {
			c.call.cancel()
		}
		c.call, c.Call = pending{}, nil
	}
	if r.Call != nil && r.Close == nil {
		c.Call = &Calling{Call: *r.Call, For: r.CallFor, Since: c.Now}
	}
}

func (c *conversation) awaits(call string) bool {
	return c.State.Pending != nil && c.State.Pending.Call == call
}

// maxTarget bounds what operators see of a call's address, in bytes.
const maxTarget = 120

// target is where a call goes, for people: host and path. What stands behind them may be about
// the contact.
func target(call bot.Call) string {
	_, address, found := strings.Cut(call.URL, "://")
	if !found {
		return "an unreadable address"
	}
	if end := strings.IndexAny(address, "?#"); end >= 0 {
		address = address[:end]
	}
	host, path, _ := strings.Cut(address, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	address = host + "/" + path
	if len(address) > maxTarget {
		address = strings.ToValidUTF8(address[:maxTarget], "") + "…"
	}
	return address
}
