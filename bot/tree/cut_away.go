package tree

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// cursor is a place in a line, in characters and in bytes.
type cursor struct{ line, column, offset int }

// offset is the byte at which a node begins in its line.
func (w *walker) offset(n *yaml.Node) int {
	if w.seen.line != n.Line || w.seen.column > n.Column {
		w.seen = cursor{line: n.Line, column: 1}
	}
	line := w.lines[n.Line-1]
	for w.seen.column < n.Column && w.seen.offset < len(line) {
		_, size := utf8.DecodeRuneInString(line[w.seen.offset:])
		w.seen.offset += size
		w.seen.column++
	}
	return w.seen.offset
}

// cutAway is what stands behind a text without quotes and is a comment to YAML, where the author probably
// meant it as a part of the text: "Call #1". "" where there is nothing, or what looks like a comment: two
// spaces before its # and one behind it, as most tools write them.
func (w *walker) cutAway(n *yaml.Node) string {
	if n.Line < 1 || n.Line > len(w.lines) {
		return ""
	}
	left, line := n.Value, w.lines[n.Line-1][w.offset(n):]
	for at := n.Line; left != ""; at++ {
		line = strings.TrimRight(line, " \t\r")
		if rest, isEnd := strings.CutPrefix(line, left); isEnd {
			return commentLike(rest)
		}
		piece, more := strings.CutPrefix(left, line)
		if !more || line == "" || at >= len(w.lines) {
			return ""
		}
		left, line = strings.TrimLeft(piece, " "), strings.TrimLeft(w.lines[at], " \t")
	}
	return ""
}

// commentLike is the comment at the end of a line, if it looks like a part of the text before it.
func commentLike(rest string) string {
	comment := strings.TrimLeft(rest, " \t")
	spaces := len(rest) - len(comment)
	if spaces == 0 || !strings.HasPrefix(comment, "#") || spaces > 1 && strings.HasPrefix(comment, "# ") {
		return ""
	}
	return comment
}
