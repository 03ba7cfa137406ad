package chat

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

func TestHandoffsAndNotesStandInTheirPlace(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := r.scripted(nil)
	s.does = func(state *bot.State, e bot.Event) []bot.Effect {
		switch {
		case e.Kind == bot.EventTimer:
			return []bot.Effect{{Kind: bot.EffectNote, Note: "timer"}}
		case e.Control == bot.ControlResume:
			state.MutedAt = time.Time{}
			return nil
		case e.Control == bot.ControlHandoff:
			state.MutedAt = state.At
			return nil
		case e.Message.TypedText() == "humano":
			state.MutedAt = state.At
			return []bot.Effect{{Kind: bot.EffectHandoff, Handoff: &bot.Handoff{To: "ventas", Note: "quiere un plan"}}}
		}
		return []bot.Effect{{Kind: bot.EffectNote, Note: "nota"}}
	}
	in := r.open(text("m1", 1, "hola"), text("m2", 5, "humano"))
	in.Timers = []bot.Timer{{Kind: bot.TimerIdle, ID: "I", At: at(3)}}
	result := r.reply(in)
	require.Equal(t, []Note{
		{At: at(1), After: 1, Text: "nota"},
		{At: at(3), After: 1, Text: "timer"},
		{At: at(5), After: 2, Text: "handed off to ventas: quiere un plan"},
	}, result.Notes)
	require.Equal(t, &bot.Handoff{To: "ventas", Note: "quiere un plan"}, result.Handoff)

	next := r.next(result, text("m3", 6, "x"))
	next.Handoff = result.Handoff
	s.does = nil
	require.Equal(t, result.Handoff, r.reply(next).Handoff, "it stays known")

	s.does = func(state *bot.State, e bot.Event) []bot.Effect {
		state.MutedAt = map[bool]time.Time{true: state.At}[e.Control == bot.ControlHandoff]
		return nil
	}
	resume, handoff := wish(bot.ControlResume, 7), wish(bot.ControlHandoff, 8)
	next.Messages = []Incoming{resume}
	require.Nil(t, r.reply(next).Handoff)
	handoff.Control.Note = "reclamo"
	next.Messages = []Incoming{resume, handoff}
	require.Equal(t, &bot.Handoff{Note: "reclamo"}, r.reply(next).Handoff)
}

func TestANoteIsBounded(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := r.scripted(nil)
	s.does = func(*bot.State, bot.Event) []bot.Effect {
		return []bot.Effect{{Kind: bot.EffectNote, Note: strings.Repeat("ñ", 5000)}}
	}
	note := r.reply(r.open(text("m1", 0, "hola"))).Notes[0].Text
	require.LessOrEqual(t, len(note), maxNote)
	require.True(t, strings.HasSuffix(note, "ñ…"))
}
