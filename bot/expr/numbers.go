package expr

import (
	"math"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/chattigo/api-isv/bot/locale"
)

// numberFunctions are ours over numbers.
var numberFunctions = []declaration{
	declare("round",
		overload("round_int", rounded, types.IntType, types.IntType),
		overload("round_double", rounded, types.IntType, types.DoubleType),
		overload("round_int_int", roundedTo, types.DoubleType, types.IntType, types.IntType),
		overload("round_double_int", roundedTo, types.DoubleType, types.DoubleType, types.IntType)),
}

// rounded is a number without its fraction; halves go away from zero.
func rounded(args ...ref.Val) ref.Val {
	if n, ok := args[0].(types.Int); ok {
		return n
	}
	whole, ok := integer(math.Round(numberArg(args[0])))
	if !ok {
		return fail("round: the number is too large")
	}
	return types.Int(whole)
}

// mostDecimals are what round takes, and fmt.
const mostDecimals = 8

// roundedTo is a number with at most so many decimals, as fmt would write it.
func roundedTo(args ...ref.Val) ref.Val {
	decimals, _ := args[1].(types.Int)
	if decimals < 0 || decimals > mostDecimals {
		return fail("round: from 0 to 8 decimals")
	}
	n, err := locale.Round(numberArg(args[0]), int(decimals))
	if err != nil {
		return fail("round: the number is too large")
	}
	return types.Double(n)
}

// mixed are the operands of an operator, as CEL wants them: an int beside a number becomes a number.
func mixed(l, r ref.Val) (left, right ref.Val) {
	switch {
	case isInt(l) && isDouble(r):
		return types.Double(numberArg(l)), r
	case isDouble(l) && isInt(r):
		return l, types.Double(numberArg(r))
	}
	return l, r
}

func isInt(val ref.Val) bool {
	_, ok := val.(types.Int)
	return ok
}

func isDouble(val ref.Val) bool {
	_, ok := val.(types.Double)
	return ok
}
