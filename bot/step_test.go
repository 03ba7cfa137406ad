package bot_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

func rules(t testing.TB) *definition.Bot {
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
	c.waits(24*time.Hour - 10*time.Minute)
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
	c.waits(24*time.Hour - 10*time.Minute)
	require.True(t, c.state.Closed)
	require.Equal(t, definition.ReasonTimeout, c.effects[len(c.effects)-1].Close.Reason)
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
	require.Equal(t, definition.ReasonLimit, c.effects[len(c.effects)-1].Close.Reason)
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
			require.Contains(t, string(effects[2].Send.Body), `"recipient_type":"individual",`+tt.want+`,"type"`)
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
	require.Equal(t, &bot.Close{Reason: definition.ReasonError, Notice: true}, effects[3].Close)
	again, effects := bot.Abandon(c.bot, state, c.now)
	require.Equal(t, state, again)
	require.Empty(t, effects)
	nobody := bot.NewState(c.bot, "cnv_1", bot.Contact{}, opened)
	state, effects = bot.Abandon(c.bot, nobody, opened)
	require.True(t, state.Closed)
	require.Equal(t, bot.EffectClose, effects[len(effects)-1].Kind)
}

// That messages are taken one by one, and how much of what they cause is returned together,
// is the shell's: TestTurnEndsAtItsBound in package activities.
func TestStepTakesOneEventAndDefersWhileACallIsOut(t *testing.T) {
	c := searched(t, "shoes")
	c.says("one")
	require.Equal(t, []bot.EffectKind{bot.EffectDeferred}, c.kinds())
	c.answers(404, "")
	c.says("one")
	require.Equal(t, "search", c.call().State, "the same event, when it comes again, is an answer")

	_, _, err := bot.Step(c.bot, c.state, bot.Event{Kind: "delivery", At: c.now})
	require.Error(t, err, "there is no event for what was delivered")
}

// The table of contacts, the signed event and the API are the shell's; these are what it acts on.
func TestWhatTheShellIsToldOfOptOutsHandoffsAndIDs(t *testing.T) {
	c := talkTo(t, optingOut)
	c.says("baja")
	require.Contains(t, c.kinds(), bot.EffectContact)
	require.NotNil(t, withPerson(t).handoff())
	c = newChat(t, load(t, small("reply_ids: raw")))
	c.says("hola")
	require.Equal(t, "fin", c.button("fin"))
	c = newChat(t, load(t, small("reply_ids: tagged")))
	c.says("hola")
	require.Regexp(t, "^fin~[0-9a-z]{5}$", c.button("fin"))
}
