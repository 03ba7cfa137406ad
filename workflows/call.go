package workflows

import (
	"strings"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// requestedCall is an HTTP call that the bot waits for. Messages of the contact are deferred until
// its outcome is there.
type requestedCall struct {
	bot.Call

	// For is the contact's message that led to it, empty when none did; Since is the time of the
	// event that asked for it.
	For   string    `json:"for,omitempty"`
	Since time.Time `json:"since"`
	// Outcome is set from the end of the call until the bot has been told.
	Outcome *chat.CallOutcome `json:"outcome,omitempty"`
}

// httpCall is the bot's HTTP call: what the bot asked for, and the activity that makes it.
type httpCall struct {
	// requested is nil when the bot waits for none.
	requested *requestedCall
	activity  pending
}

// inFlight reports whether the bot waits for a call that has no outcome.
func (h *httpCall) inFlight() bool { return h.requested != nil && h.requested.Outcome == nil }

// returned reports whether a call has an outcome that the bot has not been told.
func (h *httpCall) returned() bool { return h.requested != nil && h.requested.Outcome != nil }

// startDue reports whether a call was asked for and no activity makes it.
func (h *httpCall) startDue() bool { return h.inFlight() && !h.activity.running() }

// start makes the call, on a queue of its own: a slow API holds up nobody's deliveries.
func (h *httpCall) start(x *executor, from activities.Address) {
	input := activities.CallInput{Address: from, Call: h.requested.Call}
	h.activity = x.start(callOptions(h.requested.Call), acts.Call, input)
}

// finish waits for the outcome. It reports whether there is one: without, the worker was lost or the
// task queue too long.
func (h *httpCall) finish(x *executor) bool {
	var outcome chat.CallOutcome
	if err := x.finish(&h.activity, &outcome); err != nil {
		x.log.Warn("bot HTTP call ended without an outcome", "error", err)
		return false
	}
	outcome.Result.Call = h.requested.ID
	h.requested.Outcome = &outcome
	return true
}

// timeOut is the outcome of a call that ended without one.
func (h *httpCall) timeOut(at time.Time) {
	h.requested.Outcome = &chat.CallOutcome{
		Result: bot.CallResult{Call: h.requested.ID, Error: bot.CallTimeout}, At: at,
	}
}

// cancel takes the call back before the run ends. Success counts however it comes; anything else
// makes the next run call again, under the same id.
func (h *httpCall) cancel(x *executor) {
	h.activity.cancel()
	h.finish(x)
}

// follow does what a turn came to: the bot asks for a call, still waits for one, or does not wait
// any more. The end of a call that is not wanted is not waited for.
func (h *httpCall) follow(r activities.ReplyResult, now time.Time) {
	if h.requested != nil && (r.Call != nil || r.Close != nil || !awaits(r.State, h.requested.ID)) {
		if h.activity.running() {
			h.activity.cancel()
		}
		*h = httpCall{}
	}
	if r.Call != nil && r.Close == nil {
		h.requested = &requestedCall{Call: *r.Call, For: r.CallFor, Since: now}
	}
}

func awaits(s *bot.State, call string) bool { return s.Pending != nil && s.Pending.Call == call }

// view is what may be seen of a call in flight; nil when there is none.
func (h *httpCall) view() *CallOut {
	if !h.inFlight() {
		return nil
	}
	return &CallOut{Method: h.requested.Method, Target: target(h.requested.Call), Since: h.requested.Since}
}

// maxTarget bounds what operators see of a call's address, in bytes.
const maxTarget = 120

// target is the host and path of a call, for operators. A query may be about the contact.
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
