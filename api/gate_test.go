package api

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestGateLetsFewInAndTurnsTheRestAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2, 1, 5*time.Second)
		require.NoError(t, g.enter(t.Context()))
		require.NoError(t, g.enter(t.Context()))

		waiting := make(chan error)
		go func() { waiting <- g.enter(t.Context()) }()
		synctest.Wait()
		require.ErrorIs(t, g.enter(t.Context()), errGateFull, "nobody waits behind a full queue")

		g.leave()
		require.NoError(t, <-waiting, "who waited comes in")

		start := time.Now()
		require.ErrorIs(t, g.enter(t.Context()), errGateFull)
		require.Equal(t, 5*time.Second, time.Since(start), "a wait is bounded")

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, g.enter(gone), context.Canceled)

		g.leave()
		g.leave()
		require.NoError(t, g.enter(t.Context()), "all places are free again")
		require.Len(t, g.queue, 1)
	})
}

func TestCutKeepsWholeCharacters(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"abcd", "abcd"},
		{"abcde", "abcd"},
		{"abcñ", "abc"},
		{"ab€x", "ab"},
		{"😀", "😀"},
		{"a😀", "a"},
		{"\u00f1\u00f1\u00f1", "ññ"},
	} {
		require.Equal(t, tc.want, cutAt(tc.in, 4), tc.in)
	}
}

func TestErrorsAreLoggedWithoutNumbers(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"dial tcp 127.0.0.1:7233: refused", "dial tcp 127.0.0.1:7233: refused"},
		{"workflow conversation:56900000001:ab", "workflow conversation:…:ab"},
		{"56911112222", "…"},
		{"12345 123456 1234567", "12345 … …"},
		{"", ""},
		{"ñ123456ñ", "ñ…ñ"},
	} {
		require.Equal(t, tc.want, maskDigits(tc.in))
	}
}

func TestContactsAreMaskedForOperators(t *testing.T) {
	for in, want := range map[string]string{
		"56911112222": "…2222", "CL.13491208655302741918": "…1918", "1234567": "…", "": "…",
	} {
		require.Equal(t, want, maskContact(in))
	}
}
