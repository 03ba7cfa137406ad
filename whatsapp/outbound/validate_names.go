package outbound

import (
	"regexp"
	"strings"
)

const lowercase = "abcdefghijklmnopqrstuvwxyz0123456789_"

// checkPlaceNames checks the names of the placeholders of a component.
func checkPlaceNames(c *checker, at string, parameters []Parameter) {
	names := seen{}
	for i, p := range parameters {
		path := item(at+".parameters", i) + ".parameter_name"
		c.atMost(path, p.ParameterName, maxParameterName)
		if strings.Trim(p.ParameterName, lowercase) != "" {
			c.value(path, "of small letters, digits and _")
		}
		if names.repeated(p.ParameterName) {
			c.add(Problem{Path: path, Rule: RuleUnique})
		}
	}
}

// checkAllNamed checks that the placeholders of a template have either names or numbers, in all of its
// headers and bodies, those of cards too. Its buttons and media have no names.
func checkAllNamed(c *checker, t *Template) {
	var unnamed []string
	names := false
	for at, p := range t.parameters() {
		switch {
		case !p.hasPlace(at.kind):
		case p.ParameterName != "":
			names = true
		default:
			unnamed = append(unnamed, at.path)
		}
	}
	if !names {
		return
	}
	for _, path := range unnamed {
		c.value(path+".parameter_name", "there: the parameters of a template are all named or all numbered")
	}
}

// hasPlace reports whether a parameter fills a placeholder in a text, which has a name or a number.
func (p *Parameter) hasPlace(component string) bool {
	inText := component == componentHeader || component == componentBody
	return inText && (p.Type == "text" || p.Type == "currency" || p.Type == "date_time")
}

// languageCode has the form of all codes in Meta's list of the languages of templates.
var languageCode = regexp.MustCompile(`^[a-z]{2,3}(_([A-Z]{2}|[0-9]{3}))?$`)

// checkLanguage only warns of a code of another form: Meta's list may grow.
func checkLanguage(c *checker, path, code string) {
	c.present(path, code)
	if strings.TrimSpace(code) != "" && !languageCode.MatchString(code) {
		c.warn(path, "a code such as es or es_CL")
	}
}
