package activities

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// at is a moment of the conversation.
func at(after time.Duration) time.Time { return opened().Add(after) }

func incoming(id string, after time.Duration, body string) chat.Incoming {
	return chat.Incoming{ID: id, At: at(after), Timestamp: at(after).Unix(), Name: "Ana", Body: json.RawMessage(body)}
}

func text(id string, after time.Duration, words string) chat.Incoming {
	return incoming(id, after, `{"from":"`+contact+`","type":"text","text":{"body":`+strconv.Quote(words)+`}}`)
}

func (r *room) input(messages ...chat.Incoming) ReplyInput {
	return ReplyInput{
		WorkflowID: "conversation:1", Channel: channel, Bot: r.bot, Page: 1,
		Input: chat.Input{Conversation: ours, WaID: contact, Messages: messages},
	}
}

func (r *room) reply(in ReplyInput) ReplyResult {
	r.t.Helper()
	result, err := r.Reply(r.t.Context(), in)
	require.NoError(r.t, err)
	return result
}

// next is the input of the turn that follows one.
func (r *room) next(last ReplyResult, messages ...chat.Incoming) ReplyInput {
	in := r.input(messages...)
	in.State, in.Timers = last.State, last.Timers
	return in
}

// said names the causes of a turn's messages, "-" for what no message of the contact caused.
func said(r ReplyResult) string {
	var causes []string
	for _, s := range r.Sends {
		if s.InReplyTo == "" {
			s.InReplyTo = "-"
		}
		causes = append(causes, s.InReplyTo)
	}
	return strings.Join(causes, " ")
}

func bytesOf(t require.TestingT, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

func TestReplyOpensTheConversationOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.input(text("m1", 0, "hola"))
	first := r.reply(in)
	require.Equal(t, "m1 m1", said(first))
	require.Equal(t, 1, first.Handled)
	require.Equal(t, "Ana", first.State.Contact.Name)
	require.Len(t, first.Timers, 1)
	require.Contains(t, first.Label, "inicio@")
	require.Equal(t, opened(), first.Now)
	require.Equal(t, bytesOf(t, first), bytesOf(t, r.reply(in)), "a repeated turn says the same")

	page := store.Page{Conversation: ours, Number: 1, Entries: []store.Entry{{At: opened(), Direction: store.In, ID: "m1", Timestamp: 5}}}
	require.NoError(t, r.db.PutPage(t.Context(), page))
	require.Equal(t, bytesOf(t, first), bytesOf(t, r.reply(in)), "also when this very task has written what follows")

	row, err := r.db.Conversation(t.Context(), ours)
	require.NoError(t, err)
	require.Equal(t, store.Conversation{
		ID: ours, WorkflowID: "conversation:1", Channel: channel, WaID: contact, Bot: r.bot, OpenedAt: opened(),
	}, row)

	r.db.opened = 0
	r.reply(r.next(first, text("m2", time.Minute, "1")))
	require.Zero(t, r.db.opened, "an open conversation is not opened again")
}

func TestReplyKeepsTheContactsName(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	renamed, nameless := text("m2", 1, "1"), text("m3", 2, "1")
	renamed.Name, nameless.Name = "Ana María", ""
	result := r.reply(r.next(first, renamed, nameless))
	require.Equal(t, "Ana María", result.State.Contact.Name)
	require.Equal(t, "Ana", first.State.Contact.Name, "the state of before is left alone")
}

func TestReplyOpensNothingWithoutNews(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before", "known")
	for _, tt := range []struct {
		name     string
		messages []chat.Incoming
		repeats  []int
	}{
		{"nothing", nil, nil},
		{"a reaction", []chat.Incoming{incoming("a", 0, `{"type":"reaction","reaction":{"message_id":"x","emoji":"👍"}}`)}, nil},
		{"a system message", []chat.Incoming{incoming("b", 0, `{"type":"system","system":{"body":"changed"}}`)}, nil},
		{"a message of a group", []chat.Incoming{incoming("c", 0, `{"type":"text","group_id":"g","text":{"body":"hola"}}`)}, nil},
		{"something unreadable", []chat.Incoming{incoming("d", 0, `null`)}, nil},
		{"a repeat", []chat.Incoming{text("known", 0, "hola")}, []int{0}},
		{"a reaction and a repeat", []chat.Incoming{incoming("a", 0, `{"type":"reaction"}`), text("known", 0, "hola")}, []int{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := r.input(append(slices.Clone(tt.messages), wish(bot.ControlClose, time.Hour))...)
			result := r.reply(in)
			require.Nil(t, result.State)
			require.Nil(t, result.Close)
			require.Empty(t, result.Sends)
			require.Equal(t, len(in.Messages), result.Handled)
			require.Equal(t, tt.repeats, result.Repeats)
			require.Zero(t, r.db.opened)
			_, err := r.db.Conversation(t.Context(), ours)
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	}
}

// closed is an earlier conversation of the contact, with the ids of its messages.
func (r *room) closed(id string, messages ...string) {
	r.t.Helper()
	var ids []store.MessageID
	for _, m := range messages {
		ids = append(ids, store.MessageID{Hash: store.HashMessageID(m), Timestamp: at(-time.Hour).Unix()})
	}
	require.NoError(r.t, r.db.CloseConversation(r.t.Context(), store.Closing{
		Conversation: store.Conversation{
			ID: id, WorkflowID: "conversation:1", Channel: channel, WaID: contact, Bot: r.bot,
			OpenedAt: at(-2 * time.Hour), ClosedAt: at(-time.Hour), Outcome: "resolved",
		},
		MessageIDs: ids,
	}))
}

func TestReplyKnowsTheContactsOtherConversations(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before", "old1", "old2")
	result := r.reply(r.input(text("old2", 0, "hola"), text("new", 1, "hola"), text("old1", 2, "hola"), text("new", 3, "hola")))
	require.Equal(t, "new new", said(result))
	require.Equal(t, 4, result.Handled)
	require.Equal(t, []int{0, 2, 3}, result.Repeats)
	require.Equal(t, 1, result.State.Turns)
	require.Len(t, result.Known, 2)
	require.False(t, result.KnownMore)
}

func TestReplyLooksUpWhatIsBeyondTheKnown(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before")
	page := store.Page{Conversation: "cnv_before", Number: 1}
	for n := range store.KeptMessageIDs + 2 {
		page.Entries = append(page.Entries, store.Entry{
			At: opened(), Direction: store.In, ID: fmt.Sprintf("p%d", n), Timestamp: int64(1000 + n),
		})
	}
	require.NoError(t, r.db.PutPage(t.Context(), page))
	// p0 and p1 do not fit any more; p2 is the oldest that is given.
	old := text("p0", 0, "hola")
	old.Timestamp = 1000
	news := text("news", 0, "hola")
	news.Timestamp = 1001
	result := r.reply(r.input(old, news))
	require.True(t, result.KnownMore)
	require.Len(t, result.Known, store.KeptMessageIDs)
	require.Equal(t, []int{0}, result.Repeats)
	require.Equal(t, "news news", said(result))
}

func TestReplyLooksUpWhatTheWorkflowForgot(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	for number, ids := range map[int][]string{1: {"page1", "timeless", "fresh"}, 2: {"page2"}} {
		page := store.Page{Conversation: ours, Number: number}
		for _, id := range ids {
			page.Entries = append(page.Entries, store.Entry{At: opened(), Direction: store.In, ID: id, Timestamp: 500})
		}
		require.NoError(t, r.db.PutPage(t.Context(), page))
	}
	r.closed("cnv_before", "other")
	timed := func(id string, timestamp int64) chat.Incoming {
		m := text(id, time.Minute, "1")
		m.Timestamp = timestamp
		return m
	}
	in := r.next(first, timed("page1", 500), timed("timeless", 0), timed("other", 1000), timed("page2", 500), timed("fresh", 1001))
	in.Page, in.Horizon = 2, 1000
	result := r.reply(in)
	require.Equal(t, []int{0, 1, 2}, result.Repeats, "what is newer than the horizon, and what this very task may have written, is not looked up")
	require.Equal(t, first.State.Turns+2, result.State.Turns)
	require.Empty(t, result.Known, "only a turn that opens a conversation is told")

	in.Horizon = 0
	require.Empty(t, r.reply(in).Repeats, "nothing was forgotten")
}

func TestReplyLetsTheTimerGoFirst(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	deadline := first.Timers[0].At
	require.Equal(t, at(10*time.Minute), deadline)

	reminded := r.reply(r.next(first, text("m2", 10*time.Minute, "1")))
	require.Equal(t, "- m2 m2", said(reminded))
	require.Equal(t, deadline, reminded.Sends[0].At)

	require.Equal(t, "m2 m2", said(r.reply(r.next(first, text("m2", 10*time.Minute-1, "1")))))

	held := r.next(first, text("m2", time.Hour, "1"))
	held.Hold = true
	require.Equal(t, "m2 m2", said(r.reply(held)), "nobody is reminded of a question that has not come")

	fired := r.next(first)
	fired.Until = deadline
	alone := r.reply(fired)
	require.Equal(t, "-", said(alone))
	require.Equal(t, reminded.Sends[0], alone.Sends[0], "whether the server had fired it makes no difference")
	require.Equal(t, at(30*time.Minute), alone.Timers[0].At)
}

func TestReplyClosesWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	in := r.next(first)
	in.Until = first.Timers[0].At
	reminded := r.reply(in)
	result := r.reply(r.next(reminded, text("m2", time.Hour, "hola"), text("m3", time.Hour, "hola")))
	require.Equal(t, "-", said(result))
	require.Equal(t, &bot.Close{Reason: "timeout", Notice: true}, result.Close)
	require.Zero(t, result.Handled, "what came after the end opens the next conversation")
	require.True(t, result.State.Closed)
	require.Equal(t, reminded.Timers[0].At, result.Now)
	require.Empty(t, result.Timers)
}

func TestReplyLeavesWhatComesAfterTheEnd(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.input(text("m1", 0, "hola"), text("m2", 1, "salir"), text("m3", 2, "hola"), wish(bot.ControlClose, time.Hour))
	in.Until = at(time.Hour)
	result := r.reply(in)
	require.Equal(t, "m1 m1 m2", said(result))
	require.Equal(t, 2, result.Handled)
	require.Equal(t, &bot.Close{Reason: "resolved", Notice: true}, result.Close)
}

// wish is what an operator asks for.
func wish(control bot.Control, after time.Duration) chat.Incoming {
	return chat.Incoming{ID: "u1", At: at(after), Control: &chat.Control{Kind: control, Reason: "operator"}}
}

func TestReplyIsSilentWhileAPersonAnswers(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	handedOff := func() time.Time {
		row, err := r.db.Conversation(t.Context(), ours)
		require.NoError(t, err)
		return row.HandedOffAt
	}
	echo := text("e1", 2*time.Minute, "Hola, soy Eva")
	echo.Echo = true
	first := r.reply(r.input(text("m1", 0, "hola"), wish(bot.ControlHandoff, time.Minute), text("m2", 90*time.Second, "menu"), echo, text("m3", 3*time.Minute, "gracias")))
	require.Equal(t, "m1 m1", said(first))
	require.Equal(t, 5, first.Handled)
	require.Equal(t, at(time.Minute), first.State.MutedAt)
	require.Equal(t, at(time.Minute), handedOff())
	require.Equal(t, []bot.Timer{{Kind: bot.TimerHandoff, ID: "handoff", Set: at(3 * time.Minute), At: at(3*time.Minute + 24*time.Hour)}}, first.Timers)

	resume := wish(bot.ControlResume, time.Hour)
	resume.ID = "u2"
	second := r.reply(r.next(first, resume))
	require.Equal(t, "-", said(second), "the menu again")
	require.False(t, second.State.Muted())
	require.Zero(t, handedOff())
}

func TestAnEchoAloneMutesButOpensNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	echo := text("e1", time.Minute, "Hola, soy Eva")
	echo.Echo = true
	require.Nil(t, r.reply(r.input(echo)).State)
	opened := r.reply(r.input(text("m1", 0, "hola")))
	muted := r.reply(r.next(opened, echo))
	require.True(t, muted.State.Muted())
	require.Empty(t, muted.Sends)
}

func TestReplyNamesTheContactsUnclosedConversationsOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, row := range []store.Conversation{
		{ID: "cnv_terminated", WorkflowID: "w", Channel: channel, WaID: contact, OpenedAt: at(-time.Hour)},
		{ID: "cnv_by_user_id", WorkflowID: "v", Channel: channel, UserID: "CL.1", OpenedAt: at(-2 * time.Hour)},
		{ID: "cnv_of_another", WorkflowID: "u", Channel: channel, WaID: "56933334444", OpenedAt: at(-time.Hour)},
	} {
		require.NoError(t, r.db.Store.OpenConversation(t.Context(), row))
	}
	r.closed("cnv_closed")
	in := r.input(text("m1", 0, "hola"))
	in.UserID = "CL.1"
	first := r.reply(in)
	require.Equal(t, []string{"cnv_terminated", "cnv_by_user_id"}, first.Unclosed)
	require.Empty(t, r.reply(r.next(first, text("m2", time.Minute, "menu"))).Unclosed)
}

func TestReplyLooksForNothingOfANewContact(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.reply(r.input(text("m1", 0, "hola")))
	require.Zero(t, r.db.looked)

	r = newRoom(t)
	r.closed("cnv_closed")
	r.reply(r.input(text("m1", 0, "hola")))
	require.Equal(t, 3, r.db.looked)
}

func TestReplyObeysAWishInItsTurn(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.input(text("m1", 0, "hola"), wish(bot.ControlClose, time.Second), text("m2", 2*time.Second, "hola"))
	result := r.reply(in)
	require.Equal(t, "m1 m1 -", said(result))
	require.Equal(t, 2, result.Handled, "what comes after it belongs to the next conversation")
	require.Equal(t, "operator", result.Close.Reason)
	last := result.Sends[2]
	require.Contains(t, string(last.Body), "Cerramos este chat")
	require.Equal(t, chat.MessageID(ours, "u1", 0, last.Body), last.ID)
	require.Equal(t, at(time.Second), result.Now)
}

func TestReplyOfABotThatIsGoneNeverHoldsTheConversation(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	broken := strings.Repeat("b", 64)
	require.NoError(t, r.db.PutBot(t.Context(), store.Bot{Hash: broken, Name: "broken", Source: []byte("bot: v9")}))
	for _, hash := range []string{"unknown", broken} {
		opening := r.input(text("m1", 0, "hola"))
		opening.Bot = hash
		opened := r.reply(opening)
		require.Equal(t, "m1 m1", said(opened), "the starter greets")

		open := r.input(text("m2", time.Minute, "2"))
		open.Bot, open.State = hash, opened.State
		require.Equal(t, "m2 m2", said(r.reply(open)), "and goes on")

		other := r.input(text("m2", time.Minute, "2"))
		state := *opened.State
		state.Hash = hash
		other.Bot, other.State = hash, &state
		ended := r.reply(other)
		require.Equal(t, "m2", said(ended), "a conversation of another bot gets an apology")
		require.Equal(t, definition.ReasonError, ended.Close.Reason)
	}
}

func TestATurnIsBoundedByWhatItAnswersToo(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var many []chat.Incoming
	for i := range 100 {
		many = append(many, text(fmt.Sprint("m", i), time.Duration(i)*time.Second, "horario "+strings.Repeat("x", 4000)))
	}
	result := r.reply(r.input(many...))
	require.Less(t, result.Handled, 40)
	require.Greater(t, result.Handled, 25)
}

func TestReplyNeedsItsDatabase(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.db.open = errors.New("down")
	_, err := r.Reply(t.Context(), r.input(text("m1", 0, "hola")))
	require.ErrorIs(t, err, r.db.open)
	r.db.open = nil
	require.Equal(t, "m1 m1", said(r.reply(r.input(text("m1", 0, "hola")))))
}

// An ISV names its messages as it likes: a wish has a name of its own.
func TestAWishIsObeyedWhateverMessagesAreCalled(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.closed("cnv_before", "u1")
	in := r.input(text("m1", 0, "hola"), text("u1", time.Second, "menu"), wish(bot.ControlClose, 2*time.Second))
	in.Horizon = at(time.Hour).Unix()
	result := r.reply(in)
	require.Equal(t, []int{1}, result.Repeats)
	require.NotNil(t, result.Close)
	in.Messages[1].ID = "u2"
	in.Messages[2].ID = "u2"
	require.NotNil(t, r.reply(in).Close)
}

// A real bot that says 80 KiB for every message; what waits is answered by the next turns.
func TestTurnsAnswerEverythingInTheEnd(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	long := strings.Repeat("é", 4000)
	r.bot = r.publish(`{"bot":"v1","name":"largo","start":"s","states":{"s":{"say":["` +
		strings.Join(slices.Repeat([]string{long}, 9), `","`) + `",{"interactive":{"type":"button","body":{"text":"?"},` +
		`"action":{"buttons":[{"type":"reply","reply":{"id":"x","title":"Otra vez"}}]}}}],"ask":{"choices":{"x":"s"}}}}}`)
	in := r.input(text("m1", 0, "hola"), text("m2", 1, "1"), text("m3", 2, "1"), text("m4", 3, "1"))
	var turns, replies int
	for len(in.Messages) > 0 {
		result := r.reply(in)
		require.Positive(t, result.Handled)
		require.Less(t, len(bytesOf(t, result)), 256<<10)
		in = r.next(result, in.Messages[result.Handled:]...)
		turns++
		replies += len(result.Sends)
	}
	require.Equal(t, 2, turns)
	require.Equal(t, 40, replies)
}

func noBot() *definition.Bot { return nil }

func TestABotThatFailsApologises(t *testing.T) {
	t.Parallel()
	const secret = "mi clave es 1234"
	for _, tt := range []struct {
		name string
		fail func() error
		log  string
	}{
		{"with an error", func() error { return errors.New("no way out") }, "no way out"},
		{"with a panic", func() error { panic(secret) }, "panic: string"},
		{"with a run-time error", func() error { return errors.New(noBot().Name) }, "panic: runtime.errorString"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.step = func(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
				if e.Message.TypedText() == secret {
					return s, nil, tt.fail()
				}
				return bot.Step(b, s, e)
			}
			in := r.input(text("m1", 0, "hola"), text("m2", 1, secret), text("m3", 2, "hola"))
			result := r.reply(in)
			require.Equal(t, "m1 m1 m2", said(result))
			require.Equal(t, &bot.Close{Reason: definition.ReasonError, Notice: true}, result.Close)
			require.True(t, result.State.Closed)
			require.Equal(t, 2, result.Handled)
			require.Empty(t, result.Timers)
			require.Contains(t, r.logs.String(), tt.log)
			require.NotContains(t, r.logs.String(), secret)
			require.NotContains(t, r.logs.String(), contact)
			require.Equal(t, bytesOf(t, result), bytesOf(t, r.reply(in)))
		})
	}
}

func TestAStateOfAnotherBotApologises(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	in := r.next(first, text("m2", 1, "hola"))
	in.Bot = r.publish(`{"bot":"v1","name":"otro","start":"s","states":{"s":{"say":["hola"],"close":{"reason":"x"}}}}`)
	result := r.reply(in)
	require.Equal(t, "m2", said(result))
	require.Equal(t, definition.ReasonError, result.Close.Reason)
}

func BenchmarkReply(b *testing.B) {
	r := newRoom(b)
	first := r.reply(r.input(text("m1", 0, "hola")))
	in := r.next(first, text("m2", time.Minute, "1"))
	r.log = slog.New(slog.DiscardHandler)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Reply(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}

func TestASlowBotTakesATurnForTheMessagesOfASecond(t *testing.T) {
	r := newRoom(t)
	r.step = func(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		r.clock.at = r.clock.at.Add(300 * time.Millisecond)
		return bot.Step(b, s, e)
	}
	var messages []chat.Incoming
	for i := range 1000 {
		messages = append(messages, text(strconv.Itoa(i), 0, "menu"))
	}
	first := r.reply(r.input(messages...))
	require.Equal(t, 4, first.Handled)
	second := r.reply(r.next(first, messages[4:]...))
	require.Equal(t, 4, second.Handled)
}
