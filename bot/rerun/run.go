package rerun

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

// maxRuns bounds how often a turn of the archive is run for a bot that makes calls or leaves
// messages where the archive has one run: far more than one turn can hold.
const maxRuns = 100

// Run runs a conversation through a bot. The result is nil if the bot says and does the same. Under the
// conversation's own version the same is the same to the byte; under another one the tags of reply ids,
// which count its questions, may differ. The error says why the conversation cannot be run again.
func Run(b *definition.Bot, c Conversation) (*Difference, error) {
	return RunWith(func(b *definition.Bot, in chat.Input) (chat.Output, error) { return chat.Run(b, in), nil }, b, c)
}

// Runner runs one turn, as chat.Run does. Its error ends the re-run.
type Runner func(*definition.Bot, chat.Input) (chat.Output, error)

// RunWith is Run with another function in the place of chat.Run.
func RunWith(runner Runner, b *definition.Bot, c Conversation) (*Difference, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	r := &rerun{bot: b, runner: runner, c: &c, exact: b.Hash == c.Bot, handled: map[string]bool{}}
	for i := range c.Turns {
		difference := r.next(i)
		if r.err != nil || difference != nil {
			return difference, r.err
		}
	}
	return r.settle(), nil
}

// rerun is one Run.
type rerun struct {
	bot    *definition.Bot
	runner Runner
	// err is the runner's.
	err   error
	c     *Conversation
	exact bool

	// What the turns so far have come to.
	state   *bot.State
	timers  []bot.Timer
	handoff *bot.Handoff
	// call is the call that the bot waits for, key its fingerprint and callFor what led to it. asked is
	// the fingerprint of the call that was waited for when the conversation was archived.
	call    *bot.Call
	key     string
	callFor string
	asked   string
	// deferred are messages that have to come again, handled the ids of those that must not.
	deferred []chat.Incoming
	handled  map[string]bool
	// tags are the reply ids as they were said with the ones that the bot says instead.
	tags []string

	// position is the number of messages in Conversation.Said that the turns so far have said.
	position int
	// Since the latest input: its turn, what it was, in which state it came, what was said, what the
	// bot says, and how both have ended.
	turn          int
	at            time.Time
	heard         []chat.Incoming
	before        string
	was, is       []Said
	wasEnd, isEnd *bot.Close
	wasMuted      bool
}

// next runs one turn of the archive. What it said is compared at once, what it lacks only when the
// next input comes: until then a bot may say it before a call or after it.
func (r *rerun) next(i int) *Difference {
	turn := &r.c.Turns[i]
	messages := r.c.incoming(turn)
	if i == 0 || len(messages) > 0 || !turn.Until.IsZero() {
		if difference := r.settle(); difference != nil {
			return difference
		}
		r.begin(i, messages, turn.Until)
	}
	r.was = append(r.was, r.c.Said[r.position:r.position+turn.Sends]...)
	r.position += turn.Sends
	r.wasMuted = turn.Muted
	if turn.Close != nil {
		r.wasEnd = turn.Close
	}
	if turn.Unkept {
		return r.difference(UnrecordedCall)
	}
	if unrecorded := r.play(turn, messages); unrecorded != nil {
		return unrecorded
	}
	return r.compareSaid()
}

func (r *rerun) begin(i int, messages []chat.Incoming, until time.Time) {
	r.turn, r.heard, r.at, r.before = i+1, messages, until, ""
	if len(messages) > 0 {
		r.at = messages[0].At
	}
	if r.state != nil && r.state.Ask != nil {
		r.before = r.state.Ask.State
	}
}

// play runs one turn of the archive through the bot, and again as long as there is more in it for the
// bot: messages that it left, or a call for which the archive has the response.
func (r *rerun) play(turn *chat.Recorded, messages []chat.Incoming) *Difference {
	for _, hold := range turn.Holds {
		hold.Delay(r.timers)
	}
	in := chat.Input{Hold: turn.Held, Until: turn.Until, Messages: r.waiting(messages)}
	if turn.Result != nil && r.call != nil && r.asked == r.key {
		in.Result = r.outcome(*turn.Result)
	}
	if turn.Call != "" {
		r.asked = turn.Call
	}
	for range maxRuns {
		out, err := r.run(in)
		if err != nil {
			r.err = err
			return nil
		}
		in = chat.Input{Hold: turn.Held, Messages: r.take(in, out)}
		switch {
		case out.Close != nil:
			return nil
		case out.Call != nil && r.key != turn.Call:
			recorded := r.recorded(r.key)
			if recorded == nil {
				return r.difference(UnrecordedCall)
			}
			recorded.At = out.Now
			in.Result, in.Messages, r.deferred = r.outcome(*recorded), append(r.deferred, in.Messages...), nil
		case len(in.Messages) == 0:
			return nil
		}
	}
	return nil
}

// waiting are the messages that the bot has not handled: those that it deferred, and new ones. What was
// tapped is translated into what this bot had to tap.
func (r *rerun) waiting(messages []chat.Incoming) []chat.Incoming {
	all := r.deferred
	r.deferred = nil
	var tags *strings.Replacer
	if len(r.tags) > 0 {
		tags = strings.NewReplacer(r.tags...)
	}
	for _, m := range messages {
		if r.handled[m.ID] && m.Control == nil || slices.ContainsFunc(all, func(d chat.Incoming) bool { return d.ID == m.ID }) {
			continue
		}
		if tags != nil {
			m.Body = json.RawMessage(tags.Replace(string(m.Body)))
		}
		all = append(all, m)
	}
	return all
}

// run runs one turn of the bot.
func (r *rerun) run(in chat.Input) (chat.Output, error) {
	opened := r.c.Turns[0].Opened
	in.Conversation, in.WaID, in.UserID, in.Opening = r.c.ID, opened.WaID, opened.UserID, opened.Opening
	in.State, in.Timers, in.Handoff = r.state, r.timers, r.handoff
	if in.Result != nil {
		in.CallFor = r.callFor
	}
	return r.runner(r.bot, in)
}

// take keeps what came of a run, and returns the messages that it left.
func (r *rerun) take(in chat.Input, out chat.Output) (left []chat.Incoming) {
	r.state, r.timers, r.handoff = out.State, out.Timers, out.Handoff
	for _, s := range out.Sends {
		r.is = append(r.is, Said{ID: s.ID, Body: s.Body})
	}
	for i, m := range in.Messages[:out.Handled] {
		if slices.Contains(out.Deferred, i) {
			r.deferred = append(r.deferred, m)
			continue
		}
		r.handled[m.ID] = true
	}
	switch {
	case out.Close != nil:
		r.isEnd, r.call = out.Close, nil
	case out.Call != nil:
		r.call, r.key, r.callFor = out.Call, chat.Fingerprint(*out.Call), out.CallFor
	case r.state == nil || r.state.Pending == nil:
		r.call = nil
	}
	return in.Messages[out.Handled:]
}

// outcome is a recorded outcome as that of the call that the bot waits for.
func (r *rerun) outcome(recorded chat.CallOutcome) *chat.CallOutcome {
	recorded.Result.Call = r.call.ID
	return &recorded
}

// recorded finds the outcome of a call by its fingerprint; nil if the archive has none.
func (r *rerun) recorded(key string) *chat.CallOutcome {
	asked := ""
	for i := range r.c.Turns {
		turn := &r.c.Turns[i]
		if turn.Result != nil && !turn.Unkept && asked == key {
			outcome := *turn.Result
			return &outcome
		}
		if turn.Call != "" {
			asked = turn.Call
		}
	}
	return nil
}

// tagForm finds the tags of reply ids in a body, each at the end of a JSON text.
var tagForm = regexp.MustCompile(`"[^"\\]*~[0-9a-z]{5}"`)

// same reports whether two messages are the same, and learns by which tags they differ.
func (r *rerun) same(was, is Said) bool {
	if bytes.Equal(was.Body, is.Body) {
		return !r.exact || was.ID == is.ID
	}
	if r.exact {
		return false
	}
	tagged, ours := tagForm.FindAllString(string(was.Body), -1), tagForm.FindAllString(string(is.Body), -1)
	if len(tagged) == 0 || len(tagged) != len(ours) || !bytes.Equal(untagged(was.Body), untagged(is.Body)) {
		return false
	}
	for i := range tagged {
		r.tags = append(r.tags, tagged[i], ours[i])
	}
	return true
}

func untagged(body []byte) []byte {
	return tagForm.ReplaceAllFunc(body, func(id []byte) []byte { return append(id[:len(id)-len(`~12345"`):len(id)-len(`~12345"`)], '"') })
}
