// Package stack runs everything of `make run` in one process: a Temporal server, the Temporal UI,
// the sample ISV, and the service itself with its API and workers, with a demo account. The
// end-to-end tests start the same on free ports.
//
// Start reading at [Start].
package stack
