package webhook

import (
	"net/http"
	"time"
)

const (
	// ReplyBudget is how long a reply is tried, counted from when it was made: Meta's window
	// for free-form messages is 24 hours too.
	ReplyBudget = 24 * time.Hour
	// NoticeBudget is how long a close notice is tried: it is for machines, and has no window.
	NoticeBudget = 72 * time.Hour
	// maxRetryAfter bounds what an ISV may ask for.
	maxRetryAfter = 24 * time.Hour
	// unwantedAttempts is how often a body that the ISV calls wrong is offered.
	unwantedAttempts = 5
	// maxJitter is the largest part of a wait that is added to it; waits are never shortened.
	maxJitter = 0.2
	// lastTry keeps the final attempt inside the budget.
	lastTry = time.Minute
)

// wait is the pause after the n-th failed attempt, n from 1: 15 attempts in just under 24 hours,
// for a notice 19 in just under 72.
func wait(n int, notice bool) (time.Duration, bool) {
	waits := [...]time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
	}
	switch {
	case n < 1:
		return 0, false
	case n <= len(waits):
		return waits[n-1], true
	}
	return 12 * time.Hour, notice && n <= len(waits)+4
}

// budget is how long a message is tried, counted from when it was made.
func budget(notice bool) time.Duration {
	if notice {
		return NoticeBudget
	}
	return ReplyBudget
}

// Failure is what Schedule decides by.
type Failure struct {
	Result Result
	// Attempts is the number of attempts that were made, this one included.
	Attempts int
	// MadeAt is when the message was made, At when the attempt ended.
	MadeAt time.Time
	At     time.Time
	// Notice is set for the close notice.
	Notice bool
	// Jitter is a random number from 0 to 1.
	Jitter float64
}

// NextTry says when the next attempt is due, and false when there is none: the message is a
// dead letter then.
func NextTry(f Failure) (time.Time, bool) {
	pause, ok := wait(f.Attempts, f.Notice)
	if !ok || f.exhausted() {
		return time.Time{}, false
	}
	pause += time.Duration(float64(pause) * maxJitter * f.Jitter)
	next := f.At.Add(max(pause, f.Result.RetryAfter))
	last := f.MadeAt.Add(budget(f.Notice) - lastTry)
	if next.After(last) {
		next = last
	}
	return next, next.After(f.At)
}

func (f Failure) exhausted() bool {
	switch {
	case f.Result.Class == BadTarget:
		return true
	case unwanted(f.Result.StatusCode):
		return f.Attempts >= unwantedAttempts
	}
	return false
}

// unwanted are the answers that speak of this body rather than of the endpoint.
func unwanted(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}
