package definition

import (
	"maps"
	"slices"
)

// idSet are reply ids, and beginnings of them.
type idSet struct {
	ids        map[string]bool
	beginnings map[string]bool
	lengths    []int // of the beginnings, each once
}

// triggerIDs are the reply ids for which there is a trigger.
func triggerIDs(triggers []Trigger) idSet {
	s := idSet{ids: map[string]bool{}, beginnings: map[string]bool{}}
	lengths := map[int]bool{}
	for _, g := range triggers {
		for _, id := range g.Choice {
			s.ids[id] = true
			if beginning, many := beginningOf(id); many {
				s.beginnings[beginning], lengths[len(beginning)] = true, true
			}
		}
	}
	s.lengths = slices.Sorted(maps.Keys(lengths))
	return s
}

func (s idSet) has(id string) bool {
	return s.ids[id] || slices.ContainsFunc(s.lengths, func(n int) bool { return n <= len(id) && s.beginnings[id[:n]] })
}

// Takes reports whether one of the trigger's choices is an id, or the beginning of it.
func (g *Trigger) Takes(id string) bool {
	return slices.ContainsFunc(g.Choice, func(choice string) bool { return choice == id || begins(choice, id) })
}

// SampleChoice is a reply id that the trigger takes; empty for one without a choice.
func (g *Trigger) SampleChoice() string {
	if len(g.Choice) == 0 {
		return ""
	}
	return SampleID(g.Choice[0])
}

// SampleID is a reply id for which a choice such as "pay:*" stands; of any other it is the id itself.
func SampleID(choice string) string {
	if beginning, many := beginningOf(choice); many {
		return beginning + "1"
	}
	return choice
}
