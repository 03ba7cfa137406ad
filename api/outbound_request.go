package api

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// maxTimeoutSeconds bounds what a channel may set.
const maxTimeoutSeconds = 30

// Values of delivery and closeNotice.
const (
	deliveryPush   = "push"
	deliveryPull   = "pull"
	noticeSeparate = "separate"
	noticeMerged   = "merged"
)

// outboundRequest is also the response: in the document the route echoes its body. What was not sent is
// empty, and stays as it is.
type outboundRequest struct {
	WaID string `json:"waId"`
	// URL may be missing if another setting is there.
	URL string `json:"externalWebhookIsvBot,omitempty"`
	// Delivery is "push" or "pull". A URL alone is a wish to have messages pushed there.
	Delivery string `json:"delivery,omitempty"`
	// CloseNotice is "separate" or "merged".
	CloseNotice string `json:"closeNotice,omitempty"`
	// TimeoutSeconds is 1 to 30.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty"`
	// EventsURL may be empty, which ends the stream of events.
	EventsURL *string `json:"eventsUrl,omitempty"`
}

func decodeOutbound(body []byte) (outboundRequest, error) {
	object, err := decodeObject(body)
	if err != nil {
		return outboundRequest{}, err
	}
	var in outboundRequest
	required := []text{{"waId", &in.WaID}, {"externalWebhookIsvBot", &in.URL}}
	if _, given := object["externalWebhookIsvBot"]; !given && object.hasAny("delivery", "closeNotice", "timeoutSeconds", "eventsUrl") {
		required = required[:1]
	}
	if err := object.texts(required...); err != nil {
		return in, err
	}
	if err := object.oneOf(text{"delivery", &in.Delivery}, deliveryPush, deliveryPull); err != nil {
		return in, err
	}
	if err := object.oneOf(text{"closeNotice", &in.CloseNotice}, noticeSeparate, noticeMerged); err != nil {
		return in, err
	}
	if in.TimeoutSeconds, err = object.seconds("timeoutSeconds", maxTimeoutSeconds); err != nil {
		return in, err
	}
	if _, given := object["eventsUrl"]; given {
		in.EventsURL = new(string)
	}
	return in, object.optional(text{"eventsUrl", in.EventsURL})
}

// check returns the error of a URL that the guard refuses.
func (in outboundRequest) check(s *server) error {
	if in.URL != "" {
		if err := webhook.CheckTarget(in.URL, s.dev); err != nil {
			return errBadRequest("externalWebhookIsvBot was refused: " + err.Error())
		}
	}
	if in.EventsURL != nil && *in.EventsURL != "" {
		if err := webhook.CheckTarget(*in.EventsURL, s.dev); err != nil {
			return errBadRequest("eventsUrl was refused: " + err.Error())
		}
	}
	return nil
}

// settings are the changes that a request asks for, in a Graph version.
func (in outboundRequest) settings(version string) store.WebhookSettings {
	w := store.WebhookSettings{EventsURL: in.EventsURL}
	if in.URL != "" {
		w.URL, w.Version = &in.URL, &version
	}
	if in.URL != "" || in.Delivery != "" {
		w.Pull = new(in.Delivery == deliveryPull)
	}
	if in.CloseNotice != "" {
		w.MergeNotice = new(in.CloseNotice == noticeMerged)
	}
	if in.TimeoutSeconds != 0 {
		w.TimeoutSeconds = &in.TimeoutSeconds
	}
	return w
}

// redirects reports whether messages that went to a webhook go elsewhere from now on.
func (in outboundRequest) redirects(channel store.Channel) bool {
	pulled, pulls := !channel.PullSince.IsZero(), in.Delivery == deliveryPull
	switch {
	case in.URL == "" && in.Delivery == "":
		return false
	case pulled != pulls:
		return true
	}
	return channel.WebhookURL != "" && in.URL != "" && channel.WebhookURL != in.URL
}

// hasAny reports whether one of the fields is there.
func (o object) hasAny(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := o[name]; return ok })
}

// oneOf reads an optional field that takes one of two values.
func (o object) oneOf(field text, a, b string) error {
	if err := o.optional(field); err != nil {
		return err
	}
	if _, given := o[field.name]; given && *field.into != a && *field.into != b {
		return errBadRequest(fmt.Sprintf("%s must be %s or %s", field.name, a, b))
	}
	return nil
}

// seconds reads an optional field that is a whole number from 1; 0 if it is missing.
func (o object) seconds(name string, most int) (int, error) {
	raw, given := o[name]
	if !given {
		return 0, nil
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || !isWhole(raw) || n > most {
		return 0, errBadRequest(fmt.Sprintf("%s must be a whole number from 1 to %d", name, most))
	}
	return n, nil
}
