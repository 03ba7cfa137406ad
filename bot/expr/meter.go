package expr

import (
	"unicode/utf8"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
	"github.com/chattigo/api-isv/bot/fold"
)

// What work on texts costs. A unit is worth some 100 ns; BenchmarkHostile and BenchmarkJSON
// measure it.
const (
	bytesPerUnit   = 10 // of a text that is read or written, as in CEL
	writtenPerUnit = 4  // bytes of JSON that are written
	decodeCost     = 1  // for each byte of JSON that is read
)

// work is a charge that is not a call of CEL: its result says how much.
type work struct{}

// Function and OverloadID make it a call to the cost tracker.
func (work) Function() string   { return "@work" }
func (work) OverloadID() string { return "@work" }

// charge adds to the cost of the evaluation, and ends it when that is too much. It is called
// before the work is done.
func charge(frame *interpreter.ExecutionFrame, n int) {
	frame.CostTracker().EvalZeroArity(nil, 0, work{}, types.Int(max(n, 0)))
}

// remaining is what the evaluation may still cost.
func remaining(frame *interpreter.ExecutionFrame) int64 {
	t := frame.CostTracker()
	return int64(*t.Limit) - int64(t.ActualCost()) //nolint:gosec // both are at most maxEventCost
}

// meter says what a call costs, after it was made. No call made here does more than read its
// arguments and write its result a few times, and both are bounded (maxText, maxElements), so
// that this is soon enough. CEL's own charges would first count the characters of each text,
// which takes as long as the work itself, and charge some of the work at 1.
type meter struct {
	// small are the costs that occur, so that not every call has to allocate its own.
	small [256]uint64
}

func newMeter() *meter {
	m := &meter{}
	for i := range m.small {
		m.small[i] = uint64(i)
	}
	return m
}

// CallCost implements cost.ActualCostEstimator.
func (m *meter) CallCost(function, _ string, args []ref.Val, result ref.Val) *uint64 {
	n := m.callCost(function, args, result)
	if n < len(m.small) {
		return &m.small[n]
	}
	large := uint64(n)
	return &large
}

func (m *meter) callCost(function string, args []ref.Val, result ref.Val) int {
	switch function {
	case work{}.Function():
		if n, ok := result.(types.Int); ok {
			return int(n)
		}
	case "fold":
		return 1 + foldCost(stringArg(args[0]))
	}
	n := 1 + extra(function)
	for _, arg := range args {
		n += m.sizeCost(function, arg)
	}
	return n + m.sizeCost(function, result)
}

func (m *meter) sizeCost(function string, val ref.Val) int {
	switch val := val.(type) {
	case types.String:
		return len(val) * perText(function) / bytesPerUnit
	case traits.Lister:
		if perElement(function) {
			return len(elements(val))
		}
	}
	return 0
}

// What fold costs by character: letters of ASCII are almost free; others are taken apart by
// Unicode's tables, and the longest ligatures come apart into 18 letters each.
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

// matchesCost is what matching n bytes against a number of instructions costs at worst.
func matchesCost(n, instructions int) int { return 1 + n*instructions/8 }

// extra is what a call costs whatever its arguments.
func extra(function string) int {
	switch function {
	case "t", overloads.TypeConvertString, overloads.TypeConvertInt, overloads.TypeConvertDouble,
		overloads.TypeConvertTimestamp, overloads.TypeConvertDuration:
		return 2
	case "fmt", "money":
		return 20
	case "open", "bucket":
		return 10
	case "next_open": // it looks at each day of a year, if need be
		return 1000
	}
	return 0
}

// perText is how much more than reading a text once a function does with it.
func perText(function string) int {
	switch function {
	case "plain", "lastIndexOf", "indexOf", "substring", "charAt":
		return 2
	}
	return 1
}

// perElement says that a function walks or copies its lists.
func perElement(function string) bool {
	switch function {
	case "first", "join", "split":
		return true
	}
	return false
}

// newTracker is the cost tracker that each evaluation starts from.
func newTracker() (*cost.Tracker, error) { return cost.NewTracker(newMeter()) }
