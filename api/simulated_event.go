package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/script"
)

// simulatedEvent is one thing that happens to a simulated conversation. One of its fields but at is set.
type simulatedEvent struct {
	// message is an element of messages[] without sender, id and time.
	message json.RawMessage
	// timer is the id of a timer that fires.
	timer string
	// result is the outcome of the call that is out.
	result *bot.CallResult
	// control is what an operator asks for.
	control bot.Control
	reason  string
	// at is when it happens; zero for the time of the event before.
	at time.Time
}

// simulatedEvent reads the field "event".
func (o object) simulatedEvent() (simulatedEvent, error) {
	var fields object
	if err := json.Unmarshal(o["event"], &fields); err != nil || fields == nil {
		return simulatedEvent{}, errBadRequest(`event must be an object, such as {"message":"hola"}`)
	}
	var e simulatedEvent
	readers := map[string]func(json.RawMessage) error{
		"message": e.readMessage,
		"timer":   func(raw json.RawMessage) error { return text{"event.timer", &e.timer}.read(raw) },
		"result":  e.readResult,
		"control": e.readControl,
	}
	var kinds []string
	for name := range readers {
		if _, ok := fields[name]; ok {
			kinds = append(kinds, name)
		}
	}
	if len(kinds) != 1 {
		return simulatedEvent{}, errBadRequest("event must have one of message, timer, result and control")
	}
	if err := readers[kinds[0]](fields[kinds[0]]); err != nil {
		return simulatedEvent{}, err
	}
	if err := fields.optional(text{"reason", &e.reason}); err != nil {
		return simulatedEvent{}, err
	}
	return e, e.readTime(fields)
}

func (e *simulatedEvent) readTime(fields object) error {
	var at string
	if err := fields.optional(text{"at", &at}); err != nil || at == "" {
		return err
	}
	var err error
	if e.at, err = time.Parse(time.RFC3339, at); err != nil || e.at.Year() < 2000 || e.at.Year() > 2100 {
		return errBadRequest("event.at must be a time of this century as in RFC 3339, such as 2026-03-10T12:00:00Z")
	}
	return nil
}

// readMessage reads a text, or what the step `user` of a test file may have.
func (e *simulatedEvent) readMessage(raw json.RawMessage) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		var said string
		if err := json.Unmarshal(raw, &said); err != nil {
			return errBadRequest("event.message cannot be read")
		}
		e.message = script.NewText(said)
		return nil
	}
	message, err := script.ParseMessage(raw)
	if problems, ok := errors.AsType[script.Problems](err); ok {
		return errBadRequest("event.message has " + summary(problems))
	}
	e.message = message
	return err
}

// readResult reads a status with a body as text or json, or why there was no response.
func (e *simulatedEvent) readResult(raw json.RawMessage) error {
	var in struct {
		Status int             `json:"status"`
		Text   string          `json:"text"`
		JSON   json.RawMessage `json:"json"`
		Error  string          `json:"error"`
	}
	errs := []string{"", bot.CallTimeout, bot.CallConnection, bot.CallForbidden, bot.CallTooLarge, bot.CallSecret}
	switch {
	case json.Unmarshal(raw, &in) != nil:
		return errBadRequest(`event.result must be an object, such as {"status":200,"json":{}}`)
	case !slices.Contains(errs, in.Error):
		return errBadRequest("event.result.error must be one of " + strings.Join(errs[1:], ", "))
	case in.Error == "" && (in.Status < 100 || in.Status > 599):
		return errBadRequest("event.result.status must be a status of HTTP, such as 200")
	}
	body := in.Text
	if len(in.JSON) > 0 {
		body = string(in.JSON)
	}
	if len(body) > maxResult {
		return errBadRequest(fmt.Sprintf("event.result may have at most %d KiB", maxResult>>10))
	}
	e.result = &bot.CallResult{Status: in.Status, Body: body, Error: in.Error}
	return nil
}

// maxResult is the limit of the service for a response.
const maxResult = 64 << 10

func (e *simulatedEvent) readControl(raw json.RawMessage) error {
	var name string
	if err := (text{"event.control", &name}).read(raw); err != nil {
		return err
	}
	e.control = bot.Control(name)
	switch e.control {
	case bot.ControlClose, bot.ControlHandoff, bot.ControlResume:
		return nil
	}
	return errBadRequest("event.control must be one of close, handoff, resume")
}

// input is the turn in which the event happens to a conversation. A conversation begins with the event
// if it has no definition yet.
func (e simulatedEvent) input(s simulatedState, now time.Time) (chat.Input, error) {
	in := chat.Input{
		Conversation: s.conversation(), WaID: simulatedWaID, Timers: s.Timers, Handoff: s.Handoff,
		Opening: chat.Opening{Env: "test", LoopGuard: true},
	}
	at := now
	if s.Bot.Hash != "" {
		state := s.Bot
		in.State, in.Conversation, at = &state, state.Conversation, state.At
		in.WaID, in.UserID = state.Contact.WaID, state.Contact.UserID
	}
	if !e.at.IsZero() {
		at = e.at
	}
	switch {
	case e.message != nil:
		contact := bot.Contact{WaID: in.WaID, UserID: in.UserID}
		body := script.Stamp(e.message, contact, s.messageID(), at)
		in.Messages = []chat.Incoming{{ID: s.messageID(), At: at, WaID: in.WaID, UserID: in.UserID, Body: body}}
	case e.control != "":
		in.Messages = []chat.Incoming{{ID: s.messageID(), At: at, Control: &chat.Control{Kind: e.control, Reason: e.reason}}}
	case e.result != nil:
		err := e.resultInput(&in, s, at)
		return in, err
	default:
		err := e.timerInput(&in, s)
		return in, err
	}
	return in, nil
}

func (e simulatedEvent) resultInput(in *chat.Input, s simulatedState, at time.Time) error {
	if in.State == nil || in.State.Pending == nil {
		return errUnprocessable("no call is out whose result this could be")
	}
	result := *e.result
	result.Call = in.State.Pending.Call
	in.Result, in.CallFor = &chat.CallOutcome{Result: result, At: at}, s.CallFor
	return nil
}

// timerInput fires a timer, and those that are due before it.
func (e simulatedEvent) timerInput(in *chat.Input, s simulatedState) error {
	for _, timer := range s.Timers {
		if timer.ID == e.timer && in.State != nil {
			in.Until = timer.At
			return nil
		}
	}
	return errUnprocessable(fmt.Sprintf("no timer %q is set", cut(e.timer)))
}
