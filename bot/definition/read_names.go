package definition

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hours"
	"github.com/chattigo/api-isv/bot/tree"
)

// How many names a definition may have, as in the published schema of bot/v1.
const (
	maxVars    = 100
	maxHours   = 50
	maxStrings = 2000
	maxSpans   = 10  // of opening hours in one day
	maxClosed  = 400 // days: more than a year of them
	// maxSize bounds what a variable declares to hold at most: all of them together have 24 KiB.
	maxSize = 24 << 10
)

// nameReader reads what expressions may name or depend on: variables, strings, opening hours, the
// languages and the time zone.
type nameReader struct{ *decoder }

// vars reads the declarations of variables: their types and sizes, which are private, and which are kept.
func (d nameReader) vars(n *yaml.Node, b *Bot) {
	b.Vars, b.Private, b.Kept, b.Most = map[string]expr.Type{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	if len(n.Content)/2 > maxVars {
		d.Add(n, CodeTooLarge, "a bot may have at most %d variables", maxVars)
		return
	}
	d.Entries(n, "vars", func(key, value *yaml.Node) {
		if name, ok := d.glued(key, identForm); ok {
			b.Vars[name] = expr.Any
			return
		}
		name := d.word(key, "the name of a variable", identForm)
		b.Vars[name] = expr.Any // so that what is wrong with it is reported here only
		d.Object(value, "a variable", tree.Fields{
			"type": func(n *yaml.Node) {
				b.Vars[name] = expr.Type(d.OneOf(n, "type", "string", "int", "number", "bool", "date", "timestamp", "list", "map"))
			},
			"pii": func(n *yaml.Node) {
				if d.Boolean(n, "pii") {
					b.Private[name] = true
				}
			},
			"max": func(n *yaml.Node) { b.Most[name] = d.Integer(n, "max", 1, maxSize) },
			"keep": func(n *yaml.Node) {
				if d.OneOf(n, "keep", "contact") != "" {
					b.Kept[name] = true
				}
			},
		}, "type")
		if most := tree.Child(value, "max"); most != nil && b.Vars[name] != "" && !b.Vars[name].Sized() {
			d.Add(most, CodeValue, "only a string, a list and a map have a size; leave max out")
		}
	})
}

// strings reads {key: {language: text}}. Each key needs a text in every language of the bot, so that
// the bot has something to say in all of them.
func (d nameReader) strings(n *yaml.Node, languages []string) map[string]map[string]string {
	all := map[string]map[string]string{}
	if len(n.Content)/2 > maxStrings {
		d.Add(n, CodeTooLarge, "a bot may have at most %d strings", maxStrings)
		return all
	}
	if len(languages) == 0 {
		d.Add(n, CodeMissingKey, "strings need the key languages, which says which ones the bot speaks")
	}
	d.Entries(n, "strings", func(key, value *yaml.Node) {
		all[key.Value] = d.translations(key, value, languages)
	})
	return all
}

// translations reads one string: {language: text}.
func (d nameReader) translations(key, value *yaml.Node, languages []string) map[string]string {
	texts := map[string]string{}
	if tree.IsText(value) {
		d.Add(value, CodeType, "the string %q needs a text for each language: {%s: %s}", key.Value, firstOr(languages, "es"), tree.Quote(value.Value))
		return texts
	}
	before := len(d.Problems)
	d.Entries(value, "a string", func(language, text *yaml.Node) {
		texts[d.word(language, "a language", languageForm)], _ = d.Text(text, "a string")
		d.cutByComment(text)
		if strings.Contains(text.Value, "${") {
			d.WarnAt(tree.PlaceOf(text), CodePlaceholder, "the texts under strings are said as they stand, ${ too; put the value into the message, beside ${t('%s')}", key.Value)
		}
	})
	if tree.Fatal(d.Problems[before:]) {
		return texts // which may be why a language is missing
	}
	for _, language := range languages {
		if _, ok := texts[language]; !ok && languageForm.match.MatchString(language) {
			d.Add(key, CodeMissingString, "the string %q has no text in %q, one of the bot's languages", key.Value, language)
		}
	}
	return texts
}

// firstOr is the first of some texts, or another one if there are none.
func firstOr(texts []string, otherwise string) string {
	if len(texts) == 0 {
		return otherwise
	}
	return texts[0]
}

// hours reads opening hours, each under a name.
func (d nameReader) hours(n *yaml.Node, zone *time.Location) map[string]*hours.Schedule {
	all := map[string]*hours.Schedule{}
	if len(n.Content)/2 > maxHours {
		d.Add(n, CodeTooLarge, "a bot may have at most %d opening hours", maxHours)
		return all
	}
	if zone == nil && !d.names.Timezone {
		d.Add(n, CodeTimezone, `opening hours need the key timezone, such as "America/Santiago"`)
	}
	if zone == nil {
		zone = time.UTC
	}
	d.Entries(n, "hours", func(key, value *yaml.Node) {
		all[d.word(key, "the name of opening hours", identForm)] = d.schedule(value, zone)
	})
	return all
}

// schedule reads the weekly hours and the closed days under one name.
func (d nameReader) schedule(n *yaml.Node, zone *time.Location) *hours.Schedule {
	week := hours.NewWeek(zone)
	d.Object(n, "opening hours", tree.Fields{
		"weekly": func(n *yaml.Node) { d.weekly(n, week) },
		"closed": func(n *yaml.Node) { d.closed(n, week) },
	}, "weekly")
	return week.Schedule()
}

func (d nameReader) weekly(n *yaml.Node, week *hours.Week) {
	d.Entries(n, "weekly", func(key, value *yaml.Node) {
		days, err := hours.ParseDays(key.Value)
		if err == nil {
			err = week.Name(days)
		}
		if err != nil {
			d.Add(key, CodeHours, "%s", err.Error())
			return
		}
		d.List(value, "the hours of a day", maxSpans, func(item *yaml.Node) {
			if text, ok := d.Text(item, "hours"); ok {
				d.span(item, text, days, week)
			}
		})
	})
}

func (d nameReader) span(n *yaml.Node, text string, days []time.Weekday, week *hours.Week) {
	span, err := hours.ParseSpan(text)
	if err == nil {
		err = week.Add(days, span)
	}
	if err != nil {
		d.Add(n, CodeHours, "%s", err.Error())
	}
}

func (d nameReader) closed(n *yaml.Node, week *hours.Week) {
	d.List(n, "closed", maxClosed, func(item *yaml.Node) {
		text, ok := d.Text(item, "a closed day")
		if !ok {
			return
		}
		day, err := hours.ParseDay(text)
		if err == nil {
			err = week.Close(day)
		}
		if err != nil {
			d.Add(item, CodeHours, "%s", err.Error())
		}
	})
}

func (d nameReader) timezone(n *yaml.Node) *time.Location {
	name, ok := d.Text(n, "timezone")
	if !ok {
		return nil
	}
	zone, err := hours.Zone(name)
	if err != nil {
		d.Add(n, CodeValue, `there is no time zone %q; %s`, name, zoneHint(name))
	}
	return zone
}

// zoneHint names a time zone that may be meant by the name of a city, or shows how one is written.
func zoneHint(name string) string {
	city := strings.ReplaceAll(strings.TrimSpace(name), " ", "_")
	for _, region := range []string{"America", "America/Argentina", "Europe", "Atlantic", "Pacific"} {
		if zone := region + "/" + city; city != "" && !strings.Contains(city, "/") {
			if _, err := hours.Zone(zone); err == nil {
				return "did you mean " + zone + "?"
			}
		}
	}
	return `write one such as "America/Santiago"`
}

func (d nameReader) languages(n *yaml.Node) []string {
	var all []string
	if tree.IsText(n) {
		all = append(all, n.Value) // so that it is reported only that it is no list
	}
	d.List(n, "languages", 20, func(item *yaml.Node) {
		all = append(all, d.word(item, "a language", languageForm))
	})
	return all
}
