package api

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// talkative is a bot that says much, and cases that it passes or not.
func talkative(t *testing.T, cases string) (*definition.Bot, []script.Case) {
	t.Helper()
	b, err := definition.Load([]byte("bot: v1\nname: a\nlanguages: [es]\nstart: a\nstates:\n  a: {say: [\"" +
		strings.Repeat("palabra ", 500) + "\"], close: {reason: done}}\n"))
	require.NoError(t, err)
	f, err := script.Load([]byte("cases:\n" + cases))
	require.NoError(t, err)
	return b, f.Cases
}

func TestABotIsStoppedBetweenTwoStepsWhenItHasSaidTooMuch(t *testing.T) {
	b, cases := talkative(t, "  - {name: a, steps: [{user: x}, {bot: any}, {user: x}, {bot: any}, {user: x}, {bot: any}]}\n")
	allowed := &allowance{now: time.Now, until: time.Now().Add(time.Hour), bytes: 5000}
	result := cases[0].Play(allowed.stage(b, cases[0].Setup))
	require.Equal(t, "the bot said more than 8 MiB", allowed.spent)
	require.Equal(t, 1, result.Failure.Line-1)
	require.Contains(t, result.Failure.Problem, errSpent.Error())
}

func TestOnlyTheFirstLongConversationsThatFailAreKept(t *testing.T) {
	one := "  - {name: NAME, steps: [{user: x}, {bot: no}]}\n"
	var all strings.Builder
	for i := range 100 {
		all.WriteString(strings.Replace(one, "NAME", "n"+string(rune('a'+i%26))+string(rune('a'+i/26)), 1))
	}
	b, cases := talkative(t, all.String())
	results, err := playCases(t.Context(), cases, b, time.Now)
	require.NoError(t, err)
	kept := 0
	for _, r := range results {
		require.False(t, r.Passed())
		require.LessOrEqual(t, len(r.Failure.Problem), maxProblem)
		if r.Entries != nil {
			kept++
		}
	}
	require.Greater(t, kept, 50)
	require.Less(t, kept, 70)
	require.Empty(t, results[99].Entries)
}

// One message may be expected word by word, each word by a regular expression that is slow.
func TestACaseIsStoppedBetweenTwoExpectations(t *testing.T) {
	b, cases := talkative(t, "  - {name: a, steps: [{user: x}, {closed: true}, {closed: true}, {closed: true}, {bot: any}]}\n")
	now := time.Now()
	allowed := &allowance{now: func() time.Time { now = now.Add(time.Second); return now }, until: now.Add(4500 * time.Millisecond), bytes: playBytes}
	result := cases[0].Play(allowed.stage(b, cases[0].Setup))
	require.Equal(t, "the time was up", allowed.spent)
	require.Equal(t, "closed: true", result.Failure.Step)
	require.Equal(t, errSpent.Error(), result.Failure.Problem)
}
