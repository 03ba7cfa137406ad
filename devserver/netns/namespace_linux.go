package netns

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// namespace is a network namespace. It lives as long as its file is open or a process is in it.
type namespace struct{ file *os.File }

// makeNamespace makes a namespace, in which nothing is set up.
func makeNamespace() (*namespace, error) {
	var made *namespace
	err := elsewhere(func() error { return unix.Unshare(unix.CLONE_NEWNET) }, func() (err error) {
		made, err = openNamespace()
		return err
	})
	return made, err
}

// openNamespace opens the namespace of this thread.
func openNamespace() (*namespace, error) {
	file, err := os.Open("/proc/thread-self/ns/net")
	return &namespace{file}, err
}

// path is under which other programs find the namespace while it is open.
func (n *namespace) path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.file.Fd()) }

// do runs work in the namespace, on this goroutine. A process that work starts is in it, too.
func (n *namespace) do(work func() error) error {
	return elsewhere(func() error { return unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET) }, work)
}

// elsewhere has this goroutine's thread go to another namespace for work, and come back.
func elsewhere(leave, work func() error) (err error) {
	runtime.LockOSThread()
	home, err := openNamespace()
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer func() { err = errors.Join(err, home.file.Close()) }()
	if err := leave(); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("enter a network namespace: %w", err)
	}
	err = work()
	if back := unix.Setns(int(home.file.Fd()), unix.CLONE_NEWNET); back != nil {
		panic(back) // another goroutine would go on in the wrong network
	}
	runtime.UnlockOSThread()
	return err
}

// ip runs commands of the program ip, one a line.
func ip(ctx context.Context, commands ...string) error {
	for _, line := range commands {
		run := exec.CommandContext(ctx, "ip", strings.Fields(line)...) //nolint:gosec // made here, of names and addresses
		if said, err := run.CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", line, err, bytes.TrimSpace(said))
		}
	}
	return nil
}

// setUp gives the namespace that this thread is in the single address of its own, and lets addresses of
// 127.0.0.0/8 go over cables.
func setUp(ctx context.Context) error {
	if err := ip(ctx, "link set lo up", "address flush dev lo", "address add 127.0.0.1/32 dev lo"); err != nil {
		return err
	}
	return os.WriteFile("/proc/sys/net/ipv4/conf/all/route_localnet", []byte("1"), 0)
}
