package script_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

var opened = time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC)

func parseBot(t testing.TB, src string) *definition.Bot {
	t.Helper()
	b, err := definition.Load([]byte(src))
	if ps, ok := errors.AsType[definition.Problems](err); ok {
		require.NoError(t, err, ps.List())
	}
	return b
}

func newPlayer(t testing.TB, src string) *script.Player {
	t.Helper()
	return script.NewPlayer(parseBot(t, src), script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}}, nil)
}

// happened are the kinds of entries since it was called the last time, without traces.
func happened(t testing.TB, p *script.Player) (kinds []script.EntryKind, news []script.Entry) {
	t.Helper()
	entries, err := p.Heard(false)
	require.NoError(t, err)
	for _, e := range entries {
		if e.Kind != script.EntryTrace {
			kinds = append(kinds, e.Kind)
			news = append(news, e)
		}
	}
	return kinds, news
}

const patient = `bot: v1
name: patient
languages: [en]
start: a
states:
  a:
    say: [hi]
    ask:
      as: text
      idle:
        - {after: 5m, say: ["still there"]}
        - {after: 15m, to: b}
      to: b
  b: {say: [bye], close: {reason: done}}
`

func TestAConversationGetsOldEvenWhenTheBotIsPatient(t *testing.T) {
	p := newPlayer(t, strings.NewReplacer("15m", "20d", "5m", "6d", `"still there"`, "{template: {name: t, language: {code: en}}}").Replace(patient))
	require.NoError(t, p.Receive(script.NewText("hi")))
	require.NoError(t, p.Wait(7*24*time.Hour))
	kinds, news := happened(t, p)
	require.Equal(t, []script.EntryKind{
		script.EntryUser, script.EntryBot,
		script.EntryWait, script.EntryTimer, script.EntryBot,
		script.EntryTimer, script.EntryNote, script.EntryClosed,
	}, kinds, "the closing words are not said: WhatsApp's window is shut")
	require.Equal(t, "lifetime", news[len(news)-1].Close.Reason)
	require.Equal(t, opened.Add(7*24*time.Hour), news[len(news)-1].At)
	require.Equal(t, opened.Add(7*24*time.Hour), p.Now())
	require.Empty(t, p.Timers())
}

func TestTheBotsOwnBoundOnItsAgeIsALimit(t *testing.T) {
	p := newPlayer(t, patient+"limits: {lifetime: 3m}\n")
	require.NoError(t, p.Receive(script.NewText("hi")))
	require.NoError(t, p.Wait(4*time.Minute))
	_, news := happened(t, p)
	require.Equal(t, script.EntryClosed, news[len(news)-1].Kind)
	require.Equal(t, "limit", news[len(news)-1].Close.Reason)
	require.Equal(t, opened.Add(3*time.Minute), news[len(news)-1].At)
}

func TestWithoutAConversationNothingHappens(t *testing.T) {
	p := newPlayer(t, patient)
	require.NoError(t, p.Control(bot.ControlClose, "x"))
	require.NoError(t, p.Echo("hello"))
	require.NoError(t, p.Wait(time.Hour))
	require.NoError(t, p.Receive(json.RawMessage(`{"type":"reaction","reaction":{"emoji":"👍"}}`)))
	kinds, _ := happened(t, p)
	require.Equal(t, []script.EntryKind{
		script.EntryControl, script.EntryNote, script.EntryPerson, script.EntryNote, script.EntryWait, script.EntryUser, script.EntryNote,
	}, kinds)
	require.Nil(t, p.State())
}

func TestTimersGoOffInclusiveAndInOrder(t *testing.T) {
	p := newPlayer(t, patient)
	require.NoError(t, p.Receive(script.NewText("hi")))
	require.NoError(t, p.Wait(5*time.Minute-time.Second))
	kinds, _ := happened(t, p)
	require.Equal(t, script.EntryWait, kinds[len(kinds)-1])
	require.NoError(t, p.Wait(time.Second))
	_, news := happened(t, p)
	require.Equal(t, script.EntryBot, news[len(news)-1].Kind)
	require.Equal(t, opened.Add(5*time.Minute), news[len(news)-1].At)
	require.NoError(t, p.Wait(time.Hour))
	_, news = happened(t, p)
	require.Equal(t, script.EntryClosed, news[len(news)-1].Kind)
	require.Equal(t, opened.Add(15*time.Minute), news[len(news)-1].At, "when it was due, not when the wait ended")
}

func TestIDsAndTimesAreThoseOfTheClock(t *testing.T) {
	p := newPlayer(t, patient)
	require.NoError(t, p.Receive(script.NewText("hi")))
	require.NoError(t, p.Wait(time.Minute))
	require.NoError(t, p.Receive(script.NewText("x")))
	require.NoError(t, p.Receive(script.NewText("y")))
	_, news := happened(t, p)
	var bodies []string
	var chats []int
	for _, e := range news {
		if e.Kind == script.EntryUser {
			bodies = append(bodies, string(e.Body))
			chats = append(chats, e.Chat)
		}
	}
	require.Equal(t, []string{
		`{"from":"56911112222","id":"wamid.user.1","timestamp":"1773147600","type":"text","text":{"body":"hi"}}`,
		`{"from":"56911112222","id":"wamid.user.2","timestamp":"1773147660","type":"text","text":{"body":"x"}}`,
		`{"from":"56911112222","id":"wamid.user.3","timestamp":"1773147660","type":"text","text":{"body":"y"}}`,
	}, bodies)
	require.Equal(t, []int{1, 1, 2}, chats, "after the close comes a new conversation")
}

const circle = `bot: v1
name: circle
languages: [en]
start: a
states:
  a: {call: {http: {get: https://api.example.com}, on_error: b}, goto: a}
  b: {close: {reason: done}}
`

// The bot's own bound on what it does by itself ends the chat, so that the player needs none.
func TestCallsForEverAreStopped(t *testing.T) {
	b, err := definition.Load([]byte(circle))
	require.NoError(t, err)
	target, err := script.ParseTarget("* *")
	require.NoError(t, err)
	setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "1"}, Mocks: []script.Mock{{Target: target, Answers: []script.Answer{{Status: 200}}}}}
	player := script.NewPlayer(b, setup, nil)
	require.NoError(t, player.Receive(script.NewText("hi")))
	require.True(t, player.State().Closed)
	heard, err := player.Heard(false)
	require.NoError(t, err)
	calls := 0
	for _, e := range heard {
		if e.Kind == script.EntryCall {
			calls++
		}
	}
	require.Equal(t, 50, calls)
	require.Equal(t, definition.ReasonError, heard[len(heard)-1].Close.Reason)
}

const curious = `bot: v1
name: curious
languages: [en]
start: a
states:
  a: {say: [hi], ask: {as: text, to: a}}
`

// The 21st message within a minute is one too many, as in the service.
func TestTheLoopGuardHoldsInScriptedTests(t *testing.T) {
	answered := func(guarded bool, pause time.Duration) (n int) {
		setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}, LoopGuard: guarded}
		p := script.NewPlayer(parseBot(t, curious), setup, nil)
		for i := range 25 {
			require.NoError(t, p.Receive(script.NewText("message "+strconv.Itoa(i))))
			require.NoError(t, p.Wait(pause))
		}
		_, news := happened(t, p)
		for _, e := range news {
			if e.Kind == script.EntryBot {
				n++
			}
		}
		return n
	}
	require.Equal(t, 20, answered(true, 0))
	require.Equal(t, 25, answered(true, 5*time.Second))
	require.Equal(t, 25, answered(false, 0))
}

func TestATestFileMaySwitchTheLoopGuardOff(t *testing.T) {
	for keys, want := range map[string]bool{"": true, "loop_guard: true\n": true, "loop_guard: false\n": false} {
		f, err := script.Load([]byte(keys + "cases:\n  - {name: a, steps: [{user: hi}]}\n  - {name: b, loop_guard: true, steps: [{user: hi}]}\n"))
		require.NoError(t, err)
		require.Equal(t, want, f.Cases[0].Setup.LoopGuard)
		require.True(t, f.Cases[1].Setup.LoopGuard)
	}
}

// What the guard remembers of a contact outlives the conversation.
func TestTheLoopGuardRemembersFromChatToChat(t *testing.T) {
	setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}, LoopGuard: true}
	p := script.NewPlayer(parseBot(t, `bot: v1
name: brief
languages: [en]
start: a
states:
  a: {say: [bye], close: {reason: done}}
`), setup, nil)
	var closed int
	for range 8 {
		require.NoError(t, p.Receive(script.NewText("hello")))
		_, news := happened(t, p)
		for _, e := range news {
			if e.Kind == script.EntryClosed {
				closed++
			}
		}
	}
	require.Equal(t, 4, closed, "the fifth chat in a row that the same text opens")
}
