package workflows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

// Entry is one line of a transcript.
type Entry = store.Entry

const (
	// pageBytes is the size of a transcript's page, in bytes.
	pageBytes = 64 << 10
	// entryOverhead is what an entry takes beside its body and ids, in bytes.
	entryOverhead = 200
)

// Why a message stands in the transcript unanswered, or a control not done.
const (
	noteTooMany    = "not answered: too many messages were waiting"
	noteUnreadable = "not answered: the envelope could not be read"
	noteTooLate    = "not done, the conversation was closed before"
	noteCallOut    = "not answered: the conversation was closed while a call was out"
	// noteDead says that a message of the bot was given up.
	noteDead = "not delivered: dead letter"
	// noteLost stands where messages that waited in the database are not there any more.
	noteLost = "not answered: the messages that waited in the database are gone"
)

// transcript is what was said, and how often. Its end is kept here, what came before as pages in
// the database.
type transcript struct {
	// tail is what no page holds yet, bytes its size. A run that begins has none.
	tail  []Entry
	bytes int
	// nextPage is the number of the page that the tail is going to be, from 1.
	nextPage int
	// lines are the latest entries for operators.
	lines []string
	counts
}

// counts are of one conversation. Unanswered are messages that the bot was never told of, repeats
// those that had been handled before.
type counts struct{ messages, replies, repeats, unanswered int }

// add appends an entry.
func (t *transcript) add(e Entry) {
	t.tail = append(t.tail, e)
	t.bytes += entrySize(e)
	t.addLine(e)
}

// addUnanswered appends a message that the bot is not told of.
func (t *transcript) addUnanswered(m queued, why string) {
	t.unanswered++
	entry := incomingEntry(m)
	entry.Note = why
	t.add(entry)
}

// addHandled appends the messages that a turn handled, with its notes between them. Duplicates stand
// there already. Deferred messages are appended when they are answered, which they are not when
// the conversation ends.
func (t *transcript) addHandled(handled []queued, r activities.ReplyResult) {
	notes := r.Notes
	for i, m := range handled {
		notes = t.addNotes(notes, i)
		switch {
		case slices.Contains(r.Deferred, i):
			if r.Close != nil {
				t.addUnanswered(m, noteCallOut)
			}
		case slices.Contains(r.Repeats, i):
			t.repeats++
		case m.Control != nil:
			t.add(controlEntry(m, ""))
		case m.Echo:
			t.add(incomingEntry(m))
		default:
			t.messages++
			t.add(incomingEntry(m))
		}
	}
	t.addNotes(notes, len(handled))
}

// addTurn appends what has to be kept of a turn so that the conversation can be run again.
func (t *transcript) addTurn(at time.Time, turn chat.Recorded) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // which would make a contact's text six times as long
	if err := encoder.Encode(turn); err != nil {
		return // not reached: it is made of texts, numbers and times of this century
	}
	t.tail = append(t.tail, Entry{At: at, Direction: store.Turn, Body: bytes.TrimSpace(body.Bytes())})
	t.bytes += entrySize(t.tail[len(t.tail)-1])
}

// addNotes appends the notes that stand behind the first n messages of a turn, and returns the others.
func (t *transcript) addNotes(notes []chat.Note, n int) []chat.Note {
	for len(notes) > 0 && notes[0].After <= n {
		t.addNote(notes[0].At, notes[0].Text)
		notes = notes[1:]
	}
	return notes
}

func (t *transcript) addNote(at time.Time, text string) {
	t.add(Entry{At: at, Direction: store.Note, Note: text})
}

// addSent appends a message of the bot; wamid is WhatsApp's id of it, where it is known.
func (t *transcript) addSent(m activities.Outgoing, how, wamid string) {
	t.add(Entry{
		At: m.At, Direction: store.Out, ID: m.ID, Sequence: m.Sequence, InReplyTo: m.InReplyTo,
		Delivery: how, WAMID: wamid, Body: m.Body,
	})
}

// addLastWords appends the message of the bot that carries the close notice; made is the id that it had
// without it.
func (t *transcript) addLastWords(m activities.Outgoing, made string) {
	t.add(Entry{
		At: m.At, Direction: store.Out, ID: m.ID, Sequence: m.Sequence, InReplyTo: m.InReplyTo,
		Delivery: store.InLedger, Made: made, Body: m.Body,
	})
}

// addDead appends that a message was given up.
func (t *transcript) addDead(lost Parked, at time.Time) {
	t.add(Entry{At: at, Direction: store.Note, ID: lost.ID, Sequence: lost.Sequence, Note: noteDead})
}

// addLine keeps an entry as one of the latest lines.
func (t *transcript) addLine(e Entry) {
	line := "- " + e.At.Format("15:04:05") + " " + speaker(e.Direction) + " "
	if e.Direction == store.Note {
		line += codeSpan(e.Note)
	} else {
		line += codeSpan(visibleText(e))
	}
	t.lines = append(t.lines, line)
	if len(t.lines) > maxLines {
		t.lines = t.lines[1:]
	}
}

// blank reports whether nothing was ever appended.
func (t *transcript) blank() bool { return len(t.tail) == 0 && t.nextPage == 1 }

// pageDue reports whether the tail is long enough for a page.
func (t *transcript) pageDue() bool { return t.bytes >= pageBytes }

// writePage writes the beginning of the tail as a page. It is a regular activity, so that no lookup
// of the same task can find what it wrote.
func (t *transcript) writePage(x *executor, conversation string) {
	input := activities.PageInput{Conversation: conversation, Number: t.nextPage, Entries: t.page()}
	options := ownDatabase(fmt.Sprintf("keep page %d of the transcript", t.nextPage))
	if err := x.regular(options, acts.WritePage, input, nil); err != nil {
		x.pause("WritePage", err)
		return
	}
	t.written(len(input.Entries))
}

// page returns the entries of the next page: as many as make it full, and at least one.
func (t *transcript) page() []Entry {
	size := 0
	for i, e := range t.tail {
		if size += entrySize(e); size >= pageBytes {
			return t.tail[:i+1]
		}
	}
	return t.tail
}

// written drops the first n entries, which a page holds now.
func (t *transcript) written(n int) {
	if n == 0 {
		return
	}
	t.nextPage++
	rest := t.tail[n:]
	t.tail, t.bytes = nil, 0
	for _, e := range rest {
		t.tail = append(t.tail, e)
		t.bytes += entrySize(e)
	}
}

func entrySize(e Entry) int { return len(e.Body) + len(e.ID) + len(e.InReplyTo) + entryOverhead }

func incomingEntry(m queued) Entry {
	entry := Entry{At: m.At, Direction: store.In, ID: m.ID, Type: m.Type, Timestamp: m.Timestamp, Body: m.Message}
	if m.Echo {
		entry.Direction = store.Human
	}
	return entry
}

// controlEntry shows operators which control was applied, or why it was not.
func controlEntry(m queued, suffix string) Entry {
	texts := []string{string(m.Control.Kind), m.Control.Reason, m.Control.Note, suffix}
	texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	return Entry{At: m.At, Direction: store.Note, ID: m.ID, Note: strings.Join(texts, ": ")}
}
