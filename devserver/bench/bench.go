package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Plan says how much to measure.
type Plan struct {
	// Rounds of each comparison, Steady how long each round's steady load lasts.
	Rounds int
	// Beside is how many rounds healthy contacts write beside a dead webhook.
	Beside int
	Steady time.Duration
	// Contacts send Messages each in a burst.
	Contacts, Messages int
	// Lengths are numbers of messages in a conversation, First is how many new contacts write their first
	// message, Open are numbers of open conversations.
	Lengths []int
	First   int
	Open    []int
}

// Full is the plan of `make bench`, Short one that shows in a minute that everything works.
func Full() Plan {
	return Plan{Rounds: 5, Beside: 3, Steady: 10 * time.Second, Contacts: 100, Messages: 10, Lengths: []int{1, 10, 100}, First: 5000, Open: []int{100, 1000, 10_000}}
}

// Short is a plan for tests: its figures mean nothing.
func Short() Plan {
	return Plan{Rounds: 1, Beside: 1, Steady: time.Second, Contacts: 10, Messages: 2, Lengths: []int{1, 5}, First: 50, Open: []int{10, 70}}
}

// Result is what was measured at one place.
type Result struct {
	place      Place
	comparison *comparison
	costs      []cost
	neighbours *neighbours
	first      first
	memory     []memory
}

// first is how first messages of new conversations fared, all at once, beside so many open ones.
type first struct {
	open, contacts int
	perSecond      float64
	p50, p99, last float64 // milliseconds
}

type runner struct {
	plan Plan
	say  func(format string, args ...any)
}

// Opener starts the service somewhere with no conversations, and returns how to stop it.
type Opener func(context.Context) (place Place, stop Stop, err error)

// Stop ends a place and deletes its files; with keep, it leaves them, and its error says where.
type Stop func(keep bool) error

// Run measures one place after the plan, and opens it twice: what is open already takes memory. It ends
// early with an error when ctx ends or a reply is lost.
func Run(ctx context.Context, start Opener, plan Plan, say func(format string, args ...any)) (*Result, error) {
	r := &runner{plan, say}
	result := &Result{}
	for _, measure := range []func(context.Context, *site, *Result) error{r.speed, r.memory} {
		if err := at(ctx, start, func(s *site) error { return measure(ctx, s, result) }); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// at opens a place, does something there and closes it.
func at(ctx context.Context, start Opener, do func(*site) error) (err error) {
	place, stop, err := start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(err != nil && ctx.Err() == nil)) }()
	s, err := open(ctx, place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return do(s)
}

// remove deletes the files of a place, or says in an error that they are kept: an error of the run is explained there.
func remove(dir string, keep bool) error {
	if keep {
		return fmt.Errorf("its databases and the logs of its processes are kept in %s", dir)
	}
	return os.RemoveAll(dir)
}

func (r *runner) speed(ctx context.Context, s *site, result *Result) (err error) {
	result.place = s.place
	if result.comparison, err = r.compare(ctx, s); err != nil {
		return err
	}
	if result.costs, err = r.costs(ctx, s); err != nil {
		return err
	}
	result.neighbours, err = r.neighbours(ctx, s)
	return err
}

func (r *runner) firstMessages(ctx context.Context, s *site, open int) (first, error) {
	r.say("%s: the first messages of %d contacts", s.place.Name, r.plan.First)
	perSecond, latencies, err := r.newConversations(ctx, s, r.plan.First)
	return first{
		open: open, contacts: r.plan.First, perSecond: perSecond,
		p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), last: quantile(latencies, 1),
	}, err
}
