package webhook

import "time"

const (
	// accountShare is the part of all remembered endpoints that one account can have: 1/10.
	accountShare = 10
	// sample is how many endpoints are compared to find one that was not used for long.
	sample = 16
)

// endpoint returns the state of an endpoint. What was not used for long begins anew.
func (e *Endpoints) endpoint(key EndpointKey, now time.Time) *endpoint {
	a := e.accounts[key.Account]
	if a == nil {
		a = &account{name: key.Account, endpoints: map[string]*endpoint{}}
		e.accounts[key.Account] = a
	}
	at := a.endpoints[key.URL]
	if at != nil && at.idle() && now.Sub(at.used) > e.limits.Age {
		e.forget(at)
		e.accounts[a.name] = a
		at = nil
	}
	if at == nil {
		at = e.newEndpoint(a, key.URL)
		a.endpoints[key.URL] = at
		e.size++
		e.makeRoom(at)
	}
	at.used = now
	return at
}

// makeRoom forgets an endpoint if there are too many: one of the same account if that has more than
// its share, so that an account which sets ever new URLs makes only its own forgotten.
func (e *Endpoints) makeRoom(added *endpoint) {
	var oldest *endpoint
	switch {
	case len(added.account.endpoints) > max(e.limits.Size/accountShare, 1):
		oldest = added.account.leastUsed(added, nil)
	case e.size > e.limits.Size:
		seen := 0
		for _, a := range e.accounts {
			oldest = a.leastUsed(added, oldest)
			if seen++; seen == sample {
				break
			}
		}
	}
	if oldest != nil {
		e.forget(oldest)
	}
}

// leastUsed returns the endpoint that was not used for the longest time among some of the account's
// and another one, which may be nil. Which ones is left to the random order of a map.
func (a *account) leastUsed(except, oldest *endpoint) *endpoint {
	seen := 0
	for _, at := range a.endpoints {
		if at != except && at.idle() && (oldest == nil || at.used.Before(oldest.used)) {
			oldest = at
		}
		if seen++; seen == sample {
			break
		}
	}
	return oldest
}

// forget drops an endpoint that nobody is in.
func (e *Endpoints) forget(at *endpoint) {
	delete(at.account.endpoints, at.url)
	e.size--
	if len(at.account.endpoints) == 0 {
		delete(e.accounts, at.account.name)
	}
}
