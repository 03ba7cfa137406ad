package script

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/hint"
)

// Words is an expected text: an exact text, or a regular expression.
type Words struct {
	exact string
	re    *regexp.Regexp
}

// maxRegexp bounds the length of a regular expression, in bytes: far more than a test needs.
const maxRegexp = 1000

// parseWords reads an expected text; between slashes it is a regular expression (RE2).
func parseWords(text string) (*Words, error) {
	if len(text) < 3 || text[0] != '/' || text[len(text)-1] != '/' {
		return &Words{exact: text}, nil
	}
	if len(text) > maxRegexp {
		return nil, fmt.Errorf("the regular expression is longer than %d bytes", maxRegexp)
	}
	re, err := regexp.Compile(text[1 : len(text)-1])
	if err != nil {
		return nil, errors.New(hint.Regexp(err))
	}
	return &Words{re: re}, nil
}

// Match reports whether a text is the expected one.
func (w *Words) Match(text string) bool {
	if w.re != nil {
		return w.re.MatchString(text)
	}
	return text == w.exact
}

func (w *Words) String() string {
	if w.re != nil {
		return "/" + w.re.String() + "/"
	}
	return strconv.Quote(w.exact)
}

// Target is a pattern for HTTP calls: a method and a URL, in which "*" stands for anything.
type Target struct {
	text  string
	parts []string // between the stars
}

var targetForm = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE|\*) (https://|\*)\S*$`)

// ParseTarget reads "GET https://example.com/orders/*".
func ParseTarget(text string) (Target, error) {
	if !targetForm.MatchString(text) {
		return Target{}, fmt.Errorf(`%q is not a method and an https URL, such as "GET https://example.com/orders*"`, text)
	}
	return Target{text: text, parts: strings.Split(text, "*")}, nil
}

// Match reports whether a call of this method and URL fits the pattern.
func (t Target) Match(method, url string) bool {
	rest, found := strings.CutPrefix(method+" "+url, t.parts[0])
	if !found {
		return false
	}
	if len(t.parts) == 1 {
		return rest == ""
	}
	last := len(t.parts) - 1
	for _, part := range t.parts[1:last] {
		_, after, found := strings.Cut(rest, part) // the first match leaves the most for the other parts
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, t.parts[last])
}

func (t Target) String() string { return t.text }
