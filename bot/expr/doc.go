// Package expr is the language inside a definition: CEL for conditions and values, and texts
// with ${…} in them. It imports packages fold, hours and locale only. Start reading at Env.
package expr
