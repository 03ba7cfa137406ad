package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/bot/transcript"
)

// differenceWords are the kinds of differences in words.
var differenceWords = map[rerun.Kind]string{
	rerun.SaysOther:      "says something else",
	rerun.SaysLess:       "says less",
	rerun.SaysMore:       "says more",
	rerun.Closes:         "closes the conversation",
	rerun.StaysOpen:      "does not close the conversation",
	rerun.ClosesOther:    "closes for another reason",
	rerun.HandsOff:       "hands off to a person",
	rerun.KeepsAnswering: "does not hand off to a person",
	rerun.UnrecordedCall: "makes a call that has no recorded response",
}

// print writes the report for people.
func (r *rerunReport) print(p *program) {
	p.sayProgressEnded()
	p.printf("%s of channel %s since %s, run through %s:\n", plural(r.Conversations, "archived conversation"), r.Channel, day(r.Since), definition.Label(r.Bot, r.Hash))
	count := func(n int, what string) {
		if n > 0 {
			p.printf("%7d %s\n", n, what)
		}
	}
	p.printf("%7d the same\n", r.Same)
	count(r.Different, "different")
	count(r.Unrecorded, "the same up to a call that has no recorded response")
	for _, u := range r.Unreadable {
		p.printf("%7d not run again: %s (%s)\n", u.Count, u.Reason, someOf(u))
	}
	if r.More {
		p.printf("There are older conversations that were left out; ask for fewer days to know which.\n")
	}
	for _, g := range r.Groups {
		printGroup(p, g)
	}
	if r.Other > 0 {
		p.printf("\nand %d more, elsewhere\n", r.Other)
	}
}

// someOf names some of the conversations; --json names up to 100.
func someOf(u archive.Unreadable) string {
	const shown = 3
	names := strings.Join(u.Conversations[:min(len(u.Conversations), shown)], ", ")
	return names + choose(u.Count > shown, ", …", "")
}

func (p *program) sayProgressEnded() {
	if isTerminal(p.stderr) {
		_, _ = fmt.Fprint(p.stderr, "\r\x1b[K")
	}
}

func printGroup(p *program, g *archive.Group) {
	words := differenceWords[g.Kind]
	if words == "" {
		words = string(g.Kind) // of a server that knows more kinds
	}
	where := choose(g.State == "", "no question open", "question "+g.State)
	p.printf("\n%s: the draft %s (%s)\n", where, words, plural(g.Count, "conversation"))
	for _, e := range g.Examples {
		printExample(p, e)
	}
}

// printExample writes an example, what was said above what the draft says.
func printExample(p *program, e archive.Example) {
	p.printf("\n  %s, turn %d, %s\n", e.Conversation, e.Turn, e.At.UTC().Format("2006-01-02 15:04:05Z"))
	if len(e.Heard) == 0 {
		p.printf("    time passed\n")
	}
	for _, m := range e.Heard {
		p.printf("    contact  %s\n", textOf(m, nil))
	}
	printSide(p, "was", e.Was, e.Is, e.WasEnd)
	printSide(p, "draft", e.Is, e.Was, e.IsEnd)
	if e.Call != "" {
		p.printf("    call     %s\n", e.Call)
	}
}

func printSide(p *program, name string, messages, other []archive.Shown, end string) {
	for i, m := range messages {
		var beside *archive.Shown
		if i < len(other) {
			beside = &other[i]
		}
		p.printf("    %-8s %s\n", name, textOf(m, beside))
	}
	if len(messages) == 0 && end == "" {
		p.printf("    %-8s (nothing)\n", name)
	}
	if end != "" {
		p.printf("    %-8s [closed: %s]\n", name, end)
	}
}

// textOf is a message on one line.
func textOf(m archive.Shown, beside *archive.Shown) string {
	return transcript.Harmless(strings.Join(strings.Fields(readable(m, beside)), " "))
}

// readable is what people read of a message. Where it reads like the one beside it, that is the whole
// body: the difference is in what is not read.
func readable(m archive.Shown, beside *archive.Shown) string {
	text := m.Text
	if text == "" {
		text = "[" + m.Type + "]"
	}
	for _, option := range m.Options {
		text += " [" + option + "]"
	}
	if beside != nil && m.Text == beside.Text && slices.Equal(m.Options, beside.Options) && !bytes.Equal(m.Body, beside.Body) && len(m.Body) > 0 {
		return string(m.Body)
	}
	return text
}
