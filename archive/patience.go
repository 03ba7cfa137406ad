package archive

import (
	"context"
	"errors"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

// errSlow is of a conversation that takes too long.
var errSlow = errors.New("the bot took too long")

// Pause is asked before every step of a bot, and between conversations: it waits while others have their
// turn. It returns for how long, which does not count against the time of a conversation; its error ends
// the re-run.
type Pause func(context.Context) (waited time.Duration, err error)

// patience is how long a conversation may take: bots are other people's. One is stopped between two steps,
// each of which is bounded by package bot, and not only between turns: a turn may have a thousand.
type patience struct {
	now   func() time.Time
	until time.Time
	spent bool
	// pause lets others have their turn; nil never does. stopped is its error.
	pause   func() (waited time.Duration, err error)
	stopped error
}

// err returns why something was stopped; nil if nothing was.
func (p *patience) err() error {
	switch {
	case p.stopped != nil:
		return p.stopped
	case p.spent:
		return errSlow
	}
	return nil
}

// isOver reports whether the time is up. What asks has to stop then.
func (p *patience) isOver() bool {
	p.spent = p.spent || p.now().After(p.until)
	return p.spent
}

// rest waits while others have their turn.
func (p *patience) rest() {
	if p.pause == nil || p.stopped != nil {
		return
	}
	waited, err := p.pause()
	p.until, p.stopped = p.until.Add(waited), err
}

// step is [bot.Step] while there is time.
func (p *patience) step(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
	if p.isOver() {
		return s, nil, errSlow
	}
	if p.rest(); p.stopped != nil {
		return s, nil, p.stopped
	}
	return bot.Step(b, s, e)
}

// run is [chat.Run] while there is time.
func (p *patience) run(b *definition.Bot, in chat.Input) chat.Output {
	return chat.RunWith(p.step, b, in)
}
