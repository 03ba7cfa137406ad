package api_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

const (
	secretPath = "/webhooks/outbound/secret"
	rotatePath = secretPath + "/rotate"
	keySetPath = "/.well-known/jwks.json"
)

type jwkView struct{ Kty, Crv, X, Kid, Alg, Use string }

type secretView struct {
	WaID, ID, Secret, PublicKey, CreatedAt string
	JWK                                    jwkView
	Older                                  []struct{ ID, PublicKey, ExpiresAt string }
}

func (f *fixture) secret(t *testing.T) secretView {
	return f.showSecret(t, "GET", secretPath+"?waId="+waID, "")
}

func (f *fixture) rotate(t *testing.T, hours string) secretView {
	return f.showSecret(t, "POST", rotatePath, `{"waId":"56900000001","overlapHours":`+hours+`}`)
}

func (f *fixture) showSecret(t *testing.T, method, path, body string) (view secretView) {
	t.Helper()
	response := f.do(t, method, path, headers{"Authorization": f.token("isv")}, strings.NewReader(body))
	require.Equal(t, 200, response.Code, response.Body)
	require.Equal(t, "no-store", response.Header().Get("Cache-Control"))
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &view))
	return view
}

// keySet loads the key set of a key, as a verifier does.
func (f *fixture) keySet(t *testing.T, kid string) (keys []jwkView) {
	t.Helper()
	response := f.do(t, "GET", keySetPath+"?kid="+kid, nil, nil)
	require.Equal(t, 200, response.Code, response.Body)
	require.Equal(t, "public, max-age=300", response.Header().Get("Cache-Control"))
	var set struct{ Keys []jwkView }
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &set))
	require.NotContains(t, response.Body.String(), waID)
	require.NotContains(t, response.Body.String(), "isv")
	return set.Keys
}

func TestTheSecretOfAChannelIsItsOwnersOnly(t *testing.T) {
	f := setUp(t)
	unknown := `{"message":"unsupported get request. Object with ID '1' does not exist"}`
	unauthorized := `{"message":"unauthorized Access"}`
	for _, rt := range []struct{ method, path, query, body string }{
		{"GET", secretPath, "?waId=", ""}, {"POST", rotatePath, "", `{"waId":"%"}`}, {"POST", "/webhooks/outbound/test", "", `{"waId":"%"}`},
	} {
		ask := func(name, as, waID string, status int, body string) scenario {
			sc := scenario{name: name + " " + rt.path, method: rt.method, path: rt.path, as: as, wantStatus: status, wantBody: body}
			if rt.query != "" {
				sc.path += rt.query + waID
			} else {
				sc.body = strings.ReplaceAll(rt.body, "%", waID)
			}
			return sc
		}
		f.run(t, []scenario{
			ask("another's", "isv", otherWaID, 401, unauthorized),
			ask("an operator", "operator", waID, 401, unauthorized),
			ask("unknown", "isv", "1", 400, unknown),
			ask("no token", "", waID, 401, documentsThird401),
			ask("disabled", "gone", waID, 401, invalidToken),
		})
	}
	require.NotContains(t, f.log.String(), "whsec_")
}

func TestTheSecretVerifiesAndIsTheSameEachTime(t *testing.T) {
	f := setUp(t)
	first := f.secret(t)
	require.True(t, store.IsWebhookKeyID(first.ID))
	require.Equal(t, waID, first.WaID)
	require.Equal(t, "2026-03-10T12:00:00.123Z", first.CreatedAt)
	require.Empty(t, first.Older)
	require.NotNil(t, first.Older)
	require.Equal(t, first, f.secret(t))
	_, err := standardwebhooks.NewWebhook(first.Secret)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(first.Secret, "whsec_"))

	public, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(first.PublicKey, "whpk_"))
	require.NoError(t, err)
	require.Len(t, public, ed25519.PublicKeySize)
	require.Equal(t, jwkView{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(public), first.ID, "EdDSA", "sig"}, first.JWK)
}

func TestARotationKeepsTheOldKeyForItsOverlap(t *testing.T) {
	f := setUp(t)
	old := f.secret(t)
	fresh := f.showSecret(t, "POST", rotatePath, `{"waId":"56900000001"}`)
	require.NotEqual(t, old.Secret, fresh.Secret)
	require.Len(t, fresh.Older, 1)
	require.Equal(t, old.ID, fresh.Older[0].ID)
	require.Equal(t, old.PublicKey, fresh.Older[0].PublicKey)
	require.Equal(t, "2026-03-11T12:00:00.123Z", fresh.Older[0].ExpiresAt)
	require.Equal(t, fresh, f.secret(t))

	f.now = start().Add(24*time.Hour - time.Millisecond)
	require.Len(t, f.secret(t).Older, 1)
	f.now = start().Add(24 * time.Hour)
	require.Empty(t, f.secret(t).Older)

	last := f.rotate(t, "0")
	require.Empty(t, last.Older)
	require.NotEqual(t, fresh.ID, last.ID)
	for _, secret := range []string{old.Secret, fresh.Secret, last.Secret} {
		require.NotContains(t, f.log.String(), strings.TrimPrefix(secret, "whsec_"))
	}
	require.Contains(t, f.log.String(), last.ID, "who rotated what is in the log")
}

func TestASixthOldKeyIsRefused(t *testing.T) {
	f := setUp(t)
	for _, hours := range []string{"168", "168", "5", "168", "168"} {
		f.rotate(t, hours)
	}
	before := f.secret(t)
	require.Len(t, before.Older, 5)
	f.run(t, []scenario{{
		name: "sixth", method: "POST", path: rotatePath, as: "isv", body: `{"waId":"56900000001"}`, wantStatus: 409,
		wantBody:    `{"message":"5 older keys of the channel still sign; the next rotation is possible from 2026-03-10T17:00:00.123Z on, or with overlapHours 0, which stops them all at once"}`,
		wantHeaders: headers{"Retry-After": "18000"},
	}})
	require.Equal(t, before, f.secret(t))
	f.now = start().Add(5 * time.Hour)
	require.Len(t, f.rotate(t, "1").Older, 5)
	require.Empty(t, f.rotate(t, "0").Older)
}

func TestWhatARotationIsAskedForIsChecked(t *testing.T) {
	f := setUp(t)
	hours := `{"message":"overlapHours must be a whole number from 0 to 168"}`
	var scenarios []scenario
	for _, bad := range []string{"-1", "169", "1.5", `"24"`, "null", "true", "[]", "1e9"} {
		scenarios = append(scenarios, scenario{
			name: bad, method: "POST", path: rotatePath, as: "isv", body: `{"waId":"56900000001","overlapHours":` + bad + `}`, wantStatus: 400, wantBody: hours,
		})
	}
	f.run(t, append(scenarios,
		scenario{name: "no waId", method: "POST", path: rotatePath, as: "isv", body: `{}`, wantStatus: 400, wantBody: `{"message":"waId is missing"}`},
		scenario{name: "no waId in the query", method: "GET", path: secretPath, as: "isv", wantStatus: 400, wantBody: `{"message":"waId is missing in the query"}`},
		scenario{name: "misspelt", method: "GET", path: secretPath + "?waid=1", as: "isv", wantStatus: 400, wantBody: `{"message":"the query has no 'waid'; it takes waId"}`},
		scenario{name: "no body", method: "POST", path: rotatePath, as: "isv", wantStatus: 400, wantBody: `{"message":"the body is empty; it must be a JSON object"}`},
		scenario{name: "no PUT", method: "PUT", path: rotatePath, as: "isv", wantStatus: 405, wantBody: `{"message":"this route takes only POST"}`},
	))
	require.Empty(t, f.secret(t).Older)
}

func TestAVerifierFollowsRotationsWithoutAToken(t *testing.T) {
	f := setUp(t)
	pinned := f.secret(t)
	require.Equal(t, []jwkView{pinned.JWK}, f.keySet(t, pinned.ID))
	fresh := f.rotate(t, "1")
	for _, kid := range []string{pinned.ID, fresh.ID} {
		require.Equal(t, []jwkView{fresh.JWK, pinned.JWK}, f.keySet(t, kid))
	}
	head := f.do(t, "HEAD", keySetPath+"?kid="+fresh.ID, nil, nil)
	require.Equal(t, 200, head.Code)

	f.now = start().Add(time.Hour)
	require.Equal(t, []jwkView{fresh.JWK}, f.keySet(t, fresh.ID))
	notFound := `{"message":"no key that signs has this kid"}`
	f.run(t, []scenario{
		{name: "expired", method: "GET", path: keySetPath + "?kid=" + pinned.ID, wantStatus: 404, wantBody: notFound},
		{name: "a number", method: "GET", path: keySetPath + "?kid=" + waID, wantStatus: 404, wantBody: notFound},
		{name: "not ours", method: "GET", path: keySetPath + "?kid=whk_abcdefghijklmnopqrstuvwxyz", wantStatus: 404, wantBody: notFound},
		{name: "NUL", method: "GET", path: keySetPath + "?kid=whk_%00", wantStatus: 404, wantBody: notFound},
		{name: "none", method: "GET", path: keySetPath, wantStatus: 400, wantBody: `{"message":"kid is missing in the query: the id of a key, as GET /webhooks/outbound/secret gives it"}`},
		{name: "by number", method: "GET", path: keySetPath + "?waId=" + waID, wantStatus: 400, wantBody: `{"message":"the query has no 'waId'; it takes kid"}`},
	})
}

func TestSettingTheWebhookMakesTheKeyOnce(t *testing.T) {
	f := setUp(t)
	patch := `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/chattigo"}`
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", patch)
	f.now = start().Add(time.Hour)
	require.Equal(t, "2026-03-10T12:00:00.123Z", f.secret(t).CreatedAt)
	before := f.secret(t)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", patch)
	require.Equal(t, before, f.secret(t))
}

// brokenKeys cannot be opened.
type brokenKeys struct{ err error }

func (b brokenKeys) WebhookKeys(context.Context, store.Channel, time.Time) ([]store.WebhookKey, error) {
	return nil, b.err
}

func (b brokenKeys) RotateWebhookKey(context.Context, store.Channel, time.Duration, time.Time) ([]store.WebhookKey, error) {
	return nil, b.err
}

func (b brokenKeys) WebhookKeySet(context.Context, string, time.Time) ([]store.WebhookKey, error) {
	return nil, b.err
}

func TestKeysThatCannotBeReadAreOurFault(t *testing.T) {
	for _, broken := range []error{store.ErrNoKey, store.ErrBroken, errors.New("down")} {
		f := setUp(t, func(f *fixture) { f.keys = brokenKeys{broken} })
		require.NoError(t, f.store.SetWebhook(t.Context(), waID, hook, "", start()))
		again := `{"message":"the service cannot take this request right now; please send it again"}`
		f.run(t, []scenario{
			{name: "secret", method: "GET", path: secretPath + "?waId=" + waID, as: "isv", wantStatus: 503, wantBody: again},
			{name: "rotate", method: "POST", path: rotatePath, as: "isv", body: `{"waId":"56900000001"}`, wantStatus: 503, wantBody: again},
			{name: "test", method: "POST", path: "/webhooks/outbound/test", as: "isv", body: `{"waId":"56900000001"}`, wantStatus: 503, wantBody: again},
			{name: "set", method: "PATCH", path: "/webhooks/outbound", as: "isv", body: `{"waId":"56900000001","externalWebhookIsvBot":"https://a.example.com/"}`, wantStatus: 503, wantBody: again},
			{name: "key set", method: "GET", path: keySetPath + "?kid=whk_abcdefghijklmnopqrstuvwxyz", wantStatus: 503, wantBody: again},
		})
		require.Contains(t, f.log.String(), broken.Error())
		require.Empty(t, f.poster.posted(), "nothing is sent without a signature")
		channel, err := f.store.Channel(t.Context(), waID)
		require.NoError(t, err)
		require.Equal(t, hook, channel.WebhookURL)
	}
}
