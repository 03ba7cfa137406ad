package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// TestTheDocumentToTheLetter holds every request, answer and error of the document
// against the service. The wanted bodies are the document's, compact.
func TestTheDocumentToTheLetter(t *testing.T) {
	f := setUp(t)
	patch := `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/chattigo"}`
	unknownChannel := `{"waId":"XXXXXXX","externalWebhookIsvBot":"https://hooks.example.com/chattigo"}`
	f.run(t, []scenario{
		{
			name: "inbound message", method: "POST", path: "/webhooks/inbound", as: "isv",
			body: inboundOf(text("wamid.1", contact, "hola")), wantStatus: 200, wantBody: `{"messages":1,"statuses":0,"ignored":0}`,
		},
		{
			name: "webhook set", method: "PATCH", path: "/webhooks/outbound", as: "isv",
			body: patch, wantStatus: 200, wantBody: patch,
		},
		{
			name: "webhook set by the other spelling", method: "PATCH", path: "/webhooks/inbound", as: "isv",
			body: patch, wantStatus: 200, wantBody: patch,
		},
		{
			name: "wrong token", method: "PATCH", path: "/webhooks/outbound", headers: headers{"Authorization": "not.a.token"},
			body: patch, wantStatus: 401, wantBody: `{"message":"JWT was invalid"}`,
		},
		{
			name: "token without the permission", method: "PATCH", path: "/webhooks/outbound", as: "operator",
			body: patch, wantStatus: 401, wantBody: `{"message":"unauthorized Access"}`,
		},
		{
			name: "empty token", method: "PATCH", path: "/webhooks/outbound", headers: headers{"Authorization": ""},
			body: patch, wantStatus: 401, wantBody: documentsThird401,
		},
		{
			name: "wrong password", method: "POST", path: "/login",
			body: `{"username":"isv","password":"wrong"}`, wantStatus: 400, wantBody: `{"message":"invalid Password"}`,
		},
		{
			name: "wrong user", method: "POST", path: "/login",
			body: `{"username":"bad_login","password":"wrong"}`, wantStatus: 400,
			wantBody: `{"message":"unsupported get request. username ‘bad_login’ does not exist, or an unexpected error has occurred with your service provider"}`,
		},
		{
			name: "wrong waId", method: "PATCH", path: "/webhooks/inbound", as: "isv",
			body: unknownChannel, wantStatus: 400, wantBody: `{"message":"unsupported get request. Object with ID 'XXXXXXX' does not exist"}`,
		},
		{
			name: "wrong waId, the route as it is described", method: "PATCH", path: "/webhooks/outbound", as: "isv",
			body: unknownChannel, wantStatus: 400, wantBody: `{"message":"unsupported get request. Object with ID 'XXXXXXX' does not exist"}`,
		},
		{
			name: "wrong phone_number_id", method: "POST", path: "/webhooks/inbound", as: "isv",
			body: webhook(value("XXXXXXX", text("a", contact, "x"))), wantStatus: 400, wantBody: `{"message":"unsupported get request. Object with ID 'XXXXXXX' does not exist"}`,
		},
	})
}

func TestLoginAnswersWithATokenOfEightHours(t *testing.T) {
	f := setUp(t)
	response := f.do(t, http.MethodPost, "/login", nil, strings.NewReader(`{"username":"isv","password":"correct horse"}`))
	require.Equal(t, 200, response.Code)
	var answer struct {
		User        string `json:"user"`
		Access      bool   `json:"access"`
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &answer))
	require.Equal(t, `{"user":"isv","access":true,"access_token":"`+answer.AccessToken+`"}`, response.Body.String())

	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(answer.AccessToken, claims, func(*jwt.Token) (any, error) { return []byte(tokenKey), nil },
		jwt.WithTimeFunc(func() time.Time { return f.now }))
	require.NoError(t, err)
	require.Equal(t, "isv", claims["sub"])
	require.InDelta(t, float64(start().Add(8*time.Hour).Unix()), claims["exp"], 0)

	use := func() int {
		return f.do(t, http.MethodPost, "/webhooks/inbound", headers{"Authorization": answer.AccessToken}, strings.NewReader(webhook())).Code
	}
	require.Equal(t, 200, use())
	f.now = start().Add(8*time.Hour - 2*time.Second)
	require.Equal(t, 200, use())
	f.now = start().Add(8 * time.Hour)
	require.Equal(t, 401, use())
}

// TestEveryVersionOfTheDocumentsRoutes walks the document's routes, bare and under Graph versions.
func TestEveryVersionOfTheDocumentsRoutes(t *testing.T) {
	f := setUp(t)
	patch := `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/chattigo"}`
	routes := []struct{ method, path, body string }{
		{"POST", "/login", `{"username":"isv","password":"correct horse"}`},
		{"POST", "/webhooks/inbound", webhook()},
		{"PATCH", "/webhooks/outbound", patch},
		{"PATCH", "/webhooks/inbound", patch},
	}
	for _, tc := range []struct {
		prefix string
		want   int
	}{
		{"", 200},
		{"/v14.0", 200},
		{"/v15.0", 200},
		{"/v16.0", 200},
		{"/v23.0", 200},
		{"/v26.0", 200},
		{"/v99.0", 200},
		{"/v13.0", 404},
		{"/v2.3", 404},
		{"/v15", 404},
		{"/15.0", 404},
		{"/v15.1", 404},
		{"/V15.0", 404},
		{"/v015.0", 404},
		{"/v15.0/v15.0", 404},
		{"/", 404},
		{"/x", 404},
		{"/v-1.0", 404},
		{"/v99999999999.0", 404},
	} {
		for _, rt := range routes {
			t.Run(rt.method+" "+tc.prefix+rt.path, func(t *testing.T) {
				response := f.do(t, rt.method, tc.prefix+rt.path, headers{"Authorization": f.token("isv")}, strings.NewReader(rt.body))
				require.Equal(t, tc.want, response.Code, response.Body.String())
				if tc.want == 404 {
					require.Equal(t, `{"message":"there is no such route"}`, response.Body.String())
				}
			})
		}
	}
	require.Contains(t, f.log.String(), `"unknown_version":"v99.0"`)
	require.NotContains(t, f.log.String(), `"unknown_version":"v26.0"`)
}

func TestTheVersionOfThePathIsKeptWithTheWebhook(t *testing.T) {
	f := setUp(t)
	for _, tc := range []struct{ path, want string }{
		{"/v14.0/webhooks/outbound", "v14.0"}, {"/v99.0/webhooks/outbound", "v99.0"}, {"/webhooks/outbound", ""},
	} {
		body := `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com` + tc.path + `"}`
		response := f.do(t, http.MethodPatch, tc.path, headers{"Authorization": f.token("isv")}, strings.NewReader(body))
		require.Equal(t, body, response.Body.String())
		channel, err := f.store.Channel(t.Context(), waID)
		require.NoError(t, err)
		require.Equal(t, "https://hooks.example.com"+tc.path, channel.WebhookURL)
		require.Equal(t, tc.want, channel.Version)
	}
}
