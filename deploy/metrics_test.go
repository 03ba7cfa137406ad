package deploy_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/metrics"
)

// served are the metrics of a process that has all parts, by name.
func served() map[string]metrics.Family {
	m := metrics.New()
	m.WatchBreakers(func() int { return 0 })
	m.WatchLedger(func(context.Context) (metrics.Backlog, error) { return metrics.Backlog{}, nil }, time.Now)
	m.WatchParts([]string{"database", "temporal", "workers"}, func(context.Context) map[string]error { return nil }, time.Now)
	found := map[string]metrics.Family{}
	for _, family := range m.Families() {
		found[family.Name] = family
	}
	return found
}

// metricRow is a row of docs/metrics.md: a name, labels, a kind, what it says.
var metricRow = regexp.MustCompile("(?m)^\\| `([a-z_]+)(?:\\{([a-z_,]+)\\})?` \\| (\\w+) \\| (.+) \\|$")

func TestEveryMetricIsDocumentedAsItIs(t *testing.T) {
	page, err := os.ReadFile("../docs/metrics.md")
	require.NoError(t, err)
	documented := map[string]bool{}
	known := served()
	for _, row := range metricRow.FindAllStringSubmatch(string(page), -1) {
		name, labels, kind, words := row[1], row[2], row[3], row[4]
		require.False(t, documented[name], "%s is documented once", name)
		documented[name] = true
		family, is := known[name]
		require.True(t, is, "%s is documented and not served", name)
		require.Equal(t, family.Kind, kind, name)
		require.Equal(t, strings.Join(labelNames(family), ","), labels, name)
		for _, label := range family.Labels {
			for _, value := range label.Values {
				require.Contains(t, words, "`"+value+"`", "a value of %s of %s", label.Name, name)
			}
		}
	}
	for name := range known {
		require.True(t, documented[name], "%s is served and not documented", name)
	}
}

func labelNames(family metrics.Family) (names []string) {
	for _, label := range family.Labels {
		names = append(names, label.Name)
	}
	slices.Sort(names)
	return names
}
