package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hint"
)

// What other tools put around the name of a value. In a text of ours all of it is said as it stands.
var (
	doubleBraces = regexp.MustCompile(`\{\{\s*([^{}]{0,60}?)\s*\}\}|\{%[^%]{0,60}%\}`)
	// anyName are marks that nobody writes for people, whatever the name in them.
	anyName = regexp.MustCompile(`(\$\(\s*([A-Za-z_][\w.]{0,40})\s*\))|(?:^|[^$\w{])(\{([A-Za-z_][\w.]{0,40})\})|(?:^|[^\w%])(%([A-Za-z_]\w{0,40})%)|` +
		`(?:^|[^\w@.])(@((?:contact|results?|fields|flow|input|child|parent|trigger|globals)(?:\.\w+)?)\b)`)
	// knownName are marks that may be meant for people, unless there is a value of that name.
	knownName = regexp.MustCompile(`(?:^|[^\w$])(\$([A-Za-z_]\w{0,40}(?:\.\w+)?))|(<([A-Za-z_]\w{0,40})>)|(\[([A-Za-z_]\w{0,40})\])|(?:^|[^\w@.])(@([A-Za-z_]\w{0,40}))`)
	numbered  = regexp.MustCompile(`^[0-9]+$`)
	// escaped are the bytes of a letter in an address, as in %C3%B1.
	escaped = regexp.MustCompile(`^%[0-9A-Fa-f]{2}%$`)
)

// foreignMark is a mark of another tool, and what to write instead of it.
type foreignMark struct{ mark, instead string }

// maxMarks bounds the marks of one text that are named.
const maxMarks = 5

// foreignMarks warns of the marks of other tools in a text. outline is the text with a NUL for each
// expression.
func (d *decoder) foreignMarks(n *yaml.Node, outline string) {
	var named []string
	for _, m := range d.marksOf(outline) {
		isPart := func(mark string) bool { return strings.HasPrefix(mark, m.mark) }
		if slices.ContainsFunc(named, isPart) || len(named) == maxMarks {
			continue
		}
		named = append(named, m.mark)
		offset := utf8.RuneCountInString(n.Value[:max(0, strings.Index(n.Value, m.mark))])
		d.WarnAt(inside(n, offset), CodePlaceholder, "%s is said as it stands; %s", m.mark, m.instead)
		d.Problems[len(d.Problems)-1].Subject = m.mark
	}
}

// marksOf finds the marks of other tools in a text, and says what to write instead of each.
func (d *decoder) marksOf(text string) []foreignMark {
	var all []foreignMark
	if !strings.ContainsAny(text, "{%@$<[") {
		return nil
	}
	for _, m := range doubleBraces.FindAllStringSubmatch(text, maxMarks) {
		instead := d.ourWay(m[1])
		switch {
		case strings.Contains(m[1], "\x00"):
			instead = "leave out the braces around ${…}"
		case numbered.MatchString(m[1]):
			instead = "such marks stand in the templates at Meta only; here write the value, as in ${contact.name}"
		}
		all = append(all, foreignMark{strings.ReplaceAll(m[0], "\x00", "…"), instead})
	}
	for _, m := range anyName.FindAllStringSubmatch(text, -1) {
		if mark, name := group(m); !escaped.MatchString(mark) {
			all = append(all, foreignMark{mark, d.ourWay(name)})
		}
	}
	for _, m := range knownName.FindAllStringSubmatch(text, -1) {
		if mark, name := group(m); d.valueOf(name) != "" {
			all = append(all, foreignMark{mark, d.ourWay(name)})
		}
	}
	return all
}

// group is the first pair of groups that matched: a mark and the name in it.
func group(m []string) (mark, name string) {
	for i := 1; i+1 < len(m); i += 2 {
		if m[i] != "" {
			return m[i], m[i+1]
		}
	}
	return "", ""
}

// ourWay says how the value of a name is written here.
func (d *decoder) ourWay(name string) string {
	if value := d.valueOf(name); value != "" {
		return "the value is written ${" + value + "}"
	}
	if plain := hint.Plain(lastPart(name), "_"); identForm.match.MatchString(plain) {
		return fmt.Sprintf("the value of a variable is written ${vars.%s}, and %[1]s declared under vars", plain)
	}
	return "a value is written ${…}, as in ${contact.name}"
}

// valueOf is what a name of another tool means here; "" where that is not known.
func (d *decoder) valueOf(name string) string {
	name = strings.ToLower(name)
	last := lastPart(name)
	switch {
	case d.declared(last):
		return "vars." + last
	case slices.Contains([]string{"contact", "name", "nombre", "nome", "first_name", "firstname", "full_name", "fullname", "username", "user_name", "contact_name"}, last):
		return "contact.name"
	case slices.Contains([]string{"phone", "telefono", "wa_id", "whatsapp", "phone_number"}, last):
		return "contact.wa_id"
	case slices.Contains([]string{"input", "last_input", "user_input", "message_text"}, last):
		return "input.text"
	}
	return ""
}

// declared reports whether there is a variable of a name.
func (d *decoder) declared(name string) bool {
	_, ok := d.names.Vars[name]
	return ok
}

// lastPart is a name without what stands before its last dot.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// foreignExpression reports the problems of an expression. One that is written as other tools do has one
// problem: how it is written here.
func (d *decoder) foreignExpression(n *yaml.Node, problems []expr.Problem) {
	text := strings.TrimSpace(n.Value)
	inner, isWrapped := unwrapped(text, "${", "}")
	switch {
	case len(problems) == 0 && strings.Contains(text, "${"):
		d.WarnAt(inside(n, 0), CodePlaceholder, "${ stands inside of a text in quotes here and is part of it; name the value without quotes and ${ }, as in vars.name")
	case len(problems) == 0:
	case isWrapped:
		d.Add(n, CodeExpression, "an expression stands here, without ${ } around it: %s", inner)
	case strings.Contains(text, "{{"):
		d.Add(n, CodeExpression, "a value is named without braces here, as in %s", d.inMark(doubleBraces.FindStringSubmatch(text)))
	default:
		d.reportExpr(n, problems)
	}
}

// unwrapped is a text without what stands around it; ok is false where it does not.
func unwrapped(text, before, after string) (inner string, ok bool) {
	inner, ok = strings.CutPrefix(text, before)
	if !ok || !strings.HasSuffix(inner, after) {
		return "", false
	}
	inner = strings.TrimSpace(strings.TrimSuffix(inner, after))
	return inner, inner != "" && !strings.Contains(inner, before)
}

// inMark is the name in a mark, as it is written here.
func (d *decoder) inMark(m []string) string {
	if m == nil || m[1] == "" {
		return "vars.name"
	}
	if value := d.valueOf(m[1]); value != "" {
		return value
	}
	return "vars." + lastPart(m[1])
}
