package activities

import (
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/metrics"
)

// countTurn counts what a turn of a bot has come to. A turn that is repeated counts again.
func (a *Activities) countTurn(in ReplyInput, r ReplyResult, err error) {
	a.metrics.Turned(turnResult(r, err))
	if err != nil || r.State == nil {
		return
	}
	a.metrics.Misread(misread(r.State) - misread(in.State))
	if in.State == nil {
		a.metrics.Opened()
	}
}

func turnResult(r ReplyResult, err error) string {
	switch {
	case err != nil:
		return metrics.TurnError
	case len(r.Faults) > 0:
		return metrics.TurnFailed
	case r.State == nil:
		return metrics.TurnRepeats
	}
	return metrics.TurnOK
}

// misread is how many messages the bot did not understand so far.
func misread(s *bot.State) (messages int) {
	if s == nil {
		return 0
	}
	for _, count := range s.Refused {
		messages += count
	}
	return messages
}
