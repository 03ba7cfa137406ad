package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

const (
	// maxSimulate is for a definition as a text in JSON, which escapes make longer, and a state.
	maxSimulate = 1 << 20
	// simulateTime is how long an event may take.
	simulateTime = time.Second
	// simulatedWaID is the number of the contact of a simulated conversation.
	simulatedWaID = "15550001111"
)

// simulateRequest is an event, and the conversation that it happens to.
type simulateRequest struct {
	// version is the number of a version, empty for the newest; definition is a text in its place.
	version    string
	definition string
	// state is nil for a conversation that begins.
	state *simulatedState
	event simulatedEvent
}

// simulatedState is what a caller hands back with the next event.
type simulatedState struct {
	Bot     bot.State    `json:"bot"`
	Timers  []bot.Timer  `json:"timers,omitempty"`
	Handoff *bot.Handoff `json:"handoff,omitempty"`
	CallFor string       `json:"callFor,omitempty"`
	// Events counts the events of the conversation: each message needs an id of its own.
	Events int `json:"events"`
}

type simulatedView struct {
	// State is a [simulatedState]; null if the event opened no conversation.
	State    json.RawMessage   `json:"state"`
	Messages []json.RawMessage `json:"messages"`
	Timers   []timerView       `json:"timers"`
	// Call is the call whose result is the next event, Deferred whether this event has to come again
	// behind it.
	Call     *simulatedCall `json:"call"`
	Deferred bool           `json:"deferred,omitempty"`
	Handoff  *bot.Handoff   `json:"handoff"`
	Close    *bot.Close     `json:"close"`
	// Trace are the rules that were applied, in order.
	Trace []string `json:"trace"`
}

type timerView struct {
	ID   string        `json:"id"`
	Kind bot.TimerKind `json:"kind"`
	At   string        `json:"at"`
}

// simulatedCall is a call without its headers.
type simulatedCall struct {
	State  string          `json:"state"`
	Method string          `json:"method"`
	URL    string          `json:"url"`
	Body   json.RawMessage `json:"body,omitempty"`
}

// simulate handles POST /bots/{name}/simulate: it applies one event to a conversation that only the
// caller remembers. Nothing is stored, and calls are not made.
func (b *bots) simulate(ctx context.Context, req *request, in simulateRequest) (view simulatedView, err error) {
	text, load := []byte(in.definition), definition.Load
	if in.definition == "" {
		stored, err := b.find(ctx, req.account.Name, req.vars["name"], in.version)
		if err != nil {
			return simulatedView{}, err
		}
		text, load = stored.Source, definition.LoadStored
	}
	err = b.work.do(ctx, req.account.Name, func() error {
		loaded, err := loadDefinition(text, load)
		if err != nil {
			return err
		}
		view, err = b.simulateOn(loaded, in)
		return err
	})
	return view, err
}

func (b *bots) simulateOn(loaded *definition.Bot, in simulateRequest) (simulatedView, error) {
	before := simulatedState{}
	if in.state != nil && !in.state.Bot.Closed {
		before = *in.state
		if before.Bot.Hash != loaded.Hash {
			return simulatedView{}, errUnprocessable(fmt.Sprintf("the state is of another definition, %s, and this is %s",
				cut(definition.Label(before.Bot.Name, before.Bot.Hash)), loaded.Label()))
		}
	} else if in.state != nil {
		before.Events = in.state.Events
	}
	before.Events++
	input, err := in.event.input(before, b.now())
	if err != nil {
		return simulatedView{}, err
	}
	allowed := &allowance{now: b.now, until: b.now().Add(simulateTime), bytes: playBytes}
	out, err := allowed.runOnce(loaded, input)
	if err != nil {
		return simulatedView{}, err
	}
	view := showSimulated(out)
	view.State, err = json.Marshal(before.after(out))
	if err != nil {
		return simulatedView{}, errImpossible(err) // a time beyond the year 9999
	}
	return view, nil
}

// runOnce runs a turn that somebody made up.
func (a *allowance) runOnce(b *definition.Bot, in chat.Input) (out chat.Output, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errImpossible(fmt.Errorf("panic: %T", p))
		}
	}()
	out = a.run(b, in)
	switch {
	case a.spent != "":
		return out, errUnprocessable("the event was stopped because " + a.spent)
	case len(out.Faults) > 0:
		return out, errImpossible(out.Faults[0].Err)
	}
	return out, nil
}

// errImpossible is for a state that no bot can be in: the caller's mistake.
func errImpossible(cause error) error {
	const message = "the bot cannot go on from this state with this event"
	return &apiError{Status: http.StatusUnprocessableEntity, Message: message, cause: cause}
}

// after is the state after a turn; nil if there is none.
func (s simulatedState) after(out chat.Output) *simulatedState {
	if out.State == nil {
		return nil
	}
	if out.Call != nil {
		s.CallFor = out.CallFor
	}
	s.Bot, s.Timers, s.Handoff = *out.State, out.Timers, out.Handoff
	return &s
}

func showSimulated(out chat.Output) simulatedView {
	view := simulatedView{
		Messages: make([]json.RawMessage, len(out.Sends)), Timers: make([]timerView, len(out.Timers)),
		Deferred: len(out.Deferred) > 0, Handoff: out.Handoff, Close: out.Close, Trace: []string{},
	}
	for i, send := range out.Sends {
		view.Messages[i] = send.Body
	}
	for i, timer := range out.Timers {
		view.Timers[i] = timerView{timer.ID, timer.Kind, stamp(timer.At)}
	}
	for _, step := range out.Steps {
		for _, effect := range step.Effects {
			if effect.Kind == bot.EffectTrace {
				view.Trace = append(view.Trace, effect.Trace)
			}
		}
	}
	if out.Call != nil {
		view.Call = &simulatedCall{out.Call.State, out.Call.Method, out.Call.URL, out.Call.Body}
	}
	return view
}

// decodeSimulate reads the body of a simulation.
func decodeSimulate(body []byte) (simulateRequest, error) {
	fields, err := decodeObject(body)
	if err != nil {
		return simulateRequest{}, err
	}
	var in simulateRequest
	if in.version, err = fields.version("version"); err != nil {
		return in, err
	}
	if err := fields.optional(text{"definition", &in.definition}); err != nil {
		return in, err
	}
	if in.version != "" && in.definition != "" {
		return in, errBadRequest("either version or definition must be given, not both")
	}
	if in.state, err = fields.simulatedState(); err != nil {
		return in, err
	}
	in.event, err = fields.simulatedEvent()
	return in, err
}

const (
	// maxState bounds a state, in bytes: those of the service have at most 64 KiB.
	maxState = 128 << 10
	// maxTimers is more than a conversation can have.
	maxTimers = 10
)

// simulatedState reads the field "state"; nil if it is missing or null.
func (o object) simulatedState() (*simulatedState, error) {
	raw, ok := o["state"]
	if !ok || string(raw) == "null" {
		return nil, nil
	}
	refused := errBadRequest("state must be the state of an earlier answer")
	state := &simulatedState{}
	if len(raw) > maxState || json.Unmarshal(raw, state) != nil {
		return nil, refused
	}
	if len(state.Timers) > maxTimers || state.Events < 0 {
		return nil, refused
	}
	return state, nil
}

// messageID names the message of an event.
func (s simulatedState) messageID() string { return "wamid.simulated." + strconv.Itoa(s.Events) }

// conversation names the conversation that an event opens.
func (s simulatedState) conversation() string { return "cnv_simulated_" + strconv.Itoa(s.Events) }
