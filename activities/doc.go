// Package activities does the work of a conversation that touches the world: Reply makes
// one turn of the bot, Call one HTTP call that the bot asked for, Deliver posts messages to
// the ISV's webhook (the fast lane once and at once, the slow lane with a long schedule),
// Notice says that the chat has ended, Archive and WritePage keep the transcript, Recover
// ends what was terminated.
//
// One file each, and all are methods of Activities, whose fields are what they need. Inputs
// and results are structs that only grow: they stand in the histories of open conversations.
// The package imports bot, store, webhook and whatsapp; never workflows or api, and no
// HTTP client but through webhook.
// Start reading at reply.go.
package activities
