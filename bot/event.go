package bot

import (
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// EventKind is the kind of an event.
type EventKind string

const (
	// EventInbound is one message of the contact.
	EventInbound EventKind = "inbound"
	// EventTimer is a timer of ours whose deadline has come.
	EventTimer EventKind = "timer"
	// EventResult is the outcome of an HTTP call.
	EventResult EventKind = "result"
	// EventControl is what an operator, a cancellation or the shell asks of a conversation.
	EventControl EventKind = "control"
)

// Control is what an EventControl asks for.
type Control string

const (
	// ControlClose ends the conversation with the bot's closing words (defaults.close).
	ControlClose Control = "close"
	// ControlHandoff mutes the bot: a person answers. It is also what an echo of a person's
	// answer means.
	ControlHandoff Control = "handoff"
	// ControlResume lets the bot answer again. It asks its open question anew, because nobody
	// remembers one from before a person spoke.
	ControlResume Control = "resume"
	// ControlUnsaid reports that a question could not be delivered, so that it is not open.
	ControlUnsaid Control = "unsaid"
)

// Event is one thing that happened to a conversation.
type Event struct {
	Kind EventKind
	// Cause names what happened, once in a conversation: the message's id, a timer's id with its
	// deadline, a call's id. The ids of calls derive from it.
	Cause string
	// At is the event's own time: a message's arrival as its envelope recorded it, a
	// timer's deadline. Step has no other clock.
	At time.Time
	// Result is the outcome of a call; set for EventResult.
	Result *CallResult
	// Message is the contact's message; set for EventInbound.
	Message *whatsapp.Message
	// Timer is the id of the timer; set for EventTimer.
	Timer string
	// Control is set for EventControl, Reason for ControlClose. Silent closes without the closing
	// words and without a notice.
	Control Control
	Reason  string
	Silent  bool
	// Ask is the number of the question, for ControlUnsaid.
	Ask int
}

// EffectKind is the kind of an effect: what the shell has to do.
type EffectKind string

const (
	// EffectSend delivers one WhatsApp message body.
	EffectSend EffectKind = "send"
	// EffectCall makes one HTTP call; its result comes back as an EventResult.
	EffectCall EffectKind = "call"
	// EffectHandoff hands the conversation to a person.
	EffectHandoff EffectKind = "handoff"
	// EffectContact stores whether the contact wants notices.
	EffectContact EffectKind = "contact"
	// EffectDeferred asks for the event once more after the pending call.
	EffectDeferred EffectKind = "deferred"
	// EffectNote is a line for the transcript that operators read.
	EffectNote EffectKind = "note"
	// EffectTimerSet arms a timer; it replaces the one of the same kind.
	EffectTimerSet EffectKind = "timer_set"
	// EffectTimerClear removes the timer of that kind.
	EffectTimerClear EffectKind = "timer_clear"
	// EffectClose ends the conversation after everything before it was delivered.
	EffectClose EffectKind = "close"
	// EffectTrace names the rule that was applied, for tests and simulators.
	EffectTrace EffectKind = "trace"
)

// Effect is one thing that the shell has to do, in the order of the list.
type Effect struct {
	Kind    EffectKind `json:"kind"`
	Send    *Send      `json:"send,omitempty"`
	Timer   *Timer     `json:"timer,omitempty"`
	Close   *Close     `json:"close,omitempty"`
	Call    *Call      `json:"call,omitempty"`
	Handoff *Handoff   `json:"handoff,omitempty"`
	// OptOut is set for EffectContact: true when no more notices are wanted.
	OptOut *bool  `json:"optOut,omitempty"`
	Note   string `json:"note,omitempty"`
	Trace  string `json:"trace,omitempty"`
	// Failed is set for an EffectTrace of an error which the definition does not handle: a step that
	// could not be finished, or a message that could not be said.
	Failed bool `json:"failed,omitempty"`
	// Edge is set for an EffectTrace of the conversation's way from one state to the next.
	Edge *definition.Edge `json:"edge,omitempty"`
}

// Send is one message body, complete and checked, ready for WhatsApp.
type Send struct {
	Body json.RawMessage `json:"body"`
	// State is the state of the definition that said it.
	State string `json:"state,omitempty"`
	// Index tells the sends and calls of one cause apart, from 0 on.
	Index int `json:"index,omitempty"`
	// Ask is the number of the question that this message asks; 0 for any other message.
	Ask int `json:"ask,omitempty"`
}

// TimerKind tells timers apart; there is at most one of a kind.
type TimerKind string

const (
	// TimerIdle is a question's idle timer. The shell delays it while the question has not
	// reached the contact.
	TimerIdle TimerKind = "idle"
	// TimerCollect ends the wait for more of an answer that comes in several messages.
	TimerCollect TimerKind = "collect"
	// TimerHandoff ends a conversation in which neither side has written for a day after the bot
	// was muted. Where the handoff has a timeout, it is that timeout until a person answers.
	TimerHandoff TimerKind = "handoff"
)

// Timer is a deadline. The ID of an idle one names the question it belongs to, so that a timer of
// an older question does nothing.
type Timer struct {
	Kind TimerKind `json:"kind"`
	ID   string    `json:"id"`
	// Set is when it was set, At its deadline.
	Set time.Time `json:"set"`
	At  time.Time `json:"at"`
}

// Close says why a conversation ends and whether the ISV is told.
type Close struct {
	Reason string `json:"reason"`
	Notice bool   `json:"notice"`
}
