//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package bridge

import "os"

// syncDir does nothing: on this system a directory cannot be synced by itself.
func syncDir(*os.File) error { return nil }

// tryLock does nothing: this system has no file lock that ends with the process.
func tryLock(*os.File) error { return nil }
