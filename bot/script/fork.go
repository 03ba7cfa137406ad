package script

import (
	"slices"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// heldCall is a call that waits for its outcome.
type heldCall struct {
	call *bot.Call
	// callFor is the contact's message that led to it, deferred are the messages that came since.
	callFor  string
	deferred []chat.Incoming
}

// HoldCalls lets the player stop at each call of the bot until [Player.Return] answers it.
func (p *Player) HoldCalls() *Player {
	p.holds = true
	return p
}

// Held is the call at which the player has stopped; nil when there is none.
func (p *Player) Held() *bot.Call {
	if p.held == nil {
		return nil
	}
	return p.held.call
}

// Return goes on at the call that is held: each of its attempts gets this answer.
func (p *Player) Return(a Answer) error {
	held := p.held
	if held == nil {
		return nil
	}
	p.held = nil
	result, err := p.call(held.call, always(a))
	if err != nil {
		return err
	}
	return p.run(chat.Input{
		Messages: held.deferred, Result: &chat.CallOutcome{Result: result, At: p.now}, CallFor: held.callFor,
	})
}

// always answers every attempt of every call alike.
type always Answer

func (a always) Answer(*bot.Call) (Answer, error) { return Answer(a), nil }

// hold reports whether the player stops after a turn, because a call is out. rest are the messages
// that have to come again.
func (p *Player) hold(out chat.Output, rest []chat.Incoming) bool {
	switch {
	case !p.holds:
		return false
	case out.Call != nil:
		p.held = &heldCall{call: out.Call, callFor: out.CallFor, deferred: rest}
		return true
	case p.held == nil || p.state == nil || p.state.Pending == nil:
		p.held = nil // given up, by a handoff or an end
		return false
	}
	held := *p.held
	held.deferred = append(slices.Clip(held.deferred), rest...)
	p.held = &held
	return true
}

// Fork is a second player at the same point of the chat; what either does from there on, the other
// does not see. Its transcript begins where it is forked. Players that are forked hold their calls,
// because mocks that count their answers cannot be in two places.
func (p *Player) Fork() *Player {
	fork := *p
	fork.holds = true
	fork.entries, fork.heard = nil, 0
	return &fork
}
