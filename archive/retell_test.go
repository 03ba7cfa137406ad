package archive

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// room is a conversation as the service runs it: turns at any time, with any number of messages.
type room struct {
	keeper
	bot  *definition.Bot
	last chat.Output
	wait []chat.Incoming
	n    int
	// kept is what was kept of the contact before.
	kept map[string]json.RawMessage
	// call is the latest call, callFor what led to it.
	call    *bot.Call
	callFor string
}

func newRoom(t testing.TB, source string) *room {
	return &room{keeper: keeper{t: t}, bot: loadBot(t, source)}
}

// turn runs one turn.
func (r *room) turn(in chat.Input) {
	in.Conversation, in.WaID = "1", "56987654321"
	in.State, in.Timers, in.Handoff = r.last.State, r.last.Timers, r.last.Handoff
	in.Messages = append(r.wait, in.Messages...)
	in.Opening = chat.Opening{Env: "production", LoopGuard: true, Preference: chat.Preference{Out: true}, Kept: r.kept}
	waiting := len(r.wait)
	out := r.run(r.bot, in, waiting)
	r.wait = nil
	for _, i := range out.Deferred {
		r.wait = append(r.wait, in.Messages[i])
	}
	r.last = out
	if out.Call != nil {
		r.call, r.callFor = out.Call, out.CallFor
	}
}

// result hands over what came of the call that is out.
func (r *room) result(d time.Duration, result bot.CallResult) {
	result.Call = r.call.ID
	r.turn(chat.Input{Result: &chat.CallOutcome{Result: result, At: after(d)}, CallFor: r.callFor})
}

// run keeps what was deferred before as such.
func (r *room) run(b *definition.Bot, in chat.Input, waiting int) chat.Output {
	out := r.keeper.run(b, in)
	if r.open != nil {
		kept, err := json.Marshal(chat.Record(in, out, nil, waiting))
		require.NoError(r.t, err)
		var turn chat.Recorded
		require.NoError(r.t, json.Unmarshal(kept, &turn))
		r.open.Turns[len(r.open.Turns)-1] = turn
	}
	return out
}

// after is a time of the conversation.
func after(d time.Duration) time.Time { return opened().Add(300*time.Millisecond + d) }

// text is a message of the contact, as it came.
func (r *room) text(d time.Duration, body string) chat.Incoming {
	return r.message(d, string(script.NewText(body)))
}

func (r *room) message(d time.Duration, body string) chat.Incoming {
	r.n++
	at := after(d)
	m := chat.Incoming{ID: "wamid.HBgLNTY5ODc2NTQzMjE" + string(rune('A'+r.n)), At: at, Timestamp: at.Unix(), WaID: "56987654321", Name: "Josefa"}
	m.Body = script.Stamp(json.RawMessage(body), bot.Contact{WaID: m.WaID}, m.ID, at)
	return m
}

func (r *room) said(d time.Duration, messages ...string) {
	in := chat.Input{}
	for _, m := range messages {
		in.Messages = append(in.Messages, r.text(d, m))
	}
	r.turn(in)
}

func (r *room) control(d time.Duration, c chat.Control) {
	r.n++
	r.turn(chat.Input{Messages: []chat.Incoming{{ID: fmt.Sprintf("control.%d", r.n), At: after(d), Control: &c}}})
}

// record records the conversation, and requires that the test passes and the bot goes the same way.
func (r *room) record() string {
	text, err := Record(r.bot, *r.open, "x.bot.yaml", "recorded")
	require.NoError(r.t, err)
	requirePasses(r.t, r.bot, text)
	require.NotContains(r.t, string(text), anotherWay, "%s", text)
	requireNothingLeft(r.t, text, "56987654321", "josefa", "HBgLNTY5")
	return string(text)
}

const menuBot = `
bot: v1
name: menu
start: menu
timezone: America/Santiago
states:
  menu:
    say:
      - interactive:
          type: button
          body: {text: "Hola ${contact.name}"}
          action: {buttons: [{type: reply, reply: {id: uno, title: Uno}}, {type: reply, reply: {id: dos, title: Dos}}]}
    ask:
      as: choice
      choices: {uno: otra, dos: otra}
      idle: [{after: 10m, say: ["¿Sigues ahí?"]}, {after: 20m, to: fin}]
  otra: {say: ["Elegido"], goto: menu}
  fin: {say: [Chao], close: {reason: done}}
`

func (r *room) tap(d time.Duration, index int) {
	var choices []script.Choice
	for _, s := range r.open.Said {
		choices = append(choices, script.Choices(s.Body)...)
	}
	body := script.NewTap(choices[index])
	body = append(body[:len(body)-1], []byte(`,"context":{"from":"56222223333","id":"wamid.HBgLNTY5ODc2NTQzMjEVAgAR"}}`)...)
	r.turn(chat.Input{Messages: []chat.Incoming{r.message(d, string(body))}})
}

func TestATapBecomesATapOnTheSameQuestion(t *testing.T) {
	r := newRoom(t, menuBot)
	r.said(0, "hola")
	r.tap(4*time.Second, 0)
	r.tap(8*time.Second, 3)
	r.tap(9*time.Second, 0) // stale
	text := r.record()
	require.Contains(t, text, "      - tap: {id: uno, from: m1}\n")
	require.Contains(t, text, "      - tap: dos\n")
	require.Contains(t, text, "opted_out: true\n")
	require.Contains(t, text, "now: 2026-03-10T10:00:00-03:00\n")
}

func TestTimersFireWhereTheyFired(t *testing.T) {
	t.Run("a reminder, then the end", func(t *testing.T) {
		r := newRoom(t, menuBot)
		r.said(0, "hola")
		r.turn(chat.Input{Until: after(10 * time.Minute)})
		r.turn(chat.Input{Until: after(20 * time.Minute)})
		text := r.record()
		require.Contains(t, text, "Sigues ahí")
		require.Contains(t, text, "closed: {reason: done, notice: true}")
	})
	t.Run("the end, before a message that came later", func(t *testing.T) {
		r := newRoom(t, menuBot)
		r.said(0, "hola")
		r.turn(chat.Input{Until: after(10 * time.Minute)})
		r.said(25*time.Minute, "algo") // opens the next conversation
		text := r.record()
		require.Contains(t, text, "closed: {reason: done, notice: true}")
		require.NotContains(t, text, "algo")
	})
	t.Run("an answer in the same second as the deadline", func(t *testing.T) {
		r := newRoom(t, menuBot)
		r.said(0, "hola")
		r.said(800*time.Millisecond, "qué")
		r.said(10*time.Minute+750*time.Millisecond, "algo")
		require.NotContains(t, r.record(), "Sigues ahí")
	})
	t.Run("a question that was late to arrive", func(t *testing.T) {
		r := newRoom(t, menuBot)
		r.said(0, "hola")
		r.last.Timers[0].At = r.last.Timers[0].At.Add(time.Hour)
		r.turn(chat.Input{Messages: []chat.Incoming{r.text(30*time.Minute, "algo")}})
		kept := &r.open.Turns[1]
		kept.Holds = []chat.Hold{{From: after(0), To: after(time.Hour)}}
		require.NotContains(t, r.record(), "Sigues ahí")
	})
}

func TestPersonsOfTheBusinessAreRecorded(t *testing.T) {
	r := newRoom(t, menuBot)
	r.said(0, "hola")
	echo := r.message(time.Minute, `{"type":"text","text":{"body":"Hola Josefa, soy Eva"}}`)
	echo.Echo, echo.WaID, echo.Name = true, "", ""
	r.turn(chat.Input{Messages: []chat.Incoming{echo}})
	r.said(2*time.Minute, "gracias")
	r.control(3*time.Minute, chat.Control{Kind: bot.ControlResume})
	r.control(4*time.Minute, chat.Control{Kind: bot.ControlHandoff, Note: "llamar a Josefa"})
	r.control(5*time.Minute, chat.Control{Kind: bot.ControlClose, Reason: "resuelto_josefa"})
	text := r.record()
	require.Contains(t, text, `      - echo: "Hola Silvia, soy Eva"`)
	require.Contains(t, text, "      - resume: true\n")
	require.Contains(t, text, "      - echo: llamar a Silvia\n")
	require.Contains(t, text, "      - close: resuelto_silvia\n")
}

func TestWhatWasDeferredIsRecordedOnce(t *testing.T) {
	r := newRoom(t, echoBot)
	r.said(0, "hola")
	r.said(time.Second, "uno")
	r.said(2*time.Second, "dos")
	r.said(3*time.Second, "tres")
	require.Len(t, r.wait, 2)
	for n := 4; r.last.State.Pending != nil; n++ {
		r.result(time.Duration(n)*time.Second, bot.CallResult{Status: 200, Body: `{"ok":"56987654321"}`})
	}
	text := r.record()
	require.Contains(t, text, "      - user: dos\n")
	require.Contains(t, text, "      - user: tres\n")
}

func TestMessagesOfAllKindsAreRecorded(t *testing.T) {
	r := newRoom(t, echoBot)
	r.said(0, "hola")
	for i, body := range []string{
		`{"type":"contacts","contacts":[{"name":{"formatted_name":"Pedro Ñancupil","first_name":"Pedro"},"phones":[{"phone":"+56 9 2334 4556","wa_id":"56923344556"}],"emails":[{"email":"p@correo.cl"}]}]}`,
		`{"type":"image","image":{"id":"1234567890123456","mime_type":"image/jpeg","sha256":"abc","caption":"carnet de Pedro, 12.345.678-5"}}`,
		`{"type":"location","location":{"latitude":-33.4372456,"longitude":-70.6506123,"name":"Casa de Josefa"}}`,
		`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"rut\":\"12.345.678-5\",\"correo\":\"p@correo.cl\",\"flow_token\":\"unused\"}"}}}`,
		`{"type":"button","button":{"payload":"pagado","text":"Pagado"},"context":{"id":"wamid.HBgLNTY5ODc2NTQzMjEVAgAR"}}`,
		`{"type":"hologram","hologram":{"de":"Josefa"}}`,
		`{"type":"text","text":{"body":"hola"},"referral":{"source_url":"https://fb.me/x","source_type":"ad","body":"Hola Josefa"}}`,
	} {
		r.turn(chat.Input{Messages: []chat.Incoming{r.message(time.Duration(i+1)*time.Minute, body)}})
		r.result(time.Duration(i+1)*time.Minute+time.Second, bot.CallResult{Error: bot.CallForbidden})
	}
	text := r.record()
	requireNothingLeft(t, []byte(text), "pedro", "ñancupil", "23344556", "p@correo.cl", "12345678-5")
	require.Contains(t, text, "id: wamid.1")
}

func TestTheCommentSaysWhereTheBotGoesAnotherWay(t *testing.T) {
	r := newRoom(t, `
bot: v1
name: ambiente
start: a
states:
  a: {goto: [{if: "bot.env == 'production'", to: b}, {to: c}]}
  b: {say: [en producción], ask: {as: any, to: b}}
  c: {say: [en pruebas], ask: {as: any, to: c}}
`)
	r.said(0, "hola")
	text, err := Record(r.bot, *r.open, "x.bot.yaml", "recorded")
	require.NoError(t, err)
	requirePasses(t, r.bot, text)
	require.Contains(t, string(text), "# The bot goes another way here than it went then: here a → c, then a → b.\n")
}

func TestAContactWithoutANumberIsRecorded(t *testing.T) {
	b := loadBot(t, menuBot)
	c := talk(t, b, bot.Contact{UserID: "CL.13491208655302741918", Name: "💜"}, "soy CL.13491208655302741918")
	text, err := Record(b, c, "x.bot.yaml", "recorded")
	require.NoError(t, err)
	requirePasses(t, b, text)
	require.Contains(t, string(text), `contact: {user_id: CL.00000000000000000001, name: "🙂"}`)
	require.Contains(t, string(text), "      - user: soy CL.00000000000000000001\n")
}

// A test file has no close without a word, as two conversations of one person end that are merged.
func TestAnEndThatATestCannotTellIsNamed(t *testing.T) {
	r := newRoom(t, menuBot)
	r.said(0, "hola")
	r.control(time.Minute, chat.Control{Kind: bot.ControlClose, Reason: "merged", Silent: true})
	text, err := Record(r.bot, *r.open, "x.bot.yaml", "recorded")
	require.NoError(t, err)
	requirePasses(t, r.bot, text)
	require.Contains(t, string(text), "# The bot goes another way here than it went then: here menu, then the end, merged.\n")
}

// What was kept of the contact before stands in the test, with what is personal replaced.
func TestWhatWasKeptOfTheContactIsRecorded(t *testing.T) {
	r := newRoom(t, `
bot: v1
name: known
start: a
vars:
  name: {type: string, pii: true, keep: contact}
  visits: {type: int, keep: contact}
  other: {type: string}
states:
  a: {set: {visits: vars.visits + 1}, say: ["Hola ${vars.name}, visita ${vars.visits}"], ask: {as: text, save: {name: answer.text}, to: b}}
  b: {say: ["Ahora ${vars.name}"], close: {reason: done}}
`)
	r.kept = map[string]json.RawMessage{
		"name": json.RawMessage(`"Josefa Núñez"`), "visits": json.RawMessage(`6`), "gone": json.RawMessage(`"Josefa"`),
	}
	r.said(0, "hola")
	require.Contains(t, string(r.open.Said[0].Body), "Hola Josefa Núñez, visita 7")
	r.said(time.Second, "Josefa Soto")
	text := r.record()
	require.Regexp(t, "(?m)^kept:\n  name: .+\n  visits: 6$", text)
	require.NotContains(t, text, "gone")
	requireNothingLeft(t, []byte(text), "núñez", "soto")
}
