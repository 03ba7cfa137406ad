package transcript

import "strings"

const (
	leftBar  = "▌ "
	rightBar = " ▐"
)

// bubbleWidth is how many columns the text of a message may have.
func (p *Printer) bubbleWidth() int {
	return p.chatWidth*bubbleShare/100 - len(indent) - columns(leftBar)
}

// left writes a message of the bot, or of a person of the business.
func (p *Printer) left(message []paragraph, note string, bar style) {
	for _, paragraph := range message {
		beside := paragraph.note
		if beside == "" {
			beside, note = note, ""
		}
		for _, text := range wrap(paragraph.text, p.bubbleWidth()) {
			width := columns(indent) + columns(leftBar) + columns(text)
			p.beside(indent+p.paint(leftBar, bar)+p.paint(text, paragraph.style), width, beside)
			beside = ""
		}
	}
}

// right writes a message of the contact.
func (p *Printer) right(message []paragraph, note string) {
	var lines []paragraph
	widest := 0
	for _, whole := range message {
		for _, text := range wrap(whole.text, p.bubbleWidth()) {
			widest = max(widest, columns(text))
			lines = append(lines, paragraph{text, whole.note, whole.style})
			whole.note = ""
		}
	}
	lead := strings.Repeat(" ", max(0, p.chatWidth-widest-columns(rightBar)))
	for _, l := range lines {
		p.beside(lead+p.paint(pad(l.text, widest), l.style)+p.paint(rightBar, blue), p.chatWidth, joinNotes(note, l.note))
		note = ""
	}
}

func joinNotes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// middle writes an event, which is no message, on one line.
func (p *Printer) middle(text, note string, as style) {
	room := p.chatWidth - len(indent)
	if note == "" {
		room += p.margin
	}
	text = clip(text, room)
	p.beside(indent+p.paint(text, as), len(indent)+columns(text), note)
}

// beside writes a line of the chat, which is width columns wide, and the note in the margin.
func (p *Printer) beside(text string, width int, note string) {
	if note == "" {
		p.line(text)
		return
	}
	p.line(text + strings.Repeat(" ", max(1, p.chatWidth+1-width)) + p.paint(clip(note, p.margin), faint))
}
