// Package webhook makes HTTP requests to other people's servers, one attempt at a time, and returns
// the outcome of each: [Client] posts a body to an ISV's webhook, [Caller] makes the calls of bots.
//
// It knows HTTP and nothing of conversations, Temporal or the database, and must not import
// anything of ours. [NextTry] says when a failed delivery is tried again, [Endpoints] whether an
// endpoint gets an attempt now. [CheckTarget] refuses URLs
// that must not be registered, and [Guard] refuses addresses, just before the connection. Start
// reading at client.go, for calls at call.go.
package webhook
