// Package definition is the definition of a bot's answers, bot/v1: what an author writes in YAML or
// JSON. [Load] reads a text into a [Bot] and checks it; what it finds wrong it returns as [Problems],
// all at once, each with its line, column and code. A Bot that was loaded never changes and may be
// shared.
//
// The package only describes. What a bot does with a message is decided by package bot, which
// imports this one: so it must not import bot, bot/chat or bot/script. Like all of bot it is pure:
// no clock, no network, no files but the embedded starter bot.
//
// Start reading at load.go, then definition.go. The files read_*.go turn the text into a Bot, one
// key at a time; the files check_*.go then compare its states, messages and triggers with each other.
//
// # Messages
//
// A state says bodies of the Cloud API without their recipient, of every kind but a pin; a plain text
// is short for a text message. They are sent as they are written, with three things filled in: the
// recipient; recipient_type "individual", but not in templates; and a tag on each reply id, so that an
// old button does not answer a new question. Two ids that no author can know may be left out: that of
// the message to react to (`reaction: {emoji: "👀"}`) and that of the message to quote (`context: {}`).
// Both are then those of the contact's message that is being answered. Where there is none, as after a
// timer, the reaction is skipped and the quote left out, and a trace says so.
//
// A question is answered by its buttons, rows and quick replies: with a tap, a typed title or a number.
// A message that asks for something without an id, such as a place, a form or an order, is answered by
// that, and leads to `to` or to the choice "*".
package definition
