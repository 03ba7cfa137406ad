package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	passingTests = "cases:\n  - name: saluda\n    steps:\n      - user: buenas\n      - bot: any\n"
	failingTests = "cases:\n  - name: agenda\n    steps:\n      - user: buenas\n      - bot: otra cosa\n  - name: sigue\n    steps: [{user: a}]\n"
	publishPath  = "/channels/" + waID + "/bot"
	rollbackPath = publishPath + "/rollback"
)

// inBubble runs a test in which the second that a publish waits takes no time.
func inBubble(t *testing.T, run func(*testing.T)) {
	t.Helper()
	synctest.Test(t, run)
}

// put stores versions of the bot clinica, each saying one of the texts.
func (f *fixture) put(t testing.TB, account string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		f.ok(t, account, "PUT", "/bots/clinica", botText("clinica", text))
	}
}

// view is the bot clinica in a response, in the version that says a text.
func view(t testing.TB, version int, text string) string {
	t.Helper()
	return fmt.Sprintf(`{"name":"clinica","version":%d,"hash":%q}`, version, hashOf(t, botText("clinica", text)))
}

func published(number int, view string) string {
	return fmt.Sprintf(`{"waId":"56900000001","bot":%s,"publication":%d,"publishedAt":%q,"publishedBy":"isv"}`, view, number, created)
}

func TestAVersionIsPublishedAndRolledBack(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		f.put(t, "isv", "uno", "dos", "tres")
		one, two, three := view(t, 1, "uno"), view(t, 2, "dos"), view(t, 3, "tres")
		publish := func(body string) string { return f.ok(t, "isv", "PUT", publishPath, body) }
		rollback := func(body string) string { return f.ok(t, "isv", "POST", rollbackPath, body) }

		require.Equal(t, published(1, one), publish(`{"bot":"clinica","version":1,"expected":null}`))
		require.Equal(t, published(2, three), publish(`{"bot":"clinica"}`))
		require.Equal(t, published(2, three), publish(`{"bot":"clinica","version":3}`), "it is live already")
		require.Equal(t, published(3, two), publish(`{"bot":"clinica","version":2,"expected":{"bot":"clinica","version":3}}`))
		require.Equal(t, published(4, three), rollback(""))
		require.Equal(t, published(5, one), rollback(`{"expected":{"bot":"clinica","version":3}}`))
		require.Equal(t, published(6, "null"), rollback(`{}`))
		status, body := f.as(t, "isv", "POST", rollbackPath, "")
		require.Equal(t, []any{409, `{"message":"channel 56900000001 has the starter live, and nothing before it to go back to","live":null}`}, []any{status, body})
		require.Equal(t, published(7, three), publish(`{"bot":"clinica","expected":null}`))

		want := []string{}
		for i, p := range []string{three, "null", one, three, two, three, one} {
			number := 7 - i
			want = append(want, fmt.Sprintf(`{"number":%d,"bot":%s,"at":%q,"by":"isv","rollback":%t}`, number, p, created, number > 3 && number < 7))
		}
		list := "/channels/" + waID + "/publications"
		require.Equal(t, `{"publications":[`+strings.Join(want, ",")+`]}`, f.ok(t, "isv", "GET", list, ""))
		require.Equal(t, want, f.pages(t, "operator", list+"?limit=2", "publications"))
	})
}

func TestWhatIsExpectedLiveIsChecked(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		f.put(t, "isv", "uno", "dos", "tres", "cuatro")
		conflict := func(body, message, live string) {
			t.Helper()
			for _, rt := range []struct{ method, path string }{{"PUT", publishPath}, {"POST", rollbackPath}} {
				status, response := f.as(t, "isv", rt.method, rt.path, body)
				require.Equal(t, 409, status, response)
				require.Equal(t, `{"message":"channel 56900000001 has `+message+`","live":`+live+`}`, response)
			}
		}
		conflict(`{"bot":"clinica","expected":{"bot":"clinica","version":1}}`, `the starter live, not clinica version 1`, `null`)
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":4}`)
		live := `{"bot":"clinica","version":4}`
		conflict(`{"bot":"clinica","version":3,"expected":{"bot":"clinica","version":2}}`, `clinica version 4 live, not version 2`, live)
		conflict(`{"bot":"clinica","version":3,"expected":{"bot":"tienda","version":4}}`, `clinica version 4 live, not tienda version 4`, live)
		conflict(`{"bot":"clinica","version":3,"expected":{"bot":"Clinica","version":4}}`, `clinica version 4 live, not Clinica version 4`, live)
		conflict(`{"bot":"clinica","version":3,"expected":null}`, `clinica version 4 live, not the starter`, live)
		for body, message := range map[string]string{
			`{"bot":"clinica","expected":7}`:                                          `expected must be null or a version, such as {"bot":"clinica","version":2}`,
			`{"bot":"clinica","expected":{"version":2}}`:                              `expected.bot is missing`,
			`{"bot":"clinica","expected":{"bot":"clinica"}}`:                          `expected.version must be the number of a version, such as 3`,
			`{"bot":"clinica","expected":{"bot":"clinica","version":"2"}}`:            `expected.version must be the number of a version, such as 3`,
			`{"bot":"clinica","expected":{"bot":"clinica","version":1e99}}`:           `expected.version must be the number of a version, such as 3`,
			`{"bot":"clinica","expected":{"bot":"a","version":99999999999999999999}}`: `expected.version must be the number of a version, such as 3`,
		} {
			for _, rt := range []struct{ method, path string }{{"PUT", publishPath}, {"POST", rollbackPath}} {
				status, response := f.as(t, "isv", rt.method, rt.path, body)
				require.Equal(t, []any{400, message}, []any{status, messageOf(t, response)})
			}
		}
	})
}

func TestOfTwoPublishesAtOnceThatExpectTheSameOneIsDone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		f.put(t, "isv", "uno", "dos", "tres")
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1}`)
		statuses := make([]int, 2)
		var both sync.WaitGroup
		for i := range statuses {
			both.Go(func() {
				body := fmt.Sprintf(`{"bot":"clinica","version":%d,"expected":{"bot":"clinica","version":1}}`, i+2)
				statuses[i], _ = f.as(t, "isv", "PUT", publishPath, body)
			})
		}
		both.Wait()
		require.ElementsMatch(t, []int{200, 409}, statuses)
		require.Len(t, f.pages(t, "isv", "/channels/"+waID+"/publications?limit=9", "publications"), 2)
	})
}

func TestAVersionThatFailsTheStoredTestsIsNotPublished(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		f.put(t, "isv", "uno", "dos")
		f.ok(t, "isv", "PUT", "/bots/clinica/tests", failingTests)
		status, body := f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1}`)
		require.Equal(t, 422, status)
		first, second := `the text is \"uno\"`, `the bot said what no step expects`
		require.Contains(t, body, `{"message":"clinica version 1 is not published: case \"agenda\" of the stored tests fails at line 5: `+first)
		require.Contains(t, body, `"failures":[{"case":"agenda","line":5,"problem":"`+first)
		require.Contains(t, body, `{"case":"sigue","line":7,"problem":"before this, `+second)
		require.Equal(t, "[]", liveBots(t, f))

		f.ok(t, "isv", "PUT", "/bots/clinica/tests", passingTests)
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1}`)
		f.ok(t, "isv", "PUT", "/bots/clinica/tests", failingTests)
		f.ok(t, "isv", "POST", rollbackPath, "")
	})
}

// liveBots are the channels of the bot clinica, as JSON.
func liveBots(t testing.TB, f *fixture) string {
	t.Helper()
	_, rest, _ := strings.Cut(f.ok(t, "isv", "GET", "/bots/clinica", ""), `"channels":`)
	channels, _, _ := strings.Cut(rest, `,"tests"`)
	return channels
}

func TestTestsThatDoNotFitAnOlderVersionKeepItFromBeingPublished(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		f.put(t, "isv", "uno")
		newer := strings.ReplaceAll(botText("clinica", "dos"), "hola", "inicio")
		f.ok(t, "isv", "PUT", "/bots/clinica", newer)
		f.ok(t, "isv", "PUT", "/bots/clinica/tests", "cases:\n  - {name: a, steps: [{user: x}, {bot: {state: inicio}}]}\n")
		status, body := f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1}`)
		require.Equal(t, 422, status)
		require.Equal(t, `the tests do not fit clinica version 1: they have an error at line 2, column 48: the bot has no state "inicio"`, messageOf(t, body))
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":2}`)
	})
}

// cannotBeCarried says what v14.0 of the Graph API does not have.
const cannotBeCarried = `bot: v1
name: clinica
languages: [es]
start: hola
states:
  hola:
    say:
      - interactive: {type: cta_url, body: {text: t}, action: {name: cta_url, parameters: {display_text: A, url: "https://x.test"}}}
    close: {reason: done}
`

func TestWhatTheGraphVersionOfAChannelCannotCarryIsNotPublished(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		patch := `{"waId":"56900000001","externalWebhookIsvBot":"https://hooks.example.com/chattigo"}`
		f.ok(t, "isv", "PATCH", "/v14.0/webhooks/outbound", patch)
		f.ok(t, "isv", "PUT", "/bots/clinica", cannotBeCarried)
		status, body := f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica"}`)
		require.Equal(t, 422, status)
		require.Equal(t, "clinica version 1 is not published: channel 56900000001 uses v14.0 of the Graph API, which cannot carry "+
			"interactive cta_url (line 8); set the webhook with PATCH /v16.0/webhooks/outbound or a later version, or take it out of the bot", messageOf(t, body))
		require.Contains(t, body, `"problems":[{"level":"error","code":"version","message":"v14.0 of the Graph API does not have: interactive cta_url","line":8,`)
		f.ok(t, "isv", "PATCH", "/v16.0/webhooks/outbound", patch)
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica"}`)

		const warning = "the Graph version of a channel does not have all that its bot says"
		f.ok(t, "isv", "PATCH", "/v17.0/webhooks/outbound", patch)
		require.NotContains(t, f.log.String(), warning)
		f.ok(t, "isv", "PATCH", "/v14.0/webhooks/outbound", patch)
		require.Contains(t, f.log.String(), warning)
	})
}

func TestTwoTenantsMayPublishOneDefinition(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		text := botText("clinica", "uno")
		f.put(t, "other", "cero")
		for account, channel := range map[string]string{"isv": waID, "other": otherWaID} {
			own := "# of " + account + "\n" + text
			require.Contains(t, f.ok(t, account, "PUT", "/bots/clinica", own), `"created":true`)
			f.ok(t, account, "PUT", "/channels/"+channel+"/bot", `{"bot":"clinica"}`)
			require.Equal(t, own, f.ok(t, account, "GET", "/bots/clinica/versions/latest", ""))
			require.Contains(t, f.ok(t, account, "GET", "/bots", ""), `"channels":["`+channel+`"]`)
		}
		require.Contains(t, f.ok(t, "isv", "GET", "/channels", ""), `"bot":`+view(t, 1, "uno"))
		require.Contains(t, f.ok(t, "other", "GET", "/channels", ""), `"bot":`+view(t, 2, "uno"))
	})
}

func TestAPublishHasPassedTheTestsThatAreStoredWhenItIsDone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		between := &spoiled{}
		f := setUp(t, func(f *fixture) { wrapped(func(s *spoiled) { between = s })(f) })
		f.put(t, "isv", "uno")
		f.ok(t, "isv", "PUT", "/bots/clinica/tests", passingTests)
		replace := func(text string, times int) {
			between.beforePublish = func() {
				if times--; times >= 0 {
					f.ok(t, "isv", "PUT", "/bots/clinica/tests", text)
				}
			}
		}
		replace(failingTests, 1)
		status, body := f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica"}`)
		require.Equal(t, 422, status)
		require.Contains(t, messageOf(t, body), `case "agenda"`)

		f.ok(t, "isv", "PUT", "/bots/clinica/tests", passingTests)
		replace(passingTests, 99)
		status, body = f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica"}`)
		require.Equal(t, []any{409, "the channel or the tests were changed by somebody else again and again; look at them, and try again"}, []any{status, messageOf(t, body)})
		require.Equal(t, "[]", liveBots(t, f))

		replace(passingTests, 2)
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica"}`)
	})
}

// The other process has just read the channel when a version is published: it remembers the version
// before for a second at most, and that long the publish waits.
func TestTheFirstMessageAfterAPublishIsAnsweredByItInEveryProcess(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := setUp(t)
		f.put(t, "isv", "uno", "dos")
		other := &fixture{handler: f.process(t), now: f.now}
		last := func(by *fixture, id string) string {
			require.Equal(t, 200, by.post(t, inboundOf(text(id, contact, "hola"))).Code)
			signals := f.temporal.all()
			return signals[len(signals)-1].envelope.Bot
		}
		one, two := hashOf(t, botText("clinica", "uno")), hashOf(t, botText("clinica", "dos"))
		require.Equal(t, starter, last(other, "1"))
		for i, step := range []struct{ method, path, body, want string }{
			{"PUT", publishPath, `{"bot":"clinica","version":1}`, one},
			{"PUT", publishPath, `{"bot":"clinica","version":2}`, two},
			{"POST", rollbackPath, ``, one},
			{"PUT", publishPath, `{"bot":"clinica","version":1}`, one},
			{"POST", rollbackPath, ``, starter},
		} {
			began := time.Now()
			var done sync.WaitGroup
			done.Go(func() {
				<-time.After(time.Millisecond) // in the bubble's time, while the publish waits
				last(other, fmt.Sprint("while ", i))
			})
			f.ok(t, "isv", step.method, step.path, step.body)
			done.Wait()
			require.GreaterOrEqual(t, time.Since(began), time.Second)
			require.Equal(t, step.want, last(other, fmt.Sprint("there ", i)))
			require.Equal(t, step.want, last(f, fmt.Sprint("here ", i)))
		}
	})
}
