package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// setDelivery switches between "push" and "pull".
func (c *tenant) setDelivery(t *testing.T, how string) {
	t.Helper()
	status, body := c.call(t, http.MethodPatch, c.api+"/webhooks/outbound", encode(t, map[string]string{"waId": c.waID, "delivery": how}))
	require.Equal(t, http.StatusOK, status, body)
}

// newPuller makes a tenant that pulls, and has no webhook.
func newPuller(t *testing.T) *tenant {
	t.Helper()
	c := newTenant(t)
	c.setDelivery(t, "pull")
	return c
}

// next pulls one message of an API process; false if none came within the wait.
func (c *tenant) next(ctx context.Context, api string, wait int) (d delivery, found bool, err error) {
	status, body, err := c.try(ctx, http.MethodGet, fmt.Sprintf("%s/deliveries/next?channel=%s&wait=%d", api, c.waID, wait), nil)
	switch {
	case err != nil:
		return d, false, err
	case status == http.StatusNoContent:
		return d, false, nil
	case status != http.StatusOK:
		return d, false, fmt.Errorf("status %d: %s", status, body)
	}
	var got struct {
		Headers map[string]string
		Body    string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		return d, false, err
	}
	h := got.Headers
	sequence, _ := strconv.Atoi(h["chattigo-sequence"])
	attempt, _ := strconv.Atoi(h["chattigo-attempt"])
	return delivery{
		At: time.Now(), ID: h["webhook-id"], Conversation: h["chattigo-conversation"], WaID: h["chattigo-wa-id"],
		Contact: h["chattigo-contact"], InReplyTo: h["chattigo-in-reply-to"], Sequence: sequence, Attempt: attempt,
		Type: h["content-type"], Body: got.Body, Status: byPull,
	}, true, nil
}

// ack acknowledges a message, with the id that Meta is said to have given to it.
func (c *tenant) ack(ctx context.Context, api, id string) error {
	answer := []byte(`{"messages":[{"id":"wamid.of.` + id + `"}]}`)
	status, body, err := c.try(ctx, http.MethodPost, api+"/deliveries/"+id+"/ack", answer)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", status, body)
	}
	return err
}

// pull takes the next n messages, one after the other.
func (c *tenant) pull(t *testing.T, n int) (all []delivery) {
	t.Helper()
	for len(all) < n {
		d, found, err := c.next(t.Context(), c.api, 20)
		require.NoError(t, err)
		require.True(t, found, "no message after %d", len(all))
		all = append(all, d)
		require.NoError(t, c.ack(t.Context(), c.api, d.ID))
	}
	return all
}

func (c *tenant) requireNothingToPull(t *testing.T) {
	t.Helper()
	_, found, err := c.next(t.Context(), c.api, 0)
	require.NoError(t, err)
	require.False(t, found)
}

func TestAConversationIsPulledFromHelloToNotice(t *testing.T) {
	t.Parallel()
	isv := newPuller(t)
	hello := text("hola")
	isv.post(t, ana, hello)
	isv.post(t, ana, text("horario"), text("salir"))

	got := isv.pull(t, 6)
	conversation := requireInOrder(t, got)
	require.True(t, got[5].isNotice(), got[5].Body)
	require.Equal(t, hello.id, got[0].InReplyTo)
	isv.requireNothingToPull(t)
	end := isv.awaitEnd(t, ana)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, end.status)
	require.True(t, eventually(t, soon, func() bool {
		notice, err := shared.temporal.DescribeWorkflowExecution(t.Context(), workflows.NoticeID(conversation), "")
		return err == nil && notice.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}), "the notice's workflow did not end")
	keepHistory(t, "pulled", isv.workflowID(ana), end.runID)
	for _, d := range got {
		row, err := shared.store.Delivery(t.Context(), d.ID)
		require.NoError(t, err)
		require.Equal(t, store.DeliveryDelivered, row.State)
		require.Equal(t, "wamid.of."+d.ID, row.WAMID, "statuses of WhatsApp find the message by it")
		require.Equal(t, d.Body, string(row.Body))
	}
}

// One puller dies with a message in its hands: the other gets it when the lease is over, and the conversation
// goes on in order. No two have a message at the same time.
func TestTwoPullersShareAChannelAndOneDies(t *testing.T) {
	t.Parallel()
	isv := newPuller(t)
	const contacts = 4
	for n := range contacts {
		isv.post(t, "5692222000"+strconv.Itoa(n), text("hola"), text("horario"))
	}
	lost, found, err := isv.next(t.Context(), shared.otherAPI, 20)
	require.NoError(t, err)
	require.True(t, found)

	var mu sync.Mutex
	var taken []delivery
	inHands := map[string]bool{}
	puller := func() error {
		for {
			d, found, err := isv.next(t.Context(), shared.otherAPI, int(3*shortLease/time.Second))
			if err != nil || !found {
				return err
			}
			mu.Lock()
			if inHands[d.Conversation] {
				err = fmt.Errorf("conversation %s is in two hands", d.Conversation)
			}
			inHands[d.Conversation] = true
			mu.Unlock()
			if err != nil {
				return err
			}
			mu.Lock()
			taken, inHands[d.Conversation] = append(taken, d), false // before the next can be handed out
			mu.Unlock()
			if err := isv.ack(t.Context(), shared.otherAPI, d.ID); err != nil {
				return err
			}
		}
	}
	ended := make(chan error, 2)
	for range 2 {
		go func() { ended <- puller() }()
	}
	for range 2 {
		require.NoError(t, <-ended)
	}
	require.Len(t, fresh(t, taken), len(taken), "nothing was handed out twice but what was lost")
	for n := range contacts {
		requireInOrder(t, of(taken, "5692222000"+strconv.Itoa(n)))
	}
	again := slices.IndexFunc(taken, func(d delivery) bool { return d.ID == lost.ID })
	require.GreaterOrEqual(t, again, 0)
	require.Equal(t, lost.Attempt+1, taken[again].Attempt)
	require.Equal(t, lost.Body, taken[again].Body)
	require.GreaterOrEqual(t, taken[again].At.Sub(lost.At), shortLease-100*time.Millisecond)
}

// pullAll takes everything until it is told to stop, and then what is left.
func (c *tenant) pullAll(ctx context.Context, into *receiver, stop <-chan struct{}) error {
	for {
		d, found, err := c.next(ctx, c.api, 1)
		stopped := false
		select {
		case <-stop:
			stopped = true
		default:
		}
		switch {
		case err != nil && isPushed(err): // the channel is pushed now
		case err != nil:
			return err
		case found:
			into.mu.Lock()
			into.arrived = append(into.arrived, d)
			into.mu.Unlock()
			if err := c.ack(ctx, c.api, d.ID); err != nil {
				return err
			}
			continue
		}
		if stopped {
			return nil
		}
	}
}

func isPushed(err error) bool { return strings.HasPrefix(err.Error(), "status 409") }

// byPull marks what was pulled, in the place of the status that was answered.
const byPull = http.StatusAccepted

// A channel is switched back and forth while its contacts write: each message arrives once, in order, this
// way or the other.
func TestSwitchingLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, func(ctx context.Context, _ delivery) int {
		select {
		case <-time.After(50 * time.Millisecond): // so that switches meet attempts
		case <-ctx.Done():
		}
		return http.StatusOK
	})
	stop, pulling := make(chan struct{}), make(chan error, 2)
	for range 2 {
		go func() { pulling <- isv.pullAll(t.Context(), hook, stop) }()
	}
	const contacts, rounds = 5, 4
	contact := func(n int) string { return "5692222000" + strconv.Itoa(n) }
	for round := range 2 * rounds {
		isv.setDelivery(t, []string{"pull", "push"}[round%2])
		for n := range contacts {
			isv.post(t, contact(n), text("hola"))
		}
	}
	isv.setDelivery(t, "pull")
	for n := range contacts {
		isv.post(t, contact(n), text("salir"))
	}
	notices := func() (count int) {
		for _, d := range hook.taken() {
			if d.isNotice() {
				count++
			}
		}
		return count
	}
	hook.awaitThat(t, 100*time.Second, func() bool { return notices() == contacts })
	close(stop)
	for range 2 {
		require.NoError(t, <-pulling)
	}
	require.Len(t, fresh(t, hook.taken()), len(hook.taken()), "nothing came twice")
	pulled := len(slices.DeleteFunc(hook.taken(), func(d delivery) bool { return d.Status != byPull }))
	require.Greater(t, pulled, contacts)
	require.Greater(t, len(hook.taken())-pulled, contacts)
	for n := range contacts {
		got := of(hook.taken(), contact(n))
		require.True(t, got[len(got)-1].isNotice())
		requireInOrder(t, got)
		require.Greater(t, len(got), 2*rounds)
	}
	query := url.Values{"channel": {isv.waID}, "state": {"waiting"}}
	_, left := isv.call(t, http.MethodGet, isv.api+"/deliveries?"+query.Encode(), nil)
	require.JSONEq(t, `{"deliveries":[]}`, left)
}
