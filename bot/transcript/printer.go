package transcript

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/script"
)

// Printer writes entries as a chat: the bot on the left, the contact on the right, and in a
// margin beside them the rule that the bot applied or the state that speaks.
type Printer struct {
	w     io.Writer
	color bool
	// chatWidth is how many columns the chat has, margin how many the notes beside it.
	chatWidth, margin int
	zone              *time.Location
	// chat is the number of the conversation that was written last, last the kind of the latest
	// entry of it.
	chat int
	last script.EntryKind
}

const (
	minWidth     = 60
	maxChatWidth = 70
	chatShare    = 70 // percent of the width that the chat gets; the rest is margin
	bubbleShare  = 85 // percent of the chat that a message may fill
	indent       = "  "
)

// NewPrinter returns a printer that writes lines of at most width columns (at least 60), with
// colours or without. Times are shown in zone.
func NewPrinter(w io.Writer, width int, color bool, zone *time.Location) *Printer {
	width = max(width, minWidth)
	chat := min(width*chatShare/100, maxChatWidth)
	return &Printer{w: w, color: color, chatWidth: chat, margin: width - chat - 1, zone: zone}
}

// style is how text looks on a terminal with colours: the number of an ANSI escape sequence.
type style string

const (
	plain  style = ""
	faint  style = "2"
	bold   style = "1"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	blue   style = "36"
)

func (p *Printer) paint(text string, as style) string {
	if !p.color || as == plain || text == "" {
		return text
	}
	return "\x1b[" + string(as) + "m" + text + "\x1b[0m"
}

func (p *Printer) line(text string) {
	_, _ = fmt.Fprintln(p.w, strings.TrimRight(text, " "))
}

// Entries writes entries. A rule that the bot applied is written beside the entry before it.
func (p *Printer) Entries(entries []script.Entry) { p.entriesWithFailure(entries, nil) }

// entriesWithFailure writes entries and, below the entry that is wrong, the failure f.
func (p *Printer) entriesWithFailure(entries []script.Entry, f *script.Failure) {
	for i := 0; i < len(entries); i++ {
		first := i
		rule := ""
		if i+1 < len(entries) && takesRule(&entries[i], &entries[i+1]) {
			i++
			rule = entries[i].Text
		}
		p.entry(&entries[first], rule)
		if f != nil && first <= f.Mark && f.Mark <= i {
			p.failure(f)
		}
	}
	if f != nil && f.Mark >= len(entries) {
		p.failure(f)
	}
}

// takesRule reports whether next is a rule that is written beside e. Beside a message of the bot
// stands its state, and an error stands by itself, in full.
func takesRule(e, next *script.Entry) bool {
	return e.Kind != script.EntryTrace && e.Kind != script.EntryBot &&
		next.Kind == script.EntryTrace && next.Edge == nil && !next.Failed && !strings.HasPrefix(next.Text, "error")
}

func (p *Printer) failure(f *script.Failure) {
	p.line(p.paint(Harmless(fmt.Sprintf("✗ line %d: %s", f.Line, f.Step)), red))
	for line := range strings.SplitSeq(f.Problem, "\n") {
		for _, wrapped := range wrapIndented(line, p.chatWidth+p.margin-len(indent)) {
			p.line(indent + p.paint(wrapped, red))
		}
	}
}

func (p *Printer) entry(e *script.Entry, rule string) {
	if e.Chat > 1 && e.Chat != p.chat && p.chat > 0 {
		p.middle("new conversation", "", faint)
	}
	p.chat = e.Chat
	switch e.Kind {
	case script.EntryUser:
		p.right(userMessage(e.Body), rule)
	case script.EntryBot:
		if p.last == script.EntryBot { // an empty line between two messages
			p.line("")
		}
		p.left(botMessage(e.Body), e.State, green)
	case script.EntryPerson:
		p.left([]paragraph{{text: e.Text}}, "a person; "+rule, blue)
	case script.EntryTrace:
		p.trace(e)
	default:
		p.event(e, rule)
	}
	if e.Edge == nil { // an edge is not written
		p.last = e.Kind
	}
}
