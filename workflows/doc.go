// Package workflows holds the Conversation workflow: one contact's chat with the bot of one
// channel, from the first message to the close notice. Beside it stand Notice, which carries a close
// notice on that its conversation could not wait for, and Recovery and Sweep, which end conversations
// that were terminated.
//
// A conversation receives messages (envelope.go), queues them (inbox.go), runs the bot over them by
// the Reply activity (turn.go), delivers what the bot said (outbox.go), makes the bot's HTTP calls
// (call.go), and acts by itself when a deadline comes (clock.go, lifetime.go). Operators' controls
// come as updates (controls.go). When the history has grown long it goes on in a new run (carry.go).
// Start reading at conversation.go: its loop drains the signals and does the most urgent thing, until
// the conversation has ended. messages.go has the names and types by which others address it.
//
// Everything here is replayed, so nothing reads a clock, draws a random number or touches the world;
// activities do. The package imports activities for their names and types, and bot and store for
// their types. It must not import anything that touches the world: api, app, webhook, net/http, os.
//
// A workflow task whose worker is lost runs again: with the messages that have arrived meanwhile,
// with another clock, and with all its local activities, although they have run before. Five rules
// keep a conversation right then:
//
//  1. What is said is derived from recorded values only. Otherwise the repeated task would say
//     something else, and an ISV would get one webhook-id with two bodies. The time of a message is
//     its envelope's, of a timer its deadline, of a call's outcome the end that it recorded. The
//     workflow's clock is used only for how long a timer has to run, for how often controls may
//     come, and where the task ends before anything is said: see settle.
//  2. A task that ran a local activity does not complete the run: the server refuses to complete a
//     run for which a signal has just arrived, and repeats the task, and what the local activities
//     posted would be posted again. The executor keeps this rule. Two local activities are excepted:
//     KeepOverflow, which nobody outside sees, and a first Reply that found only duplicates. Between
//     the last drain and the completion nothing yields, or a signal that arrives in between would
//     vanish with the run.
//  3. Activities, timers and child workflows run on a context that is disconnected from the
//     workflow's. Cancelling the workflow cancels none of them: it is a control that closes the
//     conversation.
//  4. What is carried into a new run is bounded, and holds no bodies but the queue's and a call's: the
//     server refuses an input of more than 2 MiB, and the conversation would be stuck for ever.
//     Messages beyond that wait in the database: see overflow.go.
//  5. What must survive a cancelled delivery is in the ledger, not in the activity: a cancelled
//     activity forgets its attempts.
package workflows
