package script

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

// Answerer answers the bot's calls.
type Answerer interface {
	// Answer is the response to one attempt of a call. An error stops the case: there is no response.
	Answer(call *bot.Call) (Answer, error)
}

// Player is a stage without a service: a clock, mocks and a transcript around [chat.Run]. Its clock
// moves only by Wait; steps and deliveries take no time.
type Player struct {
	bot      *definition.Bot
	setup    Setup
	answerer Answerer
	runner   Runner

	now    time.Time
	state  *bot.State // nil before the first message
	timers []bot.Timer
	// optedOut is the contact's preference, guard the loop guard's memory of the contact, kept what the bot
	// keeps of the contact: all outlive a conversation.
	optedOut bool
	guard    *bot.Guard
	kept     map[string]json.RawMessage

	// holds is set for a player that stops at calls, held is the call at which it has stopped.
	holds bool
	held  *heldCall

	entries  []Entry
	heard    int // how many entries Heard has returned
	chat     int // the number of the contact's conversation, from 1
	messages int // how many messages came in, for their ids
	controls int // how many controls there were, for their causes
}

// Runner runs one turn. It is chat.Run, or what has chat.Run inside, such as the service's activity.
type Runner func(*definition.Bot, chat.Input) chat.Output

// NewPlayer is a player for one case. The answers come from the setup's mocks when answerer is nil.
func NewPlayer(b *definition.Bot, setup Setup, answerer Answerer) *Player {
	if answerer == nil {
		answerer = NewMocks(setup.Mocks)
	}
	return &Player{
		bot: b, setup: setup, answerer: answerer, runner: chat.Run, now: setup.Now, optedOut: setup.OptedOut, kept: setup.Kept,
	}
}

// With replaces chat.Run.
func (p *Player) With(r Runner) *Player {
	p.runner = r
	return p
}

// Now is the player's time.
func (p *Player) Now() time.Time { return p.now }

// Timers are the timers that are set, the next one first.
func (p *Player) Timers() []bot.Timer {
	timers := slices.Clone(p.timers)
	slices.SortStableFunc(timers, func(a, b bot.Timer) int { return a.At.Compare(b.At) })
	return timers
}

// State is the state of the conversation; nil before the first message.
func (p *Player) State() *bot.State { return p.state }

// Kept are the variables that outlive the conversation.
func (p *Player) Kept() map[string]json.RawMessage { return p.kept }

// Heard is what happened since it was called the last time. On this stage everything has
// happened by then, so there is nothing to wait for.
func (p *Player) Heard(bool) ([]Entry, error) {
	news := p.entries[p.heard:]
	p.heard = len(p.entries)
	return news, nil
}

// Receive hands a message of the contact to the bot. A closed conversation is followed by a new
// one, as in the service.
func (p *Player) Receive(message json.RawMessage) error {
	p.messages++
	id := "wamid.user." + strconv.Itoa(p.messages)
	raw := Stamp(message, p.setup.Contact, id, p.now)
	return p.run(chat.Input{Messages: []chat.Incoming{{
		ID: id, At: p.now, Body: raw,
		WaID: p.setup.Contact.WaID, UserID: p.setup.Contact.UserID, Name: p.setup.Contact.Name,
	}}}, Entry{Kind: EntryUser, Body: raw})
}

// Echo is a message that a person of the business wrote: it mutes the bot.
func (p *Player) Echo(text string) error {
	p.add(Entry{Kind: EntryPerson, Text: text})
	return p.control(bot.ControlHandoff, "")
}

// Control is what an operator asks for.
func (p *Player) Control(c bot.Control, reason string) error {
	p.add(Entry{Kind: EntryControl, Control: c, Text: reason})
	return p.control(c, reason)
}

func (p *Player) control(c bot.Control, reason string) error {
	if !p.open() {
		p.note("no conversation is open: nothing happens")
		return nil
	}
	p.controls++
	return p.run(chat.Input{Messages: []chat.Incoming{{
		ID: "control." + strconv.Itoa(p.controls), At: p.now, Control: &chat.Control{Kind: c, Reason: reason},
	}}})
}

func (p *Player) open() bool { return p.state != nil && !p.state.Closed }

// reasonLifetime is why the service closes a conversation that has reached its maximum age.
const reasonLifetime = "lifetime"

// expiry is when the conversation is closed because of its age: by the shorter of the bot's bound
// and the service's.
func (p *Player) expiry() bot.Timer {
	if p.state.Lifetime > 0 && p.state.Lifetime < definition.MaxLifetime {
		return bot.Timer{ID: definition.ReasonLimit, At: p.state.Started.Add(p.state.Lifetime)}
	}
	return bot.Timer{ID: reasonLifetime, At: p.state.Started.Add(definition.MaxLifetime)}
}

// Wait lets time pass, and everything that falls due until then happen, the earliest first.
func (p *Player) Wait(d time.Duration) error {
	end := p.now.Add(d)
	p.add(Entry{Kind: EntryWait, Wait: d})
	for p.open() {
		next := p.nextDeadline()
		if next.At.After(end) {
			break
		}
		p.now = next.At
		if err := p.fire(next); err != nil {
			return err
		}
	}
	p.now = end
	return nil
}

// nextDeadline is the timer with the earliest deadline. The conversation's expiry is one of them.
func (p *Player) nextDeadline() bot.Timer {
	next := p.expiry()
	for _, timer := range p.timers {
		if timer.At.Before(next.At) {
			next = timer
		}
	}
	return next
}

func (p *Player) fire(timer bot.Timer) error {
	if timer.Kind == "" { // the expiry
		p.add(Entry{Kind: EntryTimer, Timer: timer.ID})
		return p.control(bot.ControlClose, timer.ID)
	}
	return p.run(chat.Input{Until: timer.At})
}

// run runs turns until the bot waits for somebody: calls are answered at once, and what was deferred
// because of them comes again. heard are the entries of what is handed to the bot; they stand in
// front of what it does.
func (p *Player) run(in chat.Input, heard ...Entry) error {
	for {
		out, err := p.turn(in, heard)
		if err != nil {
			return err
		}
		heard = nil
		rest := waiting(in.Messages, out)
		if p.hold(out, rest) {
			return nil
		}
		switch {
		case p.state == nil:
			p.note("no conversation is open, and this message opens none")
			return nil
		case out.Call == nil && len(rest) == 0:
			return nil
		}
		in = chat.Input{Messages: rest}
		if out.Call != nil {
			result, err := p.call(out.Call, p.answerer)
			if err != nil {
				return err
			}
			in.Result, in.CallFor = &chat.CallOutcome{Result: result, At: p.now}, out.CallFor
		}
	}
}

// waiting are the messages of a turn that have to come again, in order.
func waiting(messages []chat.Incoming, out chat.Output) []chat.Incoming {
	if out.Close != nil {
		return messages[out.Handled:]
	}
	var rest []chat.Incoming
	for _, i := range out.Deferred {
		rest = append(rest, messages[i])
	}
	return append(rest, messages[out.Handled:]...)
}

// turn runs one turn and keeps what came of it.
func (p *Player) turn(in chat.Input, heard []Entry) (chat.Output, error) {
	number := p.chat
	if p.open() {
		in.State, in.Timers = p.state, p.timers
	} else {
		number++
	}
	in.Conversation = "cnv_" + strconv.Itoa(number)
	in.WaID, in.UserID = p.setup.Contact.WaID, p.setup.Contact.UserID
	in.Opening = chat.Opening{
		Env: "test", Vars: p.setup.Vars, Kept: p.kept, LoopGuard: p.setup.LoopGuard, Guard: p.guard,
		Preference: chat.Preference{Out: p.optedOut},
	}
	out := p.runner(p.bot, in)
	if out.State != nil {
		p.chat, p.state, p.timers = number, out.State, out.Timers
	} else {
		p.state = nil
	}
	if out.Kept != nil {
		p.kept = out.Kept.Vars
	}
	for _, e := range heard {
		p.add(e)
	}
	for _, s := range out.Steps {
		p.keep(s)
	}
	if len(out.Faults) > 0 {
		return out, faultError(out.Faults[0])
	}
	return out, nil
}

// faultError is the error of a case whose bot failed by a mistake of ours.
func faultError(f chat.Fault) error {
	if f.Panic != nil {
		return fmt.Errorf("the bot failed: panic: %v", f.Panic)
	}
	return fmt.Errorf("the bot failed: %w", f.Err)
}
