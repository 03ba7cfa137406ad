package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// botText is a definition that says one thing and closes.
func botText(name, says string) string {
	return fmt.Sprintf("bot: v1\nname: %s\nlanguages: [es]\nstart: hola\nstates:\n  hola: {say: [%q], close: {reason: done}}\n", name, says)
}

func hashOf(t testing.TB, text string) string {
	t.Helper()
	loaded, err := definition.Load([]byte(text))
	require.NoError(t, err)
	return loaded.Hash
}

// as sends a request of an account and returns the response's status and body.
func (f *fixture) as(t testing.TB, account, method, path, body string, h ...string) (int, string) {
	t.Helper()
	all := headers{"Authorization": f.token(account)}
	for i := 0; i+1 < len(h); i += 2 {
		all[h[i]] = h[i+1]
	}
	response := f.do(t, method, path, all, strings.NewReader(body))
	return response.Code, response.Body.String()
}

// ok is as for a request that must succeed.
func (f *fixture) ok(t testing.TB, account, method, path, body string, h ...string) string {
	t.Helper()
	status, response := f.as(t, account, method, path, body, h...)
	require.Equal(t, 200, status, response)
	return response
}

func messageOf(t testing.TB, body string) string {
	t.Helper()
	var response struct {
		Message string `json:"message"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &response), body)
	return response.Message
}

const created = "2026-03-10T12:00:00.123Z"

func TestTheSameDefinitionIsTheSameVersion(t *testing.T) {
	f := setUp(t)
	one, two := botText("clinica", "uno"), botText("clinica", "dos")
	put := func(text string) string { return f.ok(t, "isv", "PUT", "/bots/clinica", text) }
	answer := func(number int, text string, created bool) string {
		return fmt.Sprintf(`{"name":"clinica","version":%d,"hash":%q,"created":%t,"createdAt":%q,"createdBy":"isv","warnings":[]}`,
			number, hashOf(t, text), created, "2026-03-10T12:00:00.123Z")
	}
	require.Equal(t, answer(1, one, true), withoutWarnings(put(one)))
	require.Equal(t, answer(2, two, true), withoutWarnings(put(two)))
	require.Equal(t, answer(1, one, false), withoutWarnings(put("# a comment means nothing\n"+one)))
	require.Equal(t, one, f.ok(t, "isv", "GET", "/bots/clinica/versions/1", ""), "the text that was put first")
	require.Equal(t, two, f.ok(t, "isv", "GET", "/bots/clinica/versions/latest", ""))
}

// withoutWarnings empties the list of warnings, which is tested on its own.
func withoutWarnings(body string) string {
	before, _, _ := strings.Cut(body, `"warnings":`)
	return before + `"warnings":[]}`
}

func TestADefinitionWithWarningsIsStored(t *testing.T) {
	f := setUp(t)
	text := botText("clinica", "uno") + "  nadie: {say: [x], close: {reason: done}}\n"
	var response struct {
		Warnings []map[string]any `json:"warnings"`
	}
	require.NoError(t, json.Unmarshal([]byte(f.ok(t, "isv", "PUT", "/bots/clinica", text)), &response))
	require.Contains(t, response.Warnings, map[string]any{
		"level": "warning", "code": "unreachable", "line": 7.0, "column": 3.0, "message": response.Warnings[len(response.Warnings)-1]["message"],
	})
}

func TestAllThatIsWrongWithADefinitionIsToldWithItsPlace(t *testing.T) {
	f := setUp(t)
	status, body := f.as(t, "isv", "PUT", "/bots/clinica", strings.Replace(botText("clinica", "uno"), "start: hola", "start: x\nnope: 1", 1))
	require.Equal(t, 422, status)
	var response struct {
		Message  string `json:"message"`
		Problems []struct {
			Level, Code, Message string
			Line, Column         int
		} `json:"problems"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &response))
	require.Equal(t, `the definition has 2 errors; the first is at line 4, column 8: there is no state "x"`, response.Message)
	first := response.Problems[0]
	require.Equal(t, []any{"error", "unknown-state", 4, 8}, []any{first.Level, first.Code, first.Line, first.Column})
	require.Equal(t, "unknown-key", response.Problems[1].Code)
	require.JSONEq(t, `{"bots":[]}`, f.ok(t, "isv", "GET", "/bots", ""))
}

func TestADefinitionHasTheNameOfItsPath(t *testing.T) {
	f := setUp(t)
	for _, path := range []string{"Clinica", "CLINICA", "otra", "clinica%20", ".."} {
		status, body := f.as(t, "isv", "PUT", "/bots/"+path, botText("clinica", "uno"))
		require.Equal(t, 422, status, path)
		shown := strings.Replace(path, "%20", " ", 1)
		require.Equal(t, `the definition is named "clinica" and the path names the bot "`+shown+`"; both must be the same`, messageOf(t, body))
		require.Contains(t, body, `"line":2,"column":7`)
	}
}

func TestDefinitionsOf256KiBAreTakenAndLargerOnesNot(t *testing.T) {
	f := setUp(t)
	text := botText("clinica", "uno")
	text += "#" + strings.Repeat("x", 256<<10-len(text)-2) + "\n"
	f.ok(t, "isv", "PUT", "/bots/clinica", text)
	require.Equal(t, text, f.ok(t, "isv", "GET", "/bots/clinica/versions/1", ""))
	for _, path := range []string{"/bots/clinica", "/bots/clinica/tests"} {
		status, body := f.as(t, "isv", "PUT", path, text+"\n")
		require.Equal(t, 413, status)
		require.Equal(t, `{"message":"the body is larger than 262144 bytes"}`, body)
	}
}

func TestDefinitionsComeAsYAMLOrJSON(t *testing.T) {
	asJSON := `{"bot":"v1","name":"clinica","languages":["es"],"start":"hola","states":{"hola":{"say":["x"],"close":{"reason":"done"}}}}`
	for _, tc := range []struct {
		name, contentType, text string
		want                    int
		wantType                string
	}{
		{"YAML", "application/yaml", botText("clinica", "x"), 200, "application/yaml"},
		{"YAML under another name", "text/yaml; charset=utf-8", botText("clinica", "x"), 200, "application/yaml"},
		{"YAML under its old name", "application/x-yaml", botText("clinica", "x"), 200, "application/yaml"},
		{"YAML as text", "text/plain", botText("clinica", "x"), 200, "application/yaml"},
		{"YAML as nothing", "", botText("clinica", "x"), 200, "application/yaml"},
		{"YAML with a byte order mark", "", "\ufeff" + botText("clinica", "x"), 200, "application/yaml"},
		{"JSON", "application/json", asJSON, 200, "application/json"},
		{"JSON with a byte order mark", "application/json", "\ufeff" + asJSON, 200, "application/json"},
		{"JSON as nothing", "", asJSON, 200, "application/json"},
		{"JSON as YAML", "application/yaml", asJSON, 200, "application/yaml"},
		{"YAML as JSON", "application/json", botText("clinica", "x"), 422, ""},
		{"neither", "application/json", asJSON[1:], 422, ""},
		{"UTF-16", "", "\xff\xfeb\x00", 422, ""},
		{"nothing", "", "", 422, ""},
		{"a form", "application/x-www-form-urlencoded", botText("clinica", "x"), 415, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := setUp(t)
			h := []string{}
			if tc.contentType != "" {
				h = []string{"Content-Type", tc.contentType}
			}
			status, body := f.as(t, "isv", "PUT", "/bots/clinica", tc.text, h...)
			require.Equal(t, tc.want, status, body)
			if tc.want != 200 {
				require.NotEmpty(t, messageOf(t, body))
				return
			}
			response := f.do(t, "GET", "/bots/clinica/versions/1", headers{"Authorization": f.token("isv")}, nil)
			require.Equal(t, tc.text, response.Body.String())
			require.Equal(t, tc.wantType, response.Header().Get("Content-Type"))
			require.Equal(t, `"`+hashOf(t, tc.text)+`"`, response.Header().Get("ETag"))
		})
	}
	f := setUp(t)
	status, body := f.as(t, "isv", "PUT", "/bots/clinica", "x", "Content-Encoding", "gzip")
	require.Equal(t, []any{415, `{"message":"the body must not be compressed"}`}, []any{status, body})
}

func TestBotsAreListedWithTheirNewestVersionAndWhereTheyAreLive(t *testing.T) {
	f := setUp(t)
	f.ok(t, "isv", "PUT", "/bots/clinica", botText("clinica", "uno"))
	f.ok(t, "isv", "PUT", "/bots/clinica", botText("clinica", "dos"))
	f.ok(t, "isv", "PUT", "/bots/avisos", botText("avisos", "uno"))
	f.ok(t, "other", "PUT", "/bots/clinica", botText("clinica", "uno"))
	f.live(t, waID, botText("clinica", "uno"))
	view := func(account, name string, version int, text, channels string) string {
		return fmt.Sprintf(`{"account":%q,"name":%q,"version":%d,"hash":%q,"createdAt":%q,"createdBy":%q,"channels":%s,"tests":0}`,
			account, name, version, hashOf(t, text), created, account, channels)
	}
	avisos := view("isv", "avisos", 1, botText("avisos", "uno"), "[]")
	clinica := view("isv", "clinica", 2, botText("clinica", "dos"), `["56900000001"]`)
	others := view("other", "clinica", 1, botText("clinica", "uno"), "[]")

	require.Equal(t, `{"bots":[`+avisos+","+clinica+"]}", f.ok(t, "isv", "GET", "/bots", ""))
	require.Equal(t, `{"bots":[`+others+"]}", f.ok(t, "other", "GET", "/bots", ""))
	require.Equal(t, `{"bots":[`+avisos+","+clinica+","+others+"]}", f.ok(t, "operator", "GET", "/bots", ""))
	require.Equal(t, `{"bots":[`+others+"]}", f.ok(t, "operator", "GET", "/bots?account=other", ""))
	require.Equal(t, clinica, f.ok(t, "isv", "GET", "/bots/clinica", ""))
	require.Equal(t, clinica, f.ok(t, "operator", "GET", "/bots/clinica?account=isv", ""))
	require.Equal(t, []string{avisos, clinica, others}, f.pages(t, "operator", "/bots?limit=1", "bots"))
}

// pages reads a list to its end and returns its entries.
func (f *fixture) pages(t testing.TB, account, path, list string) []string {
	t.Helper()
	var all []string
	for next := ""; ; {
		var response map[string]json.RawMessage
		at := path
		if next != "" {
			at += "&cursor=" + next
		}
		require.NoError(t, json.Unmarshal([]byte(f.ok(t, account, "GET", at, "")), &response))
		var entries []json.RawMessage
		require.NoError(t, json.Unmarshal(response[list], &entries))
		for _, entry := range entries {
			all = append(all, string(entry))
		}
		if response["next"] == nil {
			return all
		}
		require.NoError(t, json.Unmarshal(response["next"], &next))
	}
}

// live makes a definition live on a channel, past the routes.
func (f *fixture) live(t testing.TB, channel, text string) {
	t.Helper()
	seen, err := f.store.Channel(t.Context(), channel)
	require.NoError(t, err)
	loaded, err := definition.Load([]byte(text))
	require.NoError(t, err)
	tests, err := f.store.Tests(t.Context(), seen.Account, loaded.Name)
	require.NoError(t, err)
	_, err = f.store.Publish(t.Context(), store.Change{
		Channel: channel, Bot: loaded.Hash, At: f.now, By: seen.Account, Seen: seen, Name: loaded.Name, TestsRevision: tests.Revision,
	})
	require.NoError(t, err)
}

func TestVersionsSayWhoAndWhereAndHowManyAreOpen(t *testing.T) {
	f := setUp(t)
	one, two := botText("clinica", "uno"), botText("clinica", "dos")
	f.ok(t, "isv", "PUT", "/bots/clinica", one)
	f.ok(t, "isv", "PUT", "/bots/clinica", two)
	f.live(t, waID, two)
	old := row("old", waID, 1)
	old.Bot = hashOf(t, one)
	done := ended(row("done", waID, 2))
	done.Bot = hashOf(t, one)
	f.keep(t, old, done)
	want := []string{
		fmt.Sprintf(`{"version":2,"hash":%q,"createdAt":%q,"createdBy":"isv","channels":["56900000001"],"open":0}`, hashOf(t, two), created),
		fmt.Sprintf(`{"version":1,"hash":%q,"createdAt":%q,"createdBy":"isv","channels":[],"open":1}`, hashOf(t, one), created),
	}
	require.Equal(t, `{"versions":[`+strings.Join(want, ",")+`]}`, f.ok(t, "isv", "GET", "/bots/clinica/versions", ""))
	require.Equal(t, want, f.pages(t, "isv", "/bots/clinica/versions?limit=1", "versions"))
	require.Equal(t, want, f.pages(t, "operator", "/bots/clinica/versions?account=isv&limit=1", "versions"))
	for _, cursor := range []string{"x", "%00", "W10", "WyIwIl0", "WyItMSJd", "WyJ4Il0", "WyIxIiwiMiJd"} {
		status, body := f.as(t, "isv", "GET", "/bots/clinica/versions?cursor="+cursor, "")
		require.Equal(t, 400, status)
		require.Equal(t, `{"message":"cursor must be the next of an earlier answer"}`, body)
	}
}

// botRoutes are all that name a bot of the account isv.
func botRoutes() []scenario {
	return []scenario{
		{method: http.MethodGet, path: ""},
		{method: http.MethodGet, path: "/versions"},
		{method: http.MethodGet, path: "/versions/1"},
		{method: http.MethodGet, path: "/versions/latest"},
		{method: http.MethodGet, path: "/tests"},
		{method: http.MethodPut, path: "/tests", body: "cases: [{name: a, steps: [{user: hola}, {bot: any}]}]"},
		{method: http.MethodPost, path: "/test"},
		{method: http.MethodPost, path: "/simulate", body: `{"event":{"message":"hola"}}`},
	}
}

func TestABotIsItsTenantsOnlyAndOperatorsRead(t *testing.T) {
	f := setUp(t)
	f.ok(t, "isv", "PUT", "/bots/clinica", botText("clinica", "uno"))
	f.ok(t, "isv", "PUT", "/bots/clinica/tests", "cases: [{name: a, steps: [{user: hola}, {bot: any}]}]")
	unknown := func(id string) string {
		return `{"message":"unsupported get request. Object with ID '` + id + `' does not exist"}`
	}
	for _, rt := range botRoutes() {
		do := func(account, name, query string) []any {
			status, body := f.as(t, account, rt.method, "/bots/"+name+rt.path+query, rt.body)
			return []any{status, body}
		}
		for _, name := range []string{"clinica", "nada", "..", "CLINICA", strings.Repeat("9", 200)} {
			require.Equal(t, []any{400, unknown(name)}, do("other", name, ""), "%s %s", rt.method, rt.path)
		}
		require.Equal(t, []any{400, unknown("CLINICA")}, do("isv", "CLINICA", ""), "%s %s", rt.method, rt.path)
		require.Equal(t, 200, do("isv", "clinica", "")[0], "%s %s", rt.method, rt.path)
		if rt.method != http.MethodGet {
			require.Equal(t, []any{401, `{"message":"unauthorized Access"}`}, do("operator", "clinica", "?account=isv"))
			continue
		}
		require.Equal(t, 200, do("operator", "clinica", "?account=isv")[0])
		require.Equal(t, []any{400, unknown("clinica")}, do("operator", "clinica", "?account=other"))
		require.Equal(t, 400, do("operator", "clinica", "")[0], "an operator names the account")
		require.Equal(t, 400, do("isv", "clinica", "?account=isv")[0], "a tenant has its own only")
	}
	for _, version := range []string{"0", "2", "01", "+1", "-1", "1.0", "1e0", "newest", "99999999999999999999", strings.Repeat("1", 200), "%D9%A1"} {
		status, body := f.as(t, "isv", "GET", "/bots/clinica/versions/"+version, "")
		require.Equal(t, []any{400, unknown(strings.Replace(version, "%D9%A1", "١", 1))}, []any{status, body})
	}
	for _, path := range []string{"/bots/a%2fb", "/bots/clinica/versions/1%2f2", "/bots/", "/bots/clinica/"} {
		status, _ := f.as(t, "isv", "GET", path, "")
		require.Equal(t, 404, status, path)
	}
}

func TestAnAccountIsToldWhenItHasTooManyBotsOrVersionsOrBytes(t *testing.T) {
	const tooMany = "the definitions and tests of the account may take 256 MiB together, and this text does not fit any more; " +
		"make tests shorter, or ask whoever runs the service for another account"
	for err, want := range map[error][]any{
		store.ErrTooManyBots:     {409, "the account has 100 bots, and may not have more"},
		store.ErrTooManyVersions: {409, "clinica has 1000 versions, and may not have more; put it under another name"},
		store.ErrTooManyBytes:    {413, tooMany},
	} {
		var between *spoiled
		f := setUp(t, wrapped(func(s *spoiled) { between = s }))
		f.put(t, "isv", "uno")
		between.put = err
		status, body := f.as(t, "isv", "PUT", "/bots/clinica", botText("clinica", "dos"))
		require.Equal(t, want, []any{status, messageOf(t, body)})
		if want[0] == 413 {
			status, body = f.as(t, "isv", "PUT", "/bots/clinica/tests", passingTests)
			require.Equal(t, want, []any{status, messageOf(t, body)})
		}
	}
}

func TestSchemasAreAnybodys(t *testing.T) {
	f := setUp(t)
	for _, name := range []string{"bot-v1", "bot-test-v1"} {
		response := f.do(t, "GET", "/schemas/"+name+".json", nil, nil)
		require.Equal(t, 200, response.Code)
		require.Equal(t, "application/schema+json", response.Header().Get("Content-Type"))
		require.True(t, json.Valid(response.Body.Bytes()))
	}
	require.Equal(t, 404, f.do(t, "GET", "/schemas/bot-v2.json", nil, nil).Code)
}
