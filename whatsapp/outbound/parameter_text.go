package outbound

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxParameterSpaces is how many spaces in a row the text of a template's parameter may have.
// Meta refuses more, and every line break and tab, with error 132018.
const maxParameterSpaces = 4

const wantOneLine = "on one line, without tabs and without more than four spaces in a row"

// ParameterTexts goes over the texts that fill the places of a template, also those of its
// cards: the path of each, and where it stands. Those are the texts of the parameters, and what
// is shown of amounts and dates.
func (t *Template) ParameterTexts() iter.Seq2[string, *string] {
	return func(yield func(string, *string) bool) {
		for at, p := range t.parameters() {
			ok := (p.Text == "" || yield(at.path+".text", &p.Text)) &&
				(p.Currency == nil || yield(at.path+".currency.fallback_value", &p.Currency.FallbackValue)) &&
				(p.DateTime == nil || yield(at.path+".date_time.fallback_value", &p.DateTime.FallbackValue))
			if !ok {
				return
			}
		}
	}
}

// parameterPath is the path of a parameter, and the type of the component that has it.
type parameterPath struct{ path, kind string }

// parameters goes over all parameters of a template, also those of its cards.
func (t *Template) parameters() iter.Seq2[parameterPath, *Parameter] {
	return func(yield func(parameterPath, *Parameter) bool) {
		_ = eachParameter("template.components", t.Components, yield)
	}
}

// eachParameter calls yield with each parameter, until it returns false; it reports whether it never did.
func eachParameter(path string, components []Component, yield func(parameterPath, *Parameter) bool) bool {
	for i := range components {
		s, at := &components[i], item(path, i)
		for j := range s.Parameters {
			if !yield(parameterPath{item(at+".parameters", j), s.kind()}, &s.Parameters[j]) {
				return false
			}
		}
		for j := range s.Cards {
			if !eachParameter(item(at+".cards", j)+".components", s.Cards[j].Components, yield) {
				return false
			}
		}
	}
	return true
}

// FlattenParameter puts a text on one line, as Meta wants the parameters of templates: line
// breaks, tabs and other control characters, and more than four white space characters of any
// kind in a row, become one space, and nothing at the ends. Use it for texts that come from
// variables; what an author wrote is refused instead.
func FlattenParameter(text string) string {
	var b strings.Builder
	for rest := text; rest != ""; {
		blank := rest[:len(rest)-len(strings.TrimLeftFunc(rest, isBlank))]
		rest = rest[len(blank):]
		word := rest[:len(rest)-len(strings.TrimLeftFunc(rest, isWord))]
		rest = rest[len(word):]
		switch atEnd := b.Len() == 0 || rest == "" && word == ""; {
		case !breaksLine(blank) && utf8.RuneCountInString(blank) <= maxParameterSpaces:
			b.WriteString(blank)
		case !atEnd:
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func isWord(r rune) bool { return !isBlank(r) }

// breaksLine reports whether a text has a line break of any kind, a tab or another control
// character.
func breaksLine(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}

// ValidateParameter lists what Meta would refuse, or may refuse, in the text of a template's
// parameter that stands at a path.
func ValidateParameter(path, text string) []Problem {
	c := &checker{}
	checkOneLine(c, path, text)
	return c.problems
}

// checkOneLine refuses the white space that Meta names, and warns of other white space in a row: which
// characters Meta counts as spaces is not known.
func checkOneLine(c *checker, path, text string) {
	switch {
	case breaksLine(text), strings.Contains(text, strings.Repeat(" ", maxParameterSpaces+1)):
		c.value(path, wantOneLine)
	case FlattenParameter(text) != text:
		c.warn(path, wantOneLine)
	}
}
