package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

const (
	// playTime is how long all cases of a test file may take.
	playTime = 5 * time.Second
	// playBytes is how much a bot may say in one case.
	playBytes = 8 << 20
	// keptBytes is how much of the conversations that fail is kept for transcripts.
	keptBytes = 256 << 10
	// maxProblem bounds, in bytes, why a case failed and the step at which it did.
	maxProblem = 2 << 10
	// effectBytes is what an effect takes beside what is said.
	effectBytes = 256
)

// allowance is what a bot may use up while it is played. A conversation is stopped between two steps,
// each of which is bounded by package bot. Once spent, it stays so.
type allowance struct {
	now   func() time.Time
	until time.Time
	bytes int
	// spent says what has been used up; empty while nothing has.
	spent string
}

var errSpent = errors.New("the conversation was stopped")

// run is [chat.Run] until the allowance is spent.
func (a *allowance) run(b *definition.Bot, in chat.Input) chat.Output {
	if a.isSpent() {
		return chat.Output{Faults: []chat.Fault{{Err: errSpent}}}
	}
	return chat.RunWith(a.step, b, in)
}

// step is [bot.Step] until the allowance is spent.
func (a *allowance) step(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
	if a.isSpent() {
		return s, nil, errSpent
	}
	state, effects, err := bot.Step(b, s, e)
	for _, effect := range effects {
		a.bytes -= effectBytes + len(effect.Note) + len(effect.Trace)
		if effect.Send != nil {
			a.bytes -= len(effect.Send.Body)
		}
	}
	return state, effects, err
}

// stage is where a case is played until the allowance is spent.
func (a *allowance) stage(b *definition.Bot, setup script.Setup) script.Limited {
	return limitedStage{script.NewPlayer(b, setup, nil).With(a.run), a}
}

// limitedStage also stops between two expectations: to hold one against a message takes time too.
type limitedStage struct {
	*script.Player

	allowed *allowance
}

// MayGoOn returns an error once the allowance is spent.
func (s limitedStage) MayGoOn() error {
	if s.allowed.isSpent() {
		return errSpent
	}
	return nil
}

func (a *allowance) isSpent() bool {
	switch {
	case a.spent != "":
	case a.bytes <= 0:
		a.spent = fmt.Sprintf("the bot said more than %d MiB", playBytes>>20)
	case a.now().After(a.until):
		a.spent = "the time was up"
	}
	return a.spent != ""
}

// playCases plays cases one after the other, and stops when their time is up.
func playCases(ctx context.Context, cases []script.Case, b *definition.Bot, now func() time.Time) ([]*script.Result, error) {
	allowed := &allowance{now: now, until: now().Add(playTime)}
	keep := keptBytes
	results := make([]*script.Result, len(cases))
	for i := range cases {
		if err := ctx.Err(); err != nil {
			return nil, errUnavailable(err)
		}
		allowed.bytes = playBytes
		began := now()
		results[i] = cases[i].Play(allowed.stage(b, cases[i].Setup))
		results[i].Took = now().Sub(began)
		if allowed.spent != "" {
			return nil, errPlaySpent(&cases[i], allowed.spent)
		}
		keep -= trim(results[i], keep)
	}
	return results, nil
}

func errPlaySpent(c *script.Case, why string) error {
	return &apiError{Status: http.StatusUnprocessableEntity, Message: fmt.Sprintf(
		"the tests were stopped in case %q (line %d) because %s; all cases together may take %d seconds", cut(c.Name), c.Line, why, playTime/time.Second)}
}

// trim drops what is not shown of a result, and returns how large its conversation is that stays: at
// most keep bytes.
func trim(r *script.Result, keep int) int {
	size := 0
	for i := range r.Entries {
		size += len(r.Entries[i].Body) + len(r.Entries[i].Text)
	}
	if r.Passed() || size > keep {
		r.Entries, size = nil, 0
	}
	if f := r.Failure; f != nil {
		f.Step, f.Problem = cutAt(f.Step, maxProblem), cutAt(f.Problem, maxProblem)
	}
	return size
}
