package locale

import "strconv"

// Round rounds a number to at most 8 decimals: halves away from zero, by the digits that a person
// would read, as Number does. Infinity, NaN, and numbers of a quadrillion or more are errors.
func Round(n float64, decimals int) (float64, error) {
	decimals = min(max(decimals, 0), maxDecimals)
	digits, err := round(n, shape{least: decimals, most: decimals})
	if err != nil {
		return 0, err
	}
	rounded, err := strconv.ParseFloat(digits, 64)
	if n < 0 && rounded != 0 {
		rounded = -rounded
	}
	return rounded, err
}
