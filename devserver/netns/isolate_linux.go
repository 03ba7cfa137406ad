package netns

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// isolated is set for a program that runs in a namespace of its own.
const isolated = "CHATTIGO_NETNS"

// Check says why parts cannot be cut off from each other here; nil if they can be.
func Check(ctx context.Context) error {
	if os.Geteuid() != 0 {
		return errors.New("cuts of the network need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return errors.New("cuts of the network need the program ip (Debian: apt-get install iproute2)")
	}
	if err := try(ctx); err != nil { // a container may be root and still not be allowed to
		return fmt.Errorf("cuts of the network need network namespaces: %w", err)
	}
	return nil
}

// try makes one of each thing that is needed.
func try(ctx context.Context) error {
	made, err := makeNamespace()
	if err != nil {
		return err
	}
	err = made.do(func() error {
		return errors.Join(setUp(ctx), ip(ctx, "link add "+bridge+" type bridge", "link add near type veth peer name far"))
	})
	return errors.Join(err, made.file.Close())
}

// Isolated reports whether this program was started by [Isolate].
func Isolated() bool { return os.Getenv(isolated) != "" }

// Isolate runs this program once more, with the same arguments, in a network namespace of its own, and
// returns its exit status. It ends with this process.
func Isolate(ctx context.Context) (status int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	world, err := makeNamespace()
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, world.file.Close()) }()
	again := exec.CommandContext(ctx, self, os.Args[1:]...) //nolint:gosec // this program
	again.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	again.Env = append(os.Environ(), isolated+"=1")
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := world.do(func() error { return errors.Join(setUp(ctx), again.Start()) }); err != nil {
		return 1, err
	}
	err = again.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok && failed.Exited() {
		return failed.ExitCode(), nil
	}
	return again.ProcessState.ExitCode(), err
}
