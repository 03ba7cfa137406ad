package outbound

import (
	"iter"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chattigo/api-isv/whatsapp"
)

// Validate lists every rule that a message breaks, all at once; none for a good one. Problems
// that are warnings do not keep [Encode] from writing it.
func Validate(s Message) []Problem {
	c := &checker{}
	checkEnvelope(c, &s)
	switch s.Type {
	case whatsapp.TypeText:
		checkText(c, s.Text)
	case whatsapp.TypeImage, whatsapp.TypeAudio, whatsapp.TypeVideo, whatsapp.TypeDocument, whatsapp.TypeSticker:
		checkMedia(c, s.Type, s.media(), mediaRules(s.Type))
	case whatsapp.TypeLocation:
		checkLocation(c, whatsapp.TypeLocation, s.Location)
	case whatsapp.TypeContacts:
		checkContacts(c, s.Contacts)
	case whatsapp.TypeReaction:
		checkReaction(c, s.Reaction)
	case whatsapp.TypeInteractive:
		checkInteractive(c, s.Interactive)
	case TypeTemplate:
		checkTemplate(c, s.Template)
	case TypePin:
		checkPin(c, s.Pin)
	case "":
		c.required("type")
	default:
		c.value("type", "a type of message that can be sent")
	}
	return c.problems
}

// payloads goes over the payloads of a message: the type of each, and whether it is set.
func (s *Message) payloads() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		_ = yield(whatsapp.TypeText, s.Text != nil) &&
			yield(whatsapp.TypeImage, s.Image != nil) &&
			yield(whatsapp.TypeAudio, s.Audio != nil) &&
			yield(whatsapp.TypeVideo, s.Video != nil) &&
			yield(whatsapp.TypeDocument, s.Document != nil) &&
			yield(whatsapp.TypeSticker, s.Sticker != nil) &&
			yield(whatsapp.TypeLocation, s.Location != nil) &&
			yield(whatsapp.TypeContacts, s.Contacts != nil) &&
			yield(whatsapp.TypeReaction, s.Reaction != nil) &&
			yield(whatsapp.TypeInteractive, s.Interactive != nil) &&
			yield(TypeTemplate, s.Template != nil) &&
			yield(TypePin, s.Pin != nil)
	}
}

func (s *Message) media() *Media {
	switch s.Type {
	case whatsapp.TypeImage:
		return s.Image
	case whatsapp.TypeAudio:
		return s.Audio
	case whatsapp.TypeVideo:
		return s.Video
	case whatsapp.TypeDocument:
		return s.Document
	case whatsapp.TypeSticker:
		return s.Sticker
	}
	return nil
}

// checker collects the problems of one message.
type checker struct {
	problems []Problem
}

func (c *checker) add(p Problem) { c.problems = append(c.problems, p) }

func (c *checker) required(path string) { c.add(Problem{Path: path, Rule: RuleRequired}) }

func (c *checker) value(path, want string) {
	c.add(Problem{Path: path, Rule: RuleValue, Want: want})
}

func (c *checker) warn(path, want string) {
	c.add(Problem{Path: path, Rule: RuleValue, Want: want, Warning: true})
}

// leftOut reports a field that must not be set.
func (c *checker) leftOut(set bool, path, unless string) {
	if set {
		c.value(path, "left out"+unless)
	}
}

// oneOf checks that a value is one of a closed set.
func (c *checker) oneOf(path, got string, want ...string) {
	if !slices.Contains(want, got) {
		c.value(path, quoted(want))
	}
}

// quoted lists values as in: "a", "b" or "c".
func quoted(words []string) string {
	marked := make([]string, len(words))
	for i, w := range words {
		marked[i] = strconv.Quote(w)
	}
	last := len(marked) - 1
	if last == 0 {
		return marked[0]
	}
	return strings.Join(marked[:last], ", ") + " or " + marked[last]
}

// atMost checks a text that may be empty.
func (c *checker) atMost(path, text string, limit int) {
	if !utf8.ValidString(text) {
		c.add(Problem{Path: path, Rule: RuleUTF8})
	}
	if len(text) <= limit {
		return
	}
	if n := utf8.RuneCountInString(text); n > limit {
		c.add(Problem{Path: path, Rule: RuleMaxChars, Limit: limit, Found: n})
	} else if n := unitCount(text); n > limit {
		c.add(Problem{Path: path, Rule: RuleMaxUnits, Limit: limit, Found: n, Warning: true})
	}
}

// safely warns of a text that is longer than a figure of another source, below the limit.
func (c *checker) safely(path, text string, safe, limit int) {
	if n := utf8.RuneCountInString(text); n > safe && n <= limit {
		c.add(Problem{Path: path, Rule: RuleMaxChars, Limit: safe, Found: n, Warning: true})
	}
}

// needed checks a text that must be there and not blank.
func (c *checker) needed(path, text string, limit int) {
	if strings.TrimSpace(text) == "" {
		c.required(path)
		return
	}
	c.atMost(path, text, limit)
}

// present checks a text without a documented limit.
func (c *checker) present(path, text string) {
	const unlimited = 1 << 30
	c.needed(path, text, unlimited)
}

// count checks the length of a list.
func (c *checker) count(path string, n, least, most int) {
	if n < least {
		c.add(Problem{Path: path, Rule: RuleMinItems, Limit: least, Found: n})
	}
	if n > most {
		c.add(Problem{Path: path, Rule: RuleMaxItems, Limit: most, Found: n})
	}
}

// id checks the id of a choice, which comes back when it is tapped.
func (c *checker) id(path, id string, limit int, ids seen) {
	c.needed(path, id, limit)
	if id != strings.TrimSpace(id) {
		c.add(Problem{Path: path, Rule: RuleTrimmed})
	}
	if ids.repeated(id) {
		c.add(Problem{Path: path, Rule: RuleUnique})
	}
}

// seen is a set of texts, of ids or titles that must differ.
type seen map[string]bool

// repeated reports whether the text was seen before; an empty one never was.
func (s seen) repeated(text string) bool {
	before := s[text]
	s[text] = true
	return before && text != ""
}

// item is the path of an element.
func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// webLink reports whether a text is an http or https address.
func webLink(link string) bool {
	u, err := url.Parse(link)
	return err == nil && utf8.ValidString(link) && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// checkButtonLink checks the address that a button opens: a name, not a bare IP address.
func checkButtonLink(c *checker, path, link string) {
	switch {
	case link == "":
		c.required(path)
		return
	case !webLink(link):
		c.value(path, "an http or https address")
		return
	}
	if u, err := url.Parse(link); err == nil {
		if _, err := netip.ParseAddr(u.Hostname()); err == nil {
			c.value(path, "an address with a host name, not an IP address")
		}
	}
	c.safely(path, link, safeURL, len(link))
}
