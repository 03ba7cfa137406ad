package api

import (
	"fmt"
	"net/http"
	"time"
)

const (
	// burstSeconds is for how many seconds' requests an account may send at once.
	burstSeconds = 2
	// An account may ask for workBurst pieces of work at once, and then for one every workEvery: a person who
	// talks to a draft does not notice, and a program that plays tests all day does.
	workBurst = 100
	workEvery = 100 * time.Millisecond
	// maxLimited is how many accounts are counted.
	maxLimited = 10_000
)

// The names of the limits in the headers RateLimit-Policy and RateLimit, which are those of the Internet-Draft
// draft-ietf-httpapi-ratelimit-headers-11.
const (
	requestsPolicy = "requests"
	workPolicy     = "work"
)

// accountLimits bounds what one account asks of this process, so that others find room. The zero value bounds
// nothing.
type accountLimits struct {
	requests, work *buckets
	now            func() time.Time
}

// newAccountLimits allows an account so many requests a second; 0 allows all.
func newAccountLimits(perSecond int, now func() time.Time) accountLimits {
	if perSecond == 0 {
		return accountLimits{}
	}
	return accountLimits{
		requests: newBuckets(maxLimited, quota{burst: burstSeconds * perSecond, every: time.Second / time.Duration(perSecond)}),
		work:     newBuckets(maxLimited, quota{burst: workBurst, every: workEvery}),
		now:      now,
	}
}

// take counts a request of an account, and says in the header of the response what is left.
func (l accountLimits) take(account string, rt route, response http.Header) error {
	if l.requests == nil {
		return nil
	}
	err := takeOf(l.requests, requestsPolicy, account, l.now(), response)
	if err != nil || !rt.isWork() {
		return err
	}
	return takeOf(l.work, workPolicy, account, l.now(), response)
}

func takeOf(b *buckets, policy, account string, now time.Time, response http.Header) error {
	left, wait := b.take(account, now)
	response.Add("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", policy, b.burst, seconds(b.fills())))
	// With nothing left, the time is that of Retry-After. Until then a token comes at least every second.
	response.Add("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", policy, left, seconds(max(wait, b.every))))
	if wait == 0 {
		return nil
	}
	message := "too many requests of this account; please wait and try again"
	if policy == workPolicy {
		message = "too many definitions, tests and simulations of this account; please wait and try again"
	}
	return &apiError{Status: http.StatusTooManyRequests, RetryAfter: wait, Message: message}
}

// seconds rounds up.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
