package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// guarded is the bot of a channel that watches for other bots.
func guarded(t testing.TB, src string) *chat {
	t.Helper()
	c := talkTo(t, src)
	c.state.LoopGuard = true
	return c
}

const chatty = `
start: a
optout: {words: [baja]}
triggers: [{type: [reaction], interrupt: true, to: thanks}]
states:
  a: {say: [a], ask: {as: text, to: a, idle: [{after: 1m, to: bye}]}}
  thanks: {say: [thanks], goto: a}
  bye: {say: [bye], close: {reason: timeout}}
`

// distinct are texts that differ from each other.
func distinct(n int) string { return strings.Repeat("x", n) }

func TestMoreThanTwentyMessagesInAMinuteKeepTheBotStillForTenMinutes(t *testing.T) {
	c := guarded(t, chatty)
	for n := range 20 {
		c.says(distinct(n + 1))
		require.NotEmpty(t, c.texts())
		c.waits(2 * time.Second)
	}
	c.says(distinct(21))
	require.Equal(t, "loop guard: more than 20 messages within a minute", c.trace())
	require.Empty(t, c.texts())
	require.Equal(t, []bot.EffectKind{bot.EffectNote, bot.EffectTimerSet}, c.kinds())
	turns := c.state.Turns
	c.waits(10*time.Minute - 1)
	c.says("hello?")
	require.Equal(t, "loop guard: quiet", c.trace())
	require.Empty(t, c.kinds(), "it stands in the transcript only")
	require.Equal(t, turns+1, c.state.Turns)
	c.waits(1)
	c.says("hello?")
	require.Equal(t, []string{"a"}, c.texts())
	require.Zero(t, c.state.QuietUntil)
}

func TestTwentyOneMessagesInMoreThanAMinuteAreAPerson(t *testing.T) {
	c := guarded(t, chatty)
	for n := range 60 {
		c.says(distinct(n + 1))
		require.NotEmpty(t, c.texts(), n)
		c.waits(3 * time.Second)
	}
}

// again is a bot that refuses what it hears and asks on.
const again = `
start: a
defaults: {retry: {max: 10, say: ["no"], else: bye}}
states:
  a: {say: [a], ask: {as: image, to: bye, idle: [{after: 1m, to: bye}]}}
  bye: {say: [bye], close: {reason: timeout}}
`

func TestFiveEqualTextsToTheSameQuestionKeepTheBotStill(t *testing.T) {
	c := guarded(t, again)
	c.says("hola")
	for _, text := range []string{"What?", "what", " WHAT!", "whát"} {
		c.says(text)
		require.Equal(t, []string{"no"}, c.texts())
	}
	c.says("what")
	require.Equal(t, "loop guard: the same text 5 times to the same question", c.trace())
	require.Empty(t, c.texts())
	c.waits(10 * time.Minute)
	c.says("what")
	require.Equal(t, []string{"no"}, c.texts(), "counted anew")

	c = guarded(t, again)
	c.says("hola")
	for _, text := range []string{"a", "a", "a", "a", "b", "a", "a", "a", "a"} {
		c.says(text)
		require.Equal(t, []string{"no"}, c.texts(), "not in a row")
	}
}

func TestEqualTextsToDifferentQuestionsAreAPerson(t *testing.T) {
	c := guarded(t, chatty)
	for range 19 {
		c.says("next")
		require.Equal(t, []string{"a"}, c.texts())
	}
}

func TestWhileItKeepsStillTheBotSaysNothing(t *testing.T) {
	still := func(t *testing.T, src string) *chat {
		t.Helper()
		c := guarded(t, src)
		for n := range 21 {
			c.says(distinct(n + 1))
		}
		require.Contains(t, c.trace(), "more than 20 messages")
		return c
	}
	t.Run("no reminder", func(t *testing.T) {
		c := still(t, chatty)
		require.Equal(t, c.now.Add(11*time.Minute), c.armed.At)
		c.waits(11 * time.Minute)
		require.Equal(t, []string{"bye"}, c.texts())
	})
	t.Run("no thanks for a reaction", func(t *testing.T) {
		c := still(t, chatty)
		c.reacts()
		require.Equal(t, "loop guard: quiet", c.trace())
		require.Empty(t, c.texts())
	})
	t.Run("no answer to what was collected", func(t *testing.T) {
		c := guarded(t, collecting)
		c.says("hola")
		for range 4 {
			c.says("same")
		}
		c.says("same")
		require.Contains(t, c.trace(), "the same text 5 times")
		c.waits(10 * time.Minute)
		require.Empty(t, c.texts())
		c.waits(8 * time.Second)
		require.Equal(t, []string{"noted: same same same same"}, c.texts(), "it is taken afterwards")
	})
	t.Run("opt-out works", func(t *testing.T) {
		c := still(t, chatty)
		c.says("baja")
		require.Equal(t, definition.ReasonOptout, c.ended().Reason)
	})
}

func TestReactionsThatAreAnsweredCountToo(t *testing.T) {
	c := guarded(t, chatty)
	for range 20 {
		c.reacts()
		require.Equal(t, []string{"thanks", "a"}, c.texts())
	}
	c.reacts()
	require.Empty(t, c.texts(), "two bots can go round in thanks as well")
}

func TestTheLoopGuardIsOffUnlessTheChannelWantsIt(t *testing.T) {
	c := talkTo(t, chatty)
	for range 100 {
		c.says("same")
		require.Equal(t, []string{"a"}, c.texts())
	}
	require.Empty(t, c.state.Recent)
	require.Zero(t, c.state.QuietUntil)
}
