package archive

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// maxGroups bounds the groups of a report: states times kinds. What would be a further group is
	// counted in Other.
	maxGroups = 200
	// maxExamples bounds the examples of a group, maxNamed the conversations that are named per reason.
	maxExamples = 3
	maxNamed    = 100
	// maxShown bounds the messages of an example, maxText a text in characters, maxBody a body in bytes.
	maxShown = 3
	maxText  = 400
	maxBody  = 2 << 10
	// maxShownBytes bounds the messages of all examples together, in bytes: beyond it there are groups
	// without examples.
	maxShownBytes = 512 << 10
)

// Why conversations could not be run again.
const (
	reasonOlder      = "archived by an older version of the service, which kept no record of the turns"
	reasonIncomplete = "a part of the record is missing"
	reasonUnreadable = "the transcript cannot be read"
	reasonEmpty      = "the bot was given nothing in it"
	reasonLarge      = "the transcript is larger than 8 MiB"
	reasonSlow       = "the bot took more than 5 seconds for it"
)

// Report is what came of a re-run.
type Report struct {
	// Conversations counts all; each is in one of the next four counts or in Unreadable.
	Conversations int `json:"conversations"`
	// Same counts those in which the bot says and does what was said and done, Different those in
	// which it does not, Unrecorded those in which it makes a call that the archive has no response
	// for: up to there, it is the same.
	Same       int `json:"same"`
	Different  int `json:"different"`
	Unrecorded int `json:"unrecordedCalls"`
	// Unreadable are those that could not be run again, by reason.
	Unreadable []Unreadable `json:"unreadable"`
	// Groups are the differences, the most frequent first; Other counts those of further groups.
	Groups []*Group `json:"groups"`
	Other  int      `json:"other,omitempty"`

	// room is how many bytes more the examples may take.
	room int
}

// Unreadable counts the conversations that cannot be run again for one reason, and names some.
type Unreadable struct {
	Reason        string   `json:"reason"`
	Count         int      `json:"count"`
	Conversations []string `json:"conversations"`
}

// Group are the differences of one kind in one state.
type Group struct {
	// State is the state whose question was open; empty when none was.
	State    string     `json:"state"`
	Kind     rerun.Kind `json:"kind"`
	Count    int        `json:"count"`
	Examples []Example  `json:"examples"`
}

// Example is the first place where one conversation and the bot part.
type Example struct {
	Conversation string    `json:"conversation"`
	Turn         int       `json:"turn"`
	At           time.Time `json:"at"`
	// Heard is what the contact had written; nothing where time had passed.
	Heard []Shown `json:"heard"`
	// Was is what was said, Is what the bot says.
	Was []Shown `json:"was"`
	Is  []Shown `json:"is"`
	// WasEnd and IsEnd are how the conversation ended; empty where it did not.
	WasEnd string `json:"wasEnd,omitempty"`
	IsEnd  string `json:"isEnd,omitempty"`
	Call   string `json:"call,omitempty"`
}

// Shown is a message as people read it.
type Shown struct {
	Type    string   `json:"type"`
	Text    string   `json:"text,omitempty"`
	Options []string `json:"options,omitempty"`
	// Body is the whole message, unless it is long.
	Body json.RawMessage `json:"body,omitempty"`
}

func newReport() *Report {
	return &Report{Unreadable: []Unreadable{}, Groups: []*Group{}, room: maxShownBytes}
}

func (r *Report) unreadable(reason, conversation string) {
	i := slices.IndexFunc(r.Unreadable, func(u Unreadable) bool { return u.Reason == reason })
	if i < 0 {
		i = len(r.Unreadable)
		r.Unreadable = append(r.Unreadable, Unreadable{Reason: reason})
	}
	r.Unreadable[i].Count++
	if len(r.Unreadable[i].Conversations) < maxNamed {
		r.Unreadable[i].Conversations = append(r.Unreadable[i].Conversations, conversation)
	}
}

func (r *Report) differs(conversation string, d *rerun.Difference) {
	if d.Kind == rerun.UnrecordedCall {
		r.Unrecorded++
	} else {
		r.Different++
	}
	i := slices.IndexFunc(r.Groups, func(g *Group) bool { return g.State == d.State && g.Kind == d.Kind })
	if i < 0 {
		if len(r.Groups) == maxGroups {
			r.Other++
			return
		}
		i = len(r.Groups)
		r.Groups = append(r.Groups, &Group{State: d.State, Kind: d.Kind, Examples: []Example{}})
	}
	g := r.Groups[i]
	g.Count++
	if len(g.Examples) < maxExamples {
		if e := newExample(conversation, d); e.size() <= r.room {
			r.room -= e.size()
			g.Examples = append(g.Examples, e)
		}
	}
	for ; i > 0 && compareGroups(r.Groups[i-1], r.Groups[i]) > 0; i-- {
		r.Groups[i-1], r.Groups[i] = r.Groups[i], r.Groups[i-1]
	}
}

// compareGroups orders by count, then by name.
func compareGroups(a, b *Group) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.State, b.State), cmp.Compare(a.Kind, b.Kind))
}

func newExample(conversation string, d *rerun.Difference) Example {
	return Example{
		Conversation: conversation, Turn: d.Turn, At: d.At, Heard: showAll(d.Heard, heard), Was: showAll(d.Was, said),
		Is: showAll(d.Is, said), WasEnd: d.WasEnd, IsEnd: d.IsEnd, Call: cut(d.Call),
	}
}

// size is what an example takes as JSON, in bytes, and something more.
func (e Example) size() int {
	text, _ := json.Marshal(e) // texts, numbers and bodies that are JSON can always be written
	return len(text)
}

func showAll(bodies []json.RawMessage, show func(json.RawMessage) Shown) []Shown {
	all := []Shown{}
	for _, body := range bodies[:min(len(bodies), maxShown)] {
		s := show(body)
		s.Text = cut(s.Text)
		if len(body) <= maxBody && json.Valid(body) {
			s.Body = bytes.Clone(body) // it is a part of a page, which must not be kept for it
		}
		all = append(all, s)
	}
	return all
}

// heard shows a message of the contact: what was typed, or the title of what was tapped.
func heard(body json.RawMessage) Shown {
	m := whatsapp.DecodeMessage(body)
	text := m.TypedText()
	if _, title, ok := m.ReplyID(); ok {
		text = title
	}
	return Shown{Type: string(m.Type), Text: text}
}

// said shows a message of the bot.
func said(body json.RawMessage) Shown {
	var typed struct{ Type string }
	_ = json.Unmarshal(body, &typed) // what cannot be read has no type
	s := Shown{Type: typed.Type, Text: script.Visible(body)}
	for _, c := range script.Choices(body) {
		s.Options = append(s.Options, c.Title)
	}
	return s
}

// cut shortens a text to maxText characters.
func cut(text string) string {
	if utf8.RuneCountInString(text) <= maxText {
		return text
	}
	return string([]rune(text)[:maxText-1]) + "…"
}
