package bot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// farewells is a bot whose chat is over after one answer.
const farewells = `
start: bye
states:
  bye: {say: [bye], close: {reason: resolved}}
`

// reopened is the contact's next conversation, with what the loop guard remembers.
func (c *chat) reopened() {
	c.t.Helper()
	guard := c.state.Guard()
	fresh := bot.NewState(c.bot, fmt.Sprintf("cnv_%d", c.events), c.state.Contact, c.now)
	c.state = fresh.Guarded(guard)
	c.timers, c.armed = map[bot.TimerKind]*bot.Timer{}, nil
}

func TestTheLoopGuardCountsOverConversations(t *testing.T) {
	c := guarded(t, farewells)
	for n := range 20 {
		c.says(distinct(n + 1))
		require.Equal(t, []string{"bye"}, c.texts())
		require.True(t, c.state.Closed)
		c.waits(2 * time.Second)
		c.reopened()
	}
	c.says(distinct(21))
	require.Equal(t, "loop guard: more than 20 messages within a minute", c.trace())
	require.Empty(t, c.texts())
}

func TestATextThatOpensFiveConversationsInARowKeepsTheBotStill(t *testing.T) {
	for _, tt := range []struct {
		name  string
		texts []string
		pause time.Duration
		quiet bool
	}{
		{"the same text", []string{"Gracias", "gracias!", "GRACIAS", "gracias", "gracias"}, 10 * time.Second, true},
		{"another one between them", []string{"gracias", "gracias", "hola", "gracias", "gracias"}, 10 * time.Second, false},
		{"a person who comes back", []string{"hola", "hola", "hola", "hola", "hola"}, time.Minute, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := guarded(t, farewells)
			for i, text := range tt.texts {
				c.says(text)
				last := i == len(tt.texts)-1
				require.Equal(t, tt.quiet && last, len(c.texts()) == 0, i)
				if !last {
					c.waits(tt.pause)
					c.reopened()
				}
			}
		})
	}
}

func TestAPauseHoldsInTheNextConversationAndEndsItWithoutAWord(t *testing.T) {
	c := guarded(t, farewells)
	c.state = c.state.Guarded(&bot.Guard{QuietUntil: opened.Add(time.Minute)})
	c.says("hola")
	c.says("¿hola?")
	require.Equal(t, "loop guard: quiet", c.trace())
	require.Empty(t, c.texts())
	require.False(t, c.state.Closed)
	c.waits(time.Minute)
	require.Equal(t, "loop guard: the pause is over", c.trace())
	require.True(t, c.state.Closed)
	require.Equal(t, []bot.EffectKind{bot.EffectTimerClear, bot.EffectClose}, c.kinds())

	c.reopened()
	c.says("hola")
	require.Equal(t, []string{"bye"}, c.texts())
}

func TestTheQuestionOfAQuietBotKeepsItsOwnClock(t *testing.T) {
	c := guarded(t, again)
	c.says("hola")
	for range 5 {
		c.says("what")
	}
	require.Equal(t, "loop guard: the same text 5 times to the same question", c.trace())
	c.says("what")
	require.Equal(t, "loop guard: quiet", c.trace())
	c.waits(10 * time.Minute)
	require.False(t, c.state.Closed, "the question waits for its answer")
	c.waits(time.Minute)
	require.Equal(t, []string{"bye"}, c.texts())
}

func TestAConversationThatIsNotGuardedRemembersNothing(t *testing.T) {
	c := talkTo(t, farewells)
	c.says("hola")
	require.Nil(t, c.state.Guard())
}

func TestAChatWhoseContactHasLeftTheNumberEndsWithoutAWord(t *testing.T) {
	changed := func(kind, rest string) string {
		return fmt.Sprintf(`{"from":"56911112222","id":"wamid.s","type":"system","system":{"type":%q,%s}}`, kind, rest)
	}
	for _, tt := range []struct {
		name, raw string
		ends      bool
	}{
		{"another number", changed("user_changed_number", `"wa_id":"56933334444"`), true},
		{"as versions before named it", changed("customer_changed_number", `"new_wa_id":"56933334444"`), true},
		{"the same number in another form", changed("user_changed_number", `"wa_id":"+56 9 1111 2222"`), false},
		{"a new security code", changed("user_identity_changed", `"wa_id":"56933334444"`), false},
		{"a new user id", changed("user_changed_user_id", `"user_id":"CL.2"`), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, muted := range []bool{false, true} {
				c := talkTo(t, chatty)
				c.says("hola")
				if muted {
					c.step(bot.Event{Kind: bot.EventControl, Control: bot.ControlHandoff, At: c.now})
				}
				c.receive("<system>", tt.raw)
				require.Empty(t, c.texts())
				require.Equal(t, tt.ends, c.state.Closed)
				if tt.ends {
					require.Nil(t, c.armed)
					require.Equal(t, &bot.Close{Reason: definition.ReasonNumberChanged, Notice: true}, c.effects[len(c.effects)-1].Close)
				}
			}
		})
	}
}

func TestASilentCloseSaysNothingToAnybody(t *testing.T) {
	c := talkTo(t, chatty)
	c.says("hola")
	c.step(bot.Event{Kind: bot.EventControl, Control: bot.ControlClose, Reason: "merged", Silent: true, At: c.now})
	require.Empty(t, c.texts())
	require.True(t, c.state.Closed)
	require.Equal(t, &bot.Close{Reason: "merged"}, c.effects[len(c.effects)-1].Close)
}
