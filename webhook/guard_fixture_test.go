package webhook

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// names is a DNS server that says what a test wants: for each name the answers to its lookups,
// one after the other; the last one stays.
type names struct {
	mu      sync.Mutex
	answers map[string][][]netip.Addr
	asked   map[string]int
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, StrictErrors: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go n.serve(server)
		return client, nil
	}}
}

// serve speaks DNS over a stream: each message has its length before it.
func (n *names) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		answer := n.answer(query)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

const (
	typeA    = 1
	typeAAAA = 28
)

// answer says for one question what addresses of its type the name has now.
func (n *names) answer(query []byte) []byte {
	name, end := "", 12
	for query[end] != 0 {
		name += string(query[end+1:end+1+int(query[end])]) + "."
		end += 1 + int(query[end])
	}
	kind := binary.BigEndian.Uint16(query[end+1:])
	question := query[12 : end+5]

	found := n.look(strings.ToLower(strings.TrimSuffix(name, ".")), kind)
	answer := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, byte(len(found)), 0, 0, 0, 0}, question...)
	for _, address := range found {
		data := address.AsSlice()
		answer = append(answer, 0xc0, 12, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(data)))
		answer = append(answer, data...)
	}
	return answer
}

func (n *names) look(name string, kind uint16) (found []netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	answers := n.answers[name]
	if len(answers) == 0 {
		return nil
	}
	lookup := n.asked[name] / 2 // a lookup asks for A and for AAAA
	n.asked[name]++
	for _, address := range answers[min(lookup, len(answers)-1)] {
		if address.Is4() == (kind == typeA) && (kind == typeA || kind == typeAAAA) {
			found = append(found, address)
		}
	}
	return found
}

// errDialled ends a connection that the guard let through, before a packet is sent.
var errDialled = errors.New("let through")

// watched is a caller and a client as production has them, but for their DNS server, and that a
// connection which the guard lets through is counted instead of made.
type watched struct {
	*Caller
	client *Client
	guard  *Guard
	names  *names
	// through counts the connections, by their address.
	mu      sync.Mutex
	through map[string]int
	checked atomic.Int32
}

func watch(t testing.TB, options ...GuardOption) *watched {
	t.Helper()
	guard := NewGuard(options...)
	w := &watched{
		Caller:  NewCaller("test", guard),
		guard:   guard,
		names:   &names{answers: map[string][][]netip.Addr{}, asked: map[string]int{}},
		through: map[string]int{},
	}
	w.client = NewClient("test", guard)
	w.client.sender = w.sender
	t.Cleanup(w.Close)
	dialer := &guard.dialer
	guarded := dialer.ControlContext
	dialer.Resolver = w.names.resolver()
	dialer.ControlContext = func(ctx context.Context, network, address string, conn syscall.RawConn) error {
		w.checked.Add(1)
		if err := guarded(ctx, network, address, conn); err != nil {
			return err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.through[address]++
		return errDialled
	}
	return w
}

// addressesThrough are those that the guard let through.
func (w *watched) addressesThrough() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.through))
}

// resolves sets what a name's lookups give, one after the other.
func (w *watched) resolves(name string, answers ...[]netip.Addr) {
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	w.names.answers[name] = answers
}

func addresses(list ...string) (parsed []netip.Addr) {
	for _, address := range list {
		parsed = append(parsed, netip.MustParseAddr(address))
	}
	return parsed
}
