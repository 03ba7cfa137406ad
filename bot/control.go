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

func (t *step) control(e Event) error {
	t.trace("control " + string(e.Control))
	switch e.Control {
	case ControlHandoff:
		t.takeOver()
		return nil
	case ControlResume:
		return t.resume()
	case ControlUnsaid:
		t.lost(e.Ask)
		return nil
	}
	reason := e.Reason
	if reason == "" {
		reason = "closed"
	}
	if e.Silent {
		t.finish(Close{Reason: reason})
		return nil
	}
	t.farewell(Close{Reason: reason, Notice: true})
	return nil
}

// cancelCall forgets the call that is out: its result will mean nothing. A person who took
// over must not be talked into by what was asked before.
func (t *walker) cancelCall() {
	if t.state.Pending != nil {
		t.trace("call given up")
		t.state.Pending = nil
	}
}

// takeOver mutes the bot: a person answers, or has just done so.
func (t *step) takeOver() {
	t.cancelCall()
	if t.state.HandedOff != nil {
		taken := *t.state.HandedOff
		taken.Taken = true
		t.state.HandedOff = &taken
	}
	t.mute()
	t.watch()
}

// mute stops the question's clock: nobody is reminded by a bot while a person answers.
func (t *walker) mute() {
	if !t.state.Muted() {
		t.state.MutedAt = t.now
		t.clear(TimerIdle, TimerCollect)
	}
}

// handOff is the exit of a state that wants a person. The person comes whatever the note is: what
// of it cannot be told is left open, and the failure noted.
func (t *walker) handOff(st *definition.State) {
	h := Handoff{To: st.Handoff.To}
	if st.Handoff.Note != nil {
		note, err := st.Handoff.Note.Partial(t.values())
		if err != nil {
			t.trace(fmt.Sprintf("error in the note: state %q: %s", st.Name, err))
			t.note(fmt.Sprintf("the note of the handoff in state %s is not complete: %s", st.Name, err))
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
	t.watch()
}

// maxNote bounds the note of a handoff, in characters.
const maxNote = 1000

// overhear is rule 2: what is said while a person answers is not for the bot, nor does it count
// against its limit of turns. It opens WhatsApp's window all the same. It does not prolong the
// wait for a person who never came.
func (t *step) overhear(m *whatsapp.Message) {
	t.trace("rule 2 muted")
	if !m.UserMessage() {
		return
	}
	t.noteTime(m)
	if !t.waitsForPerson() {
		t.watch()
	}
}

// waitsForPerson says that the definition has another way when nobody takes the chat.
func (t *walker) waitsForPerson() bool {
	h := t.state.HandedOff
	if h == nil || h.Taken {
		return false
	}
	st := t.bot.State(h.State)
	return st != nil && st.Handoff != nil && st.Handoff.Timeout > 0
}

// watch gives a handed-off conversation another day: somebody was heard.
func (t *walker) watch() { t.arm(TimerHandoff, string(TimerHandoff), forgottenAfter) }

// handoffTimer is for a handoff that nobody took, or that nobody goes on with. Any other timer
// is of a question that is not the bot's to ask now.
func (t *walker) handoffTimer(id string) error {
	switch {
	case id == handoffTimeoutID && t.waitsForPerson():
		t.trace("handoff timeout")
		st := t.bot.State(t.state.HandedOff.State)
		return t.unmute(definition.LeadsTo("on_timeout", st.Handoff.OnTimeout), st.Name)
	case id == string(TimerHandoff):
		t.trace("handoff forgotten") // without a word: none may be said
		t.finish(Close{Reason: definition.ReasonTimeout, Notice: true})
	default:
		t.trace("timer ignored")
	}
	return nil
}

// resume lets the bot answer again. It enters a state anew, because nothing that was said
// before is trusted to be still on the contact's mind: the one that the definition names, else
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
	t.state.Stack = nil
	return t.unmute(definition.LeadsTo("start", t.bot.Start), "")
}

func (t *walker) unmute(e definition.Exit, from string) error {
	t.state.MutedAt = time.Time{}
	t.clear(TimerHandoff)
	if err := t.byItself(); err != nil {
		return err
	}
	next, err := t.follow(from, e)
	if err != nil {
		return err
	}
	return t.enter(next)
}

// farewell says the definition's closing words and ends the conversation, also when they cannot
// be said: whoever closes from outside is obeyed.
func (t *walker) farewell(c Close) {
	t.cancelCall()
	name, no := "", 0
	if t.state.Ask != nil {
		name, no = t.state.Ask.State, t.state.Ask.No
	}
	if _, err := t.sayAs(t.bot.Defaults.Close, name, no); err != nil {
		t.failed("error", err)
	}
	t.finish(c)
}
