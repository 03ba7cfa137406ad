package webhook

import "time"

const (
	// firstSlow is for how long an endpoint is kept out of the fast lane after it was too slow for it
	// once; each repetition doubles it, up to maxSlow.
	firstSlow = 5 * time.Second
	maxSlow   = 10 * time.Minute
	// forgiven is after how long without being slow a repetition counts as the first again.
	forgiven = 10 * time.Minute
)

// speed remembers whether an endpoint is too slow for the fast lane: most such endpoints accept a
// message that the fast lane gives up, and get it again from the slow lane.
//
// Time alone does not make an endpoint fast again, because then every message that comes after that
// time would be sent twice: a delivery in the slow lane has to show it. So an endpoint that always
// takes 4 s gets one message twice, the first, and one that stalls once is back after a few seconds.
type speed struct {
	// stalled is when the endpoint was last too slow; until is the end of the time that it is kept out.
	stalled, until time.Time
	penalty        time.Duration
	// quick is set if it responded in time since then.
	quick bool
}

// slow reports whether the endpoint is to be kept out of the fast lane.
func (s *speed) slow(now time.Time) bool {
	return !s.stalled.IsZero() && (now.Before(s.until) || !s.quick)
}

// stall records an attempt that took too long. Attempts that were in flight when another one stalled
// belong to the same stall.
func (s *speed) stall(began, now time.Time) {
	switch {
	case s.penalty == 0 || now.Sub(s.until) > forgiven:
		s.penalty = firstSlow
	case !began.Before(s.until):
		s.penalty = min(2*s.penalty, maxSlow)
	}
	s.stalled, s.until, s.quick = now, now.Add(s.penalty), false
}

// respond records an attempt that was quick enough.
func (s *speed) respond(began time.Time) {
	if !began.Before(s.stalled) {
		s.quick = true
	}
}
