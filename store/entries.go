package store

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/chattigo/api-isv/whatsapp"
)

// entryStart begins each entry as Page.encode writes it, shortestEntry is the least length of one in bytes.
const (
	entryStart    = `{"at":"`
	shortestEntry = 40
)

// decodeEntries reads the entries of a page as json.Unmarshal does. Their bodies are parts of the text,
// which must not be changed afterwards.
func decodeEntries(text []byte) ([]Entry, error) {
	r := entryReader{text: text}
	if entries, ok := r.entries(); ok {
		return entries, nil
	}
	var entries []Entry
	err := json.Unmarshal(text, &entries)
	return entries, err
}

// entryReader reads entries in the form in which Page.encode writes them, in a fraction of the time that
// json.Unmarshal takes: it looks at most bytes of a body once, and copies none. Any other form, and what is
// no JSON, fails: json.Unmarshal has to read it.
type entryReader struct {
	text     []byte
	position int
	failed   bool
}

// entries reads the whole text.
func (r *entryReader) entries() (all []Entry, ok bool) {
	r.expect('[')
	if r.skip(']') {
		return []Entry{}, !r.failed && r.position == len(r.text)
	}
	// A body may hold the same text: then there is room for more.
	all = make([]Entry, 0, min(bytes.Count(r.text, []byte(entryStart)), len(r.text)/shortestEntry))
	for more := true; more && !r.failed; more = r.skip(',') {
		all = append(all, Entry{})
		r.entry(&all[len(all)-1])
	}
	r.expect(']')
	return all, !r.failed && r.position == len(r.text)
}

func (r *entryReader) entry(e *Entry) {
	r.expect('{')
	for more := true; more && !r.failed; more = r.skip(',') {
		key := r.quoted()
		r.expect(':')
		r.field(e, key)
	}
	r.expect('}')
}

// field reads the value of a key.
func (r *entryReader) field(e *Entry, key []byte) {
	switch string(key) {
	case `"at"`:
		r.check(e.At.UnmarshalJSON(r.quoted()) == nil)
	case `"direction"`:
		e.Direction = Direction(r.word())
	case `"id"`:
		e.ID = r.string()
	case `"type"`:
		e.Type = r.word()
	case `"timestamp"`:
		e.Timestamp = r.number()
	case `"sequence"`:
		e.Sequence = int(r.number())
	case `"inReplyTo"`:
		e.InReplyTo = r.string()
	case `"delivery"`:
		e.Delivery = r.word()
	case `"made"`:
		e.Made = r.string()
	case `"wamid"`:
		e.WAMID = r.string()
	case `"note"`:
		e.Note = r.string()
	case `"body"`:
		e.Body = r.value()
	default:
		r.failed = true
	}
}

func (r *entryReader) check(ok bool) { r.failed = r.failed || !ok }

// skip steps over a byte if it is the next one.
func (r *entryReader) skip(next byte) bool {
	if r.position < len(r.text) && r.text[r.position] == next {
		r.position++
		return true
	}
	return false
}

func (r *entryReader) expect(next byte) { r.check(r.skip(next)) }

// quoted reads a string with its quotes.
func (r *entryReader) quoted() []byte {
	start := r.position
	r.expect('"')
	r.endOfString()
	return r.text[start:r.position]
}

// endOfString steps behind the quotes at the end of a string.
func (r *entryReader) endOfString() {
	for r.position < len(r.text) {
		end := bytes.IndexByte(r.text[r.position:], '"')
		if end < 0 {
			break
		}
		r.position += end + 1
		if !r.isEscaped(r.position - 1) {
			return
		}
	}
	r.failed = true
}

// isEscaped reports whether an odd number of backslashes stands before a byte.
func (r *entryReader) isEscaped(i int) bool {
	start := i
	for i > 0 && r.text[i-1] == '\\' {
		i--
	}
	return (start-i)%2 == 1
}

// string reads a string.
func (r *entryReader) string() string {
	raw := r.quoted()
	if r.failed {
		return ""
	}
	for _, c := range raw {
		if c < ' ' || c == '\\' || c >= 0x80 {
			var text string
			r.check(json.Unmarshal(raw, &text) == nil)
			return text
		}
	}
	return string(raw[1 : len(raw)-1])
}

// word reads a string as string does, the usual ones without allocating them.
func (r *entryReader) word() string {
	start := r.position
	switch string(r.quoted()) {
	case `"in"`:
		return string(In)
	case `"out"`:
		return string(Out)
	case `"turn"`:
		return string(Turn)
	case `"text"`:
		return whatsapp.TypeText
	case `"interactive"`:
		return whatsapp.TypeInteractive
	case `"delivered"`:
		return DeliveredAtOnce
	}
	r.position = start
	return r.string()
}

// number reads a number that is not negative.
func (r *entryReader) number() int64 {
	start := r.position
	for r.position < len(r.text) && r.text[r.position] >= '0' && r.text[r.position] <= '9' {
		r.position++
	}
	raw := r.text[start:r.position]
	n, err := strconv.ParseInt(string(raw), 10, strconv.IntSize)
	r.check(err == nil && (raw[0] != '0' || len(raw) == 1))
	return n
}

// value reads an object or an array.
func (r *entryReader) value() json.RawMessage {
	start, depth := r.position, 0
	for more := true; more && !r.failed; more = depth > 0 {
		r.check(r.position < len(r.text))
		if r.failed {
			return nil
		}
		next := r.text[r.position]
		r.position++
		switch next {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			r.endOfString()
		}
	}
	return r.text[start:r.position:r.position]
}
