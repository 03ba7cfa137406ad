package activities

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// wanting is a bot that keeps what the contact says of notices, and says what it knows of it.
func (r *room) wanting() {
	does := func(state *bot.State, e bot.Event) []bot.Effect {
		before := saying(map[bool]string{true: "out", false: "in"}[state.OptedOut])
		words := ""
		if e.Message != nil {
			words = e.Message.TypedText()
		}
		if words != "baja" && words != "alta" {
			return []bot.Effect{before}
		}
		out := words == "baja"
		state.OptedOut = out
		return []bot.Effect{before, {Kind: bot.EffectContact, OptOut: &out}}
	}
	r.step = func(_ *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		if e.At.After(s.At) {
			s.At = e.At
		}
		effects := does(&s, e)
		return s, effects, nil
	}
}

func saying(words string) bot.Effect {
	body, _ := json.Marshal(words)
	return bot.Effect{Kind: bot.EffectSend, Send: &bot.Send{Body: body}}
}

// bodiesOf are a turn's messages.
func bodiesOf(r ReplyResult) string {
	var all []string
	for _, s := range r.Sends {
		all = append(all, strings.Trim(string(s.Body), `"`))
	}
	return strings.Join(all, " ")
}

func (r *room) preference() (optedOut bool, at time.Time) {
	r.t.Helper()
	known, err := r.db.Contact(r.t.Context(), channel, contact, "")
	require.NoError(r.t, err)
	return known.OptedOut, known.OptedOutAt
}

func (r *room) prefers(optedOut bool, since time.Duration) {
	r.t.Helper()
	require.NoError(r.t, r.db.SetPreferences(r.t.Context(), []store.Preference{
		{Channel: channel, WaID: contact, OptedOut: optedOut, At: at(since)},
	}))
}

func TestAConversationOpensWithWhatIsSet(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.env = "dev"
	state := r.reply(r.input(text("m1", 0, "hola"))).State
	require.Equal(t, "dev", state.Env)
	require.False(t, state.LoopGuard)
	require.False(t, state.OptedOut)

	guarded := newRoom(t)
	require.NoError(t, guarded.db.SetLoopGuard(t.Context(), channel, true, opened()))
	guarded.prefers(true, -time.Hour)
	first := guarded.reply(guarded.input(text("m1", 0, "hola")))
	require.True(t, first.State.LoopGuard)
	require.True(t, first.State.OptedOut)

	require.NoError(t, guarded.db.SetLoopGuard(t.Context(), channel, false, opened()))
	guarded.prefers(false, -time.Minute)
	second := guarded.reply(guarded.next(first, text("m2", 1, "hola"))).State
	require.True(t, second.LoopGuard, "a conversation goes by what it opened with")
	require.True(t, second.OptedOut)

	nowhere := newRoom(t)
	in := nowhere.input(text("m1", 0, "hola"))
	in.Channel = "56900000009"
	require.False(t, nowhere.reply(in).State.LoopGuard, "a channel that is gone guards nothing")
}

func TestAConversationOpensWithWhatTheLoopGuardRemembers(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	require.NoError(t, r.db.SetLoopGuard(t.Context(), channel, true, opened()))
	quiet := &bot.Guard{QuietUntil: at(time.Minute), Recent: []time.Time{at(-time.Second)}}
	archived := func(id, workflowID string, opened time.Duration, guard *bot.Guard) {
		to := address()
		to.Conversation, to.WorkflowID = id, workflowID
		require.NoError(t, r.Archive(t.Context(), ArchiveInput{Address: to, WaID: contact, OpenedAt: at(opened), ClosedAt: at(opened + 1), Guard: guard}))
	}
	archived("cnv_before", "conversation:1", -2*time.Minute, nil)
	archived("cnv_last", "conversation:1", -time.Minute, quiet)
	archived("cnv_other", "conversation:2", -time.Second, nil)
	state := r.reply(r.input(text("m1", 0, "hola"))).State
	require.Equal(t, quiet.QuietUntil, state.QuietUntil)
	require.Equal(t, quiet.Recent, state.Recent)

	require.NoError(t, r.db.SetLoopGuard(t.Context(), channel, false, opened()))
	in := r.input(text("m2", 0, "hola"))
	in.Conversation = "cnv_unguarded"
	require.Zero(t, r.reply(in).State.QuietUntil)
}

func TestTheRowFollowsWhatIsLearnedOfTheContact(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	in := r.input(text("m1", 0, "hola"))
	in.WaID, in.UserID = "", "CL.1"
	first := r.reply(in)
	known := text("m2", 1, "hola")
	known.WaID, known.UserID = contact, "CL.1"
	next := r.next(first, known)
	next.WaID = ""
	second := r.reply(next)
	require.Equal(t, bot.Contact{WaID: contact, UserID: "CL.1", Name: "Ana"}, second.State.Contact)
	row, err := r.db.Conversation(t.Context(), ours)
	require.NoError(t, err)
	require.Equal(t, []string{contact, "CL.1"}, []string{row.WaID, row.UserID})
}

// A turn that is repeated finds what it wrote itself, and must say the same again.
func TestTheTurnThatOpensSaysTheSameAfterItsOwnWish(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		before func(*room)
		words  string
		said   string
		out    bool
		since  time.Duration
	}{
		{"opts out", func(*room) {}, "hola baja", "in in", true, 1},
		{"opts out again", func(r *room) { r.prefers(true, -time.Hour) }, "hola baja", "out out", true, -time.Hour},
		{"opts in", func(r *room) { r.prefers(true, -time.Hour) }, "hola alta hola", "out out in", false, 1},
		{"opts in and out", func(r *room) { r.prefers(true, -time.Hour) }, "alta baja", "out in", true, -time.Hour},
		{"opts out and in", func(r *room) { r.prefers(false, -time.Hour) }, "baja alta", "in out", false, -time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.wanting()
			tt.before(r)
			var messages []chat.Incoming
			for n, words := range strings.Fields(tt.words) {
				messages = append(messages, text("m"+string(rune('0'+n)), time.Duration(n)*time.Millisecond, words))
			}
			in := r.input(messages...)
			first := r.reply(in)
			require.Equal(t, tt.said, bodiesOf(first))
			require.Equal(t, bytesOf(t, first), bytesOf(t, r.reply(in)))
			out, since := r.preference()
			require.Equal(t, tt.out, out)
			if tt.since > 0 {
				tt.since *= time.Millisecond
			}
			require.Equal(t, at(tt.since), since)
			require.Equal(t, tt.out, first.State.OptedOut)
		})
	}
}

func TestAnOpenConversationKeepsEveryWish(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wanting()
	r.prefers(true, -time.Hour)
	first := r.reply(r.input(text("m1", 0, "hola")))
	r.prefers(false, time.Second) // in WhatsApp's own settings, meanwhile
	in := r.next(first, text("m2", time.Minute, "baja"))
	r.reply(in)
	out, since := r.preference()
	require.True(t, out, "the conversation did not know of it, and the contact said it now")
	require.Equal(t, at(time.Minute), since)
	r.reply(in)
	out, _ = r.preference()
	require.True(t, out)
}
