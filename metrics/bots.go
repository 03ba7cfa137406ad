package metrics

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Results of a turn of a bot.
const (
	// TurnOK is of a turn that took something.
	TurnOK = "ok"
	// TurnRepeats is of a turn that found nothing but messages that had been handled before.
	TurnRepeats = "repeats"
	// TurnFailed is of a turn with a step that failed: the conversation was ended with an apology.
	TurnFailed = "failed"
	// TurnError is of a turn that could not be kept, because the database did not answer; it comes again.
	TurnError = "error"
)

// bots count what bots do.
type bots struct {
	turns     counters
	turnTimes prometheus.Histogram
	misread   prometheus.Counter
	calls     counters
	callTimes prometheus.Histogram
}

func newBots(f *families) bots {
	return bots{
		turns: f.counters("chattigo_bot_turns_total", "Turns of bots, by result.",
			Label{"result", []string{TurnOK, TurnRepeats, TurnFailed, TurnError}}),
		turnTimes: f.histogram("chattigo_bot_turn_seconds",
			"How long turns took, without the database. A turn begins no message after a second.",
			[]float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}),
		misread: f.counter("chattigo_bot_answers_refused_total", "Messages of contacts that a bot did not understand."),
		calls: f.counters("chattigo_bot_call_attempts_total",
			"Attempts of the HTTP calls of bots, by the class of the response or by why there was none.",
			Label{"class", []string{
				"2xx", "3xx", "4xx", "5xx", "timeout", "connect", "busy", "too_large", "forbidden", "canceled", "secret",
			}}),
		callTimes: f.histogram("chattigo_bot_call_seconds", "How long attempts of bots' HTTP calls took, with the wait for a place.",
			// A definition may give one 10 s, and it waits 2 s for a place.
			[]float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 7.5, 10, 12.5}),
	}
}

// Turned counts a turn.
func (b *bots) Turned(result string) { b.turns.of(result).Inc() }

// TurnTook records how long a bot took for a turn.
func (b *bots) TurnTook(took time.Duration) { b.turnTimes.Observe(took.Seconds()) }

// Misread counts messages that a bot did not understand.
func (b *bots) Misread(messages int) { b.misread.Add(float64(max(messages, 0))) }

// Called counts an attempt of a bot's call: its response's status, or why there was none.
func (b *bots) Called(status int, class string, took time.Duration) {
	if status > 0 {
		class = strconv.Itoa(status/100) + "xx"
	}
	b.calls.of(class).Inc()
	b.callTimes.Observe(took.Seconds())
}

// CallUnmade counts an attempt that made no request, because a secret could not be read or may not be sent.
func (b *bots) CallUnmade(class string) { b.calls.of(class).Inc() }

// conversations count their beginnings and ends.
type conversations struct {
	opened prometheus.Counter
	closed counters
}

func newConversations(f *families) conversations {
	return conversations{
		opened: f.counter("chattigo_conversations_opened_total", "Conversations that were opened."),
		closed: f.counters("chattigo_conversations_closed_total",
			"Conversations that were archived, by outcome; other is a word of the bot's or of an operator's.",
			Label{"outcome", []string{
				"error", "timeout", "limit", "optout", "number_changed", "operator", "canceled", "lifetime",
				"unreadable", "merged", "terminated",
			}}),
	}
}

// Opened counts a conversation whose row was written for the first time.
func (c *conversations) Opened() { c.opened.Inc() }

// Closed counts a conversation that was archived.
func (c *conversations) Closed(outcome string) { c.closed.of(outcome).Inc() }
