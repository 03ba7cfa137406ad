package expr

import (
	"maps"
	"slices"

	"github.com/chattigo/api-isv/bot/hint"
)

// suggest is the end of a message: the known name that is most like an unknown one, if there is one.
func suggest(name string, known []string) string { return hint.DidYouMean(name, known) }

// suggestVariable is suggest among the variables.
func (e *Env) suggestVariable(name string) string {
	if e.likeVars == nil {
		e.likeVars = hint.NewNames(slices.Collect(maps.Keys(e.vars)))
	}
	return e.likeVars.DidYouMean(name)
}

// suggestFunction is suggest among the functions that an author may call.
func (e *Env) suggestFunction(name string) string {
	if e.likeFunctions == nil {
		e.likeFunctions = hint.NewNames(authorFunctions(e.lang.names))
	}
	return e.likeFunctions.DidYouMean(name)
}
