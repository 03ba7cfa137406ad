package archive

import (
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// responses answer the calls of the played bot: one after the other as they came then. What was called off
// then gets none.
type responses struct {
	left []script.Answer
	call string
	last script.Answer
}

func (r *retelling) responses() *responses {
	all := &responses{}
	for i := range r.real.happenings {
		h := &r.real.happenings[i]
		if h.event.Kind != bot.EventResult || r.patience.isOver() {
			continue
		}
		r.at(h)
		result := h.event.Result
		if result.Error == "" {
			all.left = append(all.left, script.Answer{Status: result.Status, Body: r.book.Body(result.Body)})
			continue
		}
		all.left = append(all.left, failed(result.Error))
	}
	return all
}

// failed is a call without a response. A test file knows two reasons for that.
func failed(reason string) script.Answer {
	if reason != bot.CallTimeout {
		reason = bot.CallConnection
	}
	return script.Answer{Error: reason}
}

// Answer gives every attempt of a call what the last one got.
func (a *responses) Answer(call *bot.Call) (script.Answer, error) {
	if call.ID == a.call {
		return a.last, nil
	}
	a.call, a.last = call.ID, failed("")
	if len(a.left) > 0 {
		a.last, a.left = a.left[0], a.left[1:]
	}
	return a.last, nil
}
