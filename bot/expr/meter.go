package expr

import (
	"unicode/utf8"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/chattigo/api-isv/bot/fold"
)

// The cost of work on texts. A unit is worth some 100 ns; BenchmarkHostile and BenchmarkJSON
// measure it.
const (
	bytesPerUnit = 10 // of a text that is read or written, as in CEL
	// comparedPerUnit are bytes that are compared with as many others: a machine compares several
	// within a nanosecond.
	comparedPerUnit = 100
	writtenPerUnit  = 4 // bytes of JSON that are written
	decodeCost      = 1 // for each byte of JSON that is read
)

// charge takes n units from what the evaluation may still cost, and ends it when there are not
// as many. It is called before the work is done. CEL's tracker adds up what CEL itself charges;
// what we charge lowers its limit.
func charge(f *frame, n int) {
	t := f.CostTracker()
	left := *t.Limit - t.ActualCost()
	units := uint64(max(n, 0))
	*t.Limit -= units // below zero it wraps around, and so does the difference in Values.finish
	if units > left {
		panic(cost.LimitExceededError{})
	}
}

// meter computes the cost of a call, after it was made. No call made here does more than read its
// arguments and write its result a few times, and both are bounded (maxText, MaxElements), so
// that this is soon enough. CEL's own charges leave out some of the work: by them a loop that asks
// for the size of a long text takes 0.5 s for 70,000 units, and one that joins long texts 2 s.
//
// Each Values has its own: CEL wants to be given a pointer to the cost.
type meter struct{ cost uint64 }

// CallCost implements cost.ActualCostEstimator.
func (m *meter) CallCost(function, _ string, args []ref.Val, result ref.Val) *uint64 {
	m.cost = uint64(callCost(function, args, result)) //nolint:gosec // never negative
	return &m.cost
}

func callCost(function string, args []ref.Val, result ref.Val) int {
	n := 1 + extraCost(function) + valueCost(function, result)
	for _, arg := range args {
		n += valueCost(function, arg)
	}
	return n
}

func valueCost(function string, val ref.Val) int {
	switch val := val.(type) {
	case types.String:
		return textCost(function, len(val))
	case traits.Lister:
		if walksLists(function) {
			return len(elements(val))
		}
	}
	return 0
}

// textCost is the cost of reading or writing a text of n bytes in a function.
func textCost(function string, n int) int {
	if function == "plain" {
		n *= 2 // it looks at each character and the next
	}
	return n / bytesPerUnit
}

// walksLists reports whether a function walks or copies its lists.
func walksLists(function string) bool {
	return function == "first" || function == "join" || function == "split"
}

// The cost of fold by character: letters of ASCII are almost free; others are decomposed by
// Unicode's tables, and the longest ligatures into 18 letters each.
const (
	foldASCII    = 5 // characters for one unit
	foldOther    = 25
	foldLigature = 150
	// foldText is for a character of a text that is not known yet.
	foldText = 3
)

func foldCost(text string) int {
	n := 0
	for i, r := range fold.First(text, fold.MaxRunes) {
		switch {
		case r == 'ﷺ' || r == 'ﷻ':
			n += foldLigature
		case r >= utf8.RuneSelf:
			n += foldOther
		case i%foldASCII == 0:
			n++
		}
	}
	return n
}

// matchesCost is the cost of matching n bytes against a number of instructions, at worst.
func matchesCost(n, instructions int) int { return 1 + n*instructions/8 }

// extraCost is the cost of a call whatever its arguments.
func extraCost(function string) int {
	switch function {
	case "t", overloads.TypeConvertString, overloads.TypeConvertInt, overloads.TypeConvertDouble,
		overloads.TypeConvertTimestamp, overloads.TypeConvertDuration:
		return 2
	case "round":
		return 3
	case "date", "add_days", "add_months", "days_between":
		return 5
	case "fmt", "money":
		return 20
	case "open", "bucket":
		return 10
	case "next_open": // it looks at each day of a year, if need be
		return 1000
	}
	return 0
}
