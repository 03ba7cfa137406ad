package bench

import (
	"context"
	"fmt"
	"time"
)

// The steady load by which the targets are compared.
const (
	steadyContacts = 50
	steadyRate     = 20 // messages a second
)

// comparison has a sample of each target for each figure.
type comparison struct {
	place string
	// burst is in messages a second, the others in milliseconds.
	burst, p50, p99 map[string]sample
}

// compare runs the loads on each target in turn, round after round.
func (r *runner) compare(ctx context.Context, s *site) (*comparison, error) {
	c := &comparison{place: s.place.Name, burst: map[string]sample{}, p50: map[string]sample{}, p99: map[string]sample{}}
	if err := r.warm(ctx, s); err != nil {
		return nil, err
	}
	for round := range r.plan.Rounds {
		for i := range s.compared() {
			to := s.compared()[(round+i)%len(s.compared())] // so that nobody is always the first
			if err := r.round(ctx, s, to, c); err != nil {
				return nil, err
			}
			// A run that fails later has shown at least these.
			r.say("%s: round %d of %d, %s: burst %s/s, p50 %s ms", s.place.Name, round+1, r.plan.Rounds, to.name,
				figure(c.burst[to.name][round]), figure(c.p50[to.name][round]))
		}
	}
	return c, nil
}

// warm lets the pollers of every target grow before anything counts.
func (r *runner) warm(ctx context.Context, s *site) error {
	for _, to := range s.compared() {
		if _, err := s.load.burst(ctx, to, s.load.newContacts(r.plan.Contacts), 3); err != nil {
			return fmt.Errorf("warming up: %w", err)
		}
	}
	return nil
}

func (r *runner) round(ctx context.Context, s *site, to *target, c *comparison) error {
	perSecond, err := s.load.burst(ctx, to, s.load.newContacts(r.plan.Contacts), r.plan.Messages)
	if err != nil {
		return err
	}
	contacts := s.load.newContacts(steadyContacts)
	if err := s.load.greet(ctx, to, contacts); err != nil {
		return err
	}
	latencies, err := s.load.steady(ctx, to, contacts, steadyRate, r.plan.Steady)
	if err != nil {
		return err
	}
	c.burst[to.name] = append(c.burst[to.name], perSecond)
	c.p50[to.name] = append(c.p50[to.name], quantile(latencies, 0.5))
	c.p99[to.name] = append(c.p99[to.name], quantile(latencies, 0.99))
	return nil
}

// greet opens the conversations, so that a steady load finds them open.
func (l *load) greet(ctx context.Context, to *target, contacts []string) error {
	_, err := l.together(contacts, func(contact string) ([]exchange, error) { return l.chat(ctx, to, contact, 1) })
	return err
}

// newConversations sends the first message of so many contacts, and returns how many were answered a
// second, and the latencies.
func (r *runner) newConversations(ctx context.Context, s *site, contacts int) (perSecond float64, latencies []time.Duration, err error) {
	began := time.Now()
	all, err := s.load.together(s.load.newContacts(contacts), func(contact string) ([]exchange, error) {
		return s.load.chat(ctx, s.ours, contact, 1)
	})
	if err != nil {
		return 0, nil, err
	}
	for _, e := range all {
		latencies = append(latencies, e.latency())
	}
	return float64(len(all)) / time.Since(began).Seconds(), latencies, nil
}
