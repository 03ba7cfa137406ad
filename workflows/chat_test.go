package workflows

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// session is one workflow of the test environment in this world.
type session struct {
	*testsuite.TestWorkflowEnvironment
	t require.TestingT
	w *world
	n int
	// watch sees breaches of rule 2: see executor_test.go.
	watch *taskWatch
}

func newChat(t require.TestingT, w *world) *session {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(20 * time.Second)
	watch := &taskWatch{}
	env.SetWorkerOptions(worker.Options{
		DeadlockDetectionTimeout: 10 * time.Second, // with the race detector
		Interceptors:             []interceptor.WorkerInterceptor{watch},
	})
	env.SetStartTime(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
	env.RegisterWorkflowWithOptions(Conversation, workflow.RegisterOptions{Name: ConversationType})
	env.RegisterWorkflowWithOptions(Notice, workflow.RegisterOptions{Name: NoticeType})
	env.RegisterWorkflowWithOptions(Drain, workflow.RegisterOptions{Name: DrainType})
	env.RegisterWorkflowWithOptions(Events, workflow.RegisterOptions{Name: EventsType})
	env.RegisterWorkflowWithOptions(Recovery, workflow.RegisterOptions{Name: RecoveryType})
	env.RegisterWorkflowWithOptions(Sweep, workflow.RegisterOptions{Name: SweepType})
	env.RegisterWorkflowWithOptions(Replay, workflow.RegisterOptions{Name: ReplayType})
	env.RegisterActivity(w)
	w.mu.Lock() // an activity that was called off may still be at work
	w.now = func() time.Time { return env.Now().UTC() }
	w.mu.Unlock()
	return &session{TestWorkflowEnvironment: env, t: t, w: w, watch: watch}
}

// says signals one text message after a delay from the start.
func (c *session) says(after time.Duration, text string) string {
	c.n++
	id := "wamid." + strconv.Itoa(c.n)
	c.signals(after, text, id)
	return id
}

func (c *session) signals(after time.Duration, text, id string) {
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, c.envelope(text, id)) }, after)
}

func (c *session) envelope(text, id string) Envelope {
	now := c.Now().UTC()
	body := fmt.Sprintf(`{"from":%q,"id":%q,"timestamp":"%d","type":"text","text":{"body":%q}}`, testContact, id, now.Unix(), text)
	return Envelope{At: now, Bot: c.w.hash, Messages: []Inbound{{ID: id, Type: "text", Timestamp: now.Unix(), Message: json.RawMessage(body)}}}
}

func (c *session) run(in ConversationInput) {
	in.Channel, in.WaID = testChannel, testContact
	c.ExecuteWorkflow(ConversationType, in)
}

// ExecuteWorkflow runs a workflow to its end, and looks whether it kept rule 2.
func (c *session) ExecuteWorkflow(workflowType string, in any) {
	c.TestWorkflowEnvironment.ExecuteWorkflow(workflowType, in)
	require.True(c.t, c.IsWorkflowCompleted())
	require.Empty(c.t, c.watch.breaches)
}

// carriedOn is the input of the next run.
func (c *session) carriedOn() ConversationInput {
	var in ConversationInput
	c.continuedWith(&in)
	return in
}

// continuedWith reads the input of the next run.
func (c *session) continuedWith(in any) {
	var next *workflow.ContinueAsNewError
	require.ErrorAs(c.t, c.GetWorkflowError(), &next)
	require.NoError(c.t, converter.GetDefaultDataConverter().FromPayloads(next.Input, in))
}
