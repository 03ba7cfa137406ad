package activities

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/webhook/webhooktest"
)

// oneRow is a database with one channel and one message that waits.
type oneRow struct {
	Store
	row store.Delivery
	url string
}

func (s oneRow) Channel(context.Context, string) (store.Channel, error) {
	return store.Channel{WaID: channel, WebhookURL: s.url}, nil
}
func (s oneRow) Delivery(context.Context, string) (store.Delivery, error) { return s.row, nil }
func (s oneRow) ClaimDelivery(context.Context, string, time.Time, time.Time) (store.Delivery, error) {
	return s.row, nil
}
func (s oneRow) Park(context.Context, []store.Delivery) error { return nil }

func (s oneRow) RecordAttempt(_ context.Context, _ store.Attempt, o store.Outcome) (store.Delivery, error) {
	row := s.row
	row.State, row.LastError, row.NextTry = o.State, o.LastError, o.NextTry
	row.Attempts++
	return row, nil
}

const (
	// faultTimeout is what an attempt may take here, faultGrace what its activity may take beside, on
	// a machine that does much else: what holds an activity holds it for ever.
	faultTimeout = 300 * time.Millisecond
	faultGrace   = 20 * time.Second
)

// Whatever a webhook or an API of a bot's does, the activity that meets it ends, and its slot is
// free again: without that three contacts of one tenant take all others down in an hour.
func TestNoFaultHoldsAnActivity(t *testing.T) {
	t.Parallel()
	for _, fault := range webhooktest.Faults() {
		a, row := facing(t, fault)
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			call := CallInput{Address: address(), Call: bot.Call{
				ID: "call_1", Method: "POST", URL: "https://" + faultHost, Body: row.Body, Timeout: faultTimeout,
			}}
			turn := DeliverInput{Address: address(), Messages: []Outgoing{{Send: chat.Send{ID: "msg_1", Body: row.Body}, Sequence: 1}}}
			notice := NoticeInput{Address: address(), Sequence: 2, MadeAt: time.Now()}
			ended := make(chan struct{}, 4)
			for _, one := range []struct{ activity, input any }{
				{a.Deliver, turn}, {a.DeliverSlow, SlowInput{ID: row.ID}}, {a.Notice, notice}, {a.Call, call},
			} {
				env := quietEnvironment()
				env.RegisterActivity(one.activity)
				go func() {
					_, _ = env.ExecuteActivity(one.activity, one.input) // fails, mostly
					ended <- struct{}{}
				}()
			}
			for range 4 {
				select {
				case <-ended:
				case <-time.After(faultTimeout + faultGrace):
					require.Fail(t, "an activity does not end")
				}
			}
		})
	}
}

const faultHost = "hooks.example.com"

// facing are activities for which there is one server, and a message that waits for it.
func facing(t *testing.T, fault webhooktest.Fault) (*Activities, store.Delivery) {
	t.Helper()
	server := fault.Start(t, faultHost)
	network := server.Redirect(webhook.NewGuard())
	poster, caller := webhook.NewClient("test", network), webhook.NewCaller("test", network)
	t.Cleanup(poster.Close)
	t.Cleanup(caller.Close)
	row := store.Delivery{
		ID: "msg_1", Channel: channel, Conversation: ours, Kind: replyKind, Sequence: 1,
		Body: []byte(`"` + strings.Repeat("x", fault.Body) + `"`), MadeAt: time.Now(), State: store.DeliveryWaiting,
	}
	a := New(Parts{
		Store: oneRow{row: row, url: server.Base}, Poster: poster, Caller: caller, Log: slog.New(slog.DiscardHandler),
	})
	a.limits.fastAttempt, a.limits.slowAttempt = faultTimeout, faultTimeout
	return a, row
}

func quietEnvironment() *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(slog.New(slog.DiscardHandler))
	return suite.NewTestActivityEnvironment()
}
