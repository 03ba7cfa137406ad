// Package bot is bot/v1: the definition of a bot's answers, its checks, and the pure
// function [Step] that decides what is said next.
//
// A definition is loaded with [Load], which lists all its problems with line and column.
// A conversation is a [State]; whatever happens to it is an [Event]; Step answers with
// the next state and the effects that the shell has to carry out. Step does no I/O, reads
// no clock and draws no lots: the same arguments give the same bytes.
//
// # Messages
//
// A state says bodies of the Cloud API without their recipient, of every kind but a pin; a
// plain text is short for a text message. They go out as they are written, with three
// things filled in: the recipient; recipient_type "individual", but not in templates; and a
// tag on each reply id, so that an old button does not answer a new question. Two ids that
// no author can know may be left out: that of the message to react to (`reaction: {emoji:
// "👀"}`) and that of the message to quote (`context: {}`). Both are then those of the
// contact's message that is being answered. Where there is none, as when a timer fires, the
// reaction is skipped and the quote left out, and a trace says so.
//
// A question is answered by its buttons, rows and quick replies: with a tap, a typed title
// or a number. A message that asks for something without an id, such as a place, a form or
// an order, is answered by that, and leads to `to` or to the choice "*".
//
// The package imports only package whatsapp of this module. Start reading at Step, then
// at enter.go for what a state does, and at load.go for how a definition is read.
package bot
