// Command devserver is `make run`: the service, a Temporal server with its UI, and a sample ISV in
// one process, for a developer who has nothing installed but Go. Start reading at run.go; what is
// started, and how, is in package stack.
package main

import (
	"os"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/interrupt"
	"github.com/chattigo/api-isv/devserver/stack"
)

func main() {
	os.Exit(run(interrupt.Context(stack.StopTimeout), config.Environ(os.Environ()), os.Stdout, os.Stderr))
}
