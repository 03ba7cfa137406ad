package webhook

import (
	"net/http"
	"time"
)

const (
	// ReplyBudget is how long delivering a reply is retried, counted from when it was made: Meta's
	// window for free-form messages is 24 hours too.
	ReplyBudget = 24 * time.Hour
	// NoticeBudget is the same for a close notice: it is for machines, and has no window.
	NoticeBudget = 72 * time.Hour
	// maxRetryAfter bounds the pause that an ISV may ask for at a time.
	maxRetryAfter = 15 * time.Minute
	// maxRejections is how many attempts a body gets that the ISV calls wrong.
	maxRejections = 5
	// MaxRefusals is how many responses a body gets from an endpoint that accepts other bodies.
	MaxRefusals = 10
	// maxJitter bounds the random part that is added to a pause, relative to it; pauses are never
	// shortened.
	maxJitter = 0.2
	// lastTry is how long before the end of the budget the last attempt is made at the latest.
	lastTry = time.Minute
)

// pauseAfter returns the pause after the n-th failed attempt, n from 1; false if it was the last one.
// There are 15 attempts in just under 24 hours, for a notice 19 in just under 72.
func pauseAfter(n int, notice bool) (time.Duration, bool) {
	pauses := [...]time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
	}
	switch {
	case n < 1:
		return 0, false
	case n <= len(pauses):
		return pauses[n-1], true
	}
	return 12 * time.Hour, notice && n <= len(pauses)+4
}

// budget returns how long delivering a message is retried.
func budget(notice bool) time.Duration {
	if notice {
		return NoticeBudget
	}
	return ReplyBudget
}

// Failure is a failed attempt to deliver a message, for [NextTry].
type Failure struct {
	Result Result
	// Attempts is the number of attempts that were made, this one included; Early of them were asked for
	// before they were due, and do not move the schedule.
	Attempts, Early int
	// Pulled of them were no attempts at the webhook, but handed out to an ISV that pulled. They neither
	// move the schedule nor are rejections.
	Pulled int
	// Due is when this one would have been due, if it was early.
	Due time.Time
	// MadeAt is when the message was made, At when the attempt ended.
	MadeAt time.Time
	At     time.Time
	// Notice is set for a close notice.
	Notice bool
	// Refused is set if only this body is refused: the endpoint responded to it MaxRefusals times,
	// and accepts others.
	Refused bool
	// Jitter is a random number from 0 to 1.
	Jitter float64
}

// NextTry returns when the next attempt is due; false if there is none: the message is a dead letter
// then.
func NextTry(f Failure) (time.Time, bool) {
	pause, ok := pauseAfter(max(f.Attempts-f.Early-f.Pulled, 1), f.Notice)
	if !ok || f.exhausted() {
		return time.Time{}, false
	}
	pause += time.Duration(float64(pause) * maxJitter * f.Jitter)
	if f.Due.After(f.At) {
		pause = f.Due.Sub(f.At)
	}
	next := f.At.Add(max(pause, f.Result.RetryAfter))
	last := f.MadeAt.Add(budget(f.Notice) - lastTry)
	if next.After(last) {
		next = last
	}
	return next, next.After(f.At)
}

// exhausted reports whether another attempt would be in vain.
func (f Failure) exhausted() bool {
	switch {
	case f.Result.Class == BadTarget, f.Result.Control == AbortMessage, f.Refused:
		return true
	case RejectsBody(f.Result.StatusCode):
		return f.Attempts-f.Pulled >= maxRejections
	}
	return false
}

// RejectsBody reports whether a status is about this body rather than about the endpoint.
func RejectsBody(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}
