package script

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// Answerer answers the bot's calls.
type Answerer interface {
	// Answer is what one attempt of a call gets. An error stops the case: nobody knows an answer.
	Answer(call *bot.Call) (Answer, error)
}

// Player is a stage on which bot.Step is driven directly. Its clock moves only by Wait, steps
// and deliveries take no time, and whatever the bot wants done is done at once.
type Player struct {
	bot      *definition.Bot
	setup    Setup
	answerer Answerer

	now      time.Time
	state    *bot.State // nil before the first message
	optedOut bool
	timers   []bot.Timer
	entries  []Entry
	heard    int // how many entries Heard has returned
	chat     int // which conversation of the contact this is
	messages int // how many messages came in, for their ids
	wishes   int // how many controls there were, for their causes
}

// NewPlayer is a player for one case. The answers come from the setup's mocks when answerer is nil.
func NewPlayer(b *definition.Bot, setup Setup, answerer Answerer) *Player {
	if answerer == nil {
		answerer = NewMocks(setup.Mocks)
	}
	return &Player{bot: b, setup: setup, answerer: answerer, now: setup.Now}
}

// Now is the player's time.
func (p *Player) Now() time.Time { return p.now }

// Timers are the timers that are armed, the next one first.
func (p *Player) Timers() []bot.Timer {
	timers := slices.Clone(p.timers)
	slices.SortStableFunc(timers, func(a, b bot.Timer) int { return a.At.Compare(b.At) })
	return timers
}

// State is the state of the conversation; nil before the first message.
func (p *Player) State() *bot.State { return p.state }

// Heard is what happened since it was called the last time. On this stage everything has
// happened by then, so there is nothing to wait for.
func (p *Player) Heard(bool) ([]Entry, error) {
	news := p.entries[p.heard:]
	p.heard = len(p.entries)
	return news, nil
}

// Receive hands a message of the contact over. A closed conversation is followed by a new one,
// as in the service.
func (p *Player) Receive(message json.RawMessage) error {
	p.messages++
	id := "wamid.user." + strconv.Itoa(p.messages)
	raw := Stamp(message, p.setup.Contact, id, p.now)
	m := whatsapp.DecodeMessage(raw)
	if p.state == nil || p.state.Closed {
		if !m.UserMessage() {
			p.add(Entry{Kind: EntryUser, Body: raw})
			p.note("no conversation is open, and this message opens none")
			return nil
		}
		p.open()
	}
	p.add(Entry{Kind: EntryUser, Body: raw})
	return p.step(bot.Event{Kind: bot.EventInbound, Cause: m.ID, At: p.now, Message: &m})
}

func (p *Player) open() {
	p.chat++
	s := bot.NewState(p.bot, "cnv_"+strconv.Itoa(p.chat), p.setup.Contact, p.now)
	s.Env, s.OptedOut = "test", p.optedOut
	s.Vars = nil
	for _, name := range sortedKeys(p.setup.Vars) {
		if s.Vars == nil {
			s.Vars = make(map[string]json.RawMessage, len(p.setup.Vars))
		}
		s.Vars[name] = p.setup.Vars[name]
	}
	p.state, p.timers = &s, nil
}

// Echo is what a person of the business writes: the bot keeps still from then on.
func (p *Player) Echo(text string) error {
	p.add(Entry{Kind: EntryPerson, Text: text})
	return p.control(bot.ControlHandoff, "")
}

// Control is what an operator wants.
func (p *Player) Control(c bot.Control, reason string) error {
	p.add(Entry{Kind: EntryControl, Control: c, Text: reason})
	return p.control(c, reason)
}

func (p *Player) control(c bot.Control, reason string) error {
	if p.state == nil || p.state.Closed {
		p.note("no conversation is open: nothing happens")
		return nil
	}
	p.wishes++
	cause := "control." + strconv.Itoa(p.wishes)
	return p.step(bot.Event{Kind: bot.EventControl, Cause: cause, At: p.now, Control: c, Reason: reason})
}

// lifetime is how old a conversation may become in the service when its definition does not say,
// and reasonLifetime why the service closes it then.
const (
	lifetime       = 7 * 24 * time.Hour
	reasonLifetime = "lifetime"
)

// expiry is when the conversation is closed because of its age: by the shorter of the bot's bound
// and the service's.
func (p *Player) expiry() bot.Timer {
	if p.state.Lifetime > 0 && p.state.Lifetime < lifetime {
		return bot.Timer{ID: definition.ReasonLimit, At: p.state.Started.Add(p.state.Lifetime)}
	}
	return bot.Timer{ID: reasonLifetime, At: p.state.Started.Add(lifetime)}
}

// Wait lets time pass, and what is due until then happen, the earliest first.
func (p *Player) Wait(d time.Duration) error {
	end := p.now.Add(d)
	p.add(Entry{Kind: EntryWait, Wait: d})
	for {
		timer, ok := p.due(end)
		if !ok {
			break
		}
		p.now = timer.At
		if err := p.fire(timer); err != nil {
			return err
		}
	}
	p.now = end
	return nil
}

// due is the next timer that goes off until then: the first in the list of those with the
// earliest deadline, as in the service. The age of the conversation is one too.
func (p *Player) due(end time.Time) (next bot.Timer, ok bool) {
	if p.state == nil || p.state.Closed {
		return bot.Timer{}, false
	}
	next = p.expiry()
	for _, timer := range p.timers {
		if timer.At.Before(next.At) {
			next = timer
		}
	}
	return next, !next.At.After(end)
}

func (p *Player) fire(timer bot.Timer) error {
	p.add(Entry{Kind: EntryTimer, Timer: timer.ID})
	if timer.Kind == "" {
		return p.control(bot.ControlClose, timer.ID)
	}
	p.clear(timer.Kind)
	cause := fmt.Sprintf("timer:%s@%d", timer.ID, timer.At.UnixMilli())
	return p.step(bot.Event{Kind: bot.EventTimer, Cause: cause, At: timer.At, Timer: timer.ID})
}

// step lets the bot decide, and goes on until it waits for somebody. What the bot deferred comes
// again when its calls are back, as in the service.
func (p *Player) step(e bot.Event) error {
	for again := true; again && !p.state.Closed; {
		var err error
		if again, err = p.settle(e); err != nil {
			return err
		}
	}
	return nil
}

// settle steps one event and the calls that follow from it.
func (p *Player) settle(e bot.Event) (deferred bool, err error) {
	for {
		state, effects, err := decide(p.bot, *p.state, e)
		if err != nil {
			return false, fmt.Errorf("the bot failed: %w", err)
		}
		p.state = &state
		var call *bot.Call
		for _, effect := range effects {
			deferred = deferred || effect.Kind == bot.EffectDeferred
			if effect.Kind == bot.EffectCall {
				call = effect.Call
				continue
			}
			p.apply(effect)
		}
		if call == nil {
			return deferred, nil
		}
		result, err := p.call(call)
		if err != nil {
			return false, err
		}
		e = bot.Event{Kind: bot.EventResult, Cause: call.ID, At: p.now, Result: result}
	}
}

// decide is bot.Step. A panic is a mistake of ours that one case shall show, and not all others hide.
func decide(b *definition.Bot, s bot.State, e bot.Event) (state bot.State, effects []bot.Effect, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return bot.Step(b, s, e)
}

func (p *Player) apply(e bot.Effect) {
	switch e.Kind {
	case bot.EffectSend:
		p.add(Entry{Kind: EntryBot, Body: e.Send.Body, State: e.Send.State})
	case bot.EffectTimerSet:
		p.clear(e.Timer.Kind)
		p.timers = append(p.timers, *e.Timer)
	case bot.EffectTimerClear:
		p.clear(e.Timer.Kind)
	case bot.EffectHandoff:
		p.add(Entry{Kind: EntryHandoff, Handoff: e.Handoff})
	case bot.EffectContact:
		p.optedOut = *e.OptOut
		p.add(Entry{Kind: EntryOptOut, OptOut: *e.OptOut})
	case bot.EffectClose:
		p.timers = nil
		p.add(Entry{Kind: EntryClosed, Close: e.Close})
	case bot.EffectNote:
		p.note(e.Note)
	case bot.EffectDeferred:
		p.note("this has to wait until the call is back")
	case bot.EffectTrace:
		p.add(Entry{Kind: EntryTrace, Text: e.Trace, Edge: e.Edge, Failed: e.Failed})
	}
}

func (p *Player) clear(kind bot.TimerKind) {
	p.timers = slices.DeleteFunc(p.timers, func(timer bot.Timer) bool { return timer.Kind == kind })
}

func (p *Player) note(text string) { p.add(Entry{Kind: EntryNote, Text: text}) }

func (p *Player) add(e Entry) {
	e.At, e.Chat = p.now, max(1, p.chat)
	p.entries = append(p.entries, e)
}
