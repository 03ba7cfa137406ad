package script

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// expect holds what happened against a step; nil when it is as expected.
func (p *play) expect(s *Step) *wrong {
	switch s.Kind {
	case StepBot:
		return p.expectSaid(s.Bot)
	case StepNone:
		return p.unclaimed()
	case StepCall:
		return p.expectCall(s.Call)
	case StepHandoff:
		return p.expectHandoff(s.Handoff)
	case StepClosed:
		return p.expectClosed(s.Closed)
	case StepError:
		return p.expectError(s.Failure)
	}
	if s.Kind == StepKept {
		return p.expectKept(s.Vars)
	}
	state := p.stage.State()
	if state == nil {
		return p.missing("no conversation has begun")
	}
	if s.Kind == StepState {
		return p.expectState(s.Words, state)
	}
	return p.expectVars("vars.", s.Vars, state.Vars)
}

// keeper is a Stage that knows what is kept of the contact for the next conversation.
type keeper interface {
	Kept() map[string]json.RawMessage
}

func (p *play) expectKept(want map[string]any) *wrong {
	stage, ok := p.stage.(keeper)
	if !ok {
		return p.missing("what is kept of a contact cannot be seen here")
	}
	return p.expectVars("kept ", want, stage.Kept())
}

func (p *play) expectSaid(s *Said) *wrong {
	i, w := p.await(EntryBot, p.said)
	switch {
	case w != nil:
		return w
	case i < 0:
		return p.missing("the bot said nothing more; %s", p.stands())
	}
	if found := s.Diff(p.entries[i]); found != "" {
		return &wrong{found, i}
	}
	p.said = i + 1
	if s.As != "" {
		p.named[s.As] = i
	}
	return nil
}

// await is the next entry of a kind, waiting for it where that takes time.
func (p *play) await(kind EntryKind, from int) (int, *wrong) {
	if i := p.next(kind, from); i >= 0 {
		return i, nil
	}
	if err := p.listen(true); err != nil {
		return -1, p.broken(err)
	}
	return p.next(kind, from), nil
}

// stands says how the chat stands.
func (p *play) stands() string {
	switch s := p.stage.State(); {
	case s == nil:
		return "no conversation is to be seen"
	case s.Closed:
		return "the chat is closed"
	case s.Muted():
		return "a person answers instead of it"
	case s.Ask != nil:
		return fmt.Sprintf("the state %s waits for an answer", s.Ask.State)
	}
	return "no question is open"
}

// expectCall claims the first call that fits; those before it need not be claimed.
func (p *play) expectCall(c *Called) *wrong {
	var others []string
	from := p.called
	for {
		i, w := p.await(EntryCall, from)
		if w != nil {
			return w
		}
		if i < 0 {
			break
		}
		found := c.Diff(p.entries[i])
		if found == "" {
			p.called = i + 1
			return nil
		}
		others = append(others, fmt.Sprintf("  %s %s: %s", p.entries[i].Call.Method, p.entries[i].Call.URL, found))
		from = i + 1
	}
	if len(others) == 0 {
		return p.missing("the bot made no call; %s", p.stands())
	}
	return p.missing("the bot made no such call, but\n%s", strings.Join(others, "\n"))
}

func (p *play) expectHandoff(h *HandedOff) *wrong {
	i, w := p.await(EntryHandoff, p.since)
	switch {
	case w != nil:
		return w
	case i < 0:
		return p.missing("the bot did not hand the chat off; %s", p.stands())
	}
	if found := h.Diff(p.entries[i]); found != "" {
		return &wrong{found, i}
	}
	return nil
}

func (p *play) expectClosed(c *Closed) *wrong {
	i, w := p.await(EntryClosed, p.since)
	switch {
	case w != nil:
		return w
	case i < 0:
		return p.missing("the chat did not end; %s", p.stands())
	}
	if found := c.Diff(p.entries[i]); found != "" {
		return &wrong{found, i}
	}
	if c.Reason != nil && p.entries[i].Close.Reason == definition.ReasonError {
		p.broke = i // whoever expects this end expects what led to it
	}
	return nil
}

// expectError claims the next error by which the bot failed.
func (p *play) expectError(want *Words) *wrong {
	i := p.nextFailed(p.broke)
	if i < 0 {
		if err := p.listen(true); err != nil {
			return p.broken(err)
		}
		i = p.nextFailed(p.broke)
	}
	if i < 0 && p.nextFailed(0) >= 0 {
		return p.missing("the bot did not fail again; an earlier step has its error already: leave one of them out")
	}
	if i < 0 {
		return p.missing("the bot did not fail; %s", p.stands())
	}
	if text := p.entries[i].failure(); want != nil && !want.Match(text) {
		return &wrong{fmt.Sprintf("the error is %s, not %s", quote(text), want), i}
	}
	p.broke = i + 1
	return nil
}

// nextFailed is the first error from an index on by which the bot failed; -1 when there is none.
func (p *play) nextFailed(from int) int {
	for i := from; i < len(p.entries); i++ {
		if p.entries[i].Failed {
			return i
		}
	}
	return -1
}

// failure is the error that a trace tells of.
func (e *Entry) failure() string {
	_, text, _ := strings.Cut(e.Text, ": ") // behind "error" or "error again"
	return text
}

func (p *play) expectState(name string, s *bot.State) *wrong {
	if s.Ask == nil {
		return p.missing("no question is open; %s", p.stands())
	}
	if s.Ask.State != name {
		return p.missing("the open question is that of the state %s", s.Ask.State)
	}
	return nil
}

// expectVars takes a variable that is not set for its zero value, as the bot does.
func (p *play) expectVars(what string, want map[string]any, vars map[string]json.RawMessage) *wrong {
	for _, name := range sortedKeys(want) {
		raw, set := vars[name]
		if !set && isZero(want[name]) {
			continue
		}
		if !set {
			return p.missing("%s%s is not set; it should be %s", what, name, show(want[name]))
		}
		if found := diff(what+name, want[name], decode(raw)); found != "" {
			return p.missing("%s", found)
		}
	}
	return nil
}
