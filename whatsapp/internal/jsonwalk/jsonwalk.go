// Package jsonwalk walks a JSON text once, without building a tree of it: the decoder of webhooks
// and the strict parser of messages read with it. It imports nothing of ours. Start reading at
// [Cursor].
package jsonwalk

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Cursor is a position in a JSON text that is known to be valid. Each of its readers consumes exactly
// one value, whatever it is.
type Cursor struct {
	data     []byte
	position int
}

// New is a cursor at the beginning of a valid JSON text, which must not be changed afterwards.
func New(data []byte) Cursor { return Cursor{data: data} }

// Peek returns the first byte of the next value or mark; 0 at the end.
func (c *Cursor) Peek() byte {
	for ; c.position < len(c.data); c.position++ {
		switch c.data[c.position] {
		case ' ', '\t', '\r', '\n':
		default:
			return c.data[c.position]
		}
	}
	return 0
}

// Skip steps over one value, without recursion.
func (c *Cursor) Skip() {
	depth := 0
	for {
		switch c.Peek() {
		case 0:
			return
		case '{', '[':
			depth++
			c.position++
		case '}', ']':
			depth--
			c.position++
		case ',', ':':
			c.position++
			continue
		case '"':
			c.position = EndOfString(c.data, c.position)
		default:
			c.position = EndOfWord(c.data, c.position)
		}
		if depth == 0 {
			return
		}
	}
}

// Value returns the bytes of one value, which are part of the text of the cursor.
func (c *Cursor) Value() json.RawMessage {
	start := c.Start()
	c.Skip()
	return c.Since(start)
}

// Start is where the next value begins.
func (c *Cursor) Start() int {
	c.Peek()
	return c.position
}

// Since returns the bytes from start up to the cursor, which are part of its text.
func (c *Cursor) Since(start int) json.RawMessage {
	return c.data[start:c.position:c.position]
}

// Object calls each with every key of an object; each must consume the value. It is false for a value
// that is no object, which is skipped.
func (c *Cursor) Object(each func(key []byte)) bool {
	if c.Peek() != '{' {
		c.Skip()
		return false
	}
	c.position++
	for {
		switch c.Peek() {
		case 0:
			return true
		case '}':
			c.position++
			return true
		case ',':
			c.position++
			continue
		}
		key := c.key()
		c.Peek()
		c.position++ // the colon
		each(key)
	}
}

func (c *Cursor) key() []byte {
	raw := c.quoted()
	if bytes.IndexByte(raw, '\\') >= 0 {
		return []byte(unescape(raw))
	}
	return raw[1 : len(raw)-1]
}

// Array calls each for every element; each must consume it. It is false for a value that is no array,
// which is skipped.
func (c *Cursor) Array(each func()) bool {
	if c.Peek() != '[' {
		c.Skip()
		return false
	}
	c.position++
	for {
		switch c.Peek() {
		case 0:
			return true
		case ']':
			c.position++
			return true
		case ',':
			c.position++
			continue
		}
		each()
	}
}

// String reads the string that is next.
func (c *Cursor) String() string {
	raw := c.quoted()
	if bytes.IndexByte(raw, '\\') >= 0 {
		return unescape(raw)
	}
	return string(raw[1 : len(raw)-1])
}

// quoted returns the string that is next with its quotes.
func (c *Cursor) quoted() []byte {
	start := c.position
	c.position = EndOfString(c.data, start)
	return c.data[start:c.position]
}

// unescape reads a JSON string with escapes.
func unescape(raw []byte) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// EndOfString returns where the string that begins at start ends.
func EndOfString(raw []byte, start int) int {
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

// EndOfWord returns where the number, true, false or null that begins at start ends; always behind
// start.
func EndOfWord(raw []byte, start int) int {
	for i := start + 1; i < len(raw); i++ {
		switch raw[i] {
		case ',', ':', ']', '}', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return len(raw)
}

// IsNumber reports whether a value that begins with this byte is a number.
func IsNumber(first byte) bool { return first == '-' || first >= '0' && first <= '9' }

// Unquote strips the quotes of a JSON string without escapes, such as a number that was written as a
// string.
func Unquote(raw []byte) []byte { return bytes.TrimSpace(bytes.Trim(raw, `"`)) }

// ValidUTF8 replaces every byte sequence that is not UTF-8 by U+FFFD, because parts of the text are
// stored as text later. A text without any is returned as it is.
func ValidUTF8(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	return bytes.ToValidUTF8(text, []byte("\uFFFD"))
}
