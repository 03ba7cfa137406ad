package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/webhook/webhooktest"
)

// clinicHost is the API that the clinic's bot calls.
const clinicHost = "api.clinicasur.example"

// clinicAPI is a stub of it. Each case has a secret of its own, by which the stub knows what to
// answer: a call that comes with another channel's secret, or with none, gets 401.
type clinicAPI struct {
	server *webhooktest.Server

	mu    sync.Mutex
	cases map[string]*clinicCase
}

// clinicCase is what the stub knows of one case.
type clinicCase struct {
	mocks *script.Mocks
	calls []clinicCall
}

// clinicCall is one call: all its attempts.
type clinicCall struct {
	at    time.Time
	key   string
	entry script.Entry
}

func startClinicAPI() (*clinicAPI, error) {
	api := &clinicAPI{cases: map[string]*clinicCase{}}
	var err error
	api.server, err = webhooktest.Start(clinicHost, api)
	return api, err
}

func (a *clinicAPI) network(production webhook.Network) webhook.Network {
	return a.server.Redirect(production)
}

func (a *clinicAPI) close() error {
	a.server.CloseClientConnections()
	a.server.Close()
	return nil
}

func (a *clinicAPI) expect(secret string, mocks []script.Mock) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cases[secret] = &clinicCase{mocks: script.NewMocks(mocks)}
}

// calls are those that came with a secret, in order.
func (a *clinicAPI) calls(secret string) []clinicCall {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]clinicCall(nil), a.cases[secret].calls...)
}

func (a *clinicAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	answer, known := a.answer(r, body)
	switch {
	case !known:
		w.WriteHeader(http.StatusUnauthorized)
	case answer.Error == bot.CallTimeout:
		<-r.Context().Done()
	case answer.Error != "":
		panic(http.ErrAbortHandler) // hangs up
	default:
		w.WriteHeader(answer.Status)
		_, _ = io.WriteString(w, answer.Body)
	}
}

func (a *clinicAPI) answer(r *http.Request, body []byte) (script.Answer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	secret, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c := a.cases[secret]
	if !bearer || c == nil {
		return script.Answer{}, false
	}
	call := &bot.Call{Method: r.Method, URL: "https://" + clinicHost + r.URL.RequestURI(), Body: json.RawMessage(body)}
	answer, err := c.mocks.Answer(call)
	if err != nil {
		return script.Answer{Status: http.StatusNotImplemented}, true
	}
	c.note(r.Header.Get("Idempotency-Key"), call, answer)
	return answer, true
}

// note keeps a call; another attempt of the same one has its Idempotency-Key.
func (c *clinicCase) note(key string, call *bot.Call, answer script.Answer) {
	if n := len(c.calls); n > 0 && c.calls[n-1].key == key {
		last := &c.calls[n-1].entry
		last.Answers = append(last.Answers, answer)
		return
	}
	now := time.Now()
	c.calls = append(c.calls, clinicCall{now, key, script.Entry{
		Kind: script.EntryCall, At: now, Call: call, Answers: []script.Answer{answer},
	}})
}
