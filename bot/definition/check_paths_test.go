package definition_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// chain is a bot of states that lead to each other, each saying some messages, with a
// question at the end.
func chain(top string, states, messages int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "bot: v1\nname: chain\nstart: s1\n%s\nstates:\n", top)
	for i := 1; i < states; i++ {
		fmt.Fprintf(&b, "  s%d: {goto: s%d%s}\n", i, i+1, said(messages))
	}
	fmt.Fprintf(&b, "  s%d: {close: {reason: done}%s}\n", states, said(messages))
	return b.String()
}

func said(n int) string {
	if n == 0 {
		return ""
	}
	return ", say: [" + strings.TrimSuffix(strings.Repeat("hey, ", n), ", ") + "]"
}

func TestLongChainsAreWarnedOf(t *testing.T) {
	b := load(t, chain("", 51, 0))
	require.Len(t, b.Warnings(), 1)
	require.Equal(t, definition.CodeLongChain, b.Warnings()[0].Code)
	require.Empty(t, load(t, chain("", 50, 0)).Warnings())
	require.Empty(t, load(t, chain("", 2, 10)).Warnings())
	require.Equal(t, definition.CodeLongChain, load(t, chain("", 3, 10)).Warnings()[0].Code)
}
