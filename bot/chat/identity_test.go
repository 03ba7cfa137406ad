package chat

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIdentityDependsOnEveryPart(t *testing.T) {
	t.Parallel()
	id := MessageID("c", "m", 1, []byte("b"))
	require.Equal(t, "msg_53543a0b103036d06a830a08f4fa35e9", id, "open histories hold such ids: it never changes")
	for _, other := range []string{
		MessageID("d", "m", 1, []byte("b")), MessageID("c", "n", 1, []byte("b")), MessageID("c", "m", 2, []byte("b")),
		MessageID("c", "m", 1, []byte("d")), MessageID("cm", "", 1, []byte("b")), MessageID("c", "m", 11, []byte("")),
	} {
		require.NotEqual(t, id, other)
	}
	require.Equal(t, "timer:idle/1/0@1773147600000", timerCause("idle/1/0", opened()))
}
