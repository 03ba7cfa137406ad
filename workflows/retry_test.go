package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// waiting makes the ISV refuse everything until a time, and the slow lane try once an hour.
func (w *world) waiting(until time.Duration) {
	w.refusing(0, until)
	w.pause = time.Hour
}

// postedAfter is how long after the first contact's message the i-th post was.
func (w *world) postedAfter(i int) time.Duration {
	return w.posts[i].At.Sub(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
}

func TestAContactWhoWritesIsNotKeptWaitingByAWebhookThatWorksAgain(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.waiting(5 * time.Minute)
	c.says(0, "Hola")
	c.says(10*time.Minute, "horarios")
	c.says(11*time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	for i := range 3 {
		require.Less(t, w.postedAfter(i), 10*time.Minute+time.Second)
		require.Equal(t, i+1, w.posts[i].Sequence)
	}
}

func TestAContactWhoWritesAllTheTimeIsAnAttemptEveryThirtySeconds(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.waiting(24 * time.Hour)
	attempts := 0
	start := c.Now()
	w.onDeliverSlow = func() {
		if w.now().Sub(start) < time.Hour {
			attempts++
		}
	}
	for n := range 120 {
		c.says(time.Duration(n)*time.Second, "¿hola?")
	}
	c.says(30*time.Hour, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 5, attempts, "the first, and those after 1, 31, 61 and 91 seconds")
}

// Where the ISV pulls, an attempt each time that a contact writes would be in vain; one that is asked for
// says that the ISV may have taken something, or wants messages posted again.
func TestAContactWhoWritesCausesNoAttemptsWhereTheISVPulls(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.waiting(24 * time.Hour)
	w.failure = &activities.Failure{Class: activities.Pull}
	attempts := 0
	start := c.Now()
	w.onDeliverSlow = func() {
		if w.now().Sub(start) < time.Hour {
			attempts++
		}
	}
	for n := range 60 {
		c.says(time.Duration(n)*time.Minute, "¿hola?")
	}
	var page string
	c.RegisterDelayedCallback(func() { page = c.details() }, 30*time.Minute)
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, Envelope{At: c.Now(), Retry: true}) }, 55*time.Minute)
	c.says(30*time.Hour, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Contains(t, page, "the ISV pulls its messages")
	require.Equal(t, 6, attempts, "the first, the one that was asked for, and from then on as everywhere")
}

func TestAConversationIsRetriedWhenItIsAsked(t *testing.T) {
	for _, tt := range []struct {
		name string
		ask  func(c *session)
	}{
		{"by a signal", func(c *session) {
			c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, Envelope{At: c.Now(), Retry: true}) }, 10*time.Minute)
		}},
		{"by an operator", func(c *session) { c.updates(10*time.Minute, UpdateRetry, RetryRequest{}) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := newChat(t, w)
			w.waiting(5 * time.Minute)
			c.says(0, "Hola")
			tt.ask(c)
			c.says(2*time.Hour, "salir")
			c.run(ConversationInput{})

			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, 10*time.Minute, w.postedAfter(0))
			require.Equal(t, 10*time.Minute, w.postedAfter(1))
		})
	}
}

func TestAnOperatorRetriesOnlyWhatWaits(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.pause = time.Hour
	c.says(0, "Hola")
	nothing := c.updates(time.Minute, UpdateRetry, RetryRequest{})
	c.RegisterDelayedCallback(func() { w.refusing(0, time.Hour) }, 2*time.Minute)
	c.says(3*time.Minute, "horarios")
	first := c.updates(4*time.Minute, UpdateRetry, nil)
	again := c.updates(4*time.Minute+time.Second, UpdateRetry, nil)
	other := c.updates(4*time.Minute+2*time.Second, UpdateRetry, RetryRequest{Addressee{Conversation: "cnv_other"}})
	c.says(3*time.Hour, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	requireRefused(t, nothing, RefusedConflict, "nothing of this conversation waits for the webhook")
	require.True(t, first.accepted)
	require.Equal(t, StatusWaitingWebhook, first.result.Status)
	requireRefused(t, again, RefusedTooMany, "what waits was tried again just now")
	requireRefused(t, other, RefusedConflict, "the conversation is closed already")
}

// A run that is full carries that its first message is to be tried at once.
func TestContinueAsNewCarriesThatARetryIsDue(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.waiting(24 * time.Hour)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() {
		c.SetContinueAsNewSuggested(true)
		c.SignalWorkflow(SignalInbound, Envelope{At: c.Now(), Retry: true})
	}, time.Minute)
	c.run(ConversationInput{})

	next := c.carriedOn().Carried
	require.True(t, next.Retry)
	require.False(t, next.RetriedAt.IsZero())
	require.Len(t, next.Outbox, 2)
}

func TestANoticeThatIsCarriedOnIsRetriedWhenItIsAsked(t *testing.T) {
	w := newWorld(t)
	w.noticeRefused = true
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() {
		w.noticeRefused = false
		c.SignalWorkflow(SignalRetry, nil)
		c.SignalWorkflow(SignalRetry, nil)
	}, 90*time.Minute)
	start := c.Now()
	result, err := c.carries(activities.NoticeInput{Address: activities.Address{Conversation: "cnv_1"}, Sequence: 3, MadeAt: start})
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDelivered, result.State)
	require.Equal(t, 90*time.Minute, w.posts[0].At.Sub(start))
	require.Equal(t, []bool{false, true}, w.noticeRetries[len(w.noticeRetries)-2:], "asked twice, tried once")
}

func TestADrainGoesThroughAllThatWaitsTwice(t *testing.T) {
	w := newWorld(t)
	w.drainPages = 3
	c := newChat(t, w)
	start := c.Now()
	var result DrainResult
	c.ExecuteWorkflow(DrainType, DrainInput{Channel: testChannel})
	require.NoError(t, c.GetWorkflowError())
	require.NoError(t, c.GetWorkflowResult(&result))
	require.Equal(t, DrainResult{Retried: 6}, result)
	require.Equal(t, []string{"", "cnv_1", "cnv_2", "", "cnv_1", "cnv_2"}, w.drained)
	require.Equal(t, time.Minute+4*time.Second, c.Now().Sub(start))
}

func TestADrainThatIsAskedAgainBeginsAnew(t *testing.T) {
	w := newWorld(t)
	w.drainPages = 1
	c := newChat(t, w)
	start := c.Now()
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalAgain, nil) }, 10*time.Second)
	c.ExecuteWorkflow(DrainType, DrainInput{Channel: testChannel})
	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.drained, 3, "the first pass, the one that was asked for, and the one after it")
	require.Equal(t, time.Minute+15*time.Second, c.Now().Sub(start))
}

func TestALongDrainGoesOnInANewRun(t *testing.T) {
	w := newWorld(t)
	w.drainPages = 3
	c := newChat(t, w)
	c.SetContinueAsNewSuggested(true)
	c.ExecuteWorkflow(DrainType, DrainInput{Channel: testChannel, Pass: 1, After: "cnv_1", Retried: 4})
	var next DrainInput
	c.continuedWith(&next)
	require.Equal(t, DrainInput{Channel: testChannel, Pass: 1, After: "cnv_2", Retried: 5}, next)
}
