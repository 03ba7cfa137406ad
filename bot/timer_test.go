package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

// That the clock stands still while the outbox is not empty is the workflow's
// (TestAQuestionsClockStandsStillUntilItIsDelivered). Step's part: a timer that comes late pushes
// back what follows it.
func TestIdleCountsFromTheReminderWhenTheClockWasHeld(t *testing.T) {
	c := atMenu(t)
	late := c.armed.At.Add(time.Hour)
	c.step(bot.Event{Kind: bot.EventTimer, At: late, Timer: c.armed.ID})
	require.Equal(t, []string{"still there?"}, c.texts())
	require.Equal(t, late.Add(2*time.Minute), c.armed.At)
}
