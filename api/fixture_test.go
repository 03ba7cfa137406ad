package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

const (
	tokenKey = "token-key-token-key-token-key-32"
	idKey    = "id-key-id-key-id-key-id-key-id-32"
	password = "correct horse"
	starter  = "5ta77e70000000000000000000000000000000000000000000000000000000000"
	fancy    = "fa2c400000000000000000000000000000000000000000000000000000000000"
)

// The numbers of the fixture's channels: isv has one, other has one.
const (
	waID, phoneNumberID       = "56900000001", "100000000000001"
	otherWaID, otherNumberID  = "56900000002", "100000000000002"
	documentsThird401         = `{"message":"token up for parsing was not passed through the header. Please read the API documentation at https://development.chattigo.com"}`
	contact, contactUserID    = "56911112222", "CL.13491208655302741918"
	contact2                  = "56911113333"
	hook                      = "https://hooks.example.com/chattigo"
	emptyCounts, invalidToken = `{"messages":0,"statuses":0,"ignored":0}`, `{"message":"JWT was invalid"}`
)

func start() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 123456789, time.UTC) }

// passwordHash hashes once for all tests: it is slow on purpose.
var passwordHash = sync.OnceValues(func() (string, error) { return api.HashPassword(password) })

type fixture struct {
	handler  http.Handler
	store    *store.Store
	temporal *recorder
	// keys are the vault of the store, unless they are set.
	keys   api.Keys
	poster poster
	log    *bytes.Buffer
	now    time.Time
	// ticks is by how much the clock moves each time it is read.
	ticks time.Duration
	ready error
	// inReady is called by every question for readiness.
	inReady func()
	dev     bool
	// wrap puts something between the API and the store; nil puts nothing.
	wrap  func(*store.Store) api.Store
	level slog.Level
	// tokenKey signs tokens, and oldKeys are accepted.
	tokenKey string
	oldKeys  []string
	// rate is how many requests a second an account may make; 0 is no limit.
	rate int
	// proxies are trusted.
	proxies []netip.Prefix
	// logger writes to log.
	logger *slog.Logger
}

func setUp(t testing.TB, options ...func(*fixture)) *fixture {
	t.Helper()
	f := &fixture{store: storetest.SQLite(t), temporal: newRecorder(), log: &bytes.Buffer{}, now: start()}
	for _, option := range options {
		option(f)
	}
	hash, err := passwordHash()
	require.NoError(t, err)
	ctx := t.Context()
	for _, a := range []store.Account{
		{Name: "isv"}, {Name: "other"}, {Name: "operator", Operator: true}, {Name: "gone", Disabled: true},
	} {
		a.PasswordHash, a.Generation, a.CreatedAt = hash, 1, start()
		require.NoError(t, f.store.AddAccount(ctx, a))
	}
	for _, c := range []store.Channel{
		{WaID: waID, PhoneNumberID: phoneNumberID, Account: "isv"},
		{WaID: otherWaID, PhoneNumberID: otherNumberID, Account: "other"},
	} {
		c.CreatedAt, c.UpdatedAt = start(), start()
		require.NoError(t, f.store.AddChannel(ctx, c))
	}
	require.NoError(t, f.store.PutBot(ctx, store.Bot{Hash: starter, Name: "starter", Source: []byte("{}"), CreatedAt: start()}))
	f.handler = f.process(t)
	return f
}

// token makes a token as the service does; change may spoil it.
func (f *fixture) token(user string, change ...func(jwt.MapClaims)) string {
	claims := jwt.MapClaims{
		"iss": "chattigo", "aud": []string{"chattigo-api-isv"}, "sub": user, "gen": 1,
		"iat": f.now.Unix(), "exp": f.now.Add(8 * time.Hour).Unix(),
	}
	for _, c := range change {
		c(claims)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(tokenKey))
	if err != nil {
		panic(err)
	}
	return token
}

type headers map[string]string

// do serves a request, and checks request and response against openapi.yaml.
func (f *fixture) do(t testing.TB, method, path string, h headers, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, body)
	for name, value := range h {
		request.Header.Set(name, value)
	}
	response := httptest.NewRecorder()
	f.handler.ServeHTTP(response, request)
	checkContract(t, request, body, response)
	return response
}

func (f *fixture) post(t testing.TB, body string) *httptest.ResponseRecorder {
	t.Helper()
	return f.do(t, http.MethodPost, "/webhooks/inbound", headers{"Authorization": f.token("isv")}, strings.NewReader(body))
}

// scenario is one request and its whole answer.
type scenario struct {
	name    string
	method  string
	path    string
	headers headers
	body    string
	// as is the account whose token is sent, where headers has none.
	as         string
	wantStatus int
	wantBody   string
	// wantHeaders must be among the answer's.
	wantHeaders headers
}

func (f *fixture) run(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			h := headers{}
			if sc.as != "" {
				h["Authorization"] = f.token(sc.as)
			}
			maps.Copy(h, sc.headers)
			response := f.do(t, sc.method, sc.path, h, strings.NewReader(sc.body))
			require.Equal(t, sc.wantBody, response.Body.String())
			require.Equal(t, sc.wantStatus, response.Code)
			require.Equal(t, "application/json; charset=utf-8", response.Header().Get("Content-Type"))
			require.Equal(t, "nosniff", response.Header().Get("X-Content-Type-Options"))
			require.Equal(t, "no-store", response.Header().Get("Cache-Control"))
			require.NotEmpty(t, response.Header().Get("X-Request-Id"))
			for name, value := range sc.wantHeaders {
				require.Equal(t, value, response.Header().Get(name), name)
			}
		})
	}
}

// Builders of webhook bodies.

func text(id, from, body string) string {
	return fmt.Sprintf(`{"from":%q,"id":%q,"timestamp":"1773144000","type":"text","text":{"body":%q}}`, from, id, body)
}

func value(numberID string, messages ...string) string {
	return fmt.Sprintf(`{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550000000","phone_number_id":%q},"messages":[%s]}}`,
		numberID, strings.Join(messages, ","))
}

func webhook(changes ...string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[` + strings.Join(changes, ",") + `]}]}`
}

func inboundOf(messages ...string) string { return webhook(value(phoneNumberID, messages...)) }

var errTemporal = errors.New("context deadline exceeded for 56911112222")
