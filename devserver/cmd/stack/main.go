// Command stack is `make stack`: what production has, each part a process of its own, on one machine and
// without containers. It needs PostgreSQL's programs, and bin/chattigo beside it. Start reading at run.go;
// what is started, and how, is in package fleet.
package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/fleet"
	"github.com/chattigo/api-isv/devserver/interrupt"
)

func main() {
	fleet.RunIfTemporal(context.Background())
	os.Exit(run(interrupt.Context(fleet.StopTimeout), config.Environ(os.Environ()), besideThis("chattigo"), os.Stdout, os.Stderr))
}

// besideThis is the path of a program in the directory of this one; its bare name if that is unknown.
func besideThis(name string) string {
	self, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(self), name)
}
