package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/chattigo/api-isv/store"
)

// liveVersion is a version that is live on a channel, or believed to be.
type liveVersion struct {
	Bot     string `json:"bot"`
	Version int    `json:"version"`
}

// expectation is what a caller believes live. The zero value expects nothing in particular.
type expectation struct {
	given bool
	// live is nil for the starter.
	live *liveVersion
}

type conflictBody struct {
	Message string       `json:"message"`
	Live    *liveVersion `json:"live"`
}

// expectation reads the field "expected": a version, or null for the starter.
func (o object) expectation() (expectation, error) {
	raw, ok := o["expected"]
	if !ok || string(raw) == "null" {
		return expectation{given: ok}, nil
	}
	var fields object
	if err := json.Unmarshal(raw, &fields); err != nil {
		return expectation{}, errBadRequest(`expected must be null or a version, such as {"bot":"clinica","version":2}`)
	}
	live := &liveVersion{}
	if err := fields.texts(text{"bot", &live.Bot}); err != nil {
		return expectation{}, errBadRequest("expected." + err.Error())
	}
	number, err := fields.version("version")
	if err != nil {
		return expectation{}, errBadRequest("expected." + err.Error())
	}
	if live.Version, ok = parseNumber(number); !ok {
		return expectation{}, errBadRequest("expected.version must be the number of a version, such as 3")
	}
	return expectation{true, live}, nil
}

// check returns an error if something else is live on a channel.
func (e expectation) check(channel store.LiveChannel) error {
	live := liveOn(channel)
	if !e.given || e.live == nil && live == nil || e.live != nil && live != nil && *e.live == *live {
		return nil
	}
	wanted := e.live.String()
	if e.live != nil && live != nil && e.live.Bot == live.Bot {
		wanted = "version " + strconv.Itoa(e.live.Version)
	}
	message := fmt.Sprintf("channel %s has %s live, not %s", channel.WaID, live, cut(wanted))
	return &apiError{Status: http.StatusConflict, Message: message, Body: conflictBody{message, live}}
}

// liveOn returns nil for the starter.
func liveOn(channel store.LiveChannel) *liveVersion {
	if channel.Bot == "" {
		return nil
	}
	return &liveVersion{channel.BotName, channel.BotVersion}
}

// String names the version as sentences do.
func (v *liveVersion) String() string {
	switch {
	case v == nil:
		return "the starter"
	case v.Version == 0: // it is no version of the account
		return v.Bot
	}
	return fmt.Sprintf("%s version %d", v.Bot, v.Version)
}
