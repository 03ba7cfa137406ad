package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// EventsQueue is the task queue of SendEvents alone: a back office that hangs takes no slot from replies.
	EventsQueue = "chattigo-events"
	// eventAttempt bounds one attempt to deliver an event, eventsBatch the time in which one SendEvents
	// begins attempts, and eventsAtOnce how many it makes.
	eventAttempt = 15 * time.Second
	eventsBatch  = 20 * time.Second
	eventsAtOnce = 200
	// EventsTime is more than both together.
	EventsTime = 45 * time.Second
	// A process runs maxEventSendings of SendEvents at once, eventSendingsPerAccount for one account: each
	// holds a slot, and may wait in it. Others come back after eventTurn.
	maxEventSendings        = 50
	eventSendingsPerAccount = 10
	eventTurn               = 5 * time.Second
	// maxWaitingEvents is how many events of a channel may wait: of more, the oldest are dropped.
	maxWaitingEvents = 10_000
	// eventsKept is how long events are kept that were delivered or given up.
	eventsKept = 30 * 24 * time.Hour
	// maxEventsPause is the attempt of the schedule whose pause is the longest between two attempts at an
	// endpoint that fails: 15 minutes.
	maxEventsPause = 8
	// channelsPage is how many channels a sweep reads at a time.
	channelsPage = 1000
)

// SendEventsInput names a channel.
type SendEventsInput struct {
	Channel string `json:"channel"`
	// Retry lets the first attempt through an open circuit breaker: the URL was set anew.
	Retry bool `json:"retry,omitempty"`
}

// SendEventsResult is how far the sending has come.
type SendEventsResult struct {
	// Sent counts the events that were accepted, Dead those that were given up.
	Sent int `json:"sent,omitempty"`
	Dead int `json:"dead,omitempty"`
	// More is set if something waits. Wait is for how long nothing is to be tried, in milliseconds.
	More bool  `json:"more,omitempty"`
	Wait int64 `json:"wait,omitempty"`
	// EventPause is set if the wait is that of the events that were tried, each by its own schedule: the
	// endpoint takes others, and a new event does not wait.
	EventPause bool `json:"eventPause,omitempty"`
	// Reason is why the latest attempt failed, or none is made; empty if all is well.
	Reason string `json:"reason,omitempty"`
}

// SendEvents posts the events of a channel that are due, one after the other, to its present events URL. An
// event that is not accepted waits for its own schedule, and lets the others go first; an endpoint that fails
// is left alone for a while. Its errors are those of our own database.
func (a *Activities) SendEvents(ctx context.Context, in SendEventsInput) (SendEventsResult, error) {
	s := eventSending{Activities: a, channel: in.Channel, probe: in.Retry, began: a.now()}
	to, _, err := s.eventsEndpoint(ctx)
	if err != nil {
		return s.result, err
	}
	if !a.eventSendings.begin(to.Account) {
		return SendEventsResult{More: true, Wait: eventTurn.Milliseconds(), Reason: "too many channels send events"}, nil
	}
	defer a.eventSendings.end(to.Account)
	if err := s.trim(ctx); err != nil {
		return s.result, err
	}
	for again := true; again; {
		var err error
		if again, err = s.next(ctx); err != nil {
			return s.result, err
		}
	}
	return s.result, nil
}

// eventSending is one SendEvents.
type eventSending struct {
	*Activities
	channel  string
	probe    bool
	began    time.Time
	attempts int
	result   SendEventsResult
}

// trim bounds what waits.
func (s *eventSending) trim(ctx context.Context) error {
	at := s.clock()
	dropped, dead, err := s.store.TrimEvents(ctx, store.EventsTrim{
		Channel: s.channel, Most: maxWaitingEvents, Before: at.Add(-webhook.NoticeBudget), At: at,
	})
	if err != nil {
		return fmt.Errorf("bound the events that wait: %w", err)
	}
	if dropped > 0 || dead > 0 {
		s.log.WarnContext(ctx, "events were not delivered", "channel", s.channel, "too_many", dropped, "too_old", dead)
	}
	s.result.Dead = int(dead)
	return nil
}

// next makes one attempt, if one is due. It reports whether to go on.
func (s *eventSending) next(ctx context.Context) (again bool, err error) {
	s.result.More, s.result.Wait, s.result.EventPause = false, 0, false
	to, health, err := s.eventsEndpoint(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case to.EventsURL == "":
		if err := s.store.DropUnwantedEvents(ctx, s.channel); err != nil {
			return false, fmt.Errorf("drop unwanted events: %w", err)
		}
		return false, nil
	case health.IsOff():
		s.result.Reason = EndpointOff
		return false, nil
	}
	event, err := s.store.NextEvent(ctx, s.channel)
	switch {
	case isNotFound(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read the events: %w", err)
	}
	s.result.More = true
	own, endpoint := event.NextTry.Sub(s.now()), health.NextTry.Sub(s.now())
	if wait := max(own, endpoint); wait > 0 {
		s.result.Wait, s.result.EventPause = max(wait.Milliseconds(), 1), endpoint <= 0
		return false, nil
	}
	if s.attempts >= eventsAtOnce || s.now().Sub(s.began) > eventsBatch || !hasTime(ctx, eventAttempt) || stopping(ctx) {
		return false, nil
	}
	return s.attempt(ctx, to, health, event)
}

// eventsEndpoint reads the channel, and what is known of its events URL, as they are now.
func (s *eventSending) eventsEndpoint(ctx context.Context) (store.Channel, store.EventsHealth, error) {
	to, err := s.store.Channel(ctx, s.channel)
	if err != nil && !isNotFound(err) {
		return to, store.EventsHealth{}, fmt.Errorf("read the channel: %w", err)
	}
	health, err := s.store.EventsHealth(ctx, s.channel)
	if err != nil {
		return to, health, fmt.Errorf("read the health of the events URL: %w", err)
	}
	return to, health, nil
}

// attempt posts an event and records the outcome.
func (s *eventSending) attempt(ctx context.Context, to store.Channel, health store.EventsHealth, event store.Event) (again bool, err error) {
	keys, err := s.readSigners(ctx, to)
	if err != nil {
		return false, err
	}
	entry := webhook.Entry{
		EndpointKey: webhook.EndpointKey{Account: to.Account, URL: to.EventsURL}, Lane: webhook.SlowLane, Probe: s.probe,
	}
	visit, refused := s.backOffices.Enter(entry, s.now())
	if refused != nil && refused.After <= waitInside {
		_, err := s.untilDue(ctx, s.now().Add(refused.After))
		return err == nil, err
	}
	if refused != nil {
		s.metrics.Deferred("events", string(refused.Reason))
		s.result.Reason, s.result.Wait = string(refused.Reason), max(refused.After.Milliseconds(), 1)
		return false, nil
	}
	s.probe = false
	s.attempts++
	post, cancel := untilStop(ctx)
	result := s.postEvent(post, visit, webhook.Request{
		URL: to.EventsURL, Body: event.Body, ID: event.ID, WaID: to.WaID, Event: true, Keys: keys.at(s.now()), Timeout: eventAttempt,
	})
	cancel()
	if result.Class == webhook.Canceled {
		return false, retry(stopped, "the attempt was cut short by our own stop", stoppedWait)
	}
	return true, s.record(ctx, to, health, event, result)
}

// postEvent makes an attempt and leaves the endpoint.
func (s *eventSending) postEvent(ctx context.Context, visit *webhook.Visit, r webhook.Request) (result webhook.Result) {
	result.Class = webhook.Canceled // if it panics
	defer func() {
		s.metrics.Attempted("events", string(result.Class), result.Duration)
		if result.Class == webhook.Forbidden {
			s.metrics.Refused("event")
		}
		visit.Leave(result, s.now())
	}()
	return s.poster.Post(ctx, r)
}

// record writes down what has become of an attempt.
func (s *eventSending) record(ctx context.Context, to store.Channel, health store.EventsHealth, event store.Event, r webhook.Result) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	at := s.clock()
	made := store.EventAttempt{ID: event.ID, Channel: to.WaID, URL: to.EventsURL, At: at, State: store.DeliveryDelivered, Off: switchesOff(r)}
	s.result.Reason = ""
	if r.Class != webhook.Delivered {
		s.fail(&made, health, event, r)
	}
	off, err := s.store.RecordEventAttempt(ctx, made)
	if err != nil {
		return fmt.Errorf("record the attempt of an event: %w", err)
	}
	switch made.State {
	case store.DeliveryDelivered:
		s.result.Sent++
	case store.DeliveryDead:
		s.result.Dead++
		s.log.WarnContext(ctx, "event was given up", "channel", to.WaID, "type", event.Type, "attempts", event.Attempts+1, "reason", made.Reason)
	}
	if off {
		s.log.WarnContext(ctx, "events URL switched off", "channel", to.WaID, "reason", reason(r))
	}
	return nil
}

// fail says when the event is tried again, and for how long the endpoint is left alone.
func (s *eventSending) fail(made *store.EventAttempt, health store.EventsHealth, event store.Event, r webhook.Result) {
	made.State, made.Reason = store.DeliveryDead, reason(r)
	next, again := webhook.NextTry(webhook.Failure{
		Result: r, Attempts: event.Attempts + 1, MadeAt: event.MadeAt, At: made.At, Notice: true, Jitter: s.jitter(),
	})
	if again {
		made.State, made.NextTry = store.DeliveryWaiting, next
	}
	s.result.Reason = made.Reason
	if r.Class == webhook.BadTarget || webhook.RejectsBody(r.StatusCode) || r.Control == webhook.AbortMessage {
		return
	}
	made.Failed = true
	made.Pause, _ = webhook.NextTry(webhook.Failure{
		Result: r, Attempts: min(health.Failures+1, maxEventsPause), MadeAt: made.At, At: made.At, Notice: true, Jitter: s.jitter(),
	})
}

// tendEvents drops old events and starts the sending of those that nobody sends.
func (s sweep) tendEvents(ctx context.Context) error {
	if _, err := s.store.DropOldEvents(ctx, s.now().Add(-eventsKept)); err != nil {
		return fmt.Errorf("drop old events: %w", err)
	}
	for after, more := "", true; more; {
		channels, err := s.store.ChannelsWithEvents(ctx, after, channelsPage)
		if err != nil {
			return fmt.Errorf("list the channels with events: %w", err)
		}
		for _, channel := range channels {
			if err := s.runs.SendEvents(ctx, channel); err != nil {
				return fmt.Errorf("start sending the events of channel %s: %w", channel, err)
			}
			after = channel
		}
		more = len(channels) == channelsPage
	}
	return nil
}
