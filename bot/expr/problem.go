package expr

// The kinds of problems.
const (
	// CodeExpression is bad syntax, a type that does not fit or a name that is not known.
	CodeExpression    = "expression"
	CodeUnknownVar    = "unknown-var"
	CodeUnknownString = "unknown-string"
	CodeUnknownHours  = "unknown-hours"
	CodeCost          = "cost"
	CodeRegexp        = "regexp"
	CodeTimezone      = "timezone"
	CodeSecret        = "secret"
)

// Problem is something wrong with an expression or a text, found before it is ever evaluated.
type Problem struct {
	// Offset is where, in code points from the start of the text that was compiled.
	Offset int
	Code   string
	// Message is a sentence for the author.
	Message string
}
