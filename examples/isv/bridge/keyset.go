package bridge

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	// freshFor is how long a key set is believed without asking again, which is what the API says of it by
	// max-age: a key that was replaced must not be believed for good.
	freshFor = 5 * time.Minute
	// holdsFor is how long it is believed while the API cannot be reached.
	holdsFor = time.Hour
	// reloadEvery is how often the key set is loaded at most: everybody can send what makes us load it.
	// retryEvery is the same after a loading that failed.
	reloadEvery = time.Minute
	retryEvery  = 5 * time.Second
)

// errGone says that the API knows no key with that id.
var errGone = errors.New("no key that signs has this id")

// loadedSet are the keys that were loaded last, and when. Up to believed, a match needs no loading.
type loadedSet struct {
	keys             []verifier
	loaded, believed time.Time
}

func (k *keyring) set() loadedSet {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.loaded
}

func (k *keyring) replace(s loadedSet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.loaded = s
}

func (k *keyring) verifyWithSet(ctx context.Context, matches func([]verifier) bool) error {
	settled := func() bool {
		s := k.set()
		return k.now().Before(s.believed) && matches(s.keys)
	}
	if settled() {
		return nil
	}
	k.loadUnless(ctx, settled)
	s := k.set()
	switch {
	case !k.now().Before(s.believed):
		return errNoKeys
	case matches(s.keys):
		return nil
	}
	return errUnsigned
}

// loadUnless waits for a loading that is under way, and loads the set if that has not settled it and
// the last loading was not just now.
func (k *keyring) loadUnless(ctx context.Context, settled func() bool) {
	k.loading <- struct{}{}
	defer func() { <-k.loading }()
	if !settled() && !k.now().Before(k.next) {
		// It is loaded for all, and not only for as long as this caller stays.
		k.reload(context.WithoutCancel(ctx))
	}
}

// reload asks for the set by the newest key's id, and by the one that was set if nobody knows that.
func (k *keyring) reload(ctx context.Context) {
	if k.failed {
		k.hold(keySetTimeout) // others need not wait for an API that could not be reached just now
	}
	err := errGone
	for _, kid := range k.kids {
		if err = k.ask(ctx, kid); !errors.Is(err, errGone) {
			break
		}
		// The newest key signs no more, so what we have is out of date, whatever comes next.
		k.replace(loadedSet{})
	}
	k.failed = err != nil
	if err == nil {
		k.next = k.now().Add(reloadEvery)
		return
	}
	k.next = k.now().Add(retryEvery)
	k.hold(retryEvery)
	k.log.WarnContext(ctx, "the keys of Chattigo cannot be loaded now", "error", withoutURL(err), "last_loaded", k.set().loaded)
}

// hold lets the set be believed a while longer although it was not loaded anew, but not beyond holdsFor.
func (k *keyring) hold(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	until := k.now().Add(d)
	if last := k.loaded.loaded.Add(holdsFor); until.After(last) {
		until = last
	}
	if until.After(k.loaded.believed) {
		k.loaded.believed = until
	}
}

// ask loads the set by one id. It returns errGone if the API says that there is no such key.
func (k *keyring) ask(ctx context.Context, kid string) error {
	asked := k.now()
	status, body, err := k.load(ctx, kid)
	switch {
	case err != nil:
		return err
	case status == http.StatusNotFound:
		return errGone
	case status != http.StatusOK:
		return statusError(status)
	}
	newest, found, err := parseKeySet(body)
	if err != nil {
		return err
	}
	k.replace(loadedSet{keys: found, loaded: asked, believed: asked.Add(freshFor)})
	if newest != k.kids[0] {
		k.kids = []string{newest, k.kids[len(k.kids)-1]}
		_ = k.state.write(keyIDFile, []byte(newest)) // without it the next start begins with the one that was set
	}
	return nil
}

// parseKeySet reads a JWK set with ed25519 keys, the newest first.
func parseKeySet(body []byte) (newest string, found []verifier, err error) {
	var set struct {
		Keys []struct {
			Type  string `json:"kty"`
			Curve string `json:"crv"`
			X     string `json:"x"`
			ID    string `json:"kid"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return "", nil, fmt.Errorf("read the key set: %w", err)
	}
	for _, key := range set.Keys {
		x, err := base64.RawURLEncoding.DecodeString(key.X)
		if err != nil || key.Type != "OKP" || key.Curve != "Ed25519" || len(x) != ed25519.PublicKeySize || !keyID.MatchString(key.ID) {
			continue
		}
		if newest == "" {
			newest = key.ID
		}
		found = append(found, publicVerifier(x))
	}
	if newest == "" {
		return "", nil, errors.New("the key set holds no key")
	}
	return newest, found, nil
}
