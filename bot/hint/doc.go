// Package hint says what an author probably meant: by a name that nothing has, by a time in other
// words than ours, by a mark that another tool would replace, by a regular expression of another
// engine. What it returns stands in problems, behind what is wrong.
//
// It knows nothing of bots and of tests: those who ask hand it the names that there are. Start
// reading at [Name].
package hint
