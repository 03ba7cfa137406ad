package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	// numbersKept and numbersAge bound what is remembered of channels.
	numbersKept = 1000
	numbersAge  = 10 * time.Minute
)

// numbers finds the phone number ids of channels. It is safe for concurrent use.
type numbers struct {
	fixed string
	api   *client
	now   func() time.Time

	mu    sync.Mutex
	known map[string]number
}

type number struct {
	id string
	at time.Time
}

// of returns the id of the number that a channel's messages are sent from. One that is known for long is
// asked for anew, and serves on if the API does not answer.
func (n *numbers) of(ctx context.Context, waID string) (string, error) {
	if n.fixed != "" {
		return n.fixed, nil
	}
	if !isDigits(waID) {
		return "", errors.New("chattigo-wa-id is not a channel")
	}
	n.mu.Lock()
	known, ok := n.known[waID]
	n.mu.Unlock()
	if ok && n.now().Sub(known.at) < numbersAge {
		return known.id, nil
	}
	id, err := n.ask(ctx, waID)
	if err != nil {
		if ok {
			return known.id, nil // numbers hardly ever change
		}
		return "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.known) >= numbersKept {
		clear(n.known)
	}
	n.known[waID] = number{id, n.now()}
	return id, nil
}

func (n *numbers) ask(ctx context.Context, waID string) (string, error) {
	found, err := n.api.call(ctx, http.MethodGet, "/channels/"+waID, nil)
	if err != nil {
		return "", err
	}
	var channel struct {
		PhoneNumberID string `json:"phoneNumberId"`
	}
	if found.status != http.StatusOK || json.Unmarshal(found.body, &channel) != nil || !isDigits(channel.PhoneNumberID) {
		return "", fmt.Errorf("GET /channels was answered with %d", found.status)
	}
	return channel.PhoneNumberID, nil
}
