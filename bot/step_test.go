package bot_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/whatsapp"
)

func rules(t testing.TB) *bot.Bot {
	t.Helper()
	src, err := os.ReadFile("testdata/rules.bot.yaml")
	require.NoError(t, err)
	return load(t, string(src))
}

// atMenu is a conversation that waits at the menu.
func atMenu(t testing.TB) *chat {
	t.Helper()
	c := newChat(t, rules(t))
	c.says("hi")
	require.Equal(t, "menu", c.state.Ask.State)
	return c
}

func TestRules(t *testing.T) {
	for _, tt := range []struct {
		name  string
		play  func(*chat)
		rule  string
		says  []string
		state string // that waits afterwards; empty when closed
	}{
		{
			"1: a reaction fires its trigger only when nothing is asked",
			func(c *chat) { c.receive("", `{"type":"reaction","reaction":{"message_id":"m","emoji":"👍"}}`) },
			"rule 1 ignored", nil, "menu",
		},
		{
			"1: system messages are ignored",
			func(c *chat) { c.receive("", `{"type":"system","system":{"body":"stop!"}}`) },
			"rule 1 ignored", nil, "menu",
		},
		{
			"1: an edit does not run as text",
			func(c *chat) { c.receive("", `{"type":"edit","text":{"body":"stop"},"edit":{}}`) },
			"rule 1 ignored", nil, "menu",
		},
		{
			"1: groups get no answer",
			func(c *chat) { c.receive("", `{"type":"text","group_id":"g","text":{"body":"stop"}}`) },
			"rule 1 ignored", nil, "menu",
		},
		{
			"4a: a tap on the open question answers",
			func(c *chat) { c.taps(c.button("first")) },
			"rule 4a answer",
			[]string{"sure? [Yes] [Back] [Second]"},
			"chosen",
		},
		{
			"4a: a tap without a tag answers too",
			func(c *chat) { c.taps("first") },
			"rule 4a answer",
			[]string{"sure? [Yes] [Back] [Second]"},
			"chosen",
		},
		{
			"4a: * takes any other id of the question",
			func(c *chat) { c.taps(c.button("other")) },
			"rule 4a answer",
			[]string{"any other", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"4d: * does not take an id that was not offered",
			func(c *chat) { c.taps("invented") },
			"rule 4d stale",
			[]string{"old button", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"4a: to takes what choices do not name",
			func(c *chat) { c.taps(c.button("first")); c.taps(c.button("yes")) },
			"rule 4a answer",
			[]string{"bye"},
			"",
		},
		{
			"4b: a trigger takes a template's button",
			func(c *chat) {
				c.receive("", `{"type":"button","button":{"payload":"alive","text":"Still?"}}`)
			},
			"rule 4b trigger",
			[]string{"still works", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"4b: a trigger takes an old tagged button",
			func(c *chat) { c.taps("alive~00000") },
			"rule 4b trigger",
			[]string{"still works", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"4c: an earlier question of the same state answers",
			func(c *chat) { old := c.button("first"); c.taps(c.button("again")); c.taps(old) },
			"rule 4c answer",
			[]string{"sure? [Yes] [Back] [Second]"},
			"chosen",
		},
		{
			"4d: an earlier question of the same state does not answer by *",
			func(c *chat) { old := c.button("other"); c.taps(c.button("again")); c.taps(old) },
			"rule 4d stale",
			[]string{"old button", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"4d: a button of another state is stale",
			func(c *chat) { old := c.button("first"); c.taps(old); c.taps(old) },
			"rule 4d stale",
			[]string{"old button", "sure? [Yes] [Back] [Second]"},
			"chosen",
		},
		{
			"5: an interrupt breaks a question",
			func(c *chat) { c.says("¡STÓP!") },
			"rule 5 interrupt",
			[]string{"bye"},
			"",
		},
		{
			"5: an interrupt comes before a title",
			func(c *chat) { c.taps(c.button("first")); c.says("second") },
			"rule 5 interrupt",
			[]string{"stolen", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"6: a typed title answers, folded",
			func(c *chat) { c.says("  AGAIN ") },
			"rule 6 answer",
			[]string{"before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"6: an ordinal answers",
			func(c *chat) { c.says("1️⃣") },
			"rule 6 answer",
			[]string{"sure? [Yes] [Back] [Second]"},
			"chosen",
		},
		{
			"6: a title of emoji only is not matched by emoji",
			func(c *chat) { c.says("👍") },
			"rule 8 refused",
			[]string{"what?", "menu [First] [Ágain ↻] [👍]"},
			"menu",
		},
		{
			"6: an ordinal beyond the options is refused",
			func(c *chat) { c.says("4") },
			"rule 8 refused",
			[]string{"what?", "menu [First] [Ágain ↻] [👍]"},
			"menu",
		},
		{
			"7: another trigger fires when the answer was refused",
			func(c *chat) { c.says("what's the PRICE, please?") },
			"rule 7 trigger",
			[]string{"it costs ${5}", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"7: a phrase is words in a row",
			func(c *chat) { c.says("so, how much is it") },
			"rule 7 trigger",
			[]string{"it costs ${5}", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"8: a phrase with a word between is none",
			func(c *chat) { c.says("how very much") },
			"rule 8 refused",
			[]string{"what?", "menu [First] [Ágain ↻] [👍]"},
			"menu",
		},
		{
			"7: a regular expression sees the text as typed too",
			func(c *chat) { c.says("order #12") },
			"rule 7 trigger",
			[]string{"it costs ${5}", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"7: a type fires",
			func(c *chat) { c.sends("location") },
			"rule 7 trigger",
			[]string{"nice place", "before", "menu [First] [Ágain ↻] [👍]", "after"},
			"menu",
		},
		{
			"7: first holds for the first message only",
			func(c *chat) { c.says("good morning") },
			"rule 8 refused",
			[]string{"what?", "menu [First] [Ágain ↻] [👍]"},
			"menu",
		},
		{
			"8: a message of a person that WhatsApp cannot show is refused",
			func(c *chat) { c.receive("", `{"type":"unsupported","errors":[{"code":131060}]}`) },
			"rule 8 refused",
			[]string{"what?", "menu [First] [Ágain ↻] [👍]"},
			"menu",
		},
		{
			"1: any other unsupported message is ignored",
			func(c *chat) { c.receive("", `{"type":"unsupported","errors":[{"code":131051}]}`) },
			"rule 1 ignored", nil, "menu",
		},
		{
			"8: after the last try the bot goes on elsewhere",
			func(c *chat) { c.says("x"); c.says("y") },
			"rule 8 else",
			[]string{"I give up"},
			"",
		},
		{
			"8: a question's own retry counts, the default's words are said",
			func(c *chat) { c.taps(c.button("first")); c.says("x") },
			"rule 8 else",
			[]string{"I give up"},
			"",
		},
		{
			"closed: nothing more is said",
			func(c *chat) { c.says("stop"); c.says("hello?") },
			"closed: nothing to do", nil, "",
		},
		{
			"control: the closing words, then the end",
			func(c *chat) { c.closes("operator") },
			"control close",
			[]string{"closing now"},
			"",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := atMenu(t)
			tt.play(c)
			require.Equal(t, tt.rule, c.trace())
			require.Equal(t, tt.says, c.texts())
			if tt.state == "" {
				require.True(t, c.state.Closed)
				require.Nil(t, c.state.Ask)
				return
			}
			require.Equal(t, tt.state, c.state.Ask.State)
		})
	}
}

func TestRulesWhenNothingIsAsked(t *testing.T) {
	for _, tt := range []struct{ name, message, rule, says string }{
		{"9: start", `{"type":"text","text":{"body":"hi"}}`, "rule 9 start", "hello"},
		{"9: a picture starts too", `{"type":"image","image":{}}`, "rule 9 start", "hello"},
		{"9: a type that nobody knows starts too", `{"type":"hologram"}`, "rule 9 start", "hello"},
		{"9: a tap that nothing takes starts", `{"type":"interactive","interactive":{"list_reply":{"id":"x~abcde"}}}`, "rule 9 start", "hello"},
		{"5: interrupts", `{"type":"text","text":{"body":"stop"}}`, "rule 5 interrupt", "bye"},
		{"7: triggers", `{"type":"text","text":{"body":"price"}}`, "rule 7 trigger", "it costs ${5}"},
		{"7: first", `{"type":"text","text":{"body":"Good morning!"}}`, "rule 7 trigger", "good morning to you"},
		{"4b: buttons", `{"type":"button","button":{"text":"alive"}}`, "rule 4b trigger", "still works"},
		{"1: a reaction fires its trigger", `{"type":"reaction","reaction":{"emoji":"👍"}}`, "rule 1 trigger", "thanks for the emoji"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, rules(t))
			c.receive("", tt.message)
			require.Equal(t, tt.rule, c.trace())
			require.Equal(t, tt.says, c.texts()[0])
		})
	}
}

func TestIdleRemindsThenLeaves(t *testing.T) {
	c := atMenu(t)
	require.Equal(t, &bot.Timer{Kind: bot.TimerIdle, ID: "idle/1/0", Set: c.now, At: c.now.Add(time.Minute)}, c.armed)
	c.waits(time.Minute)
	require.Equal(t, []string{"still there?"}, c.texts())
	require.Equal(t, &bot.Timer{Kind: bot.TimerIdle, ID: "idle/1/1", Set: c.now, At: c.now.Add(2 * time.Minute)}, c.armed)
	c.waits(3 * time.Minute)
	require.Equal(t, []string{"you are gone"}, c.texts())
	require.True(t, c.state.Closed)
	require.Nil(t, c.armed)
}

func TestIdleCountsFromTheReminderWhenTheClockWasHeld(t *testing.T) {
	c := atMenu(t)
	late := c.armed.At.Add(time.Hour)
	c.step(bot.Event{Kind: bot.EventTimer, At: late, Timer: c.armed.ID})
	require.Equal(t, late.Add(2*time.Minute), c.armed.At)
}

func TestAnythingThatReachesTheQuestionRestartsIdle(t *testing.T) {
	for _, tt := range []struct {
		name     string
		play     func(*chat)
		restarts bool
	}{
		{"a refused answer", func(c *chat) { c.says("x") }, true},
		{"a stale tap", func(c *chat) { c.taps("old~abcde") }, true},
		{"a reaction does not", func(c *chat) { c.receive("", `{"type":"reaction","reaction":{}}`) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := atMenu(t)
			c.waits(2 * time.Minute)
			require.Equal(t, "idle/1/1", c.armed.ID)
			tt.play(c)
			if !tt.restarts {
				require.Equal(t, "idle/1/1", c.armed.ID)
				return
			}
			require.Equal(t, "idle/1/0", c.armed.ID)
			require.Equal(t, c.now.Add(time.Minute), c.armed.At)
			require.Equal(t, c.now, c.state.Ask.Since)
		})
	}
}

func TestTimersOfOtherQuestionsAreIgnored(t *testing.T) {
	for _, id := range []string{"idle/2/0", "idle/1/9", "idle/1/-1", "idle/1", "collect/1/0", "idle/01/0", ""} {
		c := atMenu(t)
		state := c.state
		c.step(bot.Event{Kind: bot.EventTimer, At: c.now, Timer: id})
		require.Equal(t, "timer ignored", c.trace(), "timer %q", id)
		require.Len(t, c.effects, 1)
		require.Equal(t, state, c.state)
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	c := atMenu(t)
	c.now = c.now.Add(-time.Hour)
	c.says("x")
	require.Equal(t, opened, c.state.At)
	require.Equal(t, opened.Add(time.Minute), c.armed.At)
}

func TestStateCountsTurnsAndKeepsMetasTime(t *testing.T) {
	c := atMenu(t)
	sent := opened.Add(-time.Minute)
	for _, at := range []time.Time{sent, opened.Add(time.Hour), {}} {
		m := whatsapp.Message{Type: "text", Text: &whatsapp.Text{Body: "x"}, Timestamp: at}
		s, _, err := bot.Step(c.bot, bot.NewState(c.bot, "cnv_1", c.state.Contact, opened), bot.Event{Kind: bot.EventInbound, At: opened, Message: &m})
		require.NoError(t, err)
		require.Equal(t, 1, s.Turns)
		if at.Equal(sent) {
			require.Equal(t, sent, s.LastIn)
			continue
		}
		require.Equal(t, opened, s.LastIn, "a missing time and one that lies ahead count as the arrival")
	}
}

func TestAskRemembersOptionsAndTheLastTwentyQuestions(t *testing.T) {
	c := atMenu(t)
	require.Equal(t, []bot.Option{{ID: "first", Title: "First"}, {ID: "again", Title: "Ágain ↻"}, {ID: "other", Title: "👍"}}, c.state.Ask.Options)
	oldest := c.button("first")
	for range 20 {
		c.taps(c.button("again"))
	}
	require.Len(t, c.state.Asks, 20)
	require.Equal(t, bot.PastAsk{No: 2, State: "menu"}, c.state.Asks[0])
	c.taps(oldest)
	require.Equal(t, "rule 4d stale", c.trace())
}

func TestRetryOfTheBuiltInKindGoesQuiet(t *testing.T) {
	c := newChat(t, load(t, small("")))
	c.says("hola")
	var said []int
	for range 6 {
		c.says("x")
		said = append(said, len(c.texts()))
	}
	require.Equal(t, []int{2, 2, 2, 2, 0, 0}, said)
	require.False(t, c.state.Closed)
	c.waits(24 * time.Hour)
	require.Equal(t, []string{"Cierro este chat por inactividad. Escríbenos cuando quieras 👋"}, c.texts())
	require.True(t, c.state.Closed)
}

func TestRetryWithoutRepeatSaysOnlyItsWords(t *testing.T) {
	c := newChat(t, load(t, small(`defaults: {retry: {max: 1, repeat: false, say: ["eh?"], else: fin}}`)))
	c.says("hola")
	c.says("x")
	require.Equal(t, []string{"eh?"}, c.texts())
}

func TestReminderWithoutExitClosesAfterADay(t *testing.T) {
	c := newChat(t, load(t, small(`defaults: {idle: [{after: 1h, say: ["¿hola?"]}]}`)))
	c.says("hola")
	c.waits(24 * time.Hour)
	require.True(t, c.state.Closed)
	require.Equal(t, bot.ReasonTimeout, c.effects[len(c.effects)-1].Close.Reason)
}

func TestBuiltInWordsFollowTheLanguage(t *testing.T) {
	for languages, want := range map[string]string{
		"":                   "Cerramos este chat. Escríbenos cuando quieras 👋",
		"languages: [es-CL]": "Cerramos este chat. Escríbenos cuando quieras 👋",
		"languages: [en]":    "We are closing this chat. Write to us whenever you like 👋",
		"languages: [est]":   "We are closing this chat. Write to us whenever you like 👋",
	} {
		c := newChat(t, load(t, small(languages)))
		c.closes("")
		require.Equal(t, []string{want}, c.texts())
		require.Equal(t, &bot.Close{Reason: "closed", Notice: true}, c.effects[len(c.effects)-1].Close)
	}
}

func TestLimitOfTurnsCloses(t *testing.T) {
	c := newChat(t, load(t, small("limits: {turns: 2}")))
	c.says("hola")
	c.says("x")
	require.False(t, c.state.Closed)
	c.says("y")
	require.True(t, c.state.Closed)
	require.Equal(t, bot.ReasonLimit, c.effects[len(c.effects)-1].Close.Reason)
}

func TestRawReplyIDsHaveNoTag(t *testing.T) {
	c := newChat(t, load(t, small("reply_ids: raw")))
	c.says("hola")
	require.Equal(t, "fin", c.button("fin"))
	c.taps("fin~abcde")
	require.Equal(t, "rule 4d stale", c.trace())
	c.taps("fin")
	require.True(t, c.state.Closed)
}

func TestTagsDifferByConversationAndQuestion(t *testing.T) {
	b := rules(t)
	tags := map[string]bool{}
	for _, conversation := range []string{"cnv_1", "cnv_2"} {
		c := newChat(t, b)
		c.state = bot.NewState(b, conversation, c.state.Contact, opened)
		c.says("hi")
		for range 3 {
			tag := strings.TrimPrefix(c.button("again"), "again~")
			require.Regexp(t, "^[0-9a-z]{5}$", tag)
			tags[tag] = true
			c.taps(c.button("again"))
		}
	}
	require.Len(t, tags, 6)
}

func TestRecipient(t *testing.T) {
	b := rules(t)
	for _, tt := range []struct {
		name    string
		contact bot.Contact
		want    string
	}{
		{"phone", bot.Contact{WaID: "569", UserID: "CL.1"}, `"to":"569"`},
		{"user id", bot.Contact{UserID: "CL.1"}, `"recipient":"CL.1"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, effects, err := bot.Step(b, bot.NewState(b, "cnv_1", tt.contact, opened), textEvent("hi", opened))
			require.NoError(t, err)
			require.Contains(t, string(effects[1].Send.Body), `"recipient_type":"individual",`+tt.want+`,"type"`)
		})
	}
}

func TestMisuseIsAnError(t *testing.T) {
	b := rules(t)
	good := bot.NewState(b, "cnv_1", bot.Contact{WaID: "569"}, opened)
	foreign := good
	foreign.Hash = "0123456789"
	for _, tt := range []struct {
		name  string
		state bot.State
		event bot.Event
	}{
		{"state of another bot", foreign, textEvent("hi", opened)},
		{"contact without identity", bot.NewState(b, "cnv_1", bot.Contact{}, opened), textEvent("hi", opened)},
		{"inbound without message", good, bot.Event{Kind: bot.EventInbound}},
		{"unknown kind", good, bot.Event{Kind: "wave"}},
		{"unknown control", good, bot.Event{Kind: bot.EventControl, Control: "dance"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, effects, err := bot.Step(b, tt.state, tt.event)
			require.Error(t, err)
			require.Empty(t, effects)
			require.Equal(t, tt.state, s)
		})
	}
}

// chain is a bot of states that lead to each other, each saying some messages, with a
// question at the end.
func chain(top string, states, messages int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "bot: v1\nname: chain\nstart: s1\n%s\nstates:\n", top)
	for i := 1; i < states; i++ {
		fmt.Fprintf(&b, "  s%d: {goto: s%d%s}\n", i, i+1, said(messages))
	}
	fmt.Fprintf(&b, "  s%d: {close: {reason: done}%s}\n", states, said(messages))
	return b.String()
}

func said(n int) string {
	if n == 0 {
		return ""
	}
	return ", say: [" + strings.TrimSuffix(strings.Repeat("hey, ", n), ", ") + "]"
}

func TestBoundsOfAnEvent(t *testing.T) {
	const apology = "Lo siento, tuve un problema técnico y debo cerrar este chat. Escríbenos de nuevo, por favor."
	for _, tt := range []struct {
		name   string
		src    string
		says   int
		last   string
		reason string
	}{
		{"50 states are taken", chain("", 50, 0), 0, "", "done"},
		{"51 states end with an apology", chain("", 51, 0), 1, apology, bot.ReasonError},
		{"20 messages are taken", chain("", 4, 5), 20, "hey", "done"},
		{"25 messages end with an apology", chain("", 5, 5), 21, apology, bot.ReasonError},
		{"128 KiB of messages end with an apology", strings.ReplaceAll(chain("", 2, 5), "hey", strings.Repeat("👋", 4096)), 8, apology, bot.ReasonError},
		{"the state for errors is entered", chain("defaults: {error: s51}", 51, 1), 21, "hey", "done"},
		{"a second failure ends without a word", chain("defaults: {error: s1}", 51, 0), 0, "", bot.ReasonError},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, load(t, tt.src))
			c.says("hola")
			texts := c.texts()
			require.Len(t, texts, tt.says)
			if tt.says > 0 {
				require.Equal(t, tt.last, texts[len(texts)-1])
			}
			require.Equal(t, tt.reason, c.effects[len(c.effects)-1].Close.Reason)
			require.True(t, c.state.Closed)
		})
	}
}

func TestStateSurvivesJSON(t *testing.T) {
	c := atMenu(t)
	c.taps(c.button("again"))
	var back bot.State
	require.NoError(t, json.Unmarshal([]byte(encode(t, c.state)), &back))
	require.Equal(t, c.state, back)
}

// small is a bot with one question, and what a test adds at the top level.
func small(top string) string {
	return `bot: v1
name: small
start: hola
` + top + `
states:
  hola:
    say: [{interactive: {type: button, body: {text: "¿listo?"}, action: {buttons: [{type: reply, reply: {id: fin, title: Fin}}]}}}]
    ask: {choices: {fin: fin}}
  fin: {say: [adiós], close: {reason: resolved}}
`
}

func TestAbandonApologisesAndCloses(t *testing.T) {
	c := atMenu(t)
	state, effects := bot.Abandon(c.bot, c.state, c.now)
	require.True(t, state.Closed)
	require.Len(t, effects, 4)
	require.Contains(t, string(effects[1].Send.Body), "Sorry, I ran into a technical problem")
	require.Equal(t, bot.EffectTimerClear, effects[2].Kind)
	require.Equal(t, &bot.Close{Reason: bot.ReasonError, Notice: true}, effects[3].Close)
	again, effects := bot.Abandon(c.bot, state, c.now)
	require.Equal(t, state, again)
	require.Empty(t, effects)
	nobody := bot.NewState(c.bot, "cnv_1", bot.Contact{}, opened)
	state, effects = bot.Abandon(c.bot, nobody, opened)
	require.True(t, state.Closed)
	require.Equal(t, bot.EffectClose, effects[len(effects)-1].Kind)
}
