package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// failingCurl makes curl fail where it is answered with an error.
const failingCurl = `curl() { command curl --fail-with-body "$@"; }; `

// TestTheRequestsOfTheGuidesAreTaken runs the curl lines of the guides for ISVs, from the top to the
// bottom, against the service: each is answered with what is asked for, and not with an error.
func TestTheRequestsOfTheGuidesAreTaken(t *testing.T) {
	for _, name := range []string{"guia-isv.md", "guide-isv.md"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			sh := newShell(t, s)
			s.park(t, "msg_guide")
			webhook := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"100000000000000"},` +
				`"messages":[{"from":"56911112222","id":"wamid.1","timestamp":"1773144000","type":"text","text":{"body":"Hola"}}]}}]}]}`
			require.NoError(t, os.WriteFile(filepath.Join(sh.dir, "webhook.json"), []byte(webhook), 0o600))
			filled := strings.NewReplacer(`"password":"…"`, `"password":"`+sitePassword+`"`, "msg_…", "msg_guide", "wait=30s", "wait=0s", "wamid.…", "wamid.1")
			count := 0
			for _, block := range docsBlock.FindAllStringSubmatch(page(t, name), -1) {
				if block[1] != "sh" || !strings.HasPrefix(block[2], "curl") {
					continue
				}
				for script := range strings.SplitSeq(strings.ReplaceAll(block[2], "\\\n", ""), "\n") {
					if script == "" {
						continue
					}
					said, err := sh.run(t, failingCurl+filled.Replace(script), "", "TOKEN="+s.token(t, "acme"))
					require.NoError(t, err, "%s\n%s", script, said)
					count++
				}
			}
			require.GreaterOrEqual(t, count, 9)
			require.Len(t, s.temporal.took, 1, "the webhook was forwarded")
		})
	}
}

// park puts a message into the ledger of acme's channel, as if its webhook had not taken it.
func (s *service) park(t *testing.T, id string) {
	t.Helper()
	at := time.Date(2026, 3, 10, 11, 59, 0, 0, time.UTC)
	require.NoError(t, s.store.Park(t.Context(), []store.Delivery{{
		ID: id, Channel: docsChannel, Conversation: "cnv_guide", WorkflowID: "conversation:guide", Contact: "56911112222",
		Sequence: 1, Kind: "reply", Body: []byte(`{"type":"text"}`), MadeAt: at, State: store.DeliveryWaiting, UpdatedAt: at,
	}}))
}
