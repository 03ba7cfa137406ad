// Package webhook makes requests to other people's servers, one attempt at a time, and says what
// came of each: Client posts a body to an ISV's webhook, Caller makes the calls of bots.
//
// It knows HTTP and nothing of conversations, Temporal or the database, and imports
// nothing of ours. When to make the next attempt is what Schedule answers; CheckTarget and
// CheckCallTarget say whether a URL may be used at all, and Guard judges the address that it
// leads to, just before the connection. Start reading at client.go, for calls at call.go.
package webhook
