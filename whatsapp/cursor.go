package whatsapp

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// cursor walks a JSON text that is known to be valid, once, without building a tree: the
// hot path of [Decode]. Each of its readers consumes exactly one value, whatever it is;
// what has the wrong shape is noted and left out.
type cursor struct {
	data []byte
	pos  int
	// problem is the first thing that had the wrong shape; it holds no value.
	problem string
	// updates counts the elements that were read into structs of their own.
	updates int
}

// peek returns the first byte of the next value or mark; 0 at the end.
func (c *cursor) peek() byte {
	for ; c.pos < len(c.data); c.pos++ {
		switch c.data[c.pos] {
		case ' ', '\t', '\r', '\n':
		default:
			return c.data[c.pos]
		}
	}
	return 0
}

// skip steps over one value, without recursion.
func (c *cursor) skip() {
	depth := 0
	for {
		switch c.peek() {
		case 0:
			return
		case '{', '[':
			depth++
			c.pos++
		case '}', ']':
			depth--
			c.pos++
		case ',', ':':
			c.pos++
			continue
		case '"':
			c.pos = endOfString(c.data, c.pos)
		default:
			c.pos = endOfWord(c.data, c.pos)
		}
		if depth == 0 {
			return
		}
	}
}

// value returns the bytes of one value. They belong to the text that is walked.
func (c *cursor) value() json.RawMessage {
	c.peek()
	start := c.pos
	c.skip()
	return c.data[start:c.pos:c.pos]
}

// object calls each with every key of an object; each must consume the value. It is false
// for what is no object, which is skipped.
func (c *cursor) object(each func(key []byte)) bool {
	if c.peek() != '{' {
		c.skip()
		return false
	}
	c.pos++
	for {
		switch c.peek() {
		case 0:
			return true
		case '}':
			c.pos++
			return true
		case ',':
			c.pos++
			continue
		}
		key := c.key()
		c.peek()
		c.pos++ // the colon
		each(key)
	}
}

func (c *cursor) key() []byte {
	start := c.pos
	c.pos = endOfString(c.data, start)
	raw := c.data[start:c.pos]
	if bytes.IndexByte(raw, '\\') >= 0 {
		return []byte(unescape(raw))
	}
	return raw[1 : len(raw)-1]
}

// array calls each for every element; each must consume it. It is false for what is no
// array, which is skipped.
func (c *cursor) array(each func()) bool {
	if c.peek() != '[' {
		c.skip()
		return false
	}
	c.pos++
	for {
		switch c.peek() {
		case 0:
			return true
		case ']':
			c.pos++
			return true
		case ',':
			c.pos++
			continue
		}
		each()
	}
}

// fields reads an object that may be null or missing.
func (c *cursor) fields(name string, each func(key []byte)) {
	if b := c.peek(); b == 'n' || !c.wrong(name, b, '{') {
		c.object(each)
	}
}

// list reads an array that may be null or missing.
func (c *cursor) list(name string, each func()) {
	if b := c.peek(); b == 'n' || !c.wrong(name, b, '[') {
		c.array(each)
	}
}

// wrong notes, and steps over, a value that does not begin as it should.
func (c *cursor) wrong(name string, got, want byte) bool {
	if got == want {
		return false
	}
	c.note(name, "unexpected JSON "+kindOf(got))
	c.skip()
	return true
}

// note keeps the first problem.
func (c *cursor) note(name, problem string) {
	if problem == "" || c.problem != "" {
		return
	}
	if name != "" {
		problem = name + ": " + problem
	}
	c.problem = problem
}

// text reads a string; a number reads as its digits, and null as nothing.
func (c *cursor) text(name string, into *string) {
	switch b := c.peek(); {
	case b == '"':
		*into = c.str()
	case b == '-' || b >= '0' && b <= '9':
		*into = string(c.value())
	case b == 'n':
		c.skip()
	default:
		c.wrong(name, b, '"')
	}
}

// str reads the string that is next.
func (c *cursor) str() string {
	start := c.pos
	c.pos = endOfString(c.data, start)
	raw := c.data[start:c.pos]
	if bytes.IndexByte(raw, '\\') >= 0 {
		return unescape(raw)
	}
	return string(raw[1 : len(raw)-1])
}

// flag reads a boolean, also one that was written as a string.
func (c *cursor) flag(name string, into *bool) {
	switch b := c.peek(); b {
	case 't', 'f':
		*into = b == 't'
		c.skip()
	case 'n':
		c.skip()
	case '"':
		v, err := strconv.ParseBool(c.str())
		*into = v && err == nil
	default:
		c.wrong(name, b, 't')
	}
}

// integer reads a whole number, also one that was written as a string; 0 for all else.
func (c *cursor) integer() FlexInt {
	var n FlexInt
	_ = n.UnmarshalJSON(c.value()) // never fails
	return n
}

// unescape reads a JSON string with escapes.
func unescape(raw []byte) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// endOfString finds where the string that begins at start ends.
func endOfString(raw []byte, start int) int {
	for i := start + 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// endOfWord finds where a number, true, false or null ends; always behind start.
func endOfWord(raw []byte, start int) int {
	for i := start + 1; i < len(raw); i++ {
		switch raw[i] {
		case ',', ':', ']', '}', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return len(raw)
}

// kindOf names a value by its first byte, as encoding/json does.
func kindOf(first byte) string {
	switch first {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	default:
		return "number"
	}
}

// wellFormed returns data with every byte sequence that is not UTF-8 replaced, as the raw
// parts are stored as text later. Good data is returned as it is.
func wellFormed(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	return bytes.ToValidUTF8(data, []byte("\uFFFD"))
}
