package definition

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/hint"
)

// form is how a name has to look.
type form struct {
	match *regexp.Regexp
	// says is the form in words; between stands between the words of a name.
	says, between string
}

// Forms of names, as in the published schema of bot/v1.
var (
	slugForm     = form{regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`), "at most 63 small letters, digits and -, a letter or digit first", "-"}
	identForm    = form{regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`), "at most 40 small letters, digits and _, a letter first", "_"}
	stateForm    = form{regexp.MustCompile(`^[a-z][a-z0-9_.]{0,63}$`), "at most 64 small letters, digits, _ and dots, a letter first", "_"}
	languageForm = form{regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`), "written as in es, en or pt-BR", "-"}
)

// word reads a text of a given form.
func (d *decoder) word(n *yaml.Node, what string, f form) string {
	text, ok := d.Text(n, what)
	if ok && !f.match.MatchString(text) {
		d.Add(n, CodeValue, "%s must be %s%s", what, f.says, f.instead(text))
	}
	return text
}

// glued reports a name without a space behind its colon, which became a part of it, and returns the
// name that was meant; ok is false for all other names.
func (d *decoder) glued(key *yaml.Node, f form) (name string, ok bool) {
	name, rest, found := strings.Cut(key.Value, ":")
	if !found || rest == "" || key.Style != 0 || !f.match.MatchString(name) {
		return "", false
	}
	d.Add(key, CodeSyntax, "a space is missing behind the colon of %s", name)
	return name, true
}

// instead is the name that a text would make in this form.
func (f form) instead(text string) string {
	if name := hint.Plain(text, f.between); name != "" && f.match.MatchString(name) && f.says != languageForm.says {
		return fmt.Sprintf(", such as %q", name)
	}
	return ""
}
