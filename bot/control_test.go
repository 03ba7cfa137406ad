package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

func (c *chat) controls(control bot.Control) {
	c.t.Helper()
	c.step(bot.Event{Kind: bot.EventControl, At: c.now, Control: control})
}

// handedOff is a conversation that waited at the menu when a person took over.
func handedOff(t testing.TB) *chat {
	t.Helper()
	c := atMenu(t)
	c.controls(bot.ControlHandoff)
	require.True(t, c.state.Muted())
	require.Empty(t, c.texts())
	return c
}

// Rule 2 of bot/v1: while a person answers, the bot says nothing, whatever is said.
func TestRule2AMutedBotSaysNothing(t *testing.T) {
	for _, tt := range []struct {
		name string
		say  func(*chat)
	}{
		{"to an answer of the open question", func(c *chat) { c.taps("first") }},
		{"to an interrupt", func(c *chat) { c.says("stop") }},
		{"to anything", func(c *chat) { c.says("what?") }},
		{"to a picture", func(c *chat) { c.sends("image") }},
		{"to a reaction", func(c *chat) {
			c.receive("", `{"type":"reaction","reaction":{"message_id":"m","emoji":"👍"}}`)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := handedOff(t)
			tt.say(c)
			require.Equal(t, "rule 2 muted", c.trace())
			require.Empty(t, c.texts())
			require.True(t, c.state.Muted())
			require.False(t, c.state.Closed)
		})
	}
}

func TestAMutedBotKeepsTheWindowAndNotTheTurns(t *testing.T) {
	c := handedOff(t)
	turns := c.state.Turns
	c.now = c.now.Add(time.Hour)
	c.says("still there?")
	require.Equal(t, turns, c.state.Turns)
	require.Equal(t, c.now, c.state.LastIn)
}

func TestAHandoffStopsTheQuestionsClock(t *testing.T) {
	c := handedOff(t)
	require.Equal(t, bot.TimerHandoff, c.armed.Kind)
	c.step(bot.Event{Kind: bot.EventTimer, At: c.now.Add(time.Hour), Timer: "idle/1/0"})
	require.Equal(t, "timer ignored", c.trace())
	require.Empty(t, c.texts())
}

func TestAHandedOffConversationEndsADayAfterTheLastWord(t *testing.T) {
	c := handedOff(t)
	c.waits(23 * time.Hour)
	c.says("one more thing")
	c.waits(23 * time.Hour)
	c.controls(bot.ControlHandoff) // a person answered
	c.waits(24*time.Hour - 1)
	require.False(t, c.state.Closed)
	c.waits(1)
	require.True(t, c.state.Closed)
	require.Empty(t, c.texts(), "the contact's window is closed")
	require.Equal(t, &bot.Close{Reason: definition.ReasonTimeout, Notice: true}, c.effects[len(c.effects)-1].Close)
}

func TestResumeAsksTheOpenQuestionAnew(t *testing.T) {
	c := atMenu(t)
	old := c.button("first")
	c.controls(bot.ControlHandoff)
	c.waits(3 * time.Hour)
	c.controls(bot.ControlResume)

	require.False(t, c.state.Muted())
	require.Equal(t, "menu", c.state.Ask.State)
	require.Equal(t, c.now, c.state.Ask.Since)
	require.Contains(t, c.texts(), "menu [First] [Ágain ↻] [👍]")
	require.Equal(t, bot.TimerIdle, c.armed.Kind)
	require.True(t, c.armed.At.After(c.now))
	c.taps(old)
	require.Equal(t, "rule 4c answer", c.trace(), "a button from before the handoff still answers")
}

func TestResumeOfABotThatIsNotMutedDoesNothing(t *testing.T) {
	c := atMenu(t)
	before := encode(t, c.state.Ask)
	c.controls(bot.ControlResume)
	require.Empty(t, c.texts())
	require.Equal(t, before, encode(t, c.state.Ask))
}

func TestResumeBeforeAnyQuestionStartsAtTheBeginning(t *testing.T) {
	c := newChat(t, rules(t))
	c.controls(bot.ControlHandoff)
	c.says("hello")
	require.Empty(t, c.texts())
	c.controls(bot.ControlResume)
	require.Equal(t, "menu", c.state.Ask.State)
	require.NotEmpty(t, c.texts())
}

func TestAHandedOffConversationCanBeClosed(t *testing.T) {
	c := handedOff(t)
	c.closes("solved")
	require.True(t, c.state.Closed)
	require.False(t, c.state.Muted())
	require.NotEmpty(t, c.texts(), "the closing words")
	require.Equal(t, &bot.Close{Reason: "solved", Notice: true}, c.effects[len(c.effects)-1].Close)
}

func TestResumingAtTheStartLeavesTheSubroutines(t *testing.T) {
	c := talkTo(t, `
start: menu
states:
  menu: {say: [menu], ask: {as: text, to: go}}
  go: {run: {state: sub, then: menu}}
  sub: {say: [paso], handoff: {to: desk}}
`)
	c.says("hola")
	for range 12 {
		c.says("x")
		require.True(t, c.state.Muted())
		c.step(bot.Event{Kind: bot.EventControl, At: c.now, Control: bot.ControlResume})
		require.False(t, c.state.Closed)
		require.Empty(t, c.state.Stack)
	}
}
