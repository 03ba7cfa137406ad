package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestChannelsAreShownWithWhatIsLive(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		f.put(t, "isv", "uno")
		f.ok(t, "isv", "PATCH", "/v15.0/webhooks/outbound", `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/a?token=secret"}`)
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica"}`)
		own := fmt.Sprintf(`{"waId":"56900000001","phoneNumberId":"100000000000001","account":"isv","webhook":"https://hooks.example.com/a",`+
			`"version":"v15.0","bot":%s,"publication":1,"updatedAt":%q}`, view(t, 1, "uno"), created)
		others := fmt.Sprintf(`{"waId":"56900000002","phoneNumberId":"100000000000002","account":"other","webhook":"",`+
			`"version":"v26.0","bot":null,"publication":0,"updatedAt":%q}`, created)
		require.Equal(t, own, f.ok(t, "isv", "GET", "/channels/"+waID, ""))
		require.Equal(t, `{"channels":[`+own+`]}`, f.ok(t, "isv", "GET", "/channels", ""))
		require.Equal(t, `{"channels":[`+others+`]}`, f.ok(t, "other", "GET", "/channels", ""))
		require.Equal(t, `{"channels":[`+others+`]}`, f.ok(t, "operator", "GET", "/channels?account=other", ""))
		require.Equal(t, []string{own, others}, f.pages(t, "operator", "/channels?limit=1", "channels"))
		require.Equal(t, own, f.ok(t, "operator", "GET", "/channels/"+waID, ""))
		require.NotContains(t, f.log.String(), "secret")
	})
}

func TestAChannelIsItsTenantsOnly(t *testing.T) {
	f := setUp(t)
	f.put(t, "isv", "uno")
	f.put(t, "other", "uno")
	unknown := func(id string) []any {
		return []any{400, `{"message":"unsupported get request. Object with ID '` + id + `' does not exist"}`}
	}
	do := func(account, method, path, body string) []any {
		status, response := f.as(t, account, method, path, body)
		return []any{status, response}
	}
	for _, rt := range []struct{ method, path, body string }{
		{http.MethodGet, "", ""},
		{http.MethodGet, "/publications", ""},
		{http.MethodPut, "/bot", `{"bot":"clinica"}`},
		{http.MethodPost, "/bot/rollback", ""},
	} {
		for _, id := range []string{otherWaID, "1", "..", strings.Repeat("9", 200)} {
			require.Equal(t, unknown(id), do("isv", rt.method, "/channels/"+id+rt.path, rt.body))
		}
		if rt.method != http.MethodGet {
			require.Equal(t, []any{401, `{"message":"unauthorized Access"}`}, do("operator", rt.method, "/channels/"+waID+rt.path, rt.body))
		}
	}
	for body, id := range map[string]string{
		`{"bot":"nada"}`:                                               "nada",
		`{"bot":"Clinica"}`:                                            "Clinica",
		`{"bot":"clinica","version":2}`:                                "2",
		`{"bot":"clinica","version":99999999999999999999}`:             "99999999999999999999",
		`{"bot":"clinica","version":2147483648}`:                       "2147483648",
		`{"bot":"nada","version":1}`:                                   "nada",
		`{"bot":"clinica","version":` + strings.Repeat("1", 200) + `}`: strings.Repeat("1", 200),
	} {
		require.Equal(t, unknown(id), do("isv", "PUT", publishPath, body))
	}
	for body, message := range map[string]string{
		`{}`:                              "bot is missing",
		`{"bot":7}`:                       "bot must be a string",
		`{"bot":"clinica","version":"1"}`: "version must be the number of a version, such as 3",
		`{"bot":"clinica","version":0}`:   "version must be the number of a version, such as 3",
		`{"bot":"clinica","version":-1}`:  "version must be the number of a version, such as 3",
		`{"bot":"clinica","version":1.5}`: "version must be the number of a version, such as 3",
	} {
		require.Equal(t, []any{400, `{"message":"` + message + `"}`}, do("isv", "PUT", publishPath, body))
	}
}

func TestADefinitionThatIsNoVersionIsShownByItsName(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		require.NoError(t, f.store.PutBot(t.Context(), store.Bot{Hash: fancy, Name: "fancy", CreatedAt: start()}))
		require.NoError(t, f.store.AddChannel(t.Context(), store.Channel{WaID: "7", Account: "isv", Bot: fancy, CreatedAt: start()}))
		f.put(t, "isv", "uno")
		status, body := f.as(t, "isv", "PUT", "/channels/7/bot", `{"bot":"clinica","expected":null}`)
		require.Equal(t, 409, status)
		require.Equal(t, "channel 7 has fancy live, not the starter", messageOf(t, body))
		f.ok(t, "isv", "PUT", "/channels/7/bot", `{"bot":"clinica"}`)
		require.Contains(t, f.ok(t, "isv", "POST", "/channels/7/bot/rollback", ""), `"bot":{"name":"fancy","version":0,`)
	})
}
