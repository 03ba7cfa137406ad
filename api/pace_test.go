package api

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// signalTimes is a Temporal that takes everything, and writes down when.
type signalTimes struct {
	Signaler

	began time.Time
	bytes map[time.Duration]int
}

// onlyRun is a run of every conversation.
type onlyRun struct{ client.WorkflowRun }

func (onlyRun) GetRunID() string { return "run" }

func (s *signalTimes) SignalWithStartWorkflow(
	_ context.Context, _, _ string, arg any, _ client.StartWorkflowOptions, _ any, _ ...any,
) (client.WorkflowRun, error) {
	envelope, ok := arg.(workflows.Envelope)
	if !ok {
		return nil, fmt.Errorf("unexpected signal %T", arg)
	}
	s.bytes[time.Since(s.began)] += sizeOf(envelope)
	return onlyRun{}, nil
}

func (s *signalTimes) SignalWorkflow(ctx context.Context, id, _, name string, arg any) error {
	_, err := s.SignalWithStartWorkflow(ctx, id, name, arg, client.StartWorkflowOptions{}, nil)
	return err
}

func paced() (*conversations, *signalTimes) {
	taken := &signalTimes{began: time.Now(), bytes: map[time.Duration]int{}}
	c := newConversations(Deps{Temporal: taken, StarterBot: "starter"})
	c.botNames.values.Set("starter", "starter", ttlcache.DefaultTTL)
	return c, taken
}

// backlog is as many messages of one contact, of 100 KiB each.
func backlog(contact string, messages int) *group {
	g := &group{channel: store.Channel{WaID: "1"}, with: person{key: contact, waID: contact}}
	for i := range messages {
		in := workflows.Inbound{ID: fmt.Sprint(contact, i), Message: bytes.Repeat([]byte("x"), 100<<10)}
		g.messages = append(g.messages, sized{Inbound: in, size: len(in.Message)})
	}
	return g
}

// A workflow task fails when 2 MiB of signals come while it is under way.
func TestAConversationIsSignalledAsFastAsItTakesMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, taken := paced()
		require.NoError(t, c.deliver(t.Context(), []*group{backlog("569", 40)}, time.Now()))
		require.InDelta(t, 7, time.Since(taken.began).Seconds(), 1)
		for at := range taken.bytes {
			inASecond := 0
			for other, n := range taken.bytes {
				if other >= at && other < at+time.Second {
					inASecond += n
				}
			}
			require.LessOrEqual(t, inASecond, paceBurst+paceRate)
		}
	})
}

// The next POST for it is refused where it would have to wait for too long; others are not held up.
func TestMoreThanAConversationTakesIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, taken := paced()
		ctx, cancel := context.WithTimeout(t.Context(), postWait)
		defer cancel()
		require.ErrorContains(t, c.deliver(ctx, []*group{backlog("569", 200)}, time.Now()), "more than it can take")
		require.Less(t, time.Since(taken.began), postWait)
		began := time.Now()
		require.NoError(t, c.deliver(t.Context(), []*group{backlog("570", 4)}, time.Now()))
		require.Zero(t, time.Since(began))
	})
}
