package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// runsOf lists which run each signal was for; "" where a run may have been started.
func (f *fixture) runsOf() []string {
	var runs []string
	for _, s := range f.temporal.all() {
		runs = append(runs, s.run)
	}
	return runs
}

func TestOnlyTheFirstMessageIsSentWithAStart(t *testing.T) {
	f := setUp(t)
	for _, id := range []string{"a", "b", "c"} {
		require.Equal(t, http.StatusOK, f.post(t, inboundOf(text(id, "56911112222", "hola"))).Code)
	}
	require.Equal(t, http.StatusOK, f.post(t, inboundOf(text("d", "56911113333", "hola"))).Code)
	require.Equal(t, []string{"", "run 1", "run 1", ""}, f.runsOf())
}

func TestAMessageAfterTheEndOfARunStartsTheNext(t *testing.T) {
	f := setUp(t)
	require.Equal(t, http.StatusOK, f.post(t, inboundOf(text("a", "56911112222", "hola"))).Code)
	f.temporal.endAll()
	for _, id := range []string{"b", "c"} {
		require.Equal(t, http.StatusOK, f.post(t, inboundOf(text(id, "56911112222", "hola"))).Code)
	}
	require.Equal(t, []string{"", "", "run 2"}, f.runsOf())
	require.Equal(t, []string{"a", "b", "c"}, f.temporal.ids())
}

// A signal that failed may have been stored, and the run may be open: nothing is started in its place.
func TestAFailedSignalIsNotTakenForTheEndOfARun(t *testing.T) {
	f := setUp(t)
	require.Equal(t, http.StatusOK, f.post(t, inboundOf(text("a", "56911112222", "hola"))).Code)
	var tried []string
	f.temporal.fail = func(s signal) error {
		tried = append(tried, s.run)
		return errTemporal
	}
	require.Equal(t, http.StatusServiceUnavailable, f.post(t, inboundOf(text("b", "56911112222", "hola"))).Code)
	require.Equal(t, []string{"run 1"}, tried)
	f.temporal.fail = nil
	require.Equal(t, http.StatusOK, f.post(t, inboundOf(text("b", "56911112222", "hola"))).Code)
	require.Equal(t, []string{"", "run 1"}, f.runsOf())
}
