// Package cluster is a Temporal Service inside this process: one file of SQLite, one
// history shard, loopback ports only. It is for development and for tests that want the
// real server; production talks to a cluster of its own.
//
// Start reading at [Start]. The numbers and why they were chosen are in settings.go.
// It imports nothing of ours but the names of the search attributes (package workflows).
package cluster
