// Package bridge is an ISV that can be run: it stands between Meta and Chattigo, and does all that an
// ISV has to do.
//
// From Meta it takes webhooks at /meta: it checks their signature, writes them down, answers 200 at
// once, and hands them to POST /webhooks/inbound in order, however long that takes. From Chattigo it
// takes replies at /chattigo: it checks their signature, drops repeats, posts them to the Graph API,
// and answers with Graph's own answer, so that the statuses that Meta sends later find their message.
//
// It knows Chattigo over HTTP only and imports nothing of ours. Start reading at [Bridge]; meta.go and
// forward.go are the way in, receive.go and graph.go the way out, queue.go and answers.go what is on disk.
package bridge
