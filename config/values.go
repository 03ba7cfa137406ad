package config

import (
	"fmt"
	"slices"
	"strings"
)

// valueProblems finds settings whose value has quotes or white space around it. They stay if a file is
// not read by a shell, as does the carriage return of a file from Windows.
func valueProblems(set map[string]string, names []string) []Problem {
	return eachName(set, func(name, value string) string {
		trimmed := strings.TrimSpace(value)
		switch {
		case !slices.Contains(names, name):
			return ""
		case trimmed == "":
			return "must not be empty"
		case trimmed != value:
			return "begins or ends with white space, such as the carriage return of a file from Windows; take it off"
		case len(value) > 1 && value[0] == value[len(value)-1] && strings.ContainsAny(value[:1], `"'`):
			return "is in quotes, which are taken for a part of the value; take them off"
		}
		return ""
	})
}

// contradictions finds pairs of settings that set the same thing to different values.
func contradictions(set map[string]string) []Problem {
	var found []Problem
	for _, pair := range [][2]string{{"CHATTIGO_TEMPORAL_ADDR", "TEMPORAL_ADDRESS"}, {"CHATTIGO_TEMPORAL_NAMESPACE", "TEMPORAL_NAMESPACE"}} {
		ours, theirs := set[pair[0]], set[pair[1]]
		if ours != "" && theirs != "" && ours != theirs {
			found = append(found, Problem{pair[0], fmt.Sprintf("is %q, and %s is %q; set only one of them", ours, pair[1], theirs)})
		}
	}
	return found
}
