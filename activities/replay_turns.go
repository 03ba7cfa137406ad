package activities

import "sync"

// replayTurns bound the replays that hold a slot at the same time.
type replayTurns struct {
	mu     sync.Mutex
	taken  map[string]int
	number int
}

// begin counts a replay of an account, unless there are too many; end must follow if it returns true.
func (t *replayTurns) begin(account string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.number >= maxReplays || t.taken[account] >= replaysPerAccount {
		return false
	}
	t.taken[account]++
	t.number++
	return true
}

func (t *replayTurns) end(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.number--
	if t.taken[account]--; t.taken[account] == 0 {
		delete(t.taken, account)
	}
}
