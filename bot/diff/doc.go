// Package diff says in what two definitions of a bot differ for the people who chat with it: the
// words that are said, the options to tap, where answers lead, what triggers listen to, and so on.
// Comments, quotes, the order of keys and other ways to write the same are no difference.
//
// Both definitions are brought into one form first, in which everything that means the same is
// written alike; then they are compared part by part. The package is pure and knows nothing of
// conversations. Start reading at Compare, then at normal.go.
package diff
