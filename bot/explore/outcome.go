package explore

import (
	"slices"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// outcomes lets the call have each outcome that the definition or a mock knows of.
func (e *explorer) outcomes(n *node) {
	call := n.player.Held()
	st := e.bot.State(call.State)
	answers, mocked := e.answers(call)
	if !mocked {
		e.invented(n, st, answers[0])
		answers = answers[1:]
	}
	for _, a := range answers {
		e.do(n, byCall, respond(a))
	}
}

// answers are what a call may get: what mocks answer, each status that the definition names, and no
// response in time. mocked is false where no mock lets it succeed, and the first is invented.
func (e *explorer) answers(call *bot.Call) (all []script.Answer, mocked bool) {
	st := e.bot.State(call.State)
	all = e.mocked(call)
	mocked = slices.ContainsFunc(all, func(a script.Answer) bool {
		return a.Error == "" && a.Status/100 == 2 && !named(st.Call, a.Status)
	})
	if !mocked {
		all = append([]script.Answer{{Status: 200, Body: e.response(st.Name)}}, all...)
	}
	for _, s := range st.Call.OnStatus {
		if !slices.ContainsFunc(all, func(a script.Answer) bool { return a.Status == s.Status }) {
			all = append(all, script.Answer{Status: s.Status, Body: "{}"})
		}
	}
	if !slices.ContainsFunc(all, func(a script.Answer) bool { return a.Error != "" }) {
		all = append(all, script.Answer{Error: bot.CallTimeout})
	}
	return all, mocked
}

// response is what is invented for the call of a state.
func (e *explorer) response(state string) string {
	body, known := e.responses[state]
	if !known {
		body = e.source.response(state)
		e.responses[state] = body
	}
	return body
}

// settle answers the calls that are out, so that a way does not end at one: no test can stop there.
func (e *explorer) settle(p *script.Player) []script.Entry {
	var all []script.Entry
	for range maxSettled {
		if p.Held() == nil {
			break
		}
		p = e.answered(p)
		entries, _ := p.Heard(false) // a Player does not fail here
		all = append(all, entries...)
	}
	return all
}

// maxSettled is more calls than a bot makes without a word of the contact.
const maxSettled = 100

// answered is the player after the call that is out, with no other call out if that can be.
func (e *explorer) answered(p *script.Player) (next *script.Player) {
	answers, _ := e.answers(p.Held())
	for _, a := range answers {
		fork := p.Fork()
		if fork.Return(a) == nil && (next == nil || fork.Held() == nil) {
			next = fork
		}
		if next != nil && next.Held() == nil {
			break
		}
	}
	return next
}

func named(c *definition.Call, status int) bool {
	return slices.ContainsFunc(c.OnStatus, func(s definition.StatusExit) bool { return s.Status == status })
}

func respond(a script.Answer) play {
	return func(p *script.Player) error { return p.Return(a) }
}

// invented lets the call succeed with a response of our own. What fails behind it may fail because
// of the response, and is only noted.
func (e *explorer) invented(n *node, st *definition.State, a script.Answer) {
	t := e.try(n, respond(a))
	guessed := n.guessed
	if len(st.Call.Save) > 0 {
		e.note("no mock answers the call of the state %s: its success is walked with %s", st.Name, cut(a.Body, shownBody))
		n.guessed = true
	}
	e.take(n, byCall, t)
	n.guessed = guessed
}

// shownBody is how much of an invented response is shown, in characters.
const shownBody = 100

// mocked are the answers of the mocks for a call: of each list those of the first that matches.
func (e *explorer) mocked(call *bot.Call) []script.Answer {
	var all []script.Answer
	for _, list := range e.o.Mocks {
		i := slices.IndexFunc(list, func(m script.Mock) bool { return m.Target.Match(call.Method, call.URL) })
		if i < 0 {
			continue
		}
		for _, a := range list[i].Answers {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}
