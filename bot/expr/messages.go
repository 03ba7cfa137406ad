package expr

import (
	"fmt"
	"regexp"
	"strings"

	"cel.dev/cel-go/common/operators"
)

// syntaxMessage translates a message of CEL's parser for an author. CEL's wording may change with
// its version: an unknown message is passed on.
func syntaxMessage(message, source string, offset int) string {
	rest := string([]rune(source)[min(offset, len([]rune(source))):])
	message = strings.TrimPrefix(message, "Syntax error: ")
	switch {
	case strings.Contains(message, "EOF"):
		return "the expression breaks off; something is missing at its end"
	case strings.Contains(message, "unterminated"):
		return "a text in quotes has no end"
	case strings.Contains(message, "recursion limit"):
		return "too many parts of the expression stand inside one another"
	case strings.HasPrefix(message, "reserved identifier"):
		return fmt.Sprintf("%q is a word that CEL keeps for itself", strings.TrimPrefix(message, "reserved identifier: "))
	case strings.HasPrefix(message, "unexpected"):
		return "this is not expected here" + hintFor(rest)
	case strings.HasPrefix(message, "argument is not an identifier"):
		return "the first argument is a name for the element, as in list.map(x, x.id)"
	case strings.HasPrefix(message, "invalid argument to has"):
		return "has takes a field, as in has(result.json.id)"
	}
	return "this is not an expression: " + firstLine(message)
}

// hintFor is a hint for authors who write the operators of other languages.
func hintFor(rest string) string {
	word, _, _ := strings.Cut(rest, " ")
	switch {
	case strings.HasPrefix(rest, "="):
		return "; compare with =="
	case word == "and", strings.HasPrefix(rest, "&"):
		return "; write && for and"
	case word == "or", strings.HasPrefix(rest, "|"):
		return "; write || for or"
	case word == "not":
		return "; write ! for not"
	}
	return ""
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// noOverload is CEL's message about operands and arguments of types that do not go together.
var noOverload = regexp.MustCompile(`^found no matching overload for '(.+)' applied to '(.*)'$`)

// typeMessage translates a message of CEL's type checker for an author.
func typeMessage(message string) string {
	message = typeNames(firstLine(message))
	if found := noOverload.FindStringSubmatch(message); found != nil {
		return overloadMessage(found[1], found[2])
	}
	switch {
	case strings.HasPrefix(message, "type '") && strings.HasSuffix(message, "' does not support field selection"):
		return "a " + strings.Split(message, "'")[1] + " has no fields"
	case strings.HasPrefix(message, "expression of type '") && strings.Contains(message, "range of a comprehension"):
		return "only a list has elements to walk, not a " + strings.Split(message, "'")[1]
	case strings.HasPrefix(message, "undeclared reference to '"):
		return fmt.Sprintf("there is no name %q", strings.Split(message, "'")[1])
	}
	return "the types do not go together: " + message
}

// typeNames replaces CEL's names of types by those of our format.
func typeNames(text string) string {
	return strings.NewReplacer("google.protobuf.Timestamp", "timestamp", "google.protobuf.Duration", "duration",
		"double", "number", "list(dyn)", "list", "map(string, dyn)", "map", "map(dyn, dyn)", "map").Replace(text)
}

// maxTypes bounds the names of types in a message, in bytes; longer ones nobody would read.
const maxTypes = 120

func overloadMessage(function, types string) string {
	if inner, ok := strings.CutPrefix(types, "("); ok {
		types = strings.TrimSuffix(inner, ")")
	}
	types = strings.ReplaceAll(types, ", ", " and ")
	if len(types) > maxTypes {
		types = "lists of lists"
	}
	switch function {
	case operators.Conditional:
		return "both results of ? : have to be of one type, and the condition true or false; here are " + types
	case operators.Index:
		return "what stands in [ ] does not fit: " + types
	}
	if strings.HasPrefix(function, "get") && types == "timestamp.(string)" {
		return function + " takes no time zone here; in the bot's own zone the hour is int(fmt(now, 'HH'))"
	}
	name, isOperator := operators.FindReverse(function)
	if !isOperator {
		if strings.HasPrefix(types, ".") || types == "" {
			types = "nothing"
		}
		return fmt.Sprintf("%s does not take %s", function, types)
	}
	message := fmt.Sprintf("%s does not go with %s", name, types)
	switch types {
	case "int and number", "number and int":
		return message + "; convert one with double(…) or int(…)"
	case "string and int", "int and string", "string and number", "number and string":
		return message + "; convert one with string(…), int(…) or double(…)"
	}
	return message
}
