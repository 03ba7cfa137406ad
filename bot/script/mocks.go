package script

import (
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/bot"
)

// Unmocked is the error of a call that nothing answers.
type Unmocked struct {
	Call *bot.Call
}

func (e *Unmocked) Error() string {
	return fmt.Sprintf("the bot calls %s %s, and no mock answers it", e.Call.Method, e.Call.URL)
}

// Mock is a mock for the call, as a test file has it, ready to be filled in.
func (e *Unmocked) Mock() string {
	url, _, query := strings.Cut(e.Call.URL, "?")
	if query {
		url += "*" // values such as a date would change from day to day
	}
	return fmt.Sprintf("- {match: %q, json: {}}", e.Call.Method+" "+url)
}

// Mocks answer the calls of one case.
type Mocks struct {
	all  []Mock
	used []int // how many answers each has given
}

// NewMocks are mocks that have given no answer yet.
func NewMocks(all []Mock) *Mocks { return &Mocks{all: all, used: make([]int, len(all))} }

// Answer is the next answer of the first mock that matches; the error is an *Unmocked.
func (m *Mocks) Answer(call *bot.Call) (Answer, error) {
	for i := range m.all {
		if !m.all[i].Target.Match(call.Method, call.URL) {
			continue
		}
		answers := m.all[i].Answers
		next := min(m.used[i], len(answers)-1)
		m.used[i]++
		return answers[next], nil
	}
	return Answer{}, &Unmocked{Call: call}
}

// call plays a call as the service makes it: attempts that may pass are retried, up to the retries
// that the definition allows.
func (p *Player) call(call *bot.Call, answerer Answerer) (bot.CallResult, error) {
	entry := Entry{Kind: EntryCall, Call: call, State: call.State}
	for {
		a, err := answerer.Answer(call)
		if err != nil {
			p.add(entry)
			return bot.CallResult{}, err
		}
		entry.Answers = append(entry.Answers, a)
		result := bot.CallResult{Call: call.ID, Status: a.Status, Body: a.Body, Error: a.Error}
		if len(entry.Answers) > call.Retries || !result.MayPass() {
			p.add(entry)
			return result, nil
		}
	}
}
