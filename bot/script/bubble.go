package script

import "strings"

const (
	leftBar  = "▌ "
	rightBar = " ▐"
)

// bubbleWidth is how wide the text of a message may be.
func (p *Printer) bubbleWidth() int {
	return p.area*bubbleShare/100 - len(indent) - columns(leftBar)
}

// left writes a message of the bot, or of a person of the business.
func (p *Printer) left(parts []part, note string, bar paint) {
	for _, part := range parts {
		beside := part.note
		if beside == "" {
			beside, note = note, ""
		}
		for _, text := range wrap(part.text, p.bubbleWidth()) {
			width := columns(indent) + columns(leftBar) + columns(text)
			p.beside(indent+p.paint(leftBar, bar)+p.paint(text, part.paint()), width, beside)
			beside = ""
		}
	}
}

// right writes a message of the contact.
func (p *Printer) right(parts []part, note string) {
	var lines []part
	widest := 0
	for _, whole := range parts {
		for _, text := range wrap(whole.text, p.bubbleWidth()) {
			widest = max(widest, columns(text))
			lines = append(lines, part{text: text, note: whole.note, faint: whole.faint})
			whole.note = ""
		}
	}
	lead := strings.Repeat(" ", max(0, p.area-widest-columns(rightBar)))
	for _, l := range lines {
		beside := strings.TrimPrefix(note+joined(note, l.note)+l.note, " ")
		note = ""
		p.beside(lead+p.paint(pad(l.text, widest), l.paint())+p.paint(rightBar, blue), p.area, beside)
	}
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return ""
	}
	return "; "
}

func (p part) paint() paint {
	if p.faint {
		return faint
	}
	return plain
}

// middle writes something that is no message, on one line.
func (p *Printer) middle(text, note string, as paint) {
	room := p.area - len(indent)
	if note == "" {
		room += p.margin
	}
	text = clip(text, room)
	p.beside(indent+p.paint(text, as), len(indent)+columns(text), note)
}

// beside writes a line of the chat and, where the margin begins, what stands beside it.
func (p *Printer) beside(text string, width int, note string) {
	if note == "" {
		p.line(text)
		return
	}
	p.line(text + strings.Repeat(" ", max(1, p.area+1-width)) + p.paint(clip(note, p.margin), faint))
}
