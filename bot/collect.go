package bot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
)

// Bounds of an answer that is collected from several messages.
const (
	maxTextsCollected = 20
	maxCollected      = 8 << 10 // bytes of them, as a state is written
)

// collectText keeps a text as a part of the answer and waits for more. The question's idle timer
// does not run meanwhile.
func (t *step) collectText(a *definition.Ask, in input, g given) error {
	open := t.state.Ask
	full := collectedSize(open.Buf)+definition.WrittenSize(g.Value) > maxCollected
	if full && len(open.Buf) > 0 {
		_, err := t.flushFirst(in)
		return err
	}
	t.trace("rule 6 collected")
	open.Buf = append(open.Buf, g.Text)
	t.clear(TimerIdle)
	if full || len(open.Buf) >= maxTextsCollected {
		return t.flush(a)
	}
	t.arm(TimerCollect, t.collectID(), a.Collect)
	return nil
}

func collectedSize(texts []string) (n int) {
	for _, text := range texts {
		n += definition.WrittenSize(textValue(text)) + 1
	}
	return n
}

// collectID names the question and how many texts there are: each text begins the wait anew.
func (t *core) collectID() string {
	return fmt.Sprintf("%s/%d/%d", TimerCollect, t.state.Ask.No, len(t.state.Ask.Buf))
}

// handleCollectTimer ends the wait for more texts: what was collected is the answer.
func (t *step) handleCollectTimer(id string) error {
	a := t.openAsk()
	if a == nil || len(t.state.Ask.Buf) == 0 || id != t.collectID() {
		t.trace("timer ignored")
		return nil
	}
	return t.flush(a)
}

// flush handles what was collected as the answer, unless the question refuses it as a whole.
func (t *step) flush(a *definition.Ask) error {
	g := textAnswer(a, strings.Join(t.state.Ask.Buf, "\n"))
	t.state.Ask.Buf = nil
	t.clear(TimerCollect)
	rejected, err := t.findRejection(a, g)
	switch {
	case err != nil:
		return err
	case rejected != nil:
		return t.refuse(a, rejected.Say)
	}
	return t.answer("rule 6 collected answer", a, g, g.exit)
}

// joinCollected puts what was collected before an answer that ends the wait, such as a picture. An option
// whose title was typed only ends it, as a tap does: its answer is what was collected already.
func (t *core) joinCollected(g given) given {
	if len(t.state.Ask.Buf) == 0 || g.ID != "" && t.state.Ask.offers(g.ID) {
		return g
	}
	texts := t.state.Ask.Buf
	if g.Text != "" {
		texts = append(slices.Clone(texts), g.Text)
	}
	g.Text = strings.Join(texts, "\n")
	g.Value = textValue(g.Text)
	return g
}

// flushFirst handles what was collected as the answer, before a message that is no part of it.
// done reports that the message has been dealt with, too: it was handled in the state to which
// the answer led, or has to come again when a call has returned.
func (t *step) flushFirst(in input) (done bool, err error) {
	a := t.openAsk()
	if a == nil || len(t.state.Ask.Buf) == 0 {
		return false, nil
	}
	if err := t.flush(a); err != nil {
		return true, err
	}
	switch {
	case t.state.Closed: // the message belongs to the conversation that ended
		return true, nil
	case t.state.Pending != nil:
		t.state.Turns-- // it is counted when it comes again
		t.state.Halfway = &Halfway{Cause: t.cause, Acts: t.acts}
		t.deferEvent()
		return true, nil
	case t.state.Muted():
		t.handleWhileMuted(in.message)
		return true, nil
	}
	return true, t.handleMessage(in)
}
