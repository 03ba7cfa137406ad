package whatsapp

import "github.com/chattigo/api-isv/whatsapp/internal/jsonwalk"

// cursor reads the body of a webhook tolerantly: a value of the wrong shape is reported as a problem
// and left out.
type cursor struct {
	jsonwalk.Cursor
	// problem is the first value that had the wrong shape; it holds nothing of the value.
	problem string
	// updates counts the messages, statuses and other list elements that were decoded or counted.
	updates int
}

func newCursor(data []byte) *cursor { return &cursor{Cursor: jsonwalk.New(data)} }

// fields reads an object that may be null or missing.
func (c *cursor) fields(name string, each func(key []byte)) {
	if b := c.Peek(); b == 'n' || !c.wrong(name, b, '{') {
		c.Object(each)
	}
}

// list reads an array that may be null or missing.
func (c *cursor) list(name string, each func()) {
	if b := c.Peek(); b == 'n' || !c.wrong(name, b, '[') {
		c.Array(each)
	}
}

// null reports whether the next value is null, and steps over it then.
func (c *cursor) null() bool {
	if c.Peek() != 'n' {
		return false
	}
	c.Skip()
	return true
}

// wrong reports whether a value does not begin as it should, and skips it then.
func (c *cursor) wrong(name string, got, want byte) bool {
	if got == want {
		return false
	}
	c.report(name, "unexpected JSON "+kindOf(got))
	c.Skip()
	return true
}

// report keeps the first problem.
func (c *cursor) report(name, problem string) {
	if problem == "" || c.problem != "" {
		return
	}
	if name != "" {
		problem = name + ": " + problem
	}
	c.problem = problem
}

// text reads a string; a number reads as its digits, and null as the empty string.
func (c *cursor) text(name string, into *string) {
	switch b := c.Peek(); {
	case b == '"':
		*into = c.String()
	case jsonwalk.IsNumber(b):
		*into = string(c.Value())
	case b == 'n':
		c.Skip()
	default:
		c.wrong(name, b, '"')
	}
}

// integer reads a whole number, also one that was written as a string; 0 for all else.
func (c *cursor) integer() FlexInt {
	var n FlexInt
	_ = n.UnmarshalJSON(c.Value()) // never fails
	return n
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
