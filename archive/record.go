package archive

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/bot/script"
)

// ErrNotRecordable is of a conversation that cannot become a test. Its text is a sentence for whoever asked.
var ErrNotRecordable = errors.New("the conversation cannot become a test")

func notRecordable(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrNotRecordable, fmt.Errorf(format, args...))
}

// Record writes an archived conversation as a test file with one case, which passes. botPath is what the
// file says of the bot, name the name of the case. The bot is the one that answered.
//
// Everything personal is replaced, see package pseudonym, and what the bot says is what it says to that.
// Where it goes another way than it went in the conversation, a comment says so. The error is
// [ErrNotRecordable].
func Record(b *definition.Bot, c rerun.Conversation, botPath, name string) ([]byte, error) {
	p := &patience{now: time.Now, until: time.Now().Add(conversationTime)}
	return p.recordInTime(b, c, botPath, name)
}

func (p *patience) recordInTime(b *definition.Bot, c rerun.Conversation, botPath, name string) ([]byte, error) {
	text, err := p.record(b, c, botPath, name)
	if p.spent { // whatever came of it then
		return nil, notRecordable("it takes more than %d seconds", conversationTime/time.Second)
	}
	return text, err
}

func (p *patience) record(b *definition.Bot, c rerun.Conversation, botPath, name string) ([]byte, error) {
	if err := bounded(c); err != nil {
		return nil, err
	}
	real, err := p.witness(b, c)
	if err != nil {
		return nil, err
	}
	r := newRetelling(b, real, p)
	if r.book.Full() {
		return nil, notRecordable("it holds more numbers, names and addresses than can be replaced")
	}
	if err := r.tell(); err != nil {
		return nil, notRecordable("the bot cannot be played: %w", err)
	}
	text := script.Record(botPath, name, r.setup, r.entries)
	if text == nil {
		return nil, notRecordable("nobody said anything in it")
	}
	if err := p.verify(b, text); err != nil {
		return nil, err
	}
	return append(r.comment(), text...), nil
}

// What a test file can hold: at most so many messages, and so many bytes of them and of responses.
const (
	maxMessages = 500
	maxBodies   = 1 << 20
)

func bounded(c rerun.Conversation) error {
	if len(c.Messages) > maxMessages {
		return notRecordable("it has %d messages of the contact, and a test at most %d steps", len(c.Messages), maxMessages)
	}
	size := 0
	for _, m := range c.Messages {
		size += len(m.Body)
	}
	for _, turn := range c.Turns {
		if turn.Result != nil {
			size += len(turn.Result.Result.Body)
		}
	}
	if size > maxBodies {
		return notRecordable("its messages and responses are larger than a test file may be")
	}
	return nil
}

// verify plays the test once more.
func (p *patience) verify(b *definition.Bot, text []byte) error {
	f, err := script.Load(text)
	if err != nil {
		return notRecordable("%w", err)
	}
	played := f.Cases[0].Play(script.NewPlayer(b, f.Cases[0].Setup, nil).With(p.run))
	if !played.Passed() {
		return notRecordable("played once more, the bot does something else: %s", played.Failure.Problem)
	}
	return nil
}

// happening is an event of the conversation, as the bot was given it.
type happening struct {
	event bot.Event
	// before is the state in which it came, after the one in which it left the bot.
	before, after bot.State
}

// testimony is what there was to see while the conversation was run again.
type testimony struct {
	c rerun.Conversation
	// happenings are in order. A message that was deferred is there twice.
	happenings []happening
	// messages are those of the contact and of persons of the business, and controls, by their ids.
	messages map[string]chat.Incoming
	way      []string
}

// witness runs the conversation again under its own version, and looks on.
func (p *patience) witness(b *definition.Bot, c rerun.Conversation) (*testimony, error) {
	seen := &testimony{c: c, messages: map[string]chat.Incoming{}}
	step := func(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		after, effects, err := p.step(b, s, e)
		seen.happenings = append(seen.happenings, happening{e, s, after})
		return after, effects, err
	}
	runner := func(b *definition.Bot, in chat.Input) (chat.Output, error) {
		for _, m := range in.Messages {
			seen.messages[m.ID] = m
		}
		out := chat.RunWith(step, b, in)
		for _, s := range out.Steps {
			for _, e := range s.Effects {
				seen.way = append(seen.way, waypoint(e)...)
			}
		}
		return out, p.err()
	}
	difference, err := rerun.RunWith(runner, b, c)
	switch {
	case errors.Is(err, rerun.ErrNoRecord):
		return nil, notRecordable("an older version of the service archived it, without what the bot was given")
	case err != nil:
		return nil, notRecordable("%w", err)
	case difference != nil && difference.Kind == rerun.UnrecordedCall:
		return nil, notRecordable("a response to a call was too large to be kept")
	case difference != nil:
		return nil, notRecordable("run again, the bot does not say what it said then")
	}
	return seen, nil
}

// theEnd stands before the reason for which a conversation ended.
const theEnd = "the end, "

// waypoint is where the bot is with an effect: a state that speaks, a way that it takes, or the end.
func waypoint(e bot.Effect) []string {
	switch {
	case e.Kind == bot.EffectSend:
		return []string{speaker(e.Send.State)}
	case e.Kind == bot.EffectTrace && e.Edge != nil:
		return []string{e.Edge.From + " → " + e.Edge.To}
	case e.Kind == bot.EffectClose:
		return []string{theEnd + e.Close.Reason}
	}
	return nil
}

// wayOf is the same of what was played.
func wayOf(entries []script.Entry) []string {
	var way []string
	for _, e := range entries {
		switch {
		case e.Kind == script.EntryBot:
			way = append(way, speaker(e.State))
		case e.Kind == script.EntryTrace && e.Edge != nil:
			way = append(way, e.Edge.From+" → "+e.Edge.To)
		case e.Kind == script.EntryClosed:
			way = append(way, theEnd+e.Close.Reason)
		}
	}
	return way
}

// speaker is the state that says something. Closing words and the like are of none.
func speaker(state string) string { return cmp.Or(state, "words of no state") }

// comment says at the top of the file what it is, and whether the bot goes the way that it went.
func (r *retelling) comment() []byte {
	var out bytes.Buffer
	fmt.Fprintln(&out, "# A real conversation. Personal data was replaced; read it before you keep it.")
	was, is := slices.Clone(r.real.way), wayOf(r.entries)
	for i, point := range was { // operators may have named somebody in their reason
		if strings.HasPrefix(point, theEnd) {
			was[i] = r.book.Text(point)
		}
	}
	if slices.Equal(was, is) {
		return out.Bytes()
	}
	i := 0
	for i < min(len(was), len(is)) && was[i] == is[i] {
		i++
	}
	fmt.Fprintf(&out, "# The bot goes another way here than it went then: here %s, then %s.\n", at(is, i), at(was, i))
	fmt.Fprintln(&out, "# Here nobody waits for a call or a delivery, and conditions see the replaced values.")
	return out.Bytes()
}

// at is a point of a way, on one line: an operator may have written anything as a reason.
func at(way []string, i int) string {
	if i >= len(way) {
		return "nothing more"
	}
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, way[i])
}

// start is when the conversation began, in whole seconds and in the bot's time zone.
func (t *testimony) start(b *definition.Bot) time.Time {
	zone := b.Zone
	if zone == nil {
		zone = time.UTC
	}
	if len(t.happenings) == 0 {
		return time.Time{}.In(zone)
	}
	return t.happenings[0].event.At.Truncate(time.Second).In(zone)
}
