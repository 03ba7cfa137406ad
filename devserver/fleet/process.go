package fleet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

const (
	// firstPause is the wait before a process that ended is started again. It doubles up to lastPause, and
	// begins anew for a process that ran for steadyTime.
	firstPause = 250 * time.Millisecond
	lastPause  = 10 * time.Second
	steadyTime = 5 * time.Second
	// maxStarts is how often a process may end while it is waited for: then a setting is wrong, and
	// waiting is of no use. With the pauses of a first start that is 4 s.
	maxStarts = 5
	// stopTime is what a process has to end in order, before it is killed: 4 s more than the workers need.
	stopTime = 10 * time.Second
	// readyTimeout bounds the start of one process, on a busy machine.
	readyTimeout = time.Minute
	pollReady    = 50 * time.Millisecond
)

// Process is one of the fleet's processes. It is started again whenever it ends by itself, or by
// [Process.Kill], until it is halted.
type Process struct {
	name string
	// command makes what is started, each time anew.
	command func(ctx context.Context) *exec.Cmd
	// stopSignal asks the process to end in order.
	stopSignal syscall.Signal
	// ready reports whether the process does its work.
	ready func(ctx context.Context) bool
	// within calls what starts the process where it is to live; nil calls it here.
	within func(start func() error) error
	log    *logFile
	say    func(string)

	mu      sync.Mutex
	running *exec.Cmd
	// ended counts how often it ended since it was launched.
	ended int
	// cancel ends the supervision and done is closed then; both nil while the process is halted.
	cancel context.CancelFunc
	done   chan struct{}
}

// Name is one of the names of the fleet, such as [API1].
func (p *Process) Name() string { return p.name }

// Log is the file with what the process has written to its standard output and error.
func (p *Process) Log() string { return p.log.path }

// PID is the process id; 0 while the process is down.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return 0
	}
	return p.running.Process.Pid
}

// Launch starts the process, and starts it again whenever it ends, until [Process.Halt]. It does not wait
// for the process to be ready. On one that was launched already it does nothing.
func (p *Process) Launch(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		return
	}
	// It ends with Halt and not with ctx, so that processes stop in order.
	ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	p.done, p.ended = make(chan struct{}), 0
	go p.supervise(ctx, p.done)
}

// supervise owns the process until ctx ends.
func (p *Process) supervise(ctx context.Context, done chan<- struct{}) {
	defer close(done)
	pause := firstPause
	for {
		began := time.Now()
		err := p.runOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > steadyTime {
			pause = firstPause
		}
		p.say(fmt.Sprintf("%s ended (%s), see %s; starting it again in %s…", p.name, reason(err), p.log.path, pause))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, lastPause)
	}
}

// reason says how a process ended.
func reason(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

// runOnce starts the process and waits for its end. When ctx ends it is asked to stop, and killed if it
// does not.
func (p *Process) runOnce(ctx context.Context) error {
	command := p.command(ctx)
	command.Stdout, command.Stderr = p.log, p.log
	command.Cancel = func() error { return command.Process.Signal(p.stopSignal) }
	command.WaitDelay = stopTime
	attributes := command.SysProcAttr
	if attributes == nil {
		attributes = &syscall.SysProcAttr{}
	}
	attributes.Setpgid = true // Ctrl-C in a terminal is for the process that stops all others in order
	dieWithParent(attributes)
	command.SysProcAttr = attributes

	p.mu.Lock()
	err := p.start(command)
	if err == nil {
		p.running = command
	}
	again := p.ended > 0
	p.mu.Unlock()
	if err == nil {
		if again {
			p.say(fmt.Sprintf("%s is process %d now", p.name, command.Process.Pid))
		}
		err = command.Wait()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = nil
	p.ended++
	return err
}

func (p *Process) start(command *exec.Cmd) error {
	if p.within == nil {
		return command.Start()
	}
	return p.within(command.Start)
}

// Halt asks the process to stop, kills it after 10 s, and waits for its end. It is not started again before
// [Process.Launch].
func (p *Process) Halt() {
	p.mu.Lock()
	cancel, done := p.cancel, p.done
	p.cancel, p.done = nil, nil
	p.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel()
	<-done
}

// Kill ends the process as a power cut would, with all processes that it has started. It is started again
// after a short pause. One that is not running is left as it is.
func (p *Process) Kill() error { return p.signal(syscall.SIGKILL) }

// Freeze stops the process where it is: it keeps its connections and answers nothing, as a machine does that
// is cut off. [Process.Thaw] lets it go on.
func (p *Process) Freeze() error { return p.signal(syscall.SIGSTOP) }

// Thaw lets a frozen process go on.
func (p *Process) Thaw() error { return p.signal(syscall.SIGCONT) }

// signal signals the process and those that it started.
func (p *Process) signal(signal syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return nil
	}
	pid := p.running.Process.Pid
	if err := p.running.Process.Signal(syscall.SIGSTOP); err != nil {
		return ignoreEnded(err) // stopped first, so that it starts no others meanwhile
	}
	var err error
	for _, child := range children(pid) {
		err = errors.Join(err, ignoreEnded(syscall.Kill(child, signal)))
	}
	return errors.Join(err, ignoreEnded(p.running.Process.Signal(signal)))
}

// ignoreEnded ignores that a process has ended already.
func ignoreEnded(err error) error {
	if errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// AwaitReady waits until the process does its work, at most a minute. The error of one that has ended
// several times instead has the end of its log.
func (p *Process) AwaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(pollReady)
	defer tick.Stop()
	before := p.ends()
	for !p.ready(ctx) {
		if p.ends()-before >= maxStarts {
			return fmt.Errorf("%s does not stay up; the end of %s:\n%s", p.name, p.log.path, p.log.tail())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s did not become ready: %w; the end of %s:\n%s", p.name, ctx.Err(), p.log.path, p.log.tail())
		}
	}
	return nil
}

// ends is how often the process has ended since it was launched.
func (p *Process) ends() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}
