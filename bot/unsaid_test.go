package bot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

const unsaying = `
start: hello
vars: {seen: {type: int}}
defaults: {retry: {max: 2, say: ["what?"], else: lost}, stale: {say: [stale]}}
triggers: [{text: {any: [help]}, to: helped}, {text: {any: [sub]}, interrupt: true, to: sub}]
states:
  hello: {set: {seen: "vars.seen + 1"}, %s goto: ask}
  ask:
    %s
    ask: {as: int, to: end, idle: [{after: 1h, say: [reminder]}, {after: 2h, to: lost}]}
  helped: {say: [helped], goto: ask}
  sub: {run: {state: ask, then: end}}
  lost: {say: [lost], close: {reason: lost}}
  end: {say: ["end ${vars.seen}"], close: {reason: done}}
`

const late = `{template: {name: late, language: {code: es}}}`

// longAgo is a message that arrives when WhatsApp's window has closed over it.
func (c *chat) longAgo(text string) {
	c.t.Helper()
	m := whatsapp.DecodeMessage([]byte(`{"type":"text","text":{"body":` + quoted(text) + `}}`))
	m.Timestamp = c.now.Add(-30 * time.Hour)
	c.step(bot.Event{Kind: bot.EventInbound, At: c.now, Message: &m})
}

func TestAQuestionIsOpenOnlyIfItWasSaid(t *testing.T) {
	for _, tt := range []struct {
		name, hello, ask string
		open             bool
	}{
		{"said freely", "say: [hello],", "say: [number]", false},
		{"said by the state before", "say: [hello],", "", false},
		{"said by a template", "", "say: [" + late + "]", true},
		{"said by a template in part", "say: [hello],", "say: [number, " + late + "]", true},
		{"said by a template of the state before", "say: [" + late + "],", "", true},
		{"greeted by a template, but not said", "say: [" + late + "],", "say: [number]", false},
		{"without a word of its own", "", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, fmt.Sprintf(unsaying, tt.hello, tt.ask))
			c.longAgo("hola")
			if tt.open {
				require.Equal(t, "ask", c.asking())
				require.Equal(t, "idle/1/0", c.armed.ID)
				c.says("5")
				require.Equal(t, []string{"end 1"}, c.texts())
				return
			}
			require.Empty(t, c.asking())
			c.says("5")
			require.Equal(t, "rule 9 start", c.trace(), "nothing was asked that 5 could answer")
			require.Equal(t, "ask", c.asking())
			require.Equal(t, 0, c.state.Ask.Tries)
			c.says("5")
			require.Equal(t, []string{"end 2"}, c.texts(), "variables stay")
		})
	}
}

func unsaid(t testing.TB) *chat {
	t.Helper()
	c := talkTo(t, fmt.Sprintf(unsaying, "say: [hello],", "say: [number]"))
	c.longAgo("sub")
	require.True(t, c.state.Unsaid)
	require.Empty(t, c.state.Stack, "what was under way is given up")
	return c
}

func TestNobodyIsRemindedOfAQuestionThatWasNotSaid(t *testing.T) {
	c := unsaid(t)
	c.waits(23 * time.Hour)
	require.False(t, c.state.Closed)
	c.waits(time.Hour)
	require.Empty(t, c.texts())
	require.Equal(t, &bot.Close{Reason: definition.ReasonTimeout, Notice: true}, c.ended())
}

func TestWhatComesAfterAQuestionThatWasNotSaidBeginsAnew(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(*chat)
		rule string
		says []string
	}{
		"words":                 {func(c *chat) { c.says("x") }, "rule 9 start", []string{"hello", "number"}},
		"a trigger":             {func(c *chat) { c.says("help") }, "rule 7 trigger", []string{"helped", "number"}},
		"a picture":             {func(c *chat) { c.sends("image") }, "rule 9 start", []string{"hello", "number"}},
		"another late message":  {func(c *chat) { c.longAgo("x") }, "rule 9 start", nil},
		"a person who gives up": {func(c *chat) { c.controls(bot.ControlHandoff); c.controls(bot.ControlResume) }, "control resume", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := unsaid(t)
			tt.do(c)
			require.Equal(t, tt.rule, c.trace())
			require.Equal(t, tt.says, c.texts())
			require.Equal(t, len(tt.says) > 0, c.state.Ask != nil)
			require.Equal(t, len(tt.says) == 0, c.state.Unsaid)
			require.Len(t, c.timers, 1)
		})
	}
}

// A refusal or a reminder that may not be said changes nothing about a question that was said.
func TestAQuestionThatWasSaidStaysOpen(t *testing.T) {
	c := talkTo(t, fmt.Sprintf(unsaying, "", "say: [number]"))
	c.says("hola")
	c.now = c.now.Add(25 * time.Hour)
	c.longAgo("x")
	require.Equal(t, "rule 8 refused", c.trace())
	require.Empty(t, c.texts())
	require.Equal(t, "ask", c.asking())
}

// asks are the numbers of the questions that the latest event's messages say.
func (c *chat) asks() (all []int) {
	for _, f := range c.effects {
		if f.Send != nil {
			all = append(all, f.Send.Ask)
		}
	}
	return all
}

func (c *chat) loses(no int) {
	c.t.Helper()
	c.step(bot.Event{Kind: bot.EventControl, At: c.now, Control: bot.ControlUnsaid, Ask: no})
}

func TestTheMessageThatSaysAQuestionIsKnown(t *testing.T) {
	c := atMenu(t)
	require.Equal(t, []int{0, 0, 1, 0}, c.asks(), "hello, before, menu, after")
	c.says("x")
	require.Equal(t, []int{0, 1}, c.asks(), "the refusal, and the question again")
	c.taps("invented")
	require.Equal(t, []int{0, 0, 1, 0}, c.asks(), "stale, and the question again")

	c = talkTo(t, fmt.Sprintf(unsaying, "say: [hello],", "say: [please, number]"))
	c.says("hola")
	require.Equal(t, []int{0, 0, 1}, c.asks())
	c.waits(time.Hour)
	require.Equal(t, []int{0}, c.asks(), "a reminder")
	c = talkTo(t, fmt.Sprintf(unsaying, "say: [number],", ""))
	c.says("hola")
	require.Equal(t, []int{1}, c.asks(), "the state before says it")
}

func TestAQuestionThatWasNotDeliveredIsNotOpen(t *testing.T) {
	c := atMenu(t)
	c.loses(1)
	require.Empty(t, c.texts())
	require.Empty(t, c.asking())
	require.Equal(t, "idle/unsaid", c.armed.ID)
	c.says("x")
	require.Equal(t, []string{"hello", "before", asked, "after"}, c.texts())
	require.Equal(t, "menu", c.asking())
	require.Equal(t, 2, c.state.Ask.No)
}

func TestALostQuestionThatIsNotOpenChangesNothing(t *testing.T) {
	for name, prepare := range map[string]func(*chat) int{
		"of an earlier one":      func(c *chat) int { c.taps(c.button("again")); return 1 },
		"while a person answers": func(c *chat) int { c.controls(bot.ControlHandoff); return 1 },
		"twice":                  func(c *chat) int { c.loses(1); return 1 },
	} {
		t.Run(name, func(t *testing.T) {
			c := atMenu(t)
			no := prepare(c)
			before := encode(t, c.state)
			c.loses(no)
			require.Equal(t, before, encode(t, c.state))
			require.Empty(t, c.texts())
		})
	}
	c := talkTo(t, "start: a\nstates: {a: {say: [a], ask: {as: text, collect: 5s, to: a}}}\n")
	c.says("hola")
	c.says("begun")
	c.loses(1)
	require.Equal(t, "a", c.asking(), "what is being answered was heard")
}
