//go:build !linux

package e2e

import "syscall"

// dieWithParent is known to Linux only; elsewhere t.Cleanup has to do.
func dieWithParent() *syscall.SysProcAttr { return nil }
