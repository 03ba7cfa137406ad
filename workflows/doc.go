// Package workflows holds the Conversation workflow: one contact's chat with the bot of one
// channel, from the first message to the close notice.
//
// The workflow keeps what has to be said (the outbox), what waits to be answered (the inbox),
// when to speak unasked (the timers) and the call that the bot waits for. What is said is
// decided by the Reply activity; how it reaches the ISV by Deliver. Everything here is replayed, so nothing here reads a clock,
// draws a random number or touches the world.
//
// A workflow task whose worker is lost runs again, with the messages that have arrived
// meanwhile and with another clock; and all local activities of the task run again with it.
// Five rules keep the conversation right then:
//
//  1. Nothing is said that was not derived from recorded values: the second time it would be
//     said otherwise, and an ISV would get one webhook-id with two bodies. The time of a
//     message is its envelope's, of a timer its deadline, of a call's outcome the end that
//     it recorded. workflow.Now() is only used for how long a timer has to run, and where
//     the task ends before anything is said because of it: see settle.
//  2. The task that ends a run contains no local activity, except a first Reply that found
//     only repeats, and KeepOverflow, which nobody outside sees: the server refuses to end a run for which a signal has just arrived, and
//     what the local activities posted would be posted again. Draining is taking all signals
//     that have arrived; between the last drain and the end nothing yields, or a signal that
//     arrives in between would vanish with the run.
//  3. All work runs on a context that is disconnected from the workflow's: cancelling the
//     workflow cancels nothing that is being done, it is a wish to close.
//  4. What is carried into a new run is bounded, and holds no bodies but the inbox's and a
//     call's: the server refuses an input of more than 2 MiB, and the run would be stuck
//     for ever. What waits beyond that waits in the database: see overflow.go.
//  5. What must survive a cancelled delivery is in the ledger, not in the activity: a
//     cancelled activity forgets its attempts.
//
// It imports activities for their method references, bot and store for their types, and
// nothing that touches the world. Start reading at conversation.go; messages.go has the
// names by which others address a conversation.
package workflows
