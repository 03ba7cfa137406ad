package webhook

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// longestWait is the longest time in which a breaker stays open or a pause lasts, with what is added
// so that not all come back at once.
const longestWait = maxOpen + maxSpread + time.Second

// crowd asks for attempts on a few endpoints of a few accounts, and keeps count of them by itself.
type crowd struct {
	*Endpoints
	now    time.Time
	inside []*Visit
	in     map[EndpointKey]*[lanes]int
}

func newCrowd() *crowd {
	return &crowd{Endpoints: endpoints(unhurried), now: noon(), in: map[EndpointKey]*[lanes]int{}}
}

func (c *crowd) enter(e Entry) *Deferral {
	visit, deferral := c.Enter(e, c.now)
	if visit != nil {
		c.inside = append(c.inside, visit)
		c.counted(e.EndpointKey)[e.Lane]++
	}
	return deferral
}

func (c *crowd) counted(key EndpointKey) *[lanes]int {
	if c.in[key] == nil {
		c.in[key] = &[lanes]int{}
	}
	return c.in[key]
}

func (c *crowd) leave(n int, r Result) {
	visit := c.inside[n]
	c.inside[n] = c.inside[len(c.inside)-1]
	c.inside = c.inside[:len(c.inside)-1]
	visit.Leave(r, c.now)
	c.counted(EndpointKey{visit.at.account.name, visit.at.url})[visit.lane]--
}

// requireBounds says that nobody has more in flight than he may.
func (c *crowd) requireBounds(t require.TestingT) {
	accounts, fast := map[string]*[lanes]int{}, 0
	for key, in := range c.in {
		if accounts[key.Account] == nil {
			accounts[key.Account] = &[lanes]int{}
		}
		for lane, n := range in {
			require.LessOrEqual(t, n, c.places(Lane(lane)))
			accounts[key.Account][lane] += n
		}
		fast += in[FastLane]
	}
	for name, a := range accounts {
		require.LessOrEqual(t, max(a[FastLane], a[SlowLane]), c.limits.Account)
		require.Equal(t, *a, c.accounts[name].inFlight)
	}
	require.LessOrEqual(t, fast, c.limits.AllFast)
	require.Equal(t, fast, c.fast)
}

func drawEntry(t *rapid.T, account string) Entry {
	e := entry(account, "u"+strconv.Itoa(rapid.IntRange(0, 5).Draw(t, "url")), Lane(rapid.IntRange(0, 1).Draw(t, "lane")))
	e.Probe = rapid.Bool().Draw(t, "probe")
	return e
}

func drawResult(t *rapid.T) Result {
	return rapid.SampledFrom([]Result{
		{Class: Delivered, StatusCode: 200, Duration: time.Second},
		{Class: Delivered, StatusCode: 200, Duration: 4 * time.Second},
		{Class: Timeout, Duration: 15 * time.Second},
		{Class: Connect},
		{Class: Status, StatusCode: 500},
		{Class: Status, StatusCode: 503, RetryAfter: time.Hour},
		{Class: Status, StatusCode: 429, RetryAfter: time.Minute},
		{Class: Status, StatusCode: 422},
		{Class: Gone, StatusCode: 410},
		{Class: Canceled},
		{Class: Forbidden},
	}).Draw(t, "result")
}

// live does something at random: enters, leaves, or lets time go by.
func (c *crowd) live(t *rapid.T, accounts []string) {
	switch rapid.IntRange(0, 4).Draw(t, "action") {
	case 0:
		c.now = c.now.Add(time.Duration(rapid.Int64Range(0, int64(2*time.Minute)).Draw(t, "pause")))
	case 1, 2:
		for range rapid.IntRange(1, 30).Draw(t, "times") {
			c.enter(drawEntry(t, rapid.SampledFrom(accounts).Draw(t, "account")))
		}
	case 3, 4:
		r := drawResult(t)
		for range min(rapid.IntRange(1, 30).Draw(t, "times"), len(c.inside)) {
			c.leave(rapid.IntRange(0, len(c.inside)-1).Draw(t, "who"), r)
		}
	}
}

func TestNeverMoreThanTheBoundsAreInFlight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCrowd()
		c.limits.Account, c.limits.AllFast = 10, 15
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			c.live(t, []string{"a", "b", "c"})
			c.requireBounds(t)
		}
		for len(c.inside) > 0 {
			c.leave(0, drawResult(t))
		}
		c.requireBounds(t)
	})
}

// Whatever has happened, an endpoint that works again gets attempts again: whoever waits and comes
// back when he is told to is let in within the longest open time, and then everybody is.
func TestAnEndpointThatRecoveredGetsAttemptsAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCrowd()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			c.live(t, []string{"a"})
		}
		for len(c.inside) > 0 {
			c.leave(0, drawResult(t))
		}
		recovered := c.now
		one := entry("a", "u"+strconv.Itoa(rapid.IntRange(0, 5).Draw(t, "recovers")), SlowLane)
		for {
			deferral := c.enter(one)
			if deferral == nil {
				break
			}
			require.Positive(t, deferral.After)
			c.now = c.now.Add(deferral.After)
			require.LessOrEqual(t, c.now.Sub(recovered), longestWait)
		}
		c.leave(0, Result{Class: Delivered, StatusCode: 200})
		require.Nil(t, c.enter(one))
		c.leave(0, Result{Class: Delivered, StatusCode: 200})
		c.now = c.now.Add(maxSlow)
		one.Lane = FastLane
		require.Nil(t, c.enter(one), "in the fast lane too")
	})
}

// What one account does and suffers changes no answer that another gets, as long as the fast lane has
// room for all; the same URL makes no difference.
func TestOneAccountsFailuresNeverChangeAnothersAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		alone, beside := newCrowd(), newCrowd()
		neighbour := &crowd{Endpoints: beside.Endpoints, now: noon(), in: map[EndpointKey]*[lanes]int{}}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			neighbour.now = alone.now
			neighbour.live(t, []string{"neighbour"})
			switch {
			case rapid.Bool().Draw(t, "enters"):
				e := drawEntry(t, "me")
				require.Equal(t, alone.enter(e), beside.enter(e))
			case len(alone.inside) > 0:
				n, r := rapid.IntRange(0, len(alone.inside)-1).Draw(t, "who"), drawResult(t)
				alone.leave(n, r)
				beside.leave(n, r)
			}
			alone.now = later(alone.now, neighbour.now)
			beside.now = alone.now
		}
	})
}
