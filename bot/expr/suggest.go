package expr

import "github.com/chattigo/api-isv/bot/hint"

// suggest is the end of a message: the known name that is most like an unknown one, if there is one.
func suggest(name string, known []string) string { return hint.DidYouMean(name, known) }
