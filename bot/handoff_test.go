package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// handing is a bot that hands off to a person, with a way back and one when nobody comes.
const handing = `
start: topic
vars: {topic: {type: string}}
optout: {words: [baja], say: ["no more"]}
triggers: [{text: {any: [menu]}, interrupt: true, to: topic}]
states:
  topic: {say: ["topic?"], ask: {as: text, save: {topic: answer.text}, to: person}}
  person:
    say: ["A person will answer."]
    handoff:
      to: desk
      note: "About ${vars.topic}"
      timeout: 30m
      on_timeout: nobody
      on_resume: more
  nobody: {say: ["Nobody is there."], ask: {as: text, to: person}}
  more: {say: ["Anything else?"], ask: {as: text, to: person}}
`

// withPerson is a conversation that its bot handed off.
func withPerson(t testing.TB) *chat {
	t.Helper()
	c := talkTo(t, handing)
	c.says("hola")
	c.says("shoes")
	return c
}

func TestAHandoffSaysItsWordsTellsTheDeskAndMutes(t *testing.T) {
	c := withPerson(t)
	require.Equal(t, []string{"A person will answer."}, c.texts())
	require.Equal(t, []bot.EffectKind{bot.EffectSend, bot.EffectTimerClear, bot.EffectHandoff, bot.EffectTimerSet}, c.kinds())
	require.Equal(t, &bot.Handoff{To: "desk", Note: "About shoes"}, c.handoff())
	require.True(t, c.state.Muted())
	require.Equal(t, &bot.HandedOff{State: "person"}, c.state.HandedOff)
	require.Len(t, c.timers, 1)
	require.Equal(t, c.now.Add(30*time.Minute), c.armed.At)
}

func TestAFailingNoteDoesNotLoseTheHandoff(t *testing.T) {
	c := talkTo(t, strings.NewReplacer("vars: {topic: {type: string}}", "vars: {topic: {type: string}, client: {type: map}}",
		"About ${vars.topic}", "${1 / size(vars.client)} about ${vars.topic}, ${vars.client.age}").Replace(handing))
	c.says("hola")
	c.says("shoes")
	require.Equal(t, []string{"A person will answer."}, c.texts())
	require.Equal(t, &bot.Handoff{To: "desk", Note: "? about shoes, "}, c.handoff())
	require.True(t, c.state.Muted())
	require.Nil(t, c.ended())
	const why, where = "division by zero", " (line 14: 1 / size(vars.client))"
	require.Contains(t, c.traces(), `error in the note: state "person": `+why+where)
	require.Contains(t, c.notes(), "the note of the handoff in state person is not complete: "+why+where)
	require.Contains(t, c.traces(), `left empty: there is no such key: "age" (line 14: vars.client.age)`)
}

func TestANoteThatIsTooLongIsCut(t *testing.T) {
	c := talkTo(t, strings.Replace(handing, "About ${vars.topic}", "${[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16].map(i, vars.topic)}${vars.topic}", 1))
	c.says("hola")
	c.says(strings.Repeat("shoes ", 680))
	require.Contains(t, c.notes(), "the note of the handoff in state person is not complete: the value is too large")
	require.LessOrEqual(t, len([]rune(c.handoff().Note)), 1000)
	require.Nil(t, c.ended())
}

// notes are what operators read of the latest event.
func (c *chat) notes() []string {
	var all []string
	for _, f := range c.effects {
		if f.Note != "" {
			all = append(all, f.Note)
		}
	}
	return all
}

// handoff is what the desk is told by the latest event.
func (c *chat) handoff() *bot.Handoff {
	for _, f := range c.effects {
		if f.Handoff != nil {
			return f.Handoff
		}
	}
	return nil
}

func TestANoteIsCut(t *testing.T) {
	c := talkTo(t, handing)
	c.says("hola")
	c.says(strings.Repeat("ñ", 2000))
	require.Len(t, []rune(c.handoff().Note), 1000)
	require.True(t, strings.HasSuffix(c.handoff().Note, "ñ…"))
}

func TestHandedOffAndResumedEntersOnResumeAnew(t *testing.T) {
	for name, before := range map[string]func(*chat){
		"taken":     func(c *chat) { c.controls(bot.ControlHandoff); c.waits(time.Hour) },
		"not taken": func(c *chat) { c.waits(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			c := withPerson(t)
			before(c)
			c.says("hello, person")
			require.Equal(t, "rule 2 muted", c.trace())
			c.controls(bot.ControlResume)
			require.Equal(t, []string{"Anything else?"}, c.texts())
			require.Equal(t, []string{"person on_resume > more"}, c.ways())
			require.Equal(t, 2, c.state.Ask.No)
			require.Equal(t, c.now, c.state.Ask.Since)
			require.Nil(t, c.state.HandedOff)
			require.Equal(t, bot.TimerIdle, c.armed.Kind)
			require.Len(t, c.timers, 1)
		})
	}
}

func TestAHandoffThatNobodyTakesTimesOut(t *testing.T) {
	c := withPerson(t)
	c.waits(29 * time.Minute)
	c.says("is anybody there?")
	require.Empty(t, c.texts())
	c.waits(time.Minute - 1)
	require.True(t, c.state.Muted(), "what the contact says does not prolong the wait")
	c.waits(1)
	require.False(t, c.state.Muted())
	require.Equal(t, []string{"Nobody is there."}, c.texts())
	require.Equal(t, []string{"person on_timeout > nobody"}, c.ways())
	c.says("then I'll wait")
	require.Equal(t, "desk", c.handoff().To, "and it can be handed off again")
}

func TestAHandoffThatSomebodyTookDoesNotTimeOut(t *testing.T) {
	c := withPerson(t)
	due := *c.armed
	c.waits(10 * time.Minute)
	c.controls(bot.ControlHandoff)
	require.Equal(t, &bot.HandedOff{State: "person", Taken: true}, c.state.HandedOff)
	c.step(bot.Event{Kind: bot.EventTimer, At: due.At, Timer: due.ID})
	require.Equal(t, "timer ignored", c.trace())
	require.True(t, c.state.Muted())
	c.waits(24 * time.Hour)
	require.Equal(t, definition.ReasonTimeout, c.ended().Reason, "a day after the last word it is forgotten")
}

func TestOptOutWorksWhileAPersonAnswers(t *testing.T) {
	c := withPerson(t)
	c.says("menu")
	require.Equal(t, "rule 2 muted", c.trace(), "an interrupt does not")
	c.says("Baja.")
	require.Equal(t, "rule 3 opt-out", c.trace())
	require.Equal(t, []string{"no more"}, c.texts())
	require.Equal(t, definition.ReasonOptout, c.ended().Reason)
	require.Empty(t, c.timers)
}

func TestAHandoffWithoutItsWaysEndsWithTheDayOrBeginsAnew(t *testing.T) {
	const src = `
start: a
states:
  a: {say: [a], ask: {as: text, to: person}}
  person: {handoff: {to: desk}}
`
	c := talkTo(t, src)
	c.says("hola")
	c.says("x")
	require.Equal(t, 24*time.Hour, c.armed.At.Sub(c.now))
	require.Empty(t, c.handoff().Note)
	c.controls(bot.ControlResume)
	require.Equal(t, []string{"a"}, c.texts(), "from the start: no question was open")
}

func TestAHandoffInASubroutineKeepsTheWayBack(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a: {run: {state: person, then: b}}
  person: {handoff: {to: desk, on_resume: end}}
  end: {return: true}
  b: {say: [b], close: {reason: done}}
`)
	c.says("hola")
	require.True(t, c.state.Muted())
	c.controls(bot.ControlResume)
	require.Equal(t, []string{"b"}, c.texts())
}

func TestWhatWasCollectedIsKeptOverAHandoff(t *testing.T) {
	c := talkTo(t, collecting)
	c.says("hola")
	c.says("Ana")
	c.controls(bot.ControlHandoff)
	require.Equal(t, bot.TimerHandoff, c.armed.Kind)
	require.Len(t, c.timers, 1)
	c.says("Soto")
	c.controls(bot.ControlResume)
	require.Equal(t, []string{"note?"}, c.texts(), "asked anew: nothing said earlier is trusted")
	require.Empty(t, c.state.Ask.Buf)
}
