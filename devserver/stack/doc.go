// Package stack is everything of `make run` in one process: the Temporal Service, the
// Temporal UI, the sample ISV, and the service itself with its API and workers, with a
// demo account to begin with. End-to-end tests start the same thing on free ports.
//
// Start reading at [Start].
package stack
