package workflows

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/activities"
)

// SendEvents gives the next of w.pages, then that nothing waits.
func (w *world) SendEvents(_ context.Context, in activities.SendEventsInput) (activities.SendEventsResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looked = append(w.looked, w.now())
	w.probed = append(w.probed, in.Retry)
	if len(w.eventPages) == 0 {
		return activities.SendEventsResult{}, nil
	}
	page := w.eventPages[0]
	w.eventPages = w.eventPages[1:]
	return page, nil
}

func (w *world) Announce(_ context.Context, in activities.AnnounceInput) error {
	if err := w.breaks("Announce"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	again := func(before activities.AnnounceInput) bool {
		return before.Address == in.Address && before.OptedOutAt.Equal(in.OptedOutAt) && before.Handoff == in.Handoff
	}
	if !slices.ContainsFunc(w.announced, again) { // as the database
		w.announced = append(w.announced, in)
	}
	return nil
}

// lookedAfter are the times at which events were looked for, since the start.
func (w *world) lookedAfter() (after []time.Duration) {
	for _, at := range w.looked {
		after = append(after, at.Sub(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)))
	}
	return after
}

func (c *session) sendsEvents(in EventsInput) EventsResult {
	in.Channel = testChannel
	c.ExecuteWorkflow(EventsType, in)
	require.NoError(c.t, c.GetWorkflowError())
	var result EventsResult
	require.NoError(c.t, c.GetWorkflowResult(&result))
	return result
}

func TestEventsAreSentUntilNothingWaits(t *testing.T) {
	w := newWorld(t)
	w.eventPages = []activities.SendEventsResult{{Sent: 200, More: true}, {Sent: 3, Dead: 1}}
	c := newChat(t, w)
	require.Equal(t, EventsResult{Sent: 203, Dead: 1}, c.sendsEvents(EventsInput{}))
	require.Equal(t, []time.Duration{0, 0, 3 * time.Second}, w.lookedAfter())
}

// Who writes an event may have woken the workflow just before, and does not again.
func TestEventsAreLookedForOnceMoreAfterAWhile(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	for _, at := range []time.Duration{time.Second, 3 * time.Second} {
		c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalAgain, nil) }, at)
	}
	c.sendsEvents(EventsInput{})
	require.Equal(t, []time.Duration{0, time.Second, 3 * time.Second, 6 * time.Second}, w.lookedAfter())
}

// Whenever a signal comes, what is written in the two seconds after it is found.
func TestNoEventIsLostBehindAWake(t *testing.T) {
	for at := time.Duration(0); at < 4*time.Second; at += 250 * time.Millisecond {
		w := newWorld(t)
		c := newChat(t, w)
		woken := false
		c.RegisterDelayedCallback(func() {
			woken = true
			c.SignalWorkflow(SignalAgain, nil)
		}, at)
		c.sendsEvents(EventsInput{})
		last := w.lookedAfter()[len(w.looked)-1]
		require.True(t, !woken || last >= at+announceEvery, "woken at %s, looked last at %s", at, last)
	}
}

// announceEvery is how long a process relies on having woken it.
const announceEvery = 2 * time.Second

func TestANewEventDoesNotCutThePauseOfAnEndpointShortAndANewURLDoes(t *testing.T) {
	w := newWorld(t)
	pause := activities.SendEventsResult{More: true, Wait: time.Hour.Milliseconds(), Reason: "HTTP 500"}
	w.eventPages = []activities.SendEventsResult{pause, pause}
	c := newChat(t, w)
	for n := range 10 {
		c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalAgain, nil) }, time.Duration(n)*time.Minute)
	}
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalRetry, nil) }, 90*time.Minute)
	c.sendsEvents(EventsInput{})
	require.Equal(t, []time.Duration{0, time.Hour, 90 * time.Minute}, w.lookedAfter()[:3])
	require.Equal(t, []bool{false, false, true}, w.probed[:3])
}

func TestANewEventDoesNotWaitForOneThatIsNotAccepted(t *testing.T) {
	w := newWorld(t)
	pause := activities.SendEventsResult{More: true, Wait: (8 * time.Hour).Milliseconds(), EventPause: true, Reason: "HTTP 400"}
	w.eventPages = []activities.SendEventsResult{pause, pause}
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalAgain, nil) }, time.Minute)
	c.sendsEvents(EventsInput{})
	require.Equal(t, []time.Duration{0, time.Minute, 8*time.Hour + time.Minute}, w.lookedAfter()[:3])
}

func TestALongHistoryOfEventsGoesOnInANewRun(t *testing.T) {
	w := newWorld(t)
	w.eventPages = []activities.SendEventsResult{{Sent: 2, More: true, Wait: time.Hour.Milliseconds()}, {Sent: 1, More: true}}
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() {
		c.SetContinueAsNewSuggested(true)
		c.SignalWorkflow(SignalAgain, nil)
	}, time.Minute)
	c.ExecuteWorkflow(EventsType, EventsInput{Channel: testChannel, Sent: 5})
	var next EventsInput
	c.continuedWith(&next)
	require.Equal(t, EventsInput{Channel: testChannel, Sent: 8}, next)
	require.Equal(t, []time.Duration{0, time.Minute}, w.lookedAfter())
}

func TestCancellingEventsEndsThem(t *testing.T) {
	w := newWorld(t)
	w.eventPages = []activities.SendEventsResult{{More: true, Wait: time.Hour.Milliseconds()}}
	c := newChat(t, w)
	c.RegisterDelayedCallback(c.CancelWorkflow, time.Minute)
	c.ExecuteWorkflow(EventsType, EventsInput{Channel: testChannel})
	var canceled *temporal.CanceledError
	require.ErrorAs(t, c.GetWorkflowError(), &canceled)
}

func TestOperatorsSeeHowTheEventsOfAChannelDo(t *testing.T) {
	s := &eventSender{in: EventsInput{Channel: "569", Sent: 3, Dead: 1}}
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	require.Equal(t, "The events of channel **569** for its ISV's back office: 3 sent, 1 given up.", s.details(activities.SendEventsResult{}, at))
	failing := s.details(activities.SendEventsResult{More: true, Wait: 60_000, Reason: "HTTP 500"}, at)
	require.Contains(t, failing, "The latest attempt failed: `HTTP 500 `.")
	require.Contains(t, failing, "2026-03-10 12:01:00Z")
}

// announcing lets what Reply decides be announced, as for a channel that wants events.
func (w *world) announcing(t *testing.T) *session {
	t.Helper()
	w.eventsURL = "https://isv.example/events"
	return newChat(t, w)
}

const handoffBot = `{bot: v1, name: x, languages: [es], start: a, optout: {words: [baja], say: [adios]}, states: {
	a: {say: [hola], ask: {as: any, to: b}}, b: {say: [espera], handoff: {to: ventas, note: urgente}}}}`

func TestAHandoffIsAnnouncedOnceAfterItWasSaid(t *testing.T) {
	w := newWorld(t)
	w.speaks(t, handoffBot)
	c := w.announcing(t)
	w.broken["Announce"] = 3 // nothing goes on before it is written
	c.says(0, "hola")
	c.says(time.Minute, "una persona")
	c.says(time.Hour, "¿hola?")
	c.updates(2*time.Hour, UpdateClose, CloseRequest{})
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.announced, 1)
	require.Equal(t, w.archived[0].Address, w.announced[0].Address)
	require.Equal(t, &activities.HandoffRequested{
		At: time.Date(2026, 3, 10, 12, 1, 0, 0, time.UTC), By: "bot", Desk: "ventas", Note: "urgente",
	}, w.announced[0].Handoff)
}

func TestAnOptOutIsAnnounced(t *testing.T) {
	w := newWorld(t)
	w.speaks(t, handoffBot)
	c := w.announcing(t)
	c.says(0, "hola")
	c.says(time.Minute, "baja")
	c.run(ConversationInput{})
	require.Len(t, w.announced, 1)
	require.Equal(t, time.Date(2026, 3, 10, 12, 1, 0, 0, time.UTC), w.announced[0].OptedOutAt)
}

func TestNothingIsAnnouncedWhereNobodyWantsEvents(t *testing.T) {
	w := newWorld(t)
	w.speaks(t, handoffBot)
	c := newChat(t, w)
	c.says(0, "hola")
	c.says(time.Minute, "una persona")
	c.updates(2*time.Hour, UpdateClose, CloseRequest{})
	c.run(ConversationInput{})
	require.Empty(t, w.announced)
}

func TestTheArchiveGetsTheVariables(t *testing.T) {
	w := newWorld(t)
	w.speaks(t, `{bot: v1, name: x, languages: [es], vars: {pedido: {type: string}}, start: a, states: {
		a: {say: [hola], ask: {as: any, save: {pedido: answer.text}, to: b}}, b: {say: [listo], close: {reason: resolved}}}}`)
	c := newChat(t, w)
	c.says(0, "hola")
	c.says(time.Minute, "pan")
	c.run(ConversationInput{})
	require.JSONEq(t, `"pan"`, string(w.archived[0].Vars["pedido"]))
}
