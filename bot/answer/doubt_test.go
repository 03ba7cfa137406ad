package answer_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/answer"
)

// rows are the lines of a table in testdata, without comments.
func rows(t *testing.T, name string, columns int) [][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var all [][]string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		require.Len(t, cells, columns, line)
		if strings.Contains(cells[2], `\`) {
			cells[2], err = strconv.Unquote(cells[2])
			require.NoError(t, err, line)
		}
		all = append(all, cells)
	}
	return all
}

func readRow(cells []string) (any, bool) {
	c := answer.Context{Now: now, Language: cells[1], Contact: "56911112222"}
	return answer.Read(answer.Kind(cells[0]), cells[2], c)
}

// Ranges, durations, shares, prices, powers and the like: it is better to ask again.
func TestWhatMayMeanSomethingElseIsRefused(t *testing.T) {
	for _, cells := range rows(t, "refused.txt", 3) {
		t.Run(strings.Join(cells, " "), func(t *testing.T) {
			got, ok := readRow(cells)
			require.False(t, ok, "%v", got)
		})
	}
}

func TestWhatMeansOneThingIsRead(t *testing.T) {
	for _, cells := range rows(t, "read.txt", 4) {
		t.Run(strings.Join(cells, " "), func(t *testing.T) {
			got, ok := readRow(cells)
			require.True(t, ok)
			require.Equal(t, cells[3], fmt.Sprint(got))
		})
	}
}
