package e2e

import (
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// paceTime is for how long the measurement below posts 20 messages a second; 0 leaves it out. It
// says something only on a machine that does nothing else:
//
//	cd devserver && go test ./e2e -run TestPace -v -pace 30s
var paceTime = flag.Duration("pace", 0, "how long 20 messages a second are posted and measured")

const (
	paceEvery    = 50 * time.Millisecond
	paceContacts = 40
)

// TestPace logs the median and the 99th percentile from the POST of a message in an open
// conversation to the delivery of the first reply.
func TestPace(t *testing.T) {
	if *paceTime == 0 {
		t.Skip("a measurement; -pace says for how long")
	}
	isv, hook := newISV(t, nil)
	contact := func(i int) string { return fmt.Sprintf("5695%07d", i%paceContacts) }
	for i := range paceContacts {
		isv.post(t, contact(i), text("hola"))
	}
	hook.awaitThat(t, time.Minute, func() bool { return distinct(hook.taken()) >= 2*paceContacts })

	posted := map[string]time.Time{}
	var posts sync.WaitGroup
	tick := time.NewTicker(paceEvery)
	defer tick.Stop()
	for i := range int(*paceTime / paceEvery) {
		m := text("otra cosa")
		body := webhookBody(t, isv.value(contact(i), m))
		posted[m.id] = <-tick.C
		posts.Go(func() { isv.repost(t, isv.api, body) })
	}
	posts.Wait()
	hook.awaitThat(t, time.Minute, func() bool { return len(answered(hook, posted)) == len(posted) })

	took := answered(hook, posted)
	slices.Sort(took)
	t.Logf("%d messages, from POST to delivery: p50 %s, p99 %s",
		len(took), took[len(took)/2].Round(100*time.Microsecond), took[len(took)*99/100].Round(100*time.Microsecond))
}

// answered says how long each message took that has a reply.
func answered(hook *receiver, posted map[string]time.Time) []time.Duration {
	first := map[string]time.Time{}
	for _, d := range hook.taken() {
		if at, ok := first[d.InReplyTo]; !ok || d.At.Before(at) {
			first[d.InReplyTo] = d.At
		}
	}
	var took []time.Duration
	for id, at := range posted {
		if reply, ok := first[id]; ok {
			took = append(took, reply.Sub(at))
		}
	}
	return took
}
