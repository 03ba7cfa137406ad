package expr

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/common/operators"
)

// syntaxMessage translates a message of CEL's parser for an author. CEL's wording may change with
// its version: of an unknown message only the place is passed on.
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
		return fmt.Sprintf("%q is kept for the language and cannot be a name", strings.TrimPrefix(message, "reserved identifier: ")) + hintFor(rest)
	case strings.HasPrefix(message, "argument is not an identifier"), strings.HasPrefix(message, "argument must be a simple name"):
		return "the first argument is a name for the element, as in list.map(x, x.id)"
	case strings.HasPrefix(message, "invalid argument to has"):
		return "has takes a field, as in has(result.json.id)"
	case strings.HasPrefix(message, "unable to unescape"), strings.HasPrefix(message, "invalid unicode"):
		return `\ begins an escape in quotes, and this is none; write \\ for a backslash, or r before the quote`
	case strings.Contains(message, "missing digits"):
		return "digits of this number are missing"
	case strings.HasPrefix(message, "invalid int"), strings.HasPrefix(message, "invalid uint"), strings.HasPrefix(message, "invalid double"):
		return "this number is too large"
	case strings.HasPrefix(message, "unexpected character"), strings.Contains(message, "quoted identifier"):
		return characterMessage(rest)
	}
	if found := missing.FindStringSubmatch(message); found != nil {
		return "this is not expected here; " + found[1] + " is missing before it" + hintFor(rest)
	}
	if strings.TrimSpace(rest) == "" {
		return "the expression breaks off; something is missing at its end"
	}
	if before := strings.Fields(strings.TrimSuffix(source, rest)); len(before) > 0 && strings.EqualFold(before[len(before)-1], "not") {
		return "this is not expected here" + hintFor("not")
	}
	return "this is not expected here" + hintFor(rest)
}

// missing finds what CEL's parser would have wanted.
var missing = regexp.MustCompile(`expect(?:ed|ing) '([^']+)'`)

// characterMessage is about a character that no expression has outside of quotes.
func characterMessage(rest string) string {
	switch c, _ := utf8.DecodeRuneInString(rest); {
	case strings.ContainsRune("“”„«»‘’`´", c):
		return fmt.Sprintf(`%c is no quotation mark here; write ' or "`, c)
	case unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff':
		return fmt.Sprintf("the character U+%04X only looks like a space; write a plain one", c)
	case c == '$' || c == '@' || c == '#':
		return fmt.Sprintf("%c has no meaning in an expression; a value is named vars.name or contact.name", c)
	case c == '\\':
		return `\ stands in quotes only`
	case unicode.IsLetter(c):
		return fmt.Sprintf("%c cannot stand in a name; a text stands in quotes", c)
	default:
		return fmt.Sprintf("%c has no meaning in an expression; a text stands in quotes", c)
	}
}

// hintFor is a hint for authors who write the operators of other languages.
func hintFor(rest string) string {
	word, _, _ := strings.Cut(rest, " ")
	switch word = strings.ToLower(word); {
	case strings.HasPrefix(rest, "="):
		return "; compare with =="
	case strings.HasPrefix(rest, ")"), strings.HasPrefix(rest, "]"), strings.HasPrefix(rest, "}"):
		return "; nothing is open that it closes"
	case strings.HasPrefix(rest, ">"):
		return "; write != for unequal, >= for at least"
	case word == "and", word == "y", strings.HasPrefix(rest, "&"):
		return "; write && for and"
	case word == "or", word == "o", strings.HasPrefix(rest, "|"):
		return "; write || for or"
	case word == "not":
		return "; write ! for not"
	case word == "if", word == "then", word == "else":
		return "; write condition ? value : other"
	case word == "is":
		return "; compare with =="
	case strings.HasPrefix(rest, "var."):
		return "; did you mean vars?"
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
	switch quoted := strings.Split(message, "'"); {
	case strings.HasPrefix(message, "type '") && strings.HasSuffix(message, "' does not support field selection"):
		return "a " + quoted[1] + " has no fields"
	case strings.HasPrefix(message, "expression of type '") && strings.Contains(message, "range of a comprehension"):
		return "only a list or a map can be walked, not a " + quoted[1]
	case strings.HasPrefix(message, "undeclared reference to '"):
		return fmt.Sprintf("there is no name %q", quoted[1])
	case strings.HasPrefix(message, "expected type '") && len(quoted) == len([]string{"expected type", "a", "but found", "b", ""}):
		return fmt.Sprintf("this has to be of the type %s and is of the type %s", quoted[1], quoted[3])
	}
	return "the types of these values do not go together"
}

// innerType matches a type of CEL whose parts are simple.
var innerType = regexp.MustCompile(`(list|map|type)\([^()]*\)`)

// typeNames replaces CEL's names of types by those of our format.
func typeNames(text string) string {
	for before := ""; before != text; {
		before, text = text, innerType.ReplaceAllString(text, "$1")
	}
	return strings.NewReplacer("google.protobuf.Timestamp", "timestamp", "google.protobuf.Duration", "duration",
		"double", "number", "null_type", "null", "dyn", "any").Replace(text)
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
		if condition, _, _ := strings.Cut(types, " and "); condition != "bool" && condition != "any" {
			return "what stands before ? has to be true or false, and is of the type " + condition
		}
		if strings.HasSuffix(types, " and int and number") || strings.HasSuffix(types, " and number and int") {
			return "both results of ? : have to be of one type; write the int as a number: 1.0, or double(…)"
		}
		return "both results of ? : have to be of one type, and the condition true or false; here are " + types
	case operators.Index:
		return "what stands in [ ] does not fit: " + types
	}
	if strings.HasPrefix(function, "get") && types == "timestamp.(string)" {
		return function + " takes no time zone here; in the bot's own zone the hour is int(fmt(now, 'HH'))"
	}
	name, isOperator := operators.FindReverse(function)
	if !isOperator {
		return notTaken(function, types)
	}
	message := fmt.Sprintf("%s does not go with %s", name, types)
	switch types {
	case "int and number", "number and int": // only % does not take both
		return message + "; make an int of the number with int(…) or round(…)"
	case "string and int", "int and string", "string and number", "number and string":
		return message + "; convert one with string(…), int(…) or double(…)"
	case "timestamp and string", "string and timestamp":
		return message + "; a day is compared as date(now) > '2026-03-10'"
	}
	return message
}

// notTaken is about a function with arguments that it does not take. The types of a call such as
// text.split(1) are written "string.(int)".
func notTaken(function, types string) string {
	target, args, isMember := strings.Cut(types, ".(")
	if !isMember {
		target, args = "", types
	}
	if args = strings.TrimSuffix(args, ")"); args == "" {
		args = "nothing"
	}
	if function == "money" && (args == "int" || args == "number") {
		return "the currency is missing, as in money(vars.total, 'CLP')"
	}
	if target == "" {
		return fmt.Sprintf("%s does not take %s", function, args)
	}
	return fmt.Sprintf("%s of a %s does not take %s", function, target, args)
}
