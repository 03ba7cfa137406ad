// Package cluster runs a Temporal server inside this process: one SQLite file, one history shard,
// loopback ports only. It is for development and for tests that need the real server; production has
// a Temporal cluster of its own.
//
// Start reading at [Start]. The numbers and why they were chosen are in settings.go.
// It imports nothing of ours but the names of the search attributes (package workflows).
package cluster
