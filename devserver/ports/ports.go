// Package ports finds free ports, and says in one line that an address is in use, before anything is
// started on it.
//
// It imports nothing of ours.
package ports

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"go.temporal.io/server/common/testing/freeport"
)

// Want is an address to listen on, and the environment variable that sets it.
type Want struct {
	// Addr is host:port.
	Addr string
	// Variable is the environment variable to name when the address is taken.
	Variable string
}

// Check binds and releases every address and returns one error for each that cannot be
// bound, joined: all at once, so that nobody has to fix them one start at a time.
func Check(ctx context.Context, wants ...Want) error {
	var found []error
	for _, want := range wants {
		if err := want.check(ctx); err != nil {
			found = append(found, err)
		}
	}
	return errors.Join(found...)
}

func (w Want) check(ctx context.Context) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", w.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use; stop what listens there, set %s, or is `make run` already running?", w.Addr, w.Variable)
	}
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; set %s", w.Addr, err, w.Variable)
	}
	return listener.Close()
}

// Loopback parses host:port as a loopback address: localhost becomes 127.0.0.1 and port 0 a free port.
// An address that other machines can reach is an error.
func Loopback(addr, variable string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s: %q is not host:port", variable, addr)
	}
	if host == "localhost" || host == "" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return netip.AddrPort{}, fmt.Errorf("%s: %q is not a loopback address; the development server listens on this machine only", variable, addr)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s: %q has no valid port", variable, addr)
	}
	if number == 0 {
		number = uint64(Free())
	}
	return netip.AddrPortFrom(ip, uint16(number)), nil
}

// Free is a port of 127.0.0.1 that is free now and is not given out again by the
// operating system for some seconds.
func Free() uint16 {
	return uint16(freeport.MustGetFreePort()) //nolint:gosec // a TCP port always fits
}
