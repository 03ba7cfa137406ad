// Package webhook posts one body to an ISV's webhook and says what came of it.
//
// It knows HTTP and nothing of conversations, Temporal or the database, and imports
// nothing of ours. Client.Post makes exactly one attempt; when to make the next one is
// what Schedule answers; CheckTarget says whether a URL may be a webhook at all.
// Start reading at client.go.
package webhook
