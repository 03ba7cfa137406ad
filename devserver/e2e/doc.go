// Package e2e holds the end-to-end tests: an ISV that posts messages over HTTP and gets the
// replies at a webhook of its own, with nothing between them that is not the real thing.
//
// One stack serves most of the tests, each with a channel of its own; the tests that kill the
// service run it as a process. What they see of Temporal they see as an operator would. With
// -update they also record the golden files of testdata and the replay corpus in
// workflows/testdata/histories.
//
// Start reading at conversation_test.go; tenant_test.go and receiver_test.go are the two ends
// of an ISV.
package e2e
