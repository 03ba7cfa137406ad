package activities

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

// remembering is a bot that keeps the name of the contact, and counts their conversations.
const remembering = `
bot: v1
name: remembering
start: a
vars:
  name: {type: string, pii: true, keep: contact}
  count: {type: int, keep: contact}
  words: {type: string}
states:
  a: {set: {count: vars.count + 1}, goto: [{if: vars.name == '', to: who}, {to: b}]}
  who: {say: ["who?"], ask: {as: text, save: {name: answer.text}, to: b}}
  b: {say: ["${vars.name} ${vars.count}"], ask: {as: text, reject: [{if: "answer.text == 'again'", say: ["again?"]}], save: {words: answer.text}, to: [{if: "answer.text == 'forget'", to: forget}, {to: b}]}}
  forget: {set: {name: "''", count: "null"}, say: [forgotten], close: {reason: done}}
`

func (r *room) opens(conversation, bot string, messages ...chat.Incoming) ReplyInput {
	in := r.input(messages...)
	in.Conversation, in.Bot = conversation, bot
	return in
}

func (r *room) kept(bot string) string {
	r.t.Helper()
	vars, err := r.db.VarsKept(r.t.Context(), channel, contact, "", bot, "cnv_later")
	require.NoError(r.t, err)
	return string(vars)
}

func TestAConversationBeginsWithWhatTheLastOneKept(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	bot := r.publish(remembering)
	first := r.reply(r.opens("cnv_1", bot, text("m1", 0, "hola")))
	require.Equal(t, `{"count":1}`, r.kept("remembering"))
	require.Nil(t, first.Opened.Kept)
	next := r.next(first, text("m2", time.Second, "Ana <&>"))
	next.Conversation, next.Bot = "cnv_1", bot
	r.reply(next)
	require.Equal(t, `{"count":1,"name":"Ana <&>"}`, r.kept("remembering"))
	require.NotContains(t, r.logs.String(), "Ana")

	in := r.opens("cnv_2", bot, text("m3", time.Hour, "hola"))
	second := r.reply(in)
	require.Contains(t, bodiesOf(second), "Ana")
	require.Equal(t, `"Ana <&>"`, string(second.Opened.Kept["name"]), "the archive knows what it began with")
	require.Equal(t, "2", string(second.State.Vars["count"]))
	require.Equal(t, bytesOf(t, second), bytesOf(t, r.reply(in)), "a turn that is repeated finds what was there before it")
	require.Equal(t, `{"count":2,"name":"Ana <&>"}`, r.kept("remembering"))

	forgets := r.next(second, text("m4", 2*time.Hour, "forget"))
	forgets.Conversation, forgets.Bot = "cnv_2", bot
	r.reply(forgets)
	require.Empty(t, r.kept("remembering"))
	require.Equal(t, "1", string(r.reply(r.opens("cnv_3", bot, text("m5", 3*time.Hour, "hola"))).State.Vars["count"]))
}

// A turn that changes nothing of what is kept writes nothing, and a bot that keeps nothing reads nothing.
func TestWhatIsKeptCostsNothingWhereItDoesNotChange(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	bot := r.publish(remembering)
	first := r.reply(r.opens("cnv_1", bot, text("m1", 0, "hola"), text("m2", 1, "Ana")))
	counting := &countingKept{Store: r.store}
	r.store = counting
	next := r.next(first, text("m3", time.Second, "x"), text("m4", 2*time.Second, "again"))
	next.Conversation, next.Bot = "cnv_1", bot
	r.reply(next)
	require.Zero(t, counting.reads+counting.writes)
	r.reply(r.opens("cnv_2", r.bot, text("m5", time.Hour, "hola")))
	require.Zero(t, counting.reads+counting.writes)
	r.reply(r.opens("cnv_3", bot, text("m6", 2*time.Hour, "hola")))
	require.Equal(t, []int{1, 1}, []int{counting.reads, counting.writes})
}

// countingKept counts what is read and written of kept variables.
type countingKept struct {
	Store
	reads, writes int
}

func (c *countingKept) VarsKept(ctx context.Context, channel, waID, userID, bot, conversation string) ([]byte, error) {
	c.reads++
	return c.Store.VarsKept(ctx, channel, waID, userID, bot, conversation)
}

func (c *countingKept) KeepVars(ctx context.Context, k store.KeptVars) error {
	c.writes++
	return c.Store.KeepVars(ctx, k)
}

// What is of another type in a newer version is left out, and what it does not keep; another bot of the
// channel has its own.
func TestWhatWasKeptByAnotherVersionOrBot(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.reply(r.opens("cnv_1", r.publish(remembering), text("m1", 0, "hola"), text("m2", 1, "Ana")))
	newer := r.publish(`
bot: v1
name: remembering
start: a
vars: {name: {type: list, keep: contact}, count: {type: number, keep: contact}, words: {type: string, keep: contact}}
states:
  a: {say: ["${size(vars.name)} ${vars.count}"], handoff: {to: desk}}
`)
	second := r.reply(r.opens("cnv_2", newer, text("m3", time.Hour, "hola")))
	require.Contains(t, bodiesOf(second), "0 1")
	require.Equal(t, "what was kept of the contact as name does not fit its variable any more, and is left out", second.Notes[0].Text)
	require.Equal(t, `{"count":1,"name":"Ana"}`, r.kept("remembering"), "until the newer one keeps something")

	other := r.reply(r.opens("cnv_3", r.publish(`
bot: v1
name: other
start: a
vars: {name: {type: string, keep: contact}}
states:
  a: {say: ["[${vars.name}]"], ask: {as: text, save: {name: answer.text}, to: a}}
`), text("m4", 2*time.Hour, "hola"), text("m5", 2*time.Hour+1, "Eva")))
	require.Contains(t, bodiesOf(other), "[]")
	require.Equal(t, `{"name":"Eva"}`, r.kept("other"))
	require.Equal(t, `{"count":1,"name":"Ana"}`, r.kept("remembering"))
}

// A database that does not answer is worth another attempt: nothing is said before it is kept.
func TestWhatCannotBeKeptIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	bot := r.publish(remembering)
	broken := errors.New("no database")
	failing := &failingKept{Store: r.store, write: broken}
	r.store = failing
	in := r.opens("cnv_1", bot, text("m1", 0, "hola"))
	_, err := r.Reply(t.Context(), in)
	require.ErrorIs(t, err, broken)
	failing.write = nil
	require.Contains(t, bodiesOf(r.reply(in)), "who?")
	failing.read = broken
	_, err = r.Reply(t.Context(), r.opens("cnv_2", bot, text("m2", time.Hour, "hola")))
	require.ErrorIs(t, err, broken)
}

// failingKept fails to read or to write kept variables.
type failingKept struct {
	Store
	read, write error
}

func (f *failingKept) VarsKept(ctx context.Context, channel, waID, userID, bot, conversation string) ([]byte, error) {
	if f.read != nil {
		return nil, f.read
	}
	return f.Store.VarsKept(ctx, channel, waID, userID, bot, conversation)
}

func (f *failingKept) KeepVars(ctx context.Context, k store.KeptVars) error {
	if f.write != nil {
		return f.write
	}
	return f.Store.KeepVars(ctx, k)
}
