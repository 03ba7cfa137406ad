package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// loginClock is a logins with a clock that the test moves.
type loginClock struct {
	*logins
	at time.Time
}

func newLoginClock() *loginClock {
	c := &loginClock{at: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	c.logins = newLogins(func() time.Time { return c.at })
	return c
}

// fails makes an attempt with a wrong password, and returns why it was not even made.
func (c *loginClock) fails(name, address string) error {
	a, err := c.begin(name, netip.MustParseAddr(address))
	if err != nil {
		return err
	}
	return a.ofAccount()
}

// succeeds makes an attempt with the right one.
func (c *loginClock) succeeds(name, address string) error {
	a, err := c.begin(name, netip.MustParseAddr(address))
	if err != nil {
		return err
	}
	if err := a.ofAccount(); err != nil {
		return err
	}
	a.succeeded()
	return nil
}

// findsNone makes an attempt with a name that does not exist.
func (c *loginClock) findsNone(name, address string) error {
	a, err := c.begin(name, netip.MustParseAddr(address))
	if err != nil {
		return err
	}
	return a.ofNobody()
}

func requireTooMany(t *testing.T, err error, wait time.Duration) {
	t.Helper()
	var refused *apiError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusTooManyRequests, refused.Status)
	require.InDelta(t, wait, refused.RetryAfter, float64(time.Millisecond))
}

func TestWhoeverTriesPasswordsOfANameHasToWait(t *testing.T) {
	c := newLoginClock()
	for range pairQuota().burst {
		require.NoError(t, c.fails("acme", "192.0.2.1"))
	}
	requireTooMany(t, c.fails("acme", "192.0.2.1"), 30*time.Second)
	requireTooMany(t, c.succeeds("acme", "192.0.2.1"), 30*time.Second)
	require.NoError(t, c.succeeds("other", "192.0.2.1"), "another name behind the same address")
	require.NoError(t, c.succeeds("acme", "192.0.2.2"), "the same name elsewhere")
	c.at = c.at.Add(30 * time.Second)
	require.NoError(t, c.succeeds("acme", "192.0.2.1"))
}

func TestWhoeverTriesFromManyAddressesLocksOutNoAddressThatLoggedInBefore(t *testing.T) {
	c := newLoginClock()
	require.NoError(t, c.succeeds("acme", "192.0.2.1"))
	for i := range nameQuota().burst {
		require.NoError(t, c.fails("acme", fmt.Sprintf("198.51.100.%d", i)))
	}
	requireTooMany(t, c.fails("acme", "203.0.113.1"), 10*time.Second)
	require.NoError(t, c.succeeds("acme", "192.0.2.1"))
	require.NoError(t, c.succeeds("other", "203.0.113.1"), "another name")
	c.at = c.at.Add(10 * time.Second)
	require.NoError(t, c.succeeds("acme", "203.0.113.1"))
}

func TestAFloodOfNamesFromAnOfficeLocksOutNoNameThatLoggedInThere(t *testing.T) {
	c := newLoginClock()
	const office = "192.0.2.1"
	require.NoError(t, c.succeeds("acme", office))
	for i := range addressQuota().burst {
		require.NoError(t, c.findsNone(fmt.Sprint(i), office))
	}
	requireTooMany(t, c.findsNone("one more", office), time.Second)
	requireTooMany(t, c.succeeds("other", office), time.Second)
	require.NoError(t, c.succeeds("acme", office))
	require.NoError(t, c.succeeds("other", "192.0.2.2"))
	c.at = c.at.Add(time.Second)
	require.NoError(t, c.succeeds("other", office))
}

func TestLoginsThatSucceedAreNotCounted(t *testing.T) {
	c := newLoginClock()
	for i := range 500 {
		require.NoError(t, c.succeeds("acme", "192.0.2.1"))
		require.NoError(t, c.succeeds(fmt.Sprint(i), "192.0.2.1"))
	}
}

// An attempt that is refused by one limit is not counted by the others.
func TestARefusedAttemptCountsNowhere(t *testing.T) {
	c := newLoginClock()
	for range 500 {
		_ = c.fails("acme", "192.0.2.1")
	}
	require.NoError(t, c.findsNone("x", "192.0.2.1"), "the address has failed ten times only")
	require.NoError(t, c.succeeds("acme", "192.0.2.2"), "so has the name")
}

func TestAnIPv6NetworkCountsAsOneClient(t *testing.T) {
	c := newLoginClock()
	for i := range pairQuota().burst {
		require.NoError(t, c.fails("acme", fmt.Sprintf("2001:db8::%d", i)))
	}
	requireTooMany(t, c.fails("acme", "2001:db8::ffff"), 30*time.Second)
	require.NoError(t, c.fails("acme", "2001:db8:0:1::1"))
}

func TestAFloodOfNamesKeepsNothingOfThem(t *testing.T) {
	c := newLoginClock()
	for i := range maxAddresses + 500 {
		_ = c.findsNone(fmt.Sprint(i), netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String())
	}
	require.Equal(t, maxAddresses, c.addresses.values.Len())
	require.Zero(t, c.pairs.values.Len()+c.names.values.Len()+c.known.Len()+c.own.Len())
	for i := range maxKnown + 50 {
		require.NoError(t, c.succeeds("acme", fmt.Sprintf("10.0.0.%d", i)))
	}
	require.Equal(t, maxKnown, c.known.Get("acme").Value().Len())
}

// The queue of one name leaves a place for every other, and unknown names are one of them.
func TestAFloodOfLoginsOfOneNameDoesNotHoldUpOthers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4)) // two hashes at a time
	synctest.Test(t, func(t *testing.T) {
		l := newLogins(time.Now)
		const flood, refused = 1 + maxOwnHashesWaiting + 10, 10
		finish, results := make(chan struct{}), make(chan error, flood)
		for range flood {
			go func() {
				results <- l.hash(t.Context(), "", func() error { <-finish; return nil })
			}()
		}
		for range refused {
			requireTooMany(t, <-results, ownHashesDone)
		}
		synctest.Wait()
		require.NoError(t, l.hash(t.Context(), "acme", func() error { return nil }))
		close(finish)
		for range flood - refused {
			require.NoError(t, <-results)
		}
	})
}

func TestALoginThatCannotBeHashedInTimeIsAnsweredWith503(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLogins(time.Now)
		for range cap(l.all.inside) {
			require.NoError(t, l.all.enter(t.Context()))
		}
		began := time.Now()
		err := l.hash(t.Context(), "acme", func() error { return errors.New("not called") })
		var refused *apiError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, http.StatusServiceUnavailable, refused.Status)
		require.Equal(t, hashWait, time.Since(began))
	})
}

// To refuse an unknown name costs what it costs to refuse a wrong password.
func TestTheHashOfUnknownNamesIsAsExpensiveAsOneOfOurs(t *testing.T) {
	ours, err := HashPassword("correct horse")
	require.NoError(t, err)
	known, err := parsePasswordHash(ours)
	require.NoError(t, err)
	unknown, err := parsePasswordHash(unknownHash)
	require.NoError(t, err)
	require.Equal(t, [3]uint32{known.memory, known.passes, uint32(known.lanes)}, [3]uint32{unknown.memory, unknown.passes, uint32(unknown.lanes)})
	require.Equal(t, [2]int{len(known.salt), len(known.key)}, [2]int{len(unknown.salt), len(unknown.key)})
}

// An account may be disabled after it has logged in from an address.
func TestANameThatIsNoLongerAnAccountCountsLikeAnyOtherOfItsAddress(t *testing.T) {
	c := newLoginClock()
	require.NoError(t, c.succeeds("gamma", "192.0.2.1"))
	for range addressQuota().burst {
		require.NoError(t, c.findsNone("gamma", "192.0.2.1"))
	}
	requireTooMany(t, c.findsNone("gamma", "192.0.2.1"), addressQuota().every)
}
