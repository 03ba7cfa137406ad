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
package definition
