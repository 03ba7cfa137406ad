package activities

import "sync"

// turns bound the activities of a kind that hold a slot at the same time: most in all, each for one account,
// so that nobody takes all the slots.
type turns struct {
	most, each int

	mu     sync.Mutex
	taken  map[string]int
	number int
}

func newTurns(most, each int) *turns { return &turns{most: most, each: each, taken: map[string]int{}} }

// begin counts an activity of an account, unless there are too many; end must follow if it returns true.
func (t *turns) begin(account string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.number >= t.most || t.taken[account] >= t.each {
		return false
	}
	t.taken[account]++
	t.number++
	return true
}

func (t *turns) end(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.number--
	if t.taken[account]--; t.taken[account] == 0 {
		delete(t.taken, account)
	}
}
