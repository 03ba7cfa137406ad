package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// Stage is where a case is played: a [Player], or a running service.
type Stage interface {
	// Receive hands over a message of the contact: an element of messages[] that the stage
	// completes with [Stamp].
	Receive(message json.RawMessage) error
	// Echo is what a person of the business writes, Control what an operator wants.
	Echo(text string) error
	Control(c bot.Control, reason string) error
	// Wait lets time pass.
	Wait(d time.Duration) error
	// Heard is what happened since it was called the last time. expecting says that the case
	// needs something to go on; a stage on which things take their time waits for it.
	Heard(expecting bool) ([]Entry, error)
	// State is the state of the conversation; nil when there is none, or none to be seen.
	State() *bot.State
}

// Limited is a Stage on which a case may have to stop before it has ended.
type Limited interface {
	Stage
	// MayGoOn is called before each step; an error stops the case there.
	MayGoOn() error
}

// Result is what came of a case.
type Result struct {
	Case *Case
	// Failure is where it went wrong; nil when it passed.
	Failure *Failure
	// Entries are the transcript, up to the failure.
	Entries []Entry
	// Took is how long it took, for whoever has a clock to measure it with.
	Took time.Duration
}

// Passed says whether everything was as expected.
func (r *Result) Passed() bool { return r.Failure == nil }

// Failure is the step at which a case failed.
type Failure struct {
	// Line is where the step stands, Step how it reads; of the end of a case, Line is where the
	// last step stands.
	Line int
	Step string
	// Problem says what came instead; it may have several lines.
	Problem string
	// Mark is the entry of the transcript that is wrong; behind the last when something is missing.
	Mark int
}

// Play plays the case until a step fails.
func (c *Case) Play(stage Stage) *Result {
	p := &play{stage: stage, named: map[string]int{}}
	result := &Result{Case: c}
	for i := range c.Steps {
		if result.Failure = p.step(&c.Steps[i]); result.Failure != nil {
			break
		}
	}
	if result.Failure == nil {
		result.Failure = p.end(c)
	}
	result.Entries = p.entries
	return result
}

// play is a case that is being played.
type play struct {
	stage   Stage
	entries []Entry
	// said, called and broke are the entries from which on messages, calls and errors are still
	// unclaimed.
	said, called, broke int
	// since is where the latest thing that the world did begins.
	since int
	// named are the messages that are remembered.
	named map[string]int
}

// end checks that nothing is left that no step claimed.
func (p *play) end(c *Case) *Failure {
	last := Step{Line: c.Line, Text: "the end of the case"}
	if len(c.Steps) > 0 {
		last.Line = c.Steps[len(c.Steps)-1].Line
	}
	return p.failed(&last, p.unclaimed())
}

// wrong is why a step failed and which entry is wrong.
type wrong struct {
	problem string
	mark    int
}

func (p *play) failed(s *Step, w *wrong) *Failure {
	if w == nil {
		return nil
	}
	return &Failure{Line: s.Line, Step: s.Text, Problem: w.problem, Mark: w.mark}
}

// missing is a failure behind the end of the transcript.
func (p *play) missing(format string, args ...any) *wrong {
	return &wrong{fmt.Sprintf(format, args...), len(p.entries)}
}

func (p *play) step(s *Step) *Failure {
	if limited, ok := p.stage.(Limited); ok {
		if err := limited.MayGoOn(); err != nil {
			return p.failed(s, p.broken(err))
		}
	}
	if act := p.act(s); act != nil {
		if w := p.unclaimed(); w != nil {
			return p.failed(s, w)
		}
		p.since = len(p.entries)
		err := act()
		if heard := p.listen(false); err == nil {
			err = heard
		}
		if err != nil {
			return p.failed(s, p.broken(err))
		}
		return nil
	}
	return p.failed(s, p.expect(s))
}

// broken is a stage that could not go on.
func (p *play) broken(err error) *wrong {
	if unmocked, ok := errors.AsType[*Unmocked](err); ok {
		return p.missing("%s; put this under http:\n  %s", err, unmocked.Mock())
	}
	return p.missing("%s", err)
}

func (p *play) listen(expecting bool) error {
	news, err := p.stage.Heard(expecting)
	p.entries = append(p.entries, news...)
	return err
}

// act is what the world does at a step; nil when the step expects something of the bot.
func (p *play) act(s *Step) func() error {
	switch s.Kind {
	case StepUser:
		return func() error { return p.stage.Receive(s.Message) }
	case StepTap:
		return func() error { return p.tap(s.Tap) }
	case StepWait:
		return func() error { return p.stage.Wait(s.Wait) }
	case StepEcho:
		return func() error { return p.stage.Echo(s.Words) }
	case StepResume:
		return func() error { return p.stage.Control(bot.ControlResume, "") }
	case StepClose:
		return func() error { return p.stage.Control(bot.ControlClose, s.Words) }
	}
	return nil
}

// tap finds what is tapped: in the message that is named, or in the newest that has it.
func (p *play) tap(t Tap) error {
	first := 0
	last := len(p.entries) - 1
	if t.From != "" {
		first = p.named[t.From]
		last = first
	}
	var seen []string
	for i := last; i >= first; i-- {
		if p.entries[i].Kind != EntryBot {
			continue
		}
		for _, c := range Choices(p.entries[i].Body) {
			if c.ID == t.ID {
				return p.stage.Receive(NewTap(c))
			}
			seen = append(seen, c.ID)
		}
	}
	if len(seen) == 0 {
		return fmt.Errorf("there is nothing to tap yet")
	}
	return fmt.Errorf("there is no button or row %q to tap; there are %s", t.ID, strings.Join(unique(seen), ", "))
}

func unique(all []string) []string {
	seen := map[string]bool{}
	var each []string
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			each = append(each, s)
		}
	}
	return each
}

// next is the first entry of a kind from an index on; -1 when there is none.
func (p *play) next(kind EntryKind, from int) int {
	for i := from; i < len(p.entries); i++ {
		if p.entries[i].Kind == kind {
			return i
		}
	}
	return -1
}

// unclaimed is a message, or an error of the bot, that no step has claimed.
func (p *play) unclaimed() *wrong {
	if err := p.listen(false); err != nil {
		return p.broken(err)
	}
	i, failed := p.next(EntryBot, p.said), p.nextFailed(p.broke)
	switch {
	case failed >= 0 && (i < 0 || failed < i):
		return &wrong{fmt.Sprintf("before this, the bot failed: %s; where that is right, expect it by a step error: true", p.entries[failed].failure()), failed}
	case i < 0:
		return nil
	}
	e := p.entries[i]
	return &wrong{fmt.Sprintf("before this, the bot said what no step expects: %s", e.brief()), i}
}
