//go:build !linux

package netns

import (
	"context"
	"errors"
)

var errLinux = errors.New("cuts of the network need Linux")

// Guest is this program at another address than its usual one.
const Guest = "guest"

// Network is known to Linux only.
type Network struct{}

// Check says that parts cannot be cut off from each other here.
func Check(context.Context) error { return errLinux }

// Isolated is never so.
func Isolated() bool { return false }

// Isolate fails.
func Isolate(context.Context) (status int, err error) { return 1, errLinux }

// New fails.
func New(context.Context, ...string) (*Network, error) { return nil, errLinux }

// Close does nothing.
func (*Network) Close(context.Context) error { return nil }

// Addr knows no part.
func (*Network) Addr(string) string { return "" }

// Start fails.
func (*Network) Start(string, func() error) error { return errLinux }

// CutOff fails.
func (*Network) CutOff(context.Context, string) (heal func(context.Context) error, err error) {
	return nil, errLinux
}

// Cut fails.
func (*Network) Cut(_ context.Context, _, _ string) (heal func(context.Context) error, err error) {
	return nil, errLinux
}
