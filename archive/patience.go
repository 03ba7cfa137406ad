package archive

import (
	"errors"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

// errSlow is of a conversation that takes too long.
var errSlow = errors.New("the bot took too long")

// patience is how long a conversation may take: bots are other people's. One is stopped between two steps,
// each of which is bounded by package bot, and not only between turns: a turn may have a thousand.
type patience struct {
	now   func() time.Time
	until time.Time
	spent bool
}

// err returns errSlow once something was stopped.
func (p *patience) err() error {
	if p.spent {
		return errSlow
	}
	return nil
}

// isOver reports whether the time is up. What asks has to stop then.
func (p *patience) isOver() bool {
	p.spent = p.spent || p.now().After(p.until)
	return p.spent
}

// step is [bot.Step] while there is time.
func (p *patience) step(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
	if p.isOver() {
		return s, nil, errSlow
	}
	return bot.Step(b, s, e)
}

// run is [chat.Run] while there is time.
func (p *patience) run(b *definition.Bot, in chat.Input) chat.Output {
	return chat.RunWith(p.step, b, in)
}
