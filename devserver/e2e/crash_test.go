package e2e

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Contacts of the crash, each at another awkward moment when the process is killed.
const (
	// The turn's first reply was taken, its second is on the wire, and one message more is
	// waiting: the workflow task will be repeated with two messages.
	duringTurn = "56922220001"
	// The message was answered with 200 a moment ago.
	justAccepted = "56922220002"
	// A reply waits in the ledger for its next attempt.
	inBackoff = "56922220003"
	// The closing reply is on the wire, and one message more is waiting.
	duringClosingReply = "56922220004"
	// The notice is on the wire, and one message more is waiting.
	duringNotice = "56922220005"
)

// It takes most of a minute, as a slow delivery that is cut short is missed after 45 s.
func TestKilledProcessGoesOnWhereItStood(t *testing.T) {
	t.Parallel()
	revived := newGate()
	hook := newReceiver(t, clumsyISV(revived))
	server := newServer(t)
	server.start(t)
	isv := server.demo(t, hook)

	accepted := map[string][]message{}
	send := func(contact string, m message) {
		accepted[contact] = append(accepted[contact], m)
		isv.post(t, contact, m)
	}
	arrived := func(contact, said string) {
		hook.awaitThat(t, soon, func() bool {
			for _, d := range of(hook.all(), contact) {
				if strings.Contains(d.said(), said) {
					return true
				}
			}
			return false
		})
	}
	for _, contact := range []string{duringNotice, duringClosingReply} {
		send(contact, text("hola"))
		arrived(contact, "¿Qué necesitas?")
	}
	send(inBackoff, text("hola"))
	hook.awaitThat(t, soon, func() bool { return len(of(hook.all(), inBackoff)) == 2 })
	send(duringNotice, text("salir"))
	arrived(duringNotice, closeNotice)
	send(duringNotice, text("horario"))
	send(duringClosingReply, text("salir"))
	arrived(duringClosingReply, "Gracias por escribirnos")
	send(duringTurn, text("hola"))
	arrived(duringTurn, "¿Qué necesitas?")
	send(duringClosingReply, text("horario"))
	send(duringTurn, text("horario"))
	send(justAccepted, text("hola"))

	server.kill()
	revived.open()
	server.start(t)

	want := map[string]int{duringTurn: 4, justAccepted: 2, inBackoff: 2, duringClosingReply: 6, duringNotice: 6}
	awaitSaid(t, hook, want, 80*time.Second)
	// Nobody has sent anything again yet: what was accepted is answered from what was kept.
	for contact, messages := range accepted {
		requireAnswered(t, messages, of(hook.taken(), contact))
	}
	for contact, messages := range accepted {
		isv.post(t, contact, messages...) // as an ISV does that was not sure
	}
	hook.requireSilence(t)
	// A conversation takes its messages in order: when this one is answered, the repeats
	// before it have been looked at.
	for contact := range accepted {
		send(contact, text("salir"))
		want[contact] += 2
	}
	awaitSaid(t, hook, want, soon)
	hook.requireSilence(t)

	fresh(t, hook.all()) // repeats are the same bytes, also those that were not taken
	greeting := of(hook.taken(), duringTurn)[0]
	require.Len(t, hook.attempts(greeting.ID), 2, "the killed turn was not repeated: the test missed its moment")
	for contact, n := range want {
		said := fresh(t, of(hook.taken(), contact))
		require.Len(t, said, n, contact)
		requireAnswered(t, accepted[contact], said)
		for _, conversation := range apart(said) {
			requireInOrder(t, conversation)
			requireNothingAfterNotice(t, of(hook.all(), contact), conversation)
		}
	}
	require.GreaterOrEqual(t, len(hook.attempts(noticeOnTheWire(hook).ID)), 2, "the notice that was on the wire is posted again, under its webhook-id")
	require.Len(t, apart(fresh(t, of(hook.taken(), duringClosingReply))), 2)
	require.Len(t, apart(fresh(t, of(hook.taken(), duringNotice))), 2)
	t.Logf("%d POSTs reached the webhook for %d messages", len(hook.all()), distinct(hook.all()))
}

// noticeOnTheWire is the notice that was being posted when the service was killed.
func noticeOnTheWire(hook *receiver) delivery {
	posted := of(hook.all(), duringNotice)
	return posted[slices.IndexFunc(posted, delivery.isNotice)]
}

// clumsyISV takes nothing that would let a contact's awkward moment pass, until the service
// has been killed; then it takes everything.
func clumsyISV(revived gate) answer {
	return func(ctx context.Context, d delivery) int {
		select {
		case <-revived.opened:
			return http.StatusOK
		default:
		}
		switch {
		case d.Contact == inBackoff:
			return http.StatusInternalServerError
		case d.Contact == duringTurn && d.Sequence == 2,
			d.Contact == duringClosingReply && d.Sequence == 3,
			d.Contact == duringNotice && d.isNotice():
			<-ctx.Done()
		}
		return http.StatusOK
	}
}

// awaitSaid waits until every contact was sent at least so many messages.
func awaitSaid(t *testing.T, hook *receiver, want map[string]int, within time.Duration) {
	t.Helper()
	hook.awaitThat(t, within, func() bool {
		taken := hook.taken()
		for contact, n := range want {
			if distinct(of(taken, contact)) < n {
				return false
			}
		}
		return true
	})
}

// distinct counts webhook-ids.
func distinct(deliveries []delivery) int {
	ids := map[string]bool{}
	for _, d := range deliveries {
		ids[d.ID] = true
	}
	return len(ids)
}

// requireAnswered demands that every message has a reply of its own.
func requireAnswered(t *testing.T, messages []message, said []delivery) {
	t.Helper()
	answered := map[string]bool{}
	for _, d := range said {
		answered[d.InReplyTo] = true
	}
	for _, m := range messages {
		require.True(t, answered[m.id], "a message of %s was not answered", said[0].Contact)
	}
}

// apart sorts the deliveries of a contact by conversation, in order of appearance.
func apart(deliveries []delivery) [][]delivery {
	var found [][]delivery
	place := map[string]int{}
	for _, d := range deliveries {
		at, known := place[d.Conversation]
		if !known {
			at = len(found)
			place[d.Conversation] = at
			found = append(found, nil)
		}
		found[at] = append(found[at], d)
	}
	return found
}

// requireNothingAfterNotice looks at every POST of a conversation, also at repeats.
func requireNothingAfterNotice(t *testing.T, all, conversation []delivery) {
	t.Helper()
	over := false
	for _, d := range all {
		if d.Conversation != conversation[0].Conversation {
			continue
		}
		require.False(t, over && !d.isNotice(), "after the notice came %q", d.said())
		over = over || d.isNotice()
	}
}
