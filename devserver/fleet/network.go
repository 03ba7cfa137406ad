package fleet

import (
	"net"
	"strconv"

	"github.com/chattigo/api-isv/devserver/ports"
)

// Network gives each process an address of its own, so that they can be cut off from each other; package
// netns has one. The program that starts the fleet has to reach all of them.
type Network interface {
	// Addr is the address of a process, without a port. It is one of this machine's own, of 127.0.0.0/8.
	Addr(name string) string
	// Start calls start where the processes that it starts have this address.
	Start(name string, start func() error) error
}

// host is the address of a process, without a port.
func host(network Network, name string) string {
	if network == nil {
		return "127.0.0.1"
	}
	return network.Addr(name)
}

// freeAddr is an address for a process.
func (f *Fleet) freeAddr(name string) string {
	return net.JoinHostPort(host(f.network, name), strconv.Itoa(int(ports.Free())))
}
