// Package fleet runs everything of `make stack`: what production has, on one machine and without
// containers, each part a process of its own. These are PostgreSQL, a Temporal server on it, two API
// processes and two workers of the real binary, with a balancer in front of the API. The Temporal UI, the
// sample ISV and the balancer run within the process that starts the fleet.
//
// A process that ends is started again. On Linux all of them end with the process that started them,
// however that ends. The end-to-end tests run the same on free ports, and kill what they like.
//
// It must not import package app: the service is the binary that production has, and is told its settings in
// its environment. Of package stack it uses the demo account.
//
// A program that starts a fleet is started again by it, as the Temporal server: its main begins with
// [RunIfTemporal]. Start reading at [Start].
package fleet
