package api_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTestsArePutAndPlayed(t *testing.T) {
	f := setUp(t)
	f.put(t, "isv", "uno", "dos")
	require.Equal(t, `{"cases":2,"warnings":[]}`, f.ok(t, "isv", "PUT", "/bots/clinica/tests", failingTests))
	response := f.do(t, "GET", "/bots/clinica/tests", headers{"Authorization": f.token("operator")}, nil)
	require.Equal(t, 400, response.Code, "an operator names the account")
	response = f.do(t, "GET", "/bots/clinica/tests?account=isv", headers{"Authorization": f.token("operator")}, nil)
	require.Equal(t, []any{failingTests, "application/yaml"}, []any{response.Body.String(), response.Header().Get("Content-Type")})
	require.Contains(t, f.ok(t, "isv", "GET", "/bots/clinica", ""), `"tests":2`)

	require.Equal(t, `{"cases":1,"warnings":[]}`, f.ok(t, "isv", "PUT", "/bots/clinica/tests", strings.Replace(passingTests, "bot: any", "bot: dos", 1)))
	require.Equal(t, `{"version":2,"passed":1,"failed":0,"cases":[{"name":"saluda","line":2,"passed":true}]}`, f.ok(t, "isv", "POST", "/bots/clinica/test", ""))

	var results struct {
		Version, Passed, Failed int
		Cases                   []struct {
			Name    string
			Line    int
			Passed  bool
			Failure struct {
				Line          int
				Step, Problem string
			}
			Transcript string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(f.ok(t, "isv", "POST", "/bots/clinica/test", `{"version":1}`)), &results))
	require.Equal(t, []int{1, 0, 1}, []int{results.Version, results.Passed, results.Failed})
	failed := results.Cases[0]
	require.Equal(t, []any{"saluda", 2, false, 5, "bot: dos"}, []any{failed.Name, failed.Line, failed.Passed, failed.Failure.Line, failed.Failure.Step})
	require.Contains(t, failed.Failure.Problem, `the text is "uno"`)
	require.Contains(t, failed.Transcript, "▌ uno")
	require.Contains(t, failed.Transcript, "✗ line 5: bot: dos")
}

func TestResultsComeAsJUnitToWhoAcceptsIt(t *testing.T) {
	f := setUp(t)
	f.put(t, "isv", "uno")
	f.ok(t, "isv", "PUT", "/bots/clinica/tests", failingTests)
	for accept, want := range map[string]bool{
		"application/junit+xml": true, "application/json, text/xml;q=0.5": true, "application/xml": true,
		"": false, "*/*": false, "application/json": false, ",;,": false,
	} {
		response := f.do(t, "POST", "/bots/clinica/test", headers{"Authorization": f.token("isv"), "Accept": accept}, nil)
		require.Equal(t, 200, response.Code)
		require.Equal(t, want, response.Header().Get("Content-Type") == "application/junit+xml; charset=utf-8", accept)
		if want {
			var report struct {
				Tests    int `xml:"tests,attr"`
				Failures int `xml:"failures,attr"`
			}
			require.NoError(t, xml.Unmarshal(response.Body.Bytes(), &report))
			require.Equal(t, []int{2, 2}, []int{report.Tests, report.Failures})
		}
	}
}

func TestTestsThatCannotBeUsedAreRefused(t *testing.T) {
	f := setUp(t)
	f.put(t, "isv", "uno")
	for _, tc := range []struct{ name, text, want string }{
		{
			"of another bot", "bot: tienda.bot.yaml\ncases:\n  - {name: a, steps: [{user: x}, {bot: {state: pedido}}]}\n",
			`the tests do not fit clinica version 1: they have an error at line 3, column 48: the bot has no state "pedido"`,
		},
		{"without cases", "bot: clinica.bot.yaml\ncases: []\n", "the test file has an error at line 2, column 8: cases must be a list with at least one item"},
		{"broken", "cases: [", "the test file has an error at line 1, column 9: not valid YAML: "},
		{"a definition", botText("clinica", "uno"), "the test file has 5 errors; the first is at line 1, column 1: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := f.as(t, "isv", "PUT", "/bots/clinica/tests", tc.text)
			require.Equal(t, 422, status)
			require.Contains(t, messageOf(t, body), tc.want)
			require.Contains(t, body, `"problems":[{"level":"error"`)
		})
	}
	status, body := f.as(t, "isv", "PUT", "/bots/clinica/tests", passingTests, "Content-Type", "application/json")
	require.Equal(t, []any{422, "the text is YAML, and its type says that it is JSON; send YAML as application/yaml"}, []any{status, messageOf(t, body)})
	status, body = f.as(t, "isv", "GET", "/bots/clinica/tests", "")
	require.Equal(t, []any{400, "unsupported get request. Object with ID 'clinica' does not exist"}, []any{status, messageOf(t, body)})
	status, body = f.as(t, "isv", "POST", "/bots/clinica/test", "")
	require.Equal(t, []any{409, "clinica has no tests; PUT them to /bots/clinica/tests"}, []any{status, messageOf(t, body)})
}

func TestTestsMayBeThoseOfAnOlderVersion(t *testing.T) {
	f := setUp(t)
	f.put(t, "isv", "uno")
	f.ok(t, "isv", "PUT", "/bots/clinica", strings.ReplaceAll(botText("clinica", "dos"), "hola", "otro"))
	const tests = "cases: [{name: a, steps: [{user: x}, {bot: {state: hola}}]}]"
	for _, tt := range []struct {
		path, want string
		status     int
	}{
		{"/bots/clinica/tests", `the tests do not fit clinica version 2: they have an error at line 1, column 52: the bot has no state "hola"`, 422},
		{"/bots/clinica/tests?version=2", `the tests do not fit clinica version 2: they have an error at line 1, column 52: the bot has no state "hola"`, 422},
		{"/bots/clinica/tests?version=3", "unsupported get request. Object with ID '3' does not exist", 400},
		{"/bots/clinica/tests?version=", "version must not be empty", 400},
		{"/bots/clinica/tests?of=1", "the query has no 'of'; it takes version", 400},
	} {
		status, body := f.as(t, "isv", "PUT", tt.path, tests)
		require.Equal(t, []any{tt.status, tt.want}, []any{status, messageOf(t, body)}, tt.path)
	}
	require.Equal(t, `{"cases":1,"warnings":[]}`, f.ok(t, "isv", "PUT", "/bots/clinica/tests?version=1", tests))
}

func TestTestsAreStoppedWhenTheirTimeIsUp(t *testing.T) {
	f := setUp(t, func(f *fixture) { f.ticks = 100 * time.Millisecond })
	f.put(t, "isv", "uno")
	cases := []string{}
	for i := range 100 {
		cases = append(cases, fmt.Sprintf("  - {name: c%d, steps: [{user: x}, {bot: any}]}\n", i))
	}
	f.ok(t, "isv", "PUT", "/bots/clinica/tests", "cases:\n"+strings.Join(cases, ""))
	status, body := f.as(t, "isv", "POST", "/bots/clinica/test", "")
	require.Equal(t, 422, status)
	require.Regexp(t, `^the tests were stopped in case "c\d+" \(line \d+\) because the time was up; all cases together may take 5 seconds$`, messageOf(t, body))
	status, body = f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica"}`)
	require.Equal(t, 422, status)
	require.Contains(t, messageOf(t, body), "the time was up")
}
