//go:build !linux

package fleet

import "syscall"

// dieWithParent is known to Linux only; elsewhere the processes outlive one that is killed with SIGKILL.
func dieWithParent(*syscall.SysProcAttr) {}
