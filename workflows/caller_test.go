package workflows

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
)

// stepWithCalls is bot.Step with calls, as its contract has them, whatever the definition: who
// says "consulta" is told that something is looked up, and then what came of it. Meanwhile
// everything is deferred but "baja", which opts out, and what comes from outside.
//
// What is said after "consulta" is the id of the call. An answer that says "again" leads to
// another call, one that says "close" ends the conversation. "cambio" leads to a call, too, and
// has to wait for it before it is answered like any other message.
func stepWithCalls(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
	words := ""
	if e.Message != nil {
		words = e.Message.TypedText()
	}
	if s.Pending == nil {
		if strings.HasPrefix(words, "consulta") && !s.Muted() && !s.Closed {
			s.At, s.Turns = later(s.At, e.At), s.Turns+1
			return lookUp(s, e, say("buscando"))
		}
		if words == "cambio" && string(s.Vars["cambio"]) != strconv.Quote(e.Cause) && !s.Muted() && !s.Closed {
			s.At, s.Vars = later(s.At, e.At), map[string]json.RawMessage{"cambio": json.RawMessage(strconv.Quote(e.Cause))}
			s, effects, err := lookUp(s, e, say("un momento"))
			return s, append(effects, bot.Effect{Kind: bot.EffectDeferred}), err
		}
		return bot.Step(b, s, e)
	}
	switch {
	case e.Kind == bot.EventResult:
		return found(s, e)
	case e.Kind == bot.EventControl:
		s.Pending = nil
		return bot.Step(b, s, e)
	case words == "baja":
		out := true
		s.At, s.Pending, s.Closed, s.Ask = later(s.At, e.At), nil, true, nil
		return s, []bot.Effect{
			say("no más avisos"),
			{Kind: bot.EffectContact, OptOut: &out},
			{Kind: bot.EffectTimerClear, Timer: &bot.Timer{Kind: bot.TimerIdle}},
			{Kind: bot.EffectClose, Close: &bot.Close{Reason: "optout", Notice: true}},
		}, nil
	}
	return s, []bot.Effect{{Kind: bot.EffectDeferred}}, nil
}

func lookUp(s bot.State, e bot.Event, first ...bot.Effect) (bot.State, []bot.Effect, error) {
	call := bot.Call{
		ID: e.Cause + "/0", State: "buscar", Method: "GET", URL: "https://user:pass@api.example/horas/7?rut=12345678-5#x",
		Headers: []bot.Header{{Name: "Authorization", Value: []bot.HeaderPart{{Text: "Bearer "}, {Secret: "agenda"}}}},
		Body:    json.RawMessage(`{"rut":"12345678-5"}`), Timeout: 5 * time.Second, Retries: 2,
	}
	s.Pending = &bot.Pending{Call: call.ID, State: call.State}
	return s, append(first, bot.Effect{Kind: bot.EffectCall, Call: &call}), nil
}

func found(s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
	r := e.Result
	s.At, s.Pending = later(s.At, e.At), nil
	effects := []bot.Effect{say("encontré " + r.Body + r.Error)}
	switch r.Body {
	case "again":
		return lookUp(s, e, effects...)
	case "close":
		s.Closed, s.Ask = true, nil
		effects = append(effects,
			bot.Effect{Kind: bot.EffectTimerClear, Timer: &bot.Timer{Kind: bot.TimerIdle}},
			bot.Effect{Kind: bot.EffectClose, Close: &bot.Close{Reason: "found", Notice: true}})
	}
	return s, effects, nil
}

func later(a, b time.Time) time.Time { return latest(a, b).UTC() }

func say(text string) bot.Effect {
	body, _ := json.Marshal(map[string]any{"text": map[string]string{"body": text}})
	return bot.Effect{Kind: bot.EffectSend, Send: &bot.Send{Body: body}}
}

// Call is one attempt of a call of the bot.
func (w *world) Call(ctx context.Context, in activities.CallInput) (chat.CallOutcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	attempt := int(activity.GetInfo(ctx).Attempt)
	w.called = append(w.called, in.Call.ID+"#"+strconv.Itoa(attempt))
	result := bot.CallResult{Call: in.Call.ID, Status: 200, Body: "algo"}
	if w.api != nil {
		var err error
		if result, err = w.api(in, attempt); err != nil {
			return chat.CallOutcome{}, err
		}
	}
	return chat.CallOutcome{Result: result, At: w.now().Truncate(time.Millisecond)}, nil
}

// slowly answers the n-th attempt, with pauses of the given length before.
func slowly(n int, pause time.Duration, body string) func(activities.CallInput, int) (bot.CallResult, error) {
	return func(_ activities.CallInput, attempt int) (bot.CallResult, error) {
		if attempt < n {
			return bot.CallResult{}, comeAgain(pause)
		}
		return bot.CallResult{Status: 200, Body: body}, nil
	}
}

// drawAPI is what bots call: it answers at once, later, or not at all.
func drawAPI(t *rapid.T) func(activities.CallInput, int) (bot.CallResult, error) {
	answers := rapid.SliceOfN(rapid.SampledFrom([]string{
		"algo", "again", "close", "1s", "4s", "1m", "12m", "lost",
	}), 0, 12).Draw(t, "answers")
	return func(in activities.CallInput, attempt int) (bot.CallResult, error) {
		answer := "algo"
		if len(answers) > 0 {
			answer, answers = answers[0], answers[1:]
		}
		if answer == "lost" {
			return bot.CallResult{}, temporal.NewNonRetryableApplicationError("lost", "lost", nil)
		}
		if pause, err := time.ParseDuration(answer); err == nil && attempt <= in.Call.Retries {
			return bot.CallResult{}, comeAgain(pause)
		}
		return bot.CallResult{Status: 200, Body: answer}, nil
	}
}
