package transcript

import (
	"fmt"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// trace writes an error of the bot, or a rule that has no entry to stand beside. Edges are left
// out: the states beside the messages show which way the bot took.
func (p *Printer) trace(e *script.Entry) {
	switch {
	case e.Edge != nil:
	case e.Failed || strings.HasPrefix(e.Text, "error"):
		p.wrapped("! ", e.Text, red)
	case columns(e.Text) > p.margin:
		p.wrapped("· ", e.Text, faint)
	default:
		p.middle("", e.Text, faint)
	}
}

// wrapped writes a text that has to be read whole over the width of chat and margin, in as many lines
// as it takes.
func (p *Printer) wrapped(lead, text string, as style) {
	for _, line := range wrap(text, p.chatWidth+p.margin-len(indent)-columns(lead)) {
		p.line(indent + p.paint(lead+line, as))
		lead = strings.Repeat(" ", columns(lead))
	}
}

// event writes an entry that is neither a message nor a trace.
func (p *Printer) event(e *script.Entry, rule string) {
	switch e.Kind {
	case script.EntryWait:
		p.middle(fmt.Sprintf("⏳ %s pass, until %s", script.FormatDuration(e.Wait), p.clock(e.At.Add(e.Wait))), rule, yellow)
	case script.EntryTimer:
		p.middle(fmt.Sprintf("⏰ %s", p.clock(e.At)), strings.TrimPrefix(rule+" ("+e.Timer+")", " "), yellow)
	case script.EntryCall:
		p.call(e, rule)
	case script.EntryHandoff:
		p.middle("☎ handed off to "+e.Handoff.To, rule, blue)
		if e.Handoff.Note != "" {
			p.middle("  "+e.Handoff.Note, "", faint)
		}
	case script.EntryControl:
		p.middle(strings.TrimSpace("operator: "+string(e.Control)+" "+e.Text), rule, blue)
	case script.EntryOptOut:
		p.middle(optOutText(e.OptOut), rule, blue)
	case script.EntryClosed:
		p.middle(closedText(e.Close), rule, bold)
	default:
		p.note(e.Text, rule)
	}
}

// note writes a remark, of which all can be read.
func (p *Printer) note(text, rule string) {
	if columns("· "+text) <= p.chatWidth-len(indent) {
		p.middle("· "+text, rule, faint)
		return
	}
	p.wrapped("· ", text, faint)
	if rule != "" {
		p.middle("", rule, faint)
	}
}

func optOutText(out bool) string {
	if out {
		return "wants no more notices"
	}
	return "wants notices again"
}

func closedText(c *bot.Close) string {
	if c.Notice {
		return "■ closed: " + c.Reason
	}
	return "■ closed: " + c.Reason + ", without notice"
}

// call writes an HTTP call of the bot and what each attempt got.
func (p *Printer) call(e *script.Entry, rule string) {
	lead, state := "⇄ ", e.State
	for _, target := range chunks(e.Call.Method+" "+e.Call.URL, p.chatWidth-2*len(indent)) {
		p.middle(lead+target, state, yellow)
		lead, state = indent, ""
	}
	if len(e.Call.Body) > 0 {
		p.middle("  "+string(e.Call.Body), "", faint)
	}
	for _, a := range e.Answers {
		p.middle("  ← "+response(a), rule, faint)
		rule = ""
	}
}

func response(a script.Answer) string {
	if a.Error != "" {
		return a.Error
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, a.Body))
}

// Timer writes when a timer will fire.
func (p *Printer) Timer(t bot.Timer, now time.Time) {
	p.middle(fmt.Sprintf("… %s in %s", p.clock(t.At), longDuration(t.At.Sub(now))), string(t.Kind)+" timer", faint)
}

// clock is the weekday and the time of day, with seconds unless they are zero.
func (p *Printer) clock(at time.Time) string {
	at = at.In(p.zone)
	if at.Second() != 0 {
		return at.Format("Mon 15:04:05")
	}
	return at.Format("Mon 15:04")
}

// longDuration writes a duration without the units that are zero at its end: 1h30m.
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
