// Package expr is the language inside a definition: CEL (cel.dev) for conditions and values,
// and texts with ${…} in them. It imports packages fold, hint, hours and locale only.
//
// An [Env] compiles the expressions of one definition against its [Names] and reports every
// [Problem] with its place. A compiled expression is an [Expr], a compiled text a [Template]; both
// are safe for concurrent use and are evaluated against the [Values] of one event.
//
// Definitions and what contacts write are hostile. Three things therefore hold for every
// source and every value. Evaluation reads nothing but its Values: no clock, no files, no
// randomness. The same Values give the same bytes: maps are walked by sorted key. And the work
// is bounded: each step is charged before or right after it is done, by what it costs (see
// limits.go), and no value grows beyond a fixed size.
//
// # What CEL has here
//
// The operators, has, all, exists, exists_one, map and filter, also inside one another, size, type
// and the conversions of CEL; contains, startsWith, endsWith and matches; join, split and trim as in CEL's strings
// extension; the parts of a timestamp (getHours and the like), in UTC as CEL has it. To compare
// an hour in the bot's own zone, write int(fmt(now, 'HH')); the form with the name of a zone is
// left out, because it reads the machine's files. Bytes, unsigned numbers and messages are left
// out. The keys of a map are strings of at most 512 bytes, and walked in their order.
//
// Beyond CEL, an int and a number compare and calculate with each other; and there are functions of
// ours over lists, numbers, days and texts: lists.go, sort.go, numbers.go, dates.go, texts.go and
// late.go. Constants of a definition are in data.go.
//
// # What an expression may cost
//
// CEL's own limits hold for the source, its nesting and the cost while it is evaluated. What an
// expression may cost at worst is told before by estimate.go, and what would make it cheaper by
// remedy.go.
//
// Start reading at Env.Compile, then at nodes.go for what differs from plain CEL.
package expr
