package api

import (
	"fmt"
	"net/http"

	"github.com/chattigo/api-isv/bot/tree"
)

// problemView is something wrong with a text, with its place.
type problemView struct {
	Level   string    `json:"level"`
	Code    tree.Code `json:"code"`
	Message string    `json:"message"`
	Line    int       `json:"line"`
	Column  int       `json:"column"`
}

const (
	levelError   = "error"
	levelWarning = "warning"
)

func showProblems(problems []tree.Problem) []problemView {
	views := make([]problemView, len(problems))
	for i, p := range problems {
		views[i] = problemView{levelError, p.Code, p.Message, p.Line, p.Column}
		if p.Warning {
			views[i].Level = levelWarning
		}
	}
	return views
}

type problemsBody struct {
	Message  string        `json:"message"`
	Problems []problemView `json:"problems"`
}

// errUnprocessable is for a request that can be read but not done, with what is wrong in the texts
// that it is about.
func errUnprocessable(message string, problems ...tree.Problem) error {
	return &apiError{
		Status: http.StatusUnprocessableEntity, Message: message,
		Body: problemsBody{message, showProblems(problems)},
	}
}

// errProblems is for a text with errors; what says which, as in "the definition".
func errProblems(what string, problems []tree.Problem) error {
	return errUnprocessable(fmt.Sprintf("%s has %s", what, summary(problems)), problems...)
}

// summary counts errors and says the first with its place.
func summary(problems []tree.Problem) string {
	var first tree.Problem
	errs := 0
	for _, p := range problems {
		if p.Warning {
			continue
		}
		if errs++; errs == 1 {
			first = p
		}
	}
	if errs == 1 {
		return fmt.Sprintf("an error at line %d, column %d: %s", first.Line, first.Column, first.Message)
	}
	return fmt.Sprintf("%d errors; the first is at line %d, column %d: %s", errs, first.Line, first.Column, first.Message)
}
