package script

import (
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// keep adds the effects of one step to the transcript.
func (p *Player) keep(s chat.Step) {
	if s.Event.Kind == bot.EventTimer {
		p.add(Entry{Kind: EntryTimer, Timer: s.Event.Timer})
	}
	for _, e := range s.Effects {
		p.keepEffect(e)
	}
}

func (p *Player) keepEffect(e bot.Effect) {
	switch e.Kind {
	case bot.EffectSend:
		p.add(Entry{Kind: EntryBot, Body: e.Send.Body, State: e.Send.State})
	case bot.EffectHandoff:
		p.add(Entry{Kind: EntryHandoff, Handoff: e.Handoff})
	case bot.EffectContact:
		p.optedOut = *e.OptOut
		p.add(Entry{Kind: EntryOptOut, OptOut: *e.OptOut})
	case bot.EffectClose:
		p.timers, p.guard = nil, p.state.Guard()
		p.add(Entry{Kind: EntryClosed, Close: e.Close})
	case bot.EffectNote:
		p.note(e.Note)
	case bot.EffectDeferred:
		p.note("this has to wait until the call is back")
	case bot.EffectTrace:
		p.add(Entry{Kind: EntryTrace, Text: e.Trace, Edge: e.Edge, Failed: e.Failed})
	}
}

func (p *Player) note(text string) { p.add(Entry{Kind: EntryNote, Text: text}) }

func (p *Player) add(e Entry) {
	e.At, e.Chat = p.now, max(1, p.chat)
	p.entries = append(p.entries, e)
}
