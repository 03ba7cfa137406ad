package outbound

import (
	"strconv"
	"strings"
	"unicode"
)

// DistinctTitles is a copy of the body in which people can tell all buttons, and all rows,
// apart: Meta refuses a message with two buttons of one title, and data often has names that
// differ in their last word only. Where titles look the same because they were cut, their
// ends are shown instead; where that does not help, they are numbered. full are the choices of
// the body before it was cut, and number gives the number of the i-th of them. Rows that have
// different descriptions may share a title.
func (s Message) DistinctTitles(full []Choice, number func(i int) int) Message {
	all := s.labels(full)
	same := sameLooks(all)
	if len(same) == 0 {
		return s
	}
	for _, i := range same {
		if all[i].cut() {
			all[i].title = cutFront(all[i].full, all[i].limit)
		}
	}
	for _, i := range sameLooks(all) {
		all[i].addNumber(number(i))
	}
	for _, i := range sameLooks(all) { // with what had such a number in front already
		for j := range all {
			if all[j].group == all[i].group {
				all[j].addNumber(number(j))
			}
		}
	}
	next := 0
	return s.mapReplies(func(r Reply) Reply {
		next++
		return Reply{r.ID, all[next-1].title}
	})
}

// label is the title of a choice, among those of its group.
type label struct {
	group       string
	title, full string
	description string
	limit       int
}

func (l *label) cut() bool { return l.title != l.full }

// addNumber puts a number before the title.
func (l *label) addNumber(n int) {
	prefix := strconv.Itoa(n) + ". "
	l.title = prefix + Cut(l.full, l.limit-len(prefix))
}

// seenAs is how people see a label: letter case and spaces make no difference.
func (l *label) seenAs() string {
	seen := l.group + "\x00" + strings.ToLower(strings.Join(strings.Fields(l.title), " ")) + "\x00"
	if !l.cut() {
		seen += l.description
	}
	return seen
}

// labels are those of all choices, in order; nil when full has others.
func (s Message) labels(full []Choice) []label {
	var all []label
	for i, c := range s.Choices() {
		if i >= len(full) {
			return nil
		}
		l := label{title: c.Title, full: full[i].Title, limit: maxButtonTitle, group: c.Path[:strings.LastIndexByte(c.Path, '[')]}
		if s.Interactive.Type == InteractiveList {
			l.group, l.limit = InteractiveList, maxRowTitle
		}
		all = append(all, l)
	}
	if len(all) > 0 && s.Interactive.Type == InteractiveList {
		addDescriptions(all, s.Interactive.Action.Sections)
	}
	return all
}

func addDescriptions(all []label, sections []Section) {
	i := 0
	for _, section := range sections {
		for _, row := range section.Rows {
			all[i].description = row.Description
			i++
		}
	}
}

// sameLooks lists the labels that look like another one.
func sameLooks(all []label) (same []int) {
	times := map[string]int{}
	for i := range all {
		times[all[i].seenAs()]++
	}
	for i := range all {
		if times[all[i].seenAs()] > 1 && all[i].title != "" {
			same = append(same, i)
		}
	}
	return same
}

// cutFront is Cut from the other side: it keeps the end of a text, from the beginning of a word
// where one is near.
func cutFront(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if unitCount(text) <= limit {
		return text
	}
	start, left := 0, unitCount(text)
	for left > limit-1 {
		n := clusterEnd(text[start:])
		left -= unitCount(text[start : start+n])
		start += n
	}
	kept := strings.TrimLeftFunc(text[start:], unicode.IsSpace)
	word := strings.IndexFunc(kept, unicode.IsSpace)
	if inside := len(kept) == len(text)-start; inside && word >= 0 && word < len(kept)/2 {
		kept = strings.TrimLeftFunc(kept[word:], unicode.IsSpace)
	}
	return ellipsis + kept
}
