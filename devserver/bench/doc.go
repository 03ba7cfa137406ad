// Package bench measures the service against two others on the same Temporal server, in one run and
// in turns: the plain way, with a regular activity for the reply and one for the POST, and the floor, with
// one local activity that posts. `make bench` runs it and writes docs/benchmarks.md.
//
// Nothing of the product imports it. Start reading at [Run]; what is compared is in target.go, the load
// in load.go, what is written in report.go.
package bench
