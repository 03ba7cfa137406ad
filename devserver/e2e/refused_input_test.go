package e2e

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is refused must not have been kept, not even in part. A good message at the end
// proves that the counting works.
func TestBadInputNeverReachesTemporal(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	stranger := newTenant(t)
	unknown := &tenant{waID: "56999999999", phoneNumberID: "999999999999999"}
	nobody := &tenant{api: isv.api}
	forged := &tenant{api: isv.api, token: isv.token + "x"}
	good := isv.value(ana, text("hola"))
	whole := webhookBody(t, good)

	for _, c := range []struct {
		name   string
		as     *tenant
		body   []byte
		status int
		answer string
	}{
		{"broken JSON", isv, whole[:len(whole)-2], 400, ""},
		{"no body", isv, nil, 400, ""},
		{"JSON that is no webhook", isv, []byte(`{"hello":"world"}`), 400, ""},
		{"5 MB", isv, append(bytes.Repeat([]byte(" "), 5<<20), whole...), 413, ""},
		{"no token", nobody, whole, 401, `{"message":"token up for parsing was not passed through the header. Please read the API documentation at https://development.chattigo.com"}`},
		{"forged token", forged, whole, 401, `{"message":"JWT was invalid"}`},
		{"another account's channel", stranger, whole, 401, `{"message":"unauthorized Access"}`},
		{
			"a known channel and an unknown one", isv, webhookBody(t, good, unknown.value(ana, text("hola"))),
			400, `{"message":"unsupported get request. Object with ID '999999999999999' does not exist"}`,
		},
		{
			"one's own channel and another account's", isv, webhookBody(t, good, stranger.value(ana, text("hola"))),
			401, `{"message":"unauthorized Access"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answered := c.as.call(t, http.MethodPost, c.as.api+"/webhooks/inbound", c.body)
			require.Equal(t, c.status, status, answered)
			require.Contains(t, answered, `{"message":"`)
			if c.answer != "" {
				require.Equal(t, c.answer, answered)
			}
		})
	}

	const other = "56922220009"
	isv.post(t, other, text("hola"))
	hook.await(t, 2, soon)
	require.True(t, eventually(t, soon, func() bool { return countWorkflows(t, isv.waID) > 0 }))
	hook.requireSilence(t)
	require.EqualValues(t, 1, countWorkflows(t, isv.waID))
	require.EqualValues(t, 0, countWorkflows(t, stranger.waID))
	require.Len(t, of(hook.all(), other), len(hook.all()))
	_, err := shared.temporal.DescribeWorkflowExecution(t.Context(), isv.workflowID(ana), "")
	require.ErrorContains(t, err, "not found")
}
