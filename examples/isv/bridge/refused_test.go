package bridge

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAWebhookThatIsRefusedForGoodIsSetAsideAndHoldsUpNobody(t *testing.T) {
	for _, refusal := range []*http.Response{
		response(400, `{"message":"unsupported get request. Object with ID '123456789012' does not exist"}`),
		response(401, `{"message":"unauthorized Access"}`),
		response(413, `<html>`), response(422, ``),
	} {
		t.Run(fmt.Sprint(refusal.StatusCode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bad := webhookOf("wamid.bad")
				n := &network{}
				reason := make([]byte, 200)
				length, _ := refusal.Body.Read(reason)
				n.api = func(r *http.Request, body string) *http.Response {
					if body == bad {
						return response(refusal.StatusCode, string(reason[:length]))
					}
					return usual()
				}
				b, l, stop := forwarding(t, n, webhookOf("wamid.1"), bad, webhookOf("wamid.2"))
				defer stop()
				began := time.Now()
				synctest.Wait()

				require.Zero(t, time.Since(began))
				require.Zero(t, waiting(b))
				require.Contains(t, bodies(n.inbound()), webhookOf("wamid.2"))
				require.Equal(t, map[string]string{fileName(2): bad}, setAsideFiles(t, b))
				require.Equal(t, 1, strings.Count(l.String(), "level=ERROR"))
				require.NotContains(t, l.String(), "123456789012")
				require.Contains(t, serve(b, health()).Body.String(), `"refused":1`)
			})
		})
	}
}

// Meta puts the messages of several numbers into one webhook, and Chattigo refuses it whole for a number
// that it does not know.
func TestOfAWebhookWithSeveralChangesOnlyTheRefusedOnesAreSetAside(t *testing.T) {
	whole := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[` + changeOf("wamid.1") + "," + changeOf("wamid.bad.1") +
		`]},{"id":"2","time":1739321024,"changes":[` + changeOf("wamid.bad.2") + "," + changeOf("wamid.2") + `]}]}`
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.api = func(_ *http.Request, body string) *http.Response {
			if strings.Contains(body, "bad") {
				return response(400, `{"message":"unsupported get request. Object with ID '1' does not exist"}`)
			}
			return usual()
		}
		b, l, stop := forwarding(t, n, whole)
		defer stop()
		synctest.Wait()

		tried := bodies(n.inbound())
		require.Len(t, tried, 5, "the whole, and each change")
		require.JSONEq(t, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[`+changeOf("wamid.1")+`]}]}`, tried[1])
		require.JSONEq(t, `{"object":"whatsapp_business_account","entry":[{"id":"2","time":1739321024,"changes":[`+changeOf("wamid.2")+`]}]}`, tried[4])
		require.Contains(t, tried[1], "<Hola> & chao", "without HTML escaping")
		require.JSONEq(t, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[`+changeOf("wamid.bad.1")+
			`]},{"id":"2","time":1739321024,"changes":[`+changeOf("wamid.bad.2")+`]}]}`, setAsideFiles(t, b)[fileName(1)])
		require.Equal(t, 1, strings.Count(l.String(), "level=ERROR"))
		require.Zero(t, waiting(b))
	})
}

func TestWhenTheServiceGoesAwayBetweenTwoChangesAllOfThemComeAgain(t *testing.T) {
	whole := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[` + changeOf("wamid.1") + "," + changeOf("wamid.bad") + `]}]}`
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		var away atomic.Bool
		away.Store(true)
		n.api = func(_ *http.Request, body string) *http.Response {
			switch {
			case strings.Contains(body, "wamid.1") && strings.Contains(body, "bad"):
				return response(400, `{"message":"no"}`)
			case strings.Contains(body, "bad") && away.Load():
				return response(503, `{}`)
			case strings.Contains(body, "bad"):
				return response(400, `{"message":"no"}`)
			}
			return usual()
		}
		b, _, stop := forwarding(t, n, whole)
		defer stop()
		synctest.Wait()
		require.Equal(t, 1, waiting(b))
		require.Empty(t, setAsideFiles(t, b))

		away.Store(false)
		pass(2 * time.Second)
		synctest.Wait()
		require.Zero(t, waiting(b))
		require.Len(t, setAsideFiles(t, b), 1)
	})
}

func TestAFaultOfTheServiceWithOneWebhookEndsSomeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		n.api = func(_ *http.Request, body string) *http.Response {
			if strings.Contains(body, "bad") {
				return response(500, `{"message":"an unexpected error has occurred"}`)
			}
			return usual()
		}
		b, _, stop := forwarding(t, n, webhookOf("wamid.bad"), webhookOf("wamid.2"))
		defer stop()
		pass(2 * time.Minute)
		require.Equal(t, 2, waiting(b))
		pass(10 * time.Minute)
		synctest.Wait()

		require.Zero(t, waiting(b))
		require.Len(t, n.inbound(), maxFaults+1)
		require.Len(t, setAsideFiles(t, b), 1)
	})
}
