package webhook

import "time"

// NextReplay returns the pause before a dead letter that is being replayed is tried again, after so many tries
// of the replay that failed; false if it is left dead. That is after an hour, or at once when the response
// is about the message. Jitter is a random number from 0 to 1.
func NextReplay(r Result, tries int, jitter float64) (time.Duration, bool) {
	pauses := [...]time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 45 * time.Minute}
	if tries < 1 || tries > len(pauses) || r.Class == BadTarget || r.Control == AbortMessage || RejectsBody(r.StatusCode) {
		return 0, false
	}
	pause := pauses[tries-1]
	return max(pause+time.Duration(float64(pause)*maxJitter*jitter), r.RetryAfter), true
}
