package bot

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// Bounds of one step. They stop definitions that go round in circles; the loader refuses those
// in which it can see that.
const (
	maxSize  = 128 << 10 // bytes of bodies, which are kept in the history
	maxAsks  = 20        // past questions that are remembered for taps on old buttons
	maxStack = 8         // subroutines inside of each other
	// maxUnheard is how often the bot may go on by itself, by timers and calls, without a message
	// of the contact: a definition whose states lead to each other would do so for a week.
	maxUnheard = 50
)

var (
	errStates   = errors.New("more than 50 states in one event")
	errMessages = errors.New("more than 20 messages in one event")
	errSize     = errors.New("more than 128 KiB of messages in one event")
	errBody     = errors.New("a message of more than 64 KiB")
	errVars     = errors.New("more than 24 KiB of variables")
	errKept     = errors.New("more than 4 KiB of variables that are kept of a contact")
	errOptions  = errors.New("more than 24 KiB of options in one question")
	errStack    = errors.New("more than 8 subroutines inside of each other")
	errReturn   = errors.New("return outside of a subroutine")
	errFailed   = errors.New("the subroutine failed, and the run does not say with failed where to go on")
	errBranches = errors.New("no branch to go on")
	errCallSize = errors.New("a call of more than 32 KiB")
	errURL      = errors.New("the URL cannot be called")
	errState    = errors.New("the state makes no call")
	errUnheard  = errors.New("the bot went on by itself more than 50 times without a word of the contact")
)

// walker goes through the states of the definition: it enters them, makes their calls and follows
// their exits.
type walker struct {
	*core
	speaker
	// entered counts the states against the bound of an event.
	entered int
	// leaving is set on the way out of all subroutines, by retry.else or idle.to, unless the way
	// leads to a return at once.
	leaving bool
}

// enter goes into a state and on until the bot has to wait or the conversation is closed.
func (t *walker) enter(name string) error {
	for name != "" {
		if t.entered++; t.entered > definition.MaxEntered {
			return errStates
		}
		st := t.bot.State(name)
		if st == nil {
			return fmt.Errorf("no state %q", name)
		}
		t.closeQuestion()
		t.leaveFor(st)
		if err := t.assign(st.Set); err != nil {
			return fmt.Errorf("state %q: %w", name, err)
		}
		if st.Call != nil {
			return t.makeCall(st)
		}
		next, err := t.finishState(st)
		if err != nil {
			return err
		}
		name = next
	}
	return nil
}

// closeQuestion closes the question that is open.
func (t *core) closeQuestion() { t.state.Ask, t.state.HandedOff, t.state.Unsaid = nil, nil, false }

// finishState says the messages of a state and follows its exit: the next state, or none when there
// is something to wait for.
func (t *walker) finishState(st *definition.State) (next string, err error) {
	if st.Ask != nil {
		t.state.AskNo++
	}
	sent, held := t.sent, t.held
	offered, err := t.say(st.Say, st)
	if err != nil {
		return "", err
	}
	switch {
	case st.Ask != nil && t.sent == sent && (t.held > held || t.held > 0 && t.sent == 0):
		t.giveUpQuestion()
		return "", nil
	case st.Ask != nil:
		return "", t.openQuestion(st, offered)
	case st.Close != nil:
		t.closeConversation(Close{Reason: st.Close.Reason, Notice: st.Close.Notice})
		return "", nil
	case st.Handoff != nil:
		t.handOff(st)
		return "", nil
	case st.Run != nil:
		return t.runSubroutine(st)
	case st.Returns:
		return t.comeBack(st)
	}
	return t.follow(st.Name, definition.Exit{Via: "goto", To: st.GoTo})
}

// follow picks the branch of an exit, traces it and returns the next state.
func (t *walker) follow(from string, e definition.Exit) (string, error) {
	to, branch, err := t.pickBranch(e.To)
	if err != nil {
		return "", fmt.Errorf("state %q: %w", from, err)
	}
	via := e.Via
	if branch > 0 {
		via = fmt.Sprintf("%s %d", via, branch)
	}
	t.traceEdge(from, via, to.Name)
	return to.Name, nil
}

// openQuestion opens the state's question, so that what comes next may answer it.
func (t *walker) openQuestion(st *definition.State, offered offer) error {
	if err := t.boundOptions(offered.options); err != nil {
		return fmt.Errorf("state %q: %w", st.Name, err)
	}
	no := t.state.AskNo
	t.state.Ask = &Ask{No: no, State: st.Name, Since: t.now, Options: offered.options}
	t.state.Asks = append(t.state.Asks, PastAsk{No: no, State: st.Name})
	if over := len(t.state.Asks) - maxAsks; over > 0 {
		t.state.Asks = slices.Delete(t.state.Asks, 0, over)
	}
	t.rememberWays(offered)
	if said := t.questionMessage(offered); said != nil {
		said.Ask = no
	}
	t.clear(TimerCollect)
	t.restartIdle(st.Ask)
	return nil
}

// options are the tappable answers in a body, in the order in which they are shown.
func options(choices []outbound.Choice) []Option {
	var all []Option
	for _, c := range choices {
		all = append(all, Option{ID: c.ID, Title: c.Title})
	}
	return all
}

func optionsSize(all []Option) (n int) {
	for _, o := range all {
		n += definition.OptionSize(o.ID, o.Title)
	}
	return n
}

// closeConversation clears the timers and closes the conversation.
func (t *walker) closeConversation(c Close) {
	t.clear()
	t.closeQuestion()
	t.state.MutedAt = time.Time{}
	t.leaveSubroutines()
	t.state.Pending = nil
	t.state.Closed = true
	t.emit(Effect{Kind: EffectClose, Close: &c})
}

// handleFailure goes on after a step that failed: in the state of defaults.error, or with an apology
// and the end of the conversation. When that fails too, the conversation ends without a word.
// Effects from before the failure stay.
func (t *walker) handleFailure(cause error) {
	t.traceFailure("error", cause)
	t.entered, t.messages, t.size = 0, 0, 0
	t.leaveSubroutines()
	t.state.Pending = nil
	t.seen = nil // and with it how much expressions have cost so far
	if t.bot.Defaults.Error.Name == "" || errors.Is(cause, errUnheard) {
		if err := t.sayText(t.sentences().Apology, ""); err != nil {
			t.traceFailure("error again", err)
		}
		t.closeConversation(Close{Reason: definition.ReasonError, Notice: true})
		return
	}
	t.traceEdge("", "defaults.error", t.bot.Defaults.Error.Name)
	if err := t.enter(t.bot.Defaults.Error.Name); err != nil {
		t.traceFailure("error again", err)
		t.closeConversation(Close{Reason: definition.ReasonError, Notice: true})
	}
}
