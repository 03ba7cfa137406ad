package bot_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// searching is a bot that makes a call with what the contact wrote.
const searching = `
start: ask
vars: {q: {type: string}, n: {type: int}, price: {type: number}, found: {type: list}, tags: {type: list}, code: {type: string}}
optout: {words: [baja]}
triggers:
  - {text: {any: [menu]}, interrupt: true, to: ask}
  - {type: [reaction], to: ask}
states:
  ask:
    set: {n: "7", price: "2.5", tags: "['a', 'b']"}
    say: ["what?"]
    ask: {as: text, save: {q: answer.text}, to: search}
  search:
    call:
      http:
        get: https://x.test/v1/items/${vars.q}/similar
        query: {q: "${vars.q}", "a b": "${vars.n}", at: "${now}"}
        headers: {Authorization: "Bearer ${secret.token}", X-Name: "${vars.q}; ${secret.one}/${secret.two}"}
        timeout: 8s
      save: {found: result.json.items, code: "string(result.status)"}
      on_status: {404: nothing, 204: nothing}
      on_error: trouble
    say: ["found ${size(vars.found)} with ${vars.code}"]
    goto: ask
  nothing: {say: [nothing], goto: ask}
  trouble: {say: [trouble], ask: {as: text, to: [{if: "answer.text == 'again'", to: search}, {to: order}]}}
  order:
    call:
      http:
        post: https://x.test/orders
        json: {q: "${vars.q}", n: "${vars.n}", price: "${vars.price}", tags: "${vars.tags}", text: "n ${vars.n}", fixed: [1, 2.50, true, null], deep: {q: "<${vars.q}>"}}
      on_error: trouble
    say: [ordered]
    close: {reason: done}
`

// searched is a conversation whose call for a text is out.
func searched(t testing.TB, text string) *chat {
	t.Helper()
	c := talkTo(t, searching)
	c.says("hola")
	c.says(text)
	require.NotNil(t, c.state.Pending)
	return c
}

func TestWhilePendingEventsAreDeferred(t *testing.T) {
	for name, event := range map[string]func(*chat){
		"words":                      func(c *chat) { c.says("hello?") },
		"an interrupt":               func(c *chat) { c.says("menu") },
		"a tap":                      func(c *chat) { c.taps("x") },
		"a picture":                  func(c *chat) { c.sends("image") },
		"a reaction with a trigger":  func(c *chat) { c.reacts() },
		"a person's unreadable word": func(c *chat) { c.receive("", `{"type":"unsupported","errors":[{"code":131060}]}`) },
	} {
		t.Run(name, func(t *testing.T) {
			c := searched(t, "shoes")
			before := encode(t, c.state)
			event(c)
			require.Equal(t, []bot.EffectKind{bot.EffectDeferred}, c.kinds())
			require.Equal(t, before, encode(t, c.state), "it is as if it had not come yet")
		})
	}
}

func TestWhilePendingWhatCanNeverDoAnythingIsNotDeferred(t *testing.T) {
	c := searched(t, "shoes")
	c.fires("idle/1/0")
	require.Equal(t, "timer ignored", c.trace())
	c.receive("", `{"type":"system"}`)
	require.Equal(t, "rule 1 ignored", c.trace())
	require.Empty(t, c.timers, "no timer runs while a call is out")
}

func TestWhilePendingOptOutAndControlAreObeyed(t *testing.T) {
	for name, tt := range map[string]struct {
		event  func(*chat)
		closed bool
	}{
		"opt-out": {func(c *chat) { c.says("BAJA") }, true},
		"close":   {func(c *chat) { c.closes("operator") }, true},
		"handoff": {func(c *chat) { c.controls(bot.ControlHandoff) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := searched(t, "shoes")
			id := c.state.Pending.Call
			tt.event(c)
			require.Contains(t, c.traces(), "call given up")
			require.Nil(t, c.state.Pending)
			require.Equal(t, tt.closed, c.state.Closed)
			c.step(bot.Event{Kind: bot.EventResult, At: c.now, Result: &bot.CallResult{Call: id, Status: 200, Body: "{}"}})
			require.Empty(t, c.kinds(), "what comes back means nothing")
		})
	}
}

func TestACallIsRenderedButForItsSecrets(t *testing.T) {
	call := searched(t, "shoes").call()
	require.Equal(t, "search", call.State)
	require.Equal(t, "GET", call.Method)
	require.Equal(t, "https://x.test/v1/items/shoes/similar?q=shoes&a%20b=7&at=2026-03-10T13%3A00%3A00Z", call.URL)
	require.Equal(t, []bot.Header{
		{Name: "Authorization", Value: []bot.HeaderPart{{Text: "Bearer "}, {Secret: "token"}}},
		{Name: "X-Name", Value: []bot.HeaderPart{{Text: "shoes; "}, {Secret: "one"}, {Text: "/"}, {Secret: "two"}}},
	}, call.Headers)
	require.Equal(t, 8*time.Second, call.Timeout)
	require.Empty(t, call.Body)
}

func TestAValueInAURLStaysAValue(t *testing.T) {
	for said, want := range map[string]string{
		"a/b":                       "items/a%2Fb/similar?q=a%2Fb&",
		"x?admin=1&b=2#c":           "items/x%3Fadmin%3D1%26b%3D2%23c/similar?q=x%3Fadmin%3D1%26b%3D2%23c&",
		"100% ñandú + 1":            "items/100%25%20%C3%B1and%C3%BA%20%2B%201/similar?q=100%25%20%C3%B1and%C3%BA%20%2B%201&",
		"@evil.test:80":             "items/%40evil.test%3A80/similar?q=%40evil.test%3A80&",
		"%2e%2e":                    "items/%252e%252e/similar?q=%252e%252e&",
		"a\r\nHost: evil.test":      "items/a%0AHost%3A%20evil.test/similar?q=a%0AHost%3A%20evil.test&",
		"${secret.token}":           "items/%24%7Bsecret.token%7D/similar?q=%24%7Bsecret.token%7D&",
		"\u202egpj.exe \\ \" ' \t.": "items/%E2%80%AEgpj.exe%20%5C%20%22%20%27%20%09./similar?q=%E2%80%AEgpj.exe%20%5C%20%22%20%27%20%09.&",
	} {
		require.Equal(t, "https://x.test/v1/"+want+"a%20b=7&at=2026-03-10T13%3A00%3A00Z", searched(t, said).call().URL, "%q", said)
	}
}

func TestAValueThatWouldClimbInTheTreeOfAServerFails(t *testing.T) {
	for _, said := range []string{"..", ".", "a/../../admin", "../x"} {
		c := talkTo(t, searching)
		c.says("hola")
		c.says(said)
		require.Nil(t, c.call(), said)
		require.Equal(t, definition.ReasonError, c.ended().Reason, said)
	}
	require.NotNil(t, searched(t, "...").call(), "three dots are a name")
}

func TestAValueInAHeaderCannotBeginAnother(t *testing.T) {
	call := searched(t, "x\r\nX-Admin: 1\x00").call()
	require.Equal(t, []bot.HeaderPart{{Text: "x X-Admin: 1; "}, {Secret: "one"}, {Text: "/"}, {Secret: "two"}}, call.Headers[1].Value)
	call = searched(t, "${secret.token}").call()
	require.Equal(t, bot.HeaderPart{Text: "${secret.token}; "}, call.Headers[1].Value[0], "a contact names no secret")
}

func TestABodyKeepsTheTypesOfItsValues(t *testing.T) {
	c := searched(t, `"}, "admin": true, {"<&`)
	c.fails(bot.CallTimeout)
	c.says("order")
	call := c.call()
	require.Equal(t, "POST", call.Method)
	require.JSONEq(t, `{"q":"\"}, \"admin\": true, {\"<&","n":7,"price":2.5,"tags":["a","b"],"text":"n 7",
		"fixed":[1,2.50,true,null],"deep":{"q":"<\"}, \"admin\": true, {\"<&>"}}`, string(call.Body))
	require.Contains(t, string(call.Body), `"fixed":[1,2.50,true,null]`, "digits as they were written")
	require.True(t, json.Valid(call.Body))
}

func TestAttemptsOfACall(t *testing.T) {
	for _, tt := range []struct {
		http    string
		timeout time.Duration
		retries int
	}{
		{`{get: "https://x.test"}`, 5 * time.Second, 2},
		{`{get: "https://x.test", retries: 0, timeout: 10s}`, 10 * time.Second, 0},
		{`{post: "https://x.test"}`, 5 * time.Second, 0},
		{`{put: "https://x.test"}`, 5 * time.Second, 0},
		{`{patch: "https://x.test", retries: 5}`, 5 * time.Second, 5},
		{`{delete: "https://x.test", timeout: 1s}`, time.Second, 0},
	} {
		c := talkTo(t, "start: a\nstates:\n  a: {call: {http: "+tt.http+", on_error: b}, goto: b}\n  b: {close: {reason: done}}\n")
		c.says("hola")
		require.Equal(t, tt.timeout, c.call().Timeout, tt.http)
		require.Equal(t, tt.retries, c.call().Retries, tt.http)
	}
}

func TestAResultTakesItsWay(t *testing.T) {
	for _, tt := range []struct {
		name   string
		result bot.CallResult
		says   string
		way    string
	}{
		{"an answer goes on", bot.CallResult{Status: 200, Body: `{"items": [1, 2]}`}, "found 2 with 200", "search goto > ask"},
		{"any success", bot.CallResult{Status: 299, Body: `{"items": []}`}, "found 0 with 299", "search goto > ask"},
		{"on_status", bot.CallResult{Status: 404, Body: `{"items": [1]}`}, "nothing", "search on_status 404 > nothing"},
		{"on_status of a success", bot.CallResult{Status: 204}, "nothing", "search on_status 204 > nothing"},
		{"another status", bot.CallResult{Status: 500, Body: `{"items": [1]}`}, "trouble", "search on_error > trouble"},
		{"a redirect", bot.CallResult{Status: 302, Body: `{"items": [1]}`}, "trouble", "search on_error > trouble"},
		{"no answer", bot.CallResult{Error: bot.CallTimeout}, "trouble", "search on_error > trouble"},
		{"no answer, whatever the status", bot.CallResult{Status: 404, Error: bot.CallTooLarge}, "trouble", "search on_error > trouble"},
		{"an answer that is no JSON", bot.CallResult{Status: 200, Body: `<html>`}, "trouble", "search on_error > trouble"},
		{"an answer of another shape", bot.CallResult{Status: 200, Body: `{"items": "two"}`}, "trouble", "search on_error > trouble"},
		{"an answer without the key", bot.CallResult{Status: 200, Body: `{}`}, "trouble", "search on_error > trouble"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := searched(t, "shoes")
			c.result(tt.result)
			require.Equal(t, tt.says, c.texts()[0])
			require.Equal(t, tt.way, c.ways()[0])
			require.Nil(t, c.state.Pending)
			if tt.says != "found 2 with 200" && tt.says != "found 0 with 299" {
				require.Empty(t, c.value("found"), "nothing is saved")
				require.Empty(t, c.value("code"))
			}
		})
	}
}

func TestACallThatFailsAndThenSucceeds(t *testing.T) {
	c := searched(t, "shoes")
	first := c.state.Pending.Call
	c.fails(bot.CallConnection)
	require.Equal(t, "result connection", c.trace())
	require.Equal(t, "trouble", c.asking())
	c.says("again")
	require.NotNil(t, c.call())
	require.NotEqual(t, first, c.call().ID, "another call, not another attempt")
	c.answers(200, `{"items": [1]}`)
	require.Equal(t, "found 1 with 200", c.texts()[0])
}

func TestACallsIDIsTheSameInEveryRepetitionAndDiffersByItsCause(t *testing.T) {
	c := talkTo(t, searching)
	c.says("hola")
	id := func(state bot.State, cause string) string {
		e := textEvent("shoes", c.now)
		e.Cause = cause
		_, effects, err := bot.Step(c.bot, state, e)
		require.NoError(t, err)
		return effects[len(effects)-1].Call.ID
	}
	other := c.state
	other.Conversation = "cnv_2"
	first := id(c.state, "wamid.1")
	require.Regexp(t, "^call_[a-z2-7]{26}$", first)
	require.Equal(t, first, id(c.state, "wamid.1"))
	require.NotEqual(t, first, id(c.state, "wamid.2"))
	require.NotEqual(t, first, id(other, "wamid.1"))
}

// An interrupt takes what was collected as the answer; that leads to a call, and the interrupt has to
// come again. What it causes then is numbered on.
func TestAnEventThatComesAgainCausesNothingTwice(t *testing.T) {
	c := talkTo(t, strings.Replace(searching, "ask: {as: text, save: {q: answer.text}, to: search}", "ask: {as: text, collect: 5s, save: {q: answer.text}, to: before}", 1)+
		"  before: {say: [one, two], goto: search}\n")
	c.says("hola")
	c.says("shoes")
	e := textEvent("menu", c.now)
	e.Cause = "wamid.menu"
	turns := c.state.Turns
	c.step(e)
	require.Equal(t, []bot.EffectKind{bot.EffectTimerClear, bot.EffectSend, bot.EffectSend, bot.EffectCall, bot.EffectDeferred}, c.kinds())
	require.Equal(t, []int{0, 1}, c.indexes())
	require.Equal(t, turns, c.state.Turns)
	c.answers(404, "")
	c.step(e)
	require.Equal(t, "rule 5 interrupt", c.trace())
	require.Equal(t, []int{3}, c.indexes(), "behind two messages and a call")
	require.Equal(t, turns+1, c.state.Turns, "it is counted once")
}

// indexes tell the sends of the latest event apart.
func (c *chat) indexes() []int {
	var all []int
	for _, f := range c.effects {
		if f.Send != nil {
			all = append(all, f.Send.Index)
		}
	}
	return all
}

func TestAResultOfAnotherCallIsIgnored(t *testing.T) {
	c := searched(t, "shoes")
	for _, id := range []string{"", "call_other"} {
		c.step(bot.Event{Kind: bot.EventResult, At: c.now, Result: &bot.CallResult{Call: id, Status: 200, Body: `{"items": []}`}})
		require.Equal(t, "result ignored", c.trace())
		require.NotNil(t, c.state.Pending)
	}
	id := c.state.Pending.Call
	c.answers(404, "")
	c.step(bot.Event{Kind: bot.EventResult, At: c.now, Result: &bot.CallResult{Call: id, Status: 404}})
	require.Equal(t, "result ignored", c.trace(), "the second time")
	require.Equal(t, "ask", c.asking())
}

func TestACallOfMoreThan32KiBFails(t *testing.T) {
	for hands, called := range map[int]bool{1100: true, 1200: false} { // 28 bytes each: twice 12 in the URL, 4 in a header
		c := talkTo(t, searching)
		c.says("hola")
		c.says(strings.Repeat("👋", hands))
		require.Equal(t, called, c.call() != nil)
		require.Equal(t, called, c.ended() == nil)
	}
}

func TestTheHostOfACallIsPublic(t *testing.T) {
	for _, host := range []string{
		"localhost", "10.0.0.1", "169.254.169.254", "2130706433", "intranet", "api_x.example.com", "ñandu.example.com",
		"api.example.com:8080", "[::1]", "api.example.com/a/..",
	} {
		_, err := definition.Load([]byte(`
bot: v1
name: x
start: a
states:
  a: {call: {http: {get: "https://` + host + `/x"}, on_error: a2}, goto: a2}
  a2: {close: {reason: done}}
`))
		var problems definition.Problems
		require.ErrorAs(t, err, &problems, host)
		require.Equal(t, definition.CodeURL, problems[0].Code, host)
	}
}

// That the key is sent, and on every attempt, is the shell's (package activities).
func TestTheIdempotencyKeyIsTheCallsIDAndNobodyElses(t *testing.T) {
	c := searched(t, "shoes")
	require.Equal(t, c.state.Pending.Call, c.call().ID)
	src := "bot: v1\nname: h\nstart: a\nstates:\n  a: {call: {http: {get: \"https://any.host.example/x\", headers: {idempotency-key: x}}, on_error: b}, goto: b}\n  b: {close: {reason: x}}\n"
	require.Contains(t, problems(t, src).List(), "the header idempotency-key is set by the service")
	load(t, strings.Replace(src, ", headers: {idempotency-key: x}", "", 1)) // any public host
}
