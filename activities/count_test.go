package activities

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/metrics/metricstest"
	"github.com/chattigo/api-isv/webhook"
)

func TestTurnsAndConversationsAreCounted(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.reply(r.input(text("m1", 0, "hola")))
	misread := r.reply(r.next(first, text("m2", time.Minute, "zzzz")))
	r.step = func(_ *definition.Bot, s bot.State, _ bot.Event) (bot.State, []bot.Effect, error) {
		return s, nil, errors.New("no way out")
	}
	r.reply(r.next(misread, text("m3", time.Hour, "hola")))
	in := ArchiveInput{Address: address(), WaID: contact, Bot: r.bot, OpenedAt: opened(), ClosedAt: at(time.Hour), Outcome: "resolved"}
	require.NoError(t, r.run(r.Archive, in, nil))
	require.NoError(t, r.db.Close())
	_, err := r.Reply(t.Context(), r.input(text("m4", 0, "hola")))
	require.Error(t, err)
	metricstest.RequireServed(t, r.metrics,
		`chattigo_conversations_opened_total 1`,
		`chattigo_conversations_closed_total{outcome="other"} 1`,
		`chattigo_bot_turns_total{result="failed"} 1`,
		`chattigo_bot_turns_total{result="error"} 1`,
		`chattigo_bot_answers_refused_total 1`,
	)
}

func TestAttemptsOfCallsAreCounted(t *testing.T) {
	t.Parallel()
	r := newCallRoom(t, nil)
	r.says(503, 200)
	require.NoError(t, r.play(callInput(2)).err)
	got := metricstest.Lines(t, r.metrics)
	require.Contains(t, got, `chattigo_bot_call_attempts_total{class="5xx"} 1`)
	require.Contains(t, got, `chattigo_bot_call_attempts_total{class="2xx"} 1`)
	require.Contains(t, got, `chattigo_bot_call_seconds_count 2`)
}

// Each class and reason is known to the metrics: none of them is counted as another.
func TestOutcomesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, class := range []webhook.Class{
		webhook.Delivered, webhook.Status, webhook.Gone, webhook.Timeout, webhook.Connect, webhook.Canceled,
		webhook.BadTarget, webhook.Forbidden,
	} {
		for _, lane := range []string{webhook.FastLane.String(), webhook.SlowLane.String(), "events"} {
			r.metrics.Attempted(lane, string(class), time.Second)
			metricstest.RequireServed(t, r.metrics, `chattigo_delivery_attempts_total{class="`+string(class)+`",lane="`+lane+`"} 1`)
		}
	}
	for _, reason := range []string{
		string(webhook.BreakerOpen), string(webhook.NoPlace), string(webhook.RateLimited), string(webhook.Held),
		string(webhook.SlowEndpoint), NoWebhook, EndpointOff, Pull,
	} {
		r.metrics.Deferred(webhook.SlowLane.String(), reason)
		metricstest.RequireServed(t, r.metrics, `chattigo_delivery_deferrals_total{lane="slow",reason="`+reason+`"} 1`)
	}
	for _, class := range []string{
		string(webhook.Timeout), string(webhook.Connect), string(webhook.Busy), string(webhook.TooLarge),
		string(webhook.Forbidden), string(webhook.Canceled), bot.CallSecret,
	} {
		r.metrics.Called(0, class, time.Second)
		metricstest.RequireServed(t, r.metrics, `chattigo_bot_call_attempts_total{class="`+class+`"} 1`)
	}
}
