package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestInterruptedProcessEndsInOrderAndGoesOnLater(t *testing.T) {
	t.Parallel()
	const late = "56922220002" // writes when the process is about to end
	hook := newReceiver(t, nil)
	server := newServer(t)
	server.start(t)
	isv := server.demo(t, hook)
	isv.post(t, ana, text("hola"))
	before := hook.await(t, 2, soon)
	conversation := requireInOrder(t, before)
	hello := text("hola")
	isv.post(t, late, hello)

	server.interrupt(t, 10*time.Second)
	server.start(t)
	hours := text("horario")
	isv.post(t, ana, hours)

	hook.awaitThat(t, time.Minute, func() bool {
		taken := hook.taken()
		return distinct(of(taken, ana)) >= 4 && distinct(of(taken, late)) >= 2
	})
	hook.requireSilence(t)
	got := fresh(t, of(hook.taken(), ana))
	require.Len(t, got, 4)
	require.Equal(t, conversation, requireInOrder(t, got), "another conversation was opened")
	requireAnswered(t, []message{hours}, got[2:])
	said := fresh(t, of(hook.taken(), late))
	require.Len(t, said, 2)
	requireInOrder(t, said)
	requireAnswered(t, []message{hello}, said)
}
