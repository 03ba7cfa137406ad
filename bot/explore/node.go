package explore

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// kind is what a conversation waits for.
type kind string

const (
	begins kind = "begins" // its first message
	asks   kind = "asks"   // an answer
	calls  kind = "calls"  // the response to a call
	muted  kind = "muted"  // a person
	waits  kind = "waits"  // anything: no question is open
	ended  kind = "ended"  // nothing any more
)

// mover is who moves a conversation on.
type mover string

const (
	byAnswer  mover = "answer"  // the contact answers the question, rightly or wrongly
	byTrigger mover = "trigger" // the contact says what a trigger listens to, or begins
	byTime    mover = "time"    // a timer
	byCall    mover = "call"    // the outcome of a call
	byPerson  mover = "person"  // a person of the business
)

func (m mover) contact() bool { return m == byAnswer || m == byTrigger }

// node is a conversation that waits for something. Conversations in equal states are one node.
type node struct {
	parent *node
	setup  *script.Setup
	// play is what happened since the parent. The way to a node is played again where it is needed:
	// to keep what was said on all ways would take far more room.
	play play
	// player is nil once the node was walked.
	player *script.Player
	walked bool

	kind kind
	// state is the one that asks, calls or has handed off, reason why the chat ended.
	state, reason string
	// choices are the buttons and rows of the open question.
	choices []script.Choice
	// open are the names of the opening hours that are open.
	open string
	// guessed is set behind a response that was invented.
	guessed bool
	// unanswered is set for a question to which no right answer was found.
	unanswered bool
	edges      []edge
	// core names the state without what only time changes.
	core string
}

// edge leads from a node to the next.
type edge struct {
	by   mover
	to   *node // nil where there was no room for it
	play play
}

// place is where in the bot a node is, whatever its variables hold.
func (n *node) place() string { return string(n.kind) + " " + n.state + n.reason }

// next is the node after a trial.
func (e *explorer) next(n *node, t trial) *node {
	to := &node{
		parent: n, setup: n.setup, play: t.play, player: t.player,
		open: openAt(e.bot, t.player.Now()), guessed: n.guessed,
	}
	to.kind, to.state, to.reason = standing(t)
	if to.kind == asks {
		to.choices = n.openChoices(t)
	}
	if to.kind == ended {
		to.player = nil
	}
	to.core = e.describe(to, t.player)
	return to
}

// standing is what a conversation waits for after a trial.
func standing(t trial) (k kind, state, reason string) {
	s := t.player.State()
	switch {
	case t.err != nil || s == nil:
		return ended, "", "nothing"
	case s.Closed:
		return ended, "", closeReason(t.entries)
	case t.player.Held() != nil:
		return calls, t.player.Held().State, ""
	case s.Muted() && s.HandedOff != nil:
		return muted, s.HandedOff.State, ""
	case s.Muted():
		return muted, "", ""
	case s.Ask != nil:
		return asks, s.Ask.State, ""
	}
	return waits, "", ""
}

func closeReason(entries []script.Entry) string {
	for _, e := range slices.Backward(entries) {
		if e.Close != nil {
			return e.Close.Reason
		}
	}
	return ""
}

// openChoices are the buttons and rows with which the open question can be answered.
func (n *node) openChoices(t trial) []script.Choice {
	open := t.player.State().Ask
	var all []script.Choice
	if n.askNo() == open.No {
		all = slices.Clone(n.choices)
	}
	for _, e := range t.entries {
		if e.Kind != script.EntryBot || e.State != open.State {
			continue
		}
		for _, c := range script.Choices(e.Body) {
			offered := slices.ContainsFunc(open.Options, func(o bot.Option) bool { return o.ID == c.ID })
			known := slices.IndexFunc(all, func(o script.Choice) bool { return o.ID == c.ID })
			switch {
			case !offered:
			case known >= 0:
				all[known] = c // a newer message with the same button
			default:
				all = append(all, c)
			}
		}
	}
	return all
}

// askNo is the number of the question that is open before a trial; 0 for none.
func (n *node) askNo() int {
	if s := n.player.State(); s != nil && s.Ask != nil {
		return s.Ask.No
	}
	return 0
}

// key tells states apart.
type key [sha256.Size]byte

// key is equal for states in which the same can happen. Beside the core it has how long the contact
// has been silent, because WhatsApp's window counts from there.
func (n *node) key() key {
	silent := 0
	if n.kind == asks || n.kind == calls || n.kind == muted {
		s := n.player.State()
		silent = min(int(n.player.Now().Sub(s.LastIn)/silenceStep), silenceSteps)
	}
	return sha256.Sum256(fmt.Appendf(nil, "%s\n%d", n.core, silent))
}

// How finely silences are told apart: a loop of reminders would be endless otherwise.
const (
	silenceStep  = 4 * time.Hour
	silenceSteps = 7
)

// view is what of a state decides what can happen next.
type view struct {
	Kind    kind
	State   string
	Reason  string            `json:",omitempty"`
	Options []string          `json:",omitempty"`
	Vars    map[string]string `json:",omitempty"`
	Stack   []string          `json:",omitempty"`
	Callers []string          `json:",omitempty"`
	Aside   *bot.Aside        `json:",omitempty"`
	Timers  []string          `json:",omitempty"`
	Texts   []string          `json:",omitempty"`
	Asked   string            `json:",omitempty"`
	Open    string            `json:",omitempty"`
	Guessed bool              `json:",omitempty"`
	OptOut  bool              `json:",omitempty"`
}

func (e *explorer) describe(n *node, p *script.Player) string {
	v := view{Kind: n.kind, State: n.state, Reason: n.reason}
	if n.kind != ended {
		n.look(&v, p)
		v.Vars = e.values(p.State())
	}
	text, _ := json.Marshal(v) //nolint:errchkjson // texts can be written
	return string(text)
}

// values are the variables as far as they decide what happens next.
func (e *explorer) values(s *bot.State) map[string]string {
	all := make(map[string]string, len(s.Vars))
	for name, raw := range s.Vars {
		if e.deciding[name] {
			all[name] = string(raw)
		} else {
			all[name] = looksLike(raw)
		}
	}
	return all
}

// lookAside is a digression without what only time and tries change.
func lookAside(a bot.Aside) *bot.Aside {
	if a.Ask != nil {
		a.Ask = &bot.Ask{State: a.Ask.State, Options: a.Ask.Options, Buf: a.Ask.Buf}
	}
	return &a
}

func (n *node) look(v *view, p *script.Player) {
	s := p.State()
	v.Stack = s.Stack
	for _, frame := range s.Frames {
		v.Callers = append(v.Callers, frame.Caller)
	}
	v.Open, v.Guessed, v.OptOut = n.open, n.guessed, s.OptedOut
	if s.Aside != nil {
		v.Aside = lookAside(*s.Aside)
	}
	if s.Ask != nil {
		v.Texts, v.Asked = s.Ask.Buf, s.Ask.State
		for _, o := range s.Ask.Options {
			v.Options = append(v.Options, o.ID)
		}
	}
	for _, timer := range p.Timers() {
		number := timer.ID[strings.LastIndexByte(timer.ID, '/')+1:]
		v.Timers = append(v.Timers, fmt.Sprint(timer.Kind, " ", number, " in ", timer.At.Sub(p.Now())))
	}
}
