package script

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// Printer writes transcripts as a chat: the bot on the left, the contact on the right, and
// beside them the rule that was applied and the state that speaks.
type Printer struct {
	w     io.Writer
	color bool
	// area is how many columns the chat has, margin those for what stands beside it.
	area, margin int
	zone         *time.Location
	// chat and last are those of the entry before.
	chat int
	last EntryKind
}

const (
	leastWidth  = 60
	mostArea    = 70
	bubbleShare = 85 // percent of the area that a message may take
	indent      = "  "
)

// NewPrinter writes lines of at most so many columns (at least 60), with colours or without.
// Times are shown in the zone.
func NewPrinter(w io.Writer, width int, color bool, zone *time.Location) *Printer {
	width = max(width, leastWidth)
	area := min(width*7/10, mostArea)
	return &Printer{w: w, color: color, area: area, margin: width - area - 1, zone: zone}
}

// paint is how a piece of a line looks on a terminal with colours.
type paint string

const (
	plain  paint = ""
	faint  paint = "2"
	bold   paint = "1"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
	blue   paint = "36"
)

func (p *Printer) paint(text string, as paint) string {
	if !p.color || as == plain || text == "" {
		return text
	}
	return "\x1b[" + string(as) + "m" + text + "\x1b[0m"
}

func (p *Printer) line(text string) {
	_, _ = fmt.Fprintln(p.w, strings.TrimRight(text, " "))
}

// Entries writes a part of a transcript. A trace is written beside what it follows.
func (p *Printer) Entries(entries []Entry) { p.marked(entries, nil) }

// marked writes a transcript and the failure at its place.
func (p *Printer) marked(entries []Entry, f *Failure) {
	for i := 0; i < len(entries); i++ {
		at := i
		rule := ""
		if e := &entries[i]; e.Kind != EntryTrace && e.Kind != EntryBot && i+1 < len(entries) {
			if next := &entries[i+1]; next.Kind == EntryTrace && next.Edge == nil {
				rule = next.Text
				i++
			}
		}
		p.entry(&entries[at], rule)
		if f != nil && at <= f.Mark && f.Mark <= i {
			p.failure(f)
		}
	}
	if f != nil && f.Mark >= len(entries) {
		p.failure(f)
	}
}

func (p *Printer) failure(f *Failure) {
	p.line(p.paint(harmless(fmt.Sprintf("✗ line %d: %s", f.Line, f.Step)), red))
	for line := range strings.SplitSeq(f.Problem, "\n") {
		for _, piece := range wrapKeeping(line, p.area+p.margin-len(indent)) {
			p.line(indent + p.paint(piece, red))
		}
	}
}

// wrapKeeping wraps a line whose indentation has a meaning.
func wrapKeeping(line string, limit int) []string {
	text := strings.TrimLeft(line, " ")
	lead := line[:len(line)-len(text)]
	pieces := wrap(text, limit-len(lead))
	for i := range pieces {
		pieces[i] = lead + pieces[i]
	}
	return pieces
}

func (p *Printer) entry(e *Entry, rule string) {
	if e.Chat > 1 && e.Chat != p.chat && p.chat > 0 {
		p.middle("new conversation", "", faint)
	}
	p.chat = e.Chat
	if e.Edge == nil {
		defer func() { p.last = e.Kind }()
	}
	switch e.Kind {
	case EntryUser:
		p.right(inbound(e.Body), rule)
	case EntryBot:
		if p.last == EntryBot { // one message begins where another ends
			p.line("")
		}
		p.left(outbound(e.Body), e.State, green)
	case EntryPerson:
		p.left([]part{{text: e.Text}}, "a person; "+rule, blue)
	case EntryTrace:
		p.trace(e)
	default:
		p.event(e, rule)
	}
}

// trace writes a rule that stands beside nothing, but not the ways that were taken: the states
// beside the messages tell them. Errors must not be overlooked.
func (p *Printer) trace(e *Entry) {
	switch {
	case e.Edge != nil:
	case strings.HasPrefix(e.Text, "error"):
		p.middle("! "+e.Text, "", red)
	default:
		p.middle("", e.Text, faint)
	}
}

// event writes what is no message.
func (p *Printer) event(e *Entry, rule string) {
	switch e.Kind {
	case EntryWait:
		p.middle(fmt.Sprintf("⏳ %s pass, until %s", shortDuration(e.Wait), p.clock(e.At.Add(e.Wait))), rule, yellow)
	case EntryTimer:
		p.middle(fmt.Sprintf("⏰ %s", p.clock(e.At)), strings.TrimPrefix(rule+" ("+e.Timer+")", " "), yellow)
	case EntryCall:
		p.call(e, rule)
	case EntryHandoff:
		p.middle("☎ handed off to "+e.Handoff.To, rule, blue)
		if e.Handoff.Note != "" {
			p.middle("  "+e.Handoff.Note, "", faint)
		}
	case EntryControl:
		p.middle(strings.TrimSpace("operator: "+string(e.Control)+" "+e.Text), rule, blue)
	case EntryOptOut:
		p.middle(map[bool]string{true: "wants no more notices", false: "wants notices again"}[e.OptOut], rule, blue)
	case EntryClosed:
		p.middle("■ closed: "+e.Close.Reason+map[bool]string{true: "", false: ", without notice"}[e.Close.Notice], rule, bold)
	default:
		p.middle("· "+e.Text, rule, faint)
	}
}

func (p *Printer) call(e *Entry, rule string) {
	state := e.State
	for i, piece := range chunks(e.Call.Method+" "+e.Call.URL, p.area-2*len(indent)) {
		p.middle([]string{"⇄ ", indent}[min(i, 1)]+piece, state, yellow)
		state = ""
	}
	if len(e.Call.Body) > 0 {
		p.middle("  "+string(e.Call.Body), "", faint)
	}
	for _, a := range e.Answers {
		p.middle("  ← "+a.brief(), rule, faint)
		rule = ""
	}
}

func (a Answer) brief() string {
	if a.Error != "" {
		return a.Error
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, a.Body))
}

// clock is the time of day, with the seconds where they say something.
func (p *Printer) clock(at time.Time) string {
	at = at.In(p.zone)
	if at.Second() != 0 {
		return at.Format("Mon 15:04:05")
	}
	return at.Format("Mon 15:04")
}

// shortDuration writes a duration as a test file has it.
func shortDuration(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= u.unit && d%u.unit == 0 {
			return fmt.Sprintf("%d%s", d/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// Timer writes when a timer will go off.
func (p *Printer) Timer(t bot.Timer, now time.Time) {
	p.middle(fmt.Sprintf("… %s in %s", p.clock(t.At), longDuration(t.At.Sub(now))), string(t.Kind)+" timer", faint)
}

// longDuration writes a duration in as many units as it has: 1h30m.
func longDuration(d time.Duration) string {
	d = d.Round(time.Second)
	text := d.String()
	if d != 0 && d%time.Minute == 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if d != 0 && d%time.Hour == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
