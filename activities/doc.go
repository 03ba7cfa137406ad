// Package activities has the work of a conversation that does I/O: Reply runs one turn of the bot
// around the database, Call makes one HTTP call that the bot asked for, Deliver posts messages to the
// ISV's webhook (the fast lane once and at once, the slow lane with a long schedule), Notice delivers
// the close notice, Archive and WritePage keep the transcript, Recover archives terminated
// conversations.
//
// Each has a file, and all are methods of Activities, whose fields are their dependencies. Inputs and
// results are structs that only grow: they stand in the histories of open conversations.
//
// The package imports bot, store, webhook and whatsapp; never workflows or api, and no HTTP client
// but through webhook. Start reading at reply.go.
package activities
