// Package script plays scripted conversations with a bot: what the contact says and taps, how
// much time passes, and what the bot has to say, call and do.
//
// A test file is loaded with [Load], which lists all its problems with line and column. Its
// cases are played on a [Stage]. The stage here is the [Player], which drives bot.Step with a
// clock of its own, so that a reminder of tomorrow is due at once; a running service can be
// another. [Case.Play] holds what happened against the steps, strictly: each message of the bot
// must be claimed by a step, in order. What it returns, the [Result], has the transcript of the
// chat, and the place where it went wrong.
//
// The package is as pure as package bot: no files, no clock, no network. It imports bot and
// whatsapp only. Start reading at [File] for what a test can say, then at play.go.
package script
