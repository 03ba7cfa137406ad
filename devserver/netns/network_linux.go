package netns

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

const (
	bridge = "fleet"
	// prefix begins every address. This program's is the first, [Guest]'s the second; the parts are counted from
	// firstPart.
	prefix    = "127.77.0."
	selfPart  = 1
	guestPart = 2
	firstPart = 11
	// nowhere is nobody's hardware address: the bridge takes what is sent to it, and nobody else does.
	nowhere = "02:00:00:00:00:ff"
)

// Guest is this program at another address than its usual one. A part that is cut off from it still answers
// this program.
const Guest = "guest"

// Network is the parts and the bridge that joins them.
type Network struct{ parts []*part }

// part is one of those that can be cut off.
type part struct {
	name string
	// number is the last of its address.
	number int
	// space is nil for the guest.
	space *namespace
}

func (p *part) addr() string { return fmt.Sprint(prefix, p.number) }

func (p *part) hardware() string {
	if p.name == Guest {
		return hardware(selfPart)
	}
	return hardware(p.number)
}

// cable is the end of the part's that is at the bridge.
func (p *part) cable() string { return fmt.Sprint("part", p.number) }

func hardware(number int) string { return fmt.Sprintf("02:00:00:00:00:%02x", number) }

// New joins parts of these names. This program has to be [Isolated]: it sits at the bridge itself.
func New(ctx context.Context, names ...string) (*Network, error) {
	if !Isolated() {
		return nil, errors.New("this program has no network of its own: start it with Isolate")
	}
	n := &Network{parts: []*part{{name: Guest, number: guestPart}}}
	for i, name := range names {
		n.parts = append(n.parts, &part{name: name, number: firstPart + i})
	}
	if err := n.build(ctx); err != nil {
		return nil, errors.Join(err, n.Close(context.WithoutCancel(ctx)))
	}
	return n, nil
}

func (n *Network) build(ctx context.Context) error {
	if err := ip(ctx,
		"link add "+bridge+" address "+hardware(selfPart)+" type bridge",
		fmt.Sprintf("address add %s%d/24 dev %s", prefix, selfPart, bridge),
		fmt.Sprintf("address add %s%d/24 dev %s", prefix, guestPart, bridge),
		"link set "+bridge+" up",
	); err != nil {
		return err
	}
	for _, p := range n.parts[1:] {
		if err := n.join(ctx, p); err != nil {
			return fmt.Errorf("join %s: %w", p.name, err)
		}
	}
	return nil
}

// join makes a part's namespace and its cable. Everybody is told everybody's hardware address: who had to ask
// for it would hear "no route to host" after three seconds of a cut, where on a long way nobody says anything.
func (n *Network) join(ctx context.Context, p *part) (err error) {
	if p.space, err = makeNamespace(); err != nil {
		return err
	}
	if err := ip(ctx,
		fmt.Sprintf("link add %s type veth peer name eth0 address %s netns %s", p.cable(), p.hardware(), p.space.path()),
		"link set "+p.cable()+" master "+bridge+" up",
		neighbour(p.number, p.hardware(), bridge),
	); err != nil {
		return err
	}
	return p.space.do(func() error {
		if err := setUp(ctx); err != nil {
			return err
		}
		lines := []string{
			"address add " + p.addr() + "/24 dev eth0", "link set eth0 up",
			neighbour(selfPart, hardware(selfPart), "eth0"),
		}
		for _, other := range n.parts {
			lines = append(lines, neighbour(other.number, other.hardware(), "eth0"))
		}
		return ip(ctx, lines...)
	})
}

// neighbour is a command that says under which hardware address a number is found.
func neighbour(number int, hardware, device string) string {
	return fmt.Sprintf("neighbour replace %s%d lladdr %s dev %s nud permanent", prefix, number, hardware, device)
}

// Close takes the bridge and the cables away, and forgets the namespaces: the operating system removes each
// when no process is in it any more.
func (n *Network) Close(ctx context.Context) error {
	err := ip(ctx, "link delete "+bridge)
	for _, p := range n.parts {
		if p.space != nil {
			err = errors.Join(err, ip(ctx, "link delete "+p.cable()), p.space.file.Close())
		}
	}
	n.parts = nil
	return err
}

// Addr is the address of a part, without a port.
func (n *Network) Addr(name string) string { return n.part(name).addr() }

// Start calls start in the network of a part: a process that it starts is there.
func (n *Network) Start(name string, start func() error) error { return n.part(name).space.do(start) }

// CutOff pulls a part's cable, and returns how to put it in again.
func (n *Network) CutOff(ctx context.Context, name string) (heal func(context.Context) error, err error) {
	cable := n.part(name).cable()
	return func(ctx context.Context) error { return ip(ctx, "link set "+cable+" up") },
		ip(ctx, "link set "+cable+" down")
}

// Cut has two parts not reach each other while both reach all others, and returns how to mend that. The
// second may be the [Guest].
func (n *Network) Cut(ctx context.Context, one, other string) (heal func(context.Context) error, err error) {
	a, b := n.part(one), n.part(other)
	heal = func(ctx context.Context) error {
		return errors.Join(a.finds(ctx, b, b.hardware()), b.finds(ctx, a, a.hardware()))
	}
	return heal, errors.Join(a.finds(ctx, b, nowhere), b.finds(ctx, a, nowhere))
}

// finds tells a part another's hardware address. The guest is told nothing, as it shares what it knows with
// this program; what it is answered on no connection is enough.
func (p *part) finds(ctx context.Context, other *part, hardware string) error {
	if p.space == nil {
		return nil
	}
	return p.space.do(func() error { return ip(ctx, neighbour(other.number, hardware, "eth0")) })
}

func (n *Network) part(name string) *part {
	at := slices.IndexFunc(n.parts, func(p *part) bool { return p.name == name })
	if at < 0 {
		panic("no part has the name " + name)
	}
	return n.parts[at]
}
