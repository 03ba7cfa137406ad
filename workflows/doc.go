// Package workflows holds the Conversation workflow: one contact's chat with the bot of one
// channel, from the first message to the close notice.
//
// The workflow keeps what has to be said (the outbox), what waits to be answered (the inbox)
// and when to speak unasked (the timers). What is said is decided by the Reply activity; how
// it reaches the ISV by Deliver. Everything here is replayed, so nothing here reads a clock,
// draws a random number or touches the world.
//
// Five rules keep it right when a workflow task runs twice, the second time with more
// messages and another clock:
//
//  1. Nothing is said that was not derived from recorded values. The time of a message is
//     its envelope's, of a timer its deadline; never workflow.Now().
//  2. The task that ends a run contains no local activity, except a first Reply that found
//     only repeats. Between the last drain and the end nothing yields.
//  3. All work runs on a disconnected context; cancellation is a wish to close.
//  4. What is carried into a new run is bounded, and holds no bodies but the inbox.
//  5. What must survive a cancelled delivery is in the ledger, not in the activity.
//
// It imports activities for their method references, bot and store for their types, and
// nothing that touches the world. Start reading at conversation.go; messages.go has the
// names by which others address a conversation.
package workflows
