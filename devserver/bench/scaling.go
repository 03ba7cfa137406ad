package bench

import "context"

// Scaling is how the service keeps up with a burst with more and more workers.
type Scaling struct {
	workers []int
	burst   []sample // messages a second, of each number of workers
}

// Scale measures bursts with numbers of worker processes, on a server of its own each.
func Scale(ctx context.Context, binary string, workers []int, plan Plan, say func(format string, args ...any)) (*Scaling, error) {
	result := &Scaling{workers: workers}
	for _, n := range workers {
		say("%d workers", n)
		var found sample
		err := at(ctx, fleetOf(binary, n), func(s *site) error {
			if _, err := s.load.burst(ctx, s.ours, s.load.newContacts(plan.Contacts), plan.Messages); err != nil {
				return err // the first one warms up and does not count
			}
			for range plan.Rounds {
				perSecond, err := s.load.burst(ctx, s.ours, s.load.newContacts(plan.Contacts), plan.Messages)
				if err != nil {
					return err
				}
				found = append(found, perSecond)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		result.burst = append(result.burst, found)
	}
	return result, nil
}
