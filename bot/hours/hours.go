// Package hours says when somebody is there: weekly opening hours with holidays. It imports
// nothing of ours. Start reading at Schedule.
package hours

import "time"

// Schedule is a week of opening hours in one time zone, and the days on which it does not hold.
type Schedule struct{}

// Open says whether it is open at a moment.
func (s *Schedule) Open(at time.Time) bool { return false }

// Next is the next opening after a moment; ok is false when there is none within a year.
func (s *Schedule) Next(after time.Time) (at time.Time, ok bool) { return time.Time{}, false }
