package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// Failed logins are counted three ways, each in this process alone:
//
//   - of one name from one address: whoever tries passwords;
//   - of one name from all addresses: whoever does that from many;
//   - from one address, with all names: whoever tries one password on many names, or looks for names.
//
// A login that succeeds counts nowhere, so that many programs behind one address may start at once; nor does a password
// that was wrong before. And
// nobody is locked out by somebody else's failures: an address from which a name has logged in is
// counted by the first limit alone. What is left to an attacker is to keep a name from logging in from an
// address that is new to this process, or from one that both of them share, while the attack lasts. A wait
// is never longer than one token takes, and tokens of POST /login that exist are not touched.
//
// Unknown names are counted by address only: there is no password to find, and a flood of names must
// not push the counts of those that exist out of memory.
const (
	maxPairs, maxNames, maxAddresses = 10_000, 10_000, 10_000

	// knownAge and maxKnown are for how long, and how many, addresses of a name are remembered.
	knownAge = 30 * 24 * time.Hour
	maxKnown = 64
)

func pairQuota() quota    { return quota{burst: 10, every: 30 * time.Second} }
func nameQuota() quota    { return quota{burst: 100, every: 10 * time.Second} }
func addressQuota() quota { return quota{burst: 100, every: time.Second} }

const (
	// Of the passwords that are hashed at once, each takes 19 MiB and a core: on half of the processors,
	// and maxHashes at most, so that messages have the others. maxHashesWaiting more, each of another name,
	// wait for up to hashWait; further ones get 503.
	maxHashes        = 4
	maxHashesWaiting = 64
	hashWait         = 5 * time.Second
	// One login of a name is hashed at a time, and maxOwnHashesWaiting more wait; further ones get 429.
	// All unknown names are one name here.
	maxOwnHashesWaiting = 64
	ownHashesDone       = time.Second
)

// logins bounds the attempts to log in, and the hashing of their passwords.
type logins struct {
	now                     func() time.Time
	pairs, names, addresses *buckets
	// known has, by name, the addresses from which it has logged in.
	known *ttlcache.Cache[string, *ttlcache.Cache[string, struct{}]]
	wrong *wrongPasswords
	all   *gate
	own   *ttlcache.Cache[string, *gate]
}

func newLogins(now func() time.Time) *logins {
	return &logins{
		now:       now,
		pairs:     newBuckets(maxPairs, pairQuota()),
		names:     newBuckets(maxNames, nameQuota()),
		addresses: newBuckets(maxAddresses, addressQuota()),
		known: ttlcache.New(
			ttlcache.WithTTL[string, *ttlcache.Cache[string, struct{}]](knownAge),
			ttlcache.WithCapacity[string, *ttlcache.Cache[string, struct{}]](maxNames)),
		wrong: newWrongPasswords(),
		all:   newGate(min(workPlaces(), maxHashes), maxHashesWaiting, hashWait),
		own:   ttlcache.New(ttlcache.WithTTL[string, *gate](workAge), ttlcache.WithCapacity[string, *gate](maxNames)),
	}
}

// attempt is one attempt to log in. Each of its tokens is given back unless it fails.
type attempt struct {
	logins     *logins
	name, site string
	known      bool
	taken      []func()
}

// begin counts an attempt of an address.
func (l *logins) begin(name string, client netip.Addr) (*attempt, error) {
	a := &attempt{logins: l, name: name, site: SiteOf(client)}
	if known := l.known.Get(name); known != nil && known.Value().Get(a.site) != nil {
		a.known = true
		return a, nil
	}
	return a, a.take(l.addresses, a.site)
}

// ofAccount counts an attempt whose name exists.
func (a *attempt) ofAccount() error {
	if err := a.take(a.logins.pairs, a.site+" "+a.name); err != nil || a.known {
		return err
	}
	return a.take(a.logins.names, a.name)
}

// ofNobody counts an attempt whose name does not exist, or not any more: then it counts like any other of its
// address, wherever the name has logged in.
func (a *attempt) ofNobody() error {
	if !a.known {
		return nil
	}
	a.known = false
	a.logins.known.Delete(a.name)
	return a.take(a.logins.addresses, a.site)
}

// take takes a token, or gives all back that were taken.
func (a *attempt) take(from *buckets, key string) error {
	if _, wait := from.take(key, a.logins.now()); wait > 0 {
		a.undo()
		return &apiError{
			Status: http.StatusTooManyRequests, RetryAfter: wait,
			Message: "too many failed logins; please wait and try again",
		}
	}
	a.taken = append(a.taken, func() { from.giveBack(key, a.logins.now()) })
	return nil
}

// undo makes the attempt one that was none.
func (a *attempt) undo() {
	for _, giveBack := range a.taken {
		giveBack()
	}
	a.taken = nil
}

// succeeded remembers the address.
func (a *attempt) succeeded() {
	a.undo()
	addresses, _ := a.logins.known.GetOrSet(a.name, newValues[string, struct{}](maxKnown, knownAge))
	addresses.Value().Set(a.site, struct{}{}, ttlcache.DefaultTTL)
}

// hash calls do, which hashes a password of a name, when it is its turn. An empty name stands for all that
// are unknown.
func (l *logins) hash(ctx context.Context, name string, do func() error) error {
	item, _ := l.own.GetOrSet(name, newGate(1, maxOwnHashesWaiting, hashWait))
	own := item.Value()
	if err := own.enter(ctx); errors.Is(err, errGateFull) {
		return &apiError{
			Status: http.StatusTooManyRequests, RetryAfter: ownHashesDone, cause: err,
			Message: "too many logins at once; please keep a token for its 8 hours, and try again",
		}
	} else if err != nil {
		return errUnavailable(err)
	}
	defer own.leave()
	if err := l.all.enter(ctx); err != nil {
		return errUnavailable(err)
	}
	defer l.all.leave()
	return do()
}
