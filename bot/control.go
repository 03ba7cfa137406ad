package bot

import (
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// forgottenAfter is how long a handed-off conversation may be silent. The contact's 24-hour
// window is closed by then: nobody may write anything but a template.
const forgottenAfter = 24 * time.Hour

func (c Control) known() bool {
	return c == ControlClose || c == ControlHandoff || c == ControlResume
}

func (t *turn) control(e Event) error {
	t.trace("control " + string(e.Control))
	switch e.Control {
	case ControlHandoff:
		t.mute()
		return nil
	case ControlResume:
		return t.resume()
	}
	reason := e.Reason
	if reason == "" {
		reason = "closed"
	}
	return t.farewell(Close{Reason: reason, Notice: true})
}

// mute stops the question's clock: nobody is reminded by a bot while a person answers.
func (t *turn) mute() {
	if !t.state.Muted() {
		t.state.MutedAt = t.now
		if t.asked {
			t.clear(TimerIdle)
		}
	}
	t.watch()
}

// overhear is rule 2: what is said while a person answers is not for the bot, nor does it count
// against its limit of turns. It opens WhatsApp's window all the same.
func (t *turn) overhear(m *whatsapp.Message) {
	t.trace("rule 2 muted")
	if !m.UserMessage() {
		return
	}
	t.noteTime(m.Timestamp)
	t.watch()
}

// watch gives a handed-off conversation another day: somebody was heard.
func (t *turn) watch() {
	t.effects = append(t.effects, Effect{Kind: EffectTimerSet, Timer: &Timer{
		Kind: TimerHandoff, ID: string(TimerHandoff), Set: t.now, At: t.now.Add(forgottenAfter),
	}})
}

// forgotten ends a conversation that nobody goes on with, without a word: none may be said.
// Any other timer is of a question that is not the bot's to ask now.
func (t *turn) forgotten(id string) {
	if id != string(TimerHandoff) {
		t.trace("timer ignored")
		return
	}
	t.trace("handoff forgotten")
	t.finish(Close{Reason: ReasonTimeout, Notice: true})
}

// resume enters the state of the open question again, or the first state: nothing that was
// said before is trusted to be still on the contact's mind.
func (t *turn) resume() error {
	if !t.state.Muted() {
		return nil
	}
	t.state.MutedAt = time.Time{}
	t.clear(TimerHandoff)
	if t.state.Ask == nil {
		return t.enter(t.bot.start)
	}
	return t.enter(t.state.Ask.State)
}

func (t *turn) clear(kind TimerKind) {
	t.effects = append(t.effects, Effect{Kind: EffectTimerClear, Timer: &Timer{Kind: kind}})
}
