package fold

import (
	"strings"
	"unicode/utf8"
)

// refusals are symbols that take back what stands beside them: crosses, signs that forbid, and hands that
// stop or reject.
const refusals = "❌❎✖✗✘✕🚫⛔🛑🚷🚳🚯🚱📵👎🙅✋🤚🖕"

// IsRefusal reports whether a symbol takes back what stands beside it.
func IsRefusal(r rune) bool { return r >= utf8.RuneSelf && strings.ContainsRune(refusals, r) }
