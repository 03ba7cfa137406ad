package bot

import (
	"regexp"
	"slices"
	"time"
)

// Bot is a checked definition. It never changes and may be shared.
type Bot struct {
	name      string
	hash      string
	source    []byte
	warnings  []Problem
	languages []string
	start     string
	states    map[string]*state
	order     []string // the states as written
	triggers  []trigger
	defaults  defaults
	raw       bool      // reply ids go out without a tag
	maxTurns  int       // 0 is no limit
	messages  []message // all that was written, each once
}

// Name is the definition's name.
func (b *Bot) Name() string { return b.name }

// Hash is the hex SHA-256 of the definition's canonical form: its tree as JSON with
// sorted keys. Comments and the order of keys do not count, nor whether it was YAML or JSON.
func (b *Bot) Hash() string { return b.hash }

// Label is name@hash8, as operators see it.
func (b *Bot) Label() string { return Label(b.name, b.hash) }

// Label is name@ and the first 8 digits of the hash.
func Label(name, hash string) string { return name + "@" + hash[:min(8, len(hash))] }

// Source is the text that the definition was loaded from.
func (b *Bot) Source() []byte { return slices.Clone(b.source) }

// Warnings are the problems that did not stop the definition from loading.
func (b *Bot) Warnings() []Problem { return slices.Clone(b.warnings) }

// state is one state: what it says, then exactly one exit.
type state struct {
	name string
	pos  pos
	say  []message
	// One of ask, goTo and close is set.
	ask   *ask
	goTo  ref
	close *closing
	// broken marks a state of which something could not be read.
	broken bool
}

// ref names a state at a place of the definition.
type ref struct {
	name string
	pos  pos
}

type ask struct {
	pos     pos
	choices []choice
	to      ref
	retry   *retry
	idle    []idleStep
}

// choice leads from a reply id to a state; the id "*" is any other.
type choice struct {
	id string
	to ref
	// pos is the place of the id.
	pos pos
}

// named finds the choice with this very id.
func (a *ask) named(id string) (ref, bool) {
	for _, c := range a.choices {
		if c.id == id && id != "*" {
			return c.to, true
		}
	}
	return ref{}, false
}

func (a *ask) has(id string) bool {
	_, ok := a.named(id)
	return ok
}

// target is where the choice of an offered option leads.
func (a *ask) target(id string) (ref, bool) {
	if to, ok := a.named(id); ok {
		return to, true
	}
	return a.otherwise()
}

// otherwise is where answers lead that no choice names.
func (a *ask) otherwise() (ref, bool) {
	for _, c := range a.choices {
		if c.id == "*" {
			return c.to, true
		}
	}
	return a.to, a.to.name != ""
}

type retry struct {
	max    int
	say    []message
	to     ref // the state after max tries; empty: say once more, then stay quiet
	repeat bool
}

type idleStep struct {
	pos   pos
	after time.Duration
	say   []message
	to    ref
	// farewell closes with built-in words instead of going to a state.
	farewell bool
}

func (s idleStep) exit() bool { return s.to.name != "" || s.farewell }

type closing struct {
	reason string
	notice bool
}

type defaults struct {
	retry *retry
	idle  []idleStep
	stale []message
	close []message
	err   ref
}

type trigger struct {
	pos       pos
	any       []string              // folded
	words     map[string][][]string // folded; phrases by their first word
	matches   *regexp.Regexp
	choice    []string
	types     []string
	first     bool
	interrupt bool
	to        ref
}
