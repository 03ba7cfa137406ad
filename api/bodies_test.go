package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAnnouncedBodySetsAsideLittleUntilItComes(t *testing.T) {
	t.Parallel()
	body, err := readAll(strings.NewReader("{}"), maxWebhook)
	require.NoError(t, err)
	require.Equal(t, "{}", string(body))
	require.Less(t, cap(body), 2*firstRead)
}

func TestBodiesThatAreHeldAreBoundedByAccountAndTogether(t *testing.T) {
	t.Parallel()
	var all bodies
	read := func(account string, bytes int) (*heldBody, error) {
		held := &heldBody{of: &all, account: account}
		_, err := readAll(countedBody{strings.NewReader(strings.Repeat("x", bytes)), held}, int64(bytes))
		return held, err
	}
	var others []*heldBody
	for _, account := range []string{"b", "c", "d"} {
		held, err := read(account, maxOwnBodies)
		require.NoError(t, err)
		others = append(others, held)
	}
	own, err := read("a", maxOwnBodies-1000)
	require.NoError(t, err)

	held, err := read("a", 2000)
	require.Equal(t, http.StatusTooManyRequests, asError(err).Status, "more than an account may hold")
	held.giveBack()
	held, err = read("e", 2000)
	require.Equal(t, http.StatusServiceUnavailable, asError(err).Status, "more than all may hold")
	held.giveBack()

	own.giveBack()
	own.giveBack() // a second time changes nothing
	held, err = read("a", maxOwnBodies)
	require.NoError(t, err)
	for _, one := range append(others, held) {
		one.giveBack()
	}
	require.Zero(t, all.held)
	require.Empty(t, all.owned)
}
