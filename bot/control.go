package bot

import (
	"fmt"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// forgottenAfter is how long a handed-off conversation may be silent. The contact's 24-hour
// window is closed by then: nobody may write anything but a template.
const forgottenAfter = 24 * time.Hour

// handoffTimeoutID is the id of the timer that waits for a person to take the chat.
const handoffTimeoutID = string(TimerHandoff) + "/timeout"

func (c Control) known() bool {
	return c == ControlClose || c == ControlHandoff || c == ControlResume || c == ControlUnsaid
}

func (t *step) handleControl(e Event) error {
	t.trace("control " + string(e.Control))
	switch e.Control {
	case ControlHandoff:
		t.muteForPerson()
		return nil
	case ControlResume:
		return t.resume()
	case ControlUnsaid:
		t.questionLost(e.Ask)
		return nil
	}
	reason := e.Reason
	if reason == "" {
		reason = "closed"
	}
	if e.Silent {
		t.closeConversation(Close{Reason: reason})
		return nil
	}
	t.closeWithWords(Close{Reason: reason, Notice: true})
	return nil
}

// cancelCall forgets the pending call, so that its result changes nothing: the bot must not
// interrupt a person because of what was asked before.
func (t *walker) cancelCall() {
	if t.state.Pending != nil {
		t.trace("call given up")
		t.state.Pending = nil
	}
}

// muteForPerson mutes the bot because a person answers, or has just done so.
func (t *step) muteForPerson() {
	t.cancelCall()
	if t.state.HandedOff != nil {
		taken := *t.state.HandedOff
		taken.Taken = true
		t.state.HandedOff = &taken
	}
	t.mute()
	t.restartHandoffTimer()
}

// mute also stops the question's timers: no bot reminds anybody while a person answers.
func (t *walker) mute() {
	if !t.state.Muted() {
		t.state.MutedAt = t.now
		t.clear(TimerIdle, TimerCollect)
	}
}

// handOff is the exit of a state that hands the conversation to a person. A note that cannot be
// rendered does not prevent it: what fails is left out, and operators are told.
func (t *walker) handOff(st *definition.State) {
	h := Handoff{To: st.Handoff.To}
	if st.Handoff.Note != nil {
		note, err := st.Handoff.Note.Partial(t.values())
		if err != nil {
			t.trace(fmt.Sprintf("error in the note: state %q: %s", st.Name, err))
			t.addNote(fmt.Sprintf("the note of the handoff in state %s is not complete: %s", st.Name, err))
		}
		h.Note = outbound.Cut(note, maxNote)
	}
	t.mute()
	t.state.HandedOff = &HandedOff{State: st.Name}
	t.emit(Effect{Kind: EffectHandoff, Handoff: &h})
	if st.Handoff.Timeout > 0 {
		t.arm(TimerHandoff, handoffTimeoutID, st.Handoff.Timeout)
		return
	}
	t.restartHandoffTimer()
}

// maxNote bounds the note of a handoff, in characters.
const maxNote = 1000

// handleWhileMuted is rule 2: a message while a person answers is not for the bot, nor does it count
// against its limit of turns. It opens WhatsApp's window all the same. It does not prolong the
// wait for a person who has not answered yet.
func (t *step) handleWhileMuted(m *whatsapp.Message) {
	t.trace("rule 2 muted")
	if !m.UserMessage() {
		return
	}
	t.updateLastIn(m)
	if !t.waitsForPerson() {
		t.restartHandoffTimer()
	}
}

// waitsForPerson reports whether the handoff has a timeout and no person has answered yet.
func (t *walker) waitsForPerson() bool {
	h := t.state.HandedOff
	if h == nil || h.Taken {
		return false
	}
	st := t.bot.State(h.State)
	return st != nil && st.Handoff != nil && st.Handoff.Timeout > 0
}

// restartHandoffTimer gives a handed-off conversation another day, because somebody wrote.
func (t *walker) restartHandoffTimer() { t.arm(TimerHandoff, string(TimerHandoff), forgottenAfter) }

// handleHandoffTimer handles a handoff that no person answered, or in which nobody writes any more.
// Any other timer is of a question, which the muted bot does not ask.
func (t *walker) handleHandoffTimer(id string) error {
	switch {
	case id == handoffTimeoutID && t.waitsForPerson():
		t.trace("handoff timeout")
		st := t.bot.State(t.state.HandedOff.State)
		return t.unmute(definition.LeadsTo("on_timeout", st.Handoff.OnTimeout), st.Name)
	case id == string(TimerHandoff):
		t.trace("handoff forgotten") // without a word: none may be said
		t.closeConversation(Close{Reason: definition.ReasonTimeout, Notice: true})
	default:
		t.trace("timer ignored")
	}
	return nil
}

// resume lets the bot answer again. It enters a state anew, because the contact may
// not remember what was said before: the one that the definition names, else
// the one whose question is open, else the first, where nothing is under way any more.
func (t *step) resume() error {
	if !t.state.Muted() {
		return nil
	}
	if h := t.state.HandedOff; h != nil {
		if st := t.bot.State(h.State); st != nil && st.Handoff != nil && st.Handoff.OnResume.Name != "" {
			return t.unmute(definition.LeadsTo("on_resume", st.Handoff.OnResume), st.Name)
		}
	}
	if t.state.Ask != nil {
		return t.unmute(definition.LeadsTo("resume", definition.Ref{Name: t.state.Ask.State}), "")
	}
	t.leaveSubroutines()
	return t.unmute(definition.LeadsTo("start", t.bot.Start), "")
}

func (t *walker) unmute(e definition.Exit, from string) error {
	t.state.MutedAt = time.Time{}
	t.clear(TimerHandoff)
	if err := t.countUnattended(); err != nil {
		return err
	}
	next, err := t.follow(from, e)
	if err != nil {
		return err
	}
	return t.enter(next)
}

// closeWithWords says the definition's closing words and closes the conversation, also when they cannot
// be said.
func (t *walker) closeWithWords(c Close) {
	t.cancelCall()
	name, no := "", 0
	if t.state.Ask != nil {
		name, no = t.state.Ask.State, t.state.Ask.No
	}
	if _, err := t.sayAs(t.bot.Defaults.Close, name, no); err != nil {
		t.traceFailure("error", err)
	}
	t.closeConversation(c)
}
