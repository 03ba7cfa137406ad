package deploy_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/metrics"
)

// A small part of PromQL, read by regular expressions: its own parser brings half of Prometheus. What these
// do not know is refused, so that an expression has to be as simple as they are.
var (
	promSelector = regexp.MustCompile(`([a-z_:][a-z0-9_:]*)(\{[^}]*\})?`)
	promMatcher  = regexp.MustCompile(`^\s*([a-z_]+)\s*(=|!=|=~|!~)\s*"([^"]*)"\s*$`)
	promGrouping = regexp.MustCompile(`\bby\s*\(([^)]*)\)`)
	promRange    = regexp.MustCompile(`\[(?:[0-9]+[smhd]|\$__rate_interval)\]`)
	promCounter  = regexp.MustCompile(`(?:rate|increase)\(\s*$`)
)

// promWords are the functions and operators that expressions may use.
func promWords() []string {
	return []string{"sum", "max", "min", "rate", "increase", "histogram_quantile", "absent", "by", "and", "or", "unless", "vector", "clamp_min"}
}

// checkExpression returns what is wrong with an expression about these metrics.
func checkExpression(expression string, known map[string]metrics.Family) error {
	var labels []string
	groupings := promGrouping.FindAllStringSubmatch(expression, -1)
	rest := promRange.ReplaceAllString(promGrouping.ReplaceAllString(expression, "by"), "")
	names := 0
	for _, at := range promSelector.FindAllStringSubmatchIndex(rest, -1) {
		name, matchers := rest[at[2]:at[3]], ""
		if at[4] >= 0 {
			matchers = strings.Trim(rest[at[4]:at[5]], "{}")
		}
		if slices.Contains(promWords(), name) && matchers == "" {
			continue
		}
		family, own, err := familyOf(name, known)
		if err != nil {
			return err
		}
		names++
		counts := family.Kind == metrics.KindCounter || family.Kind == metrics.KindHistogram
		if counts != promCounter.MatchString(rest[:at[2]]) {
			return fmt.Errorf("%s is a %s: rate and increase are for counters, and only for them", name, family.Kind)
		}
		labels = append(labels, own...)
		if err := checkMatchers(name, matchers, family, own); err != nil {
			return err
		}
	}
	if names == 0 {
		return fmt.Errorf("%q names no metric", expression)
	}
	for _, grouping := range groupings {
		for label := range strings.SplitSeq(grouping[1], ",") {
			if label = strings.TrimSpace(label); !slices.Contains(labels, label) {
				return fmt.Errorf("no metric of %q has the label %q", expression, label)
			}
		}
	}
	return nil
}

// familyOf finds the family of a series, and the labels of the series.
func familyOf(name string, known map[string]metrics.Family) (metrics.Family, []string, error) {
	if family, is := known[name]; is && family.Kind != metrics.KindHistogram {
		return family, labelNames(family), nil
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		base, cut := strings.CutSuffix(name, suffix)
		family, is := known[base]
		if !cut || !is || family.Kind != metrics.KindHistogram {
			continue
		}
		if suffix == "_bucket" {
			return family, append(labelNames(family), "le"), nil
		}
		return family, labelNames(family), nil
	}
	return metrics.Family{}, nil, fmt.Errorf("%q is no metric that is served", name)
}

func checkMatchers(name, matchers string, family metrics.Family, own []string) error {
	if matchers == "" {
		return nil
	}
	for matcher := range strings.SplitSeq(matchers, ",") {
		parts := promMatcher.FindStringSubmatch(matcher)
		if parts == nil {
			return fmt.Errorf("%q is no matcher", matcher)
		}
		if !slices.Contains(own, parts[1]) {
			return fmt.Errorf("%s has no label %q", name, parts[1])
		}
		values := []string{parts[3]}
		if strings.HasSuffix(parts[2], "~") {
			values = strings.Split(parts[3], "|")
		}
		for _, label := range family.Labels {
			for _, value := range values {
				if label.Name == parts[1] && len(label.Values) > 0 && !slices.Contains(label.Values, value) {
					return fmt.Errorf("%q is no value of %s of %s", value, label.Name, name)
				}
			}
		}
	}
	return nil
}

func TestAnExpressionIsHeldAgainstTheMetrics(t *testing.T) {
	known := served()
	for _, good := range []string{
		`max(chattigo_blocked_runs) > 0`,
		`sum by (route) (rate(chattigo_api_requests_total{code="5xx",route!="/readyz"}[5m]))`,
		`histogram_quantile(0.99, sum by (le) (rate(chattigo_api_request_seconds_bucket{method="POST"}[$__rate_interval])))`,
		`sum(increase(chattigo_delivery_attempts_total{class=~"timeout|connect"}[1h])) == 0 or absent(chattigo_blocked_runs)`,
	} {
		require.NoError(t, checkExpression(good, known), good)
	}
	for bad, want := range map[string]string{
		`max(chattigo_blocked_run) > 0`:                                          `"chattigo_blocked_run" is no metric`,
		`avg(chattigo_blocked_runs)`:                                             `"avg" is no metric`,
		`sum(chattigo_dead_letters_total)`:                                       "rate and increase are for counters",
		`rate(chattigo_blocked_runs[5m])`:                                        "rate and increase are for counters",
		`sum(rate(chattigo_api_request_seconds[5m]))`:                            "is no metric",
		`sum(rate(chattigo_api_requests_total{status="5xx"}[5m]))`:               `has no label "status"`,
		`sum(rate(chattigo_api_requests_total{code="500"}[5m]))`:                 `"500" is no value of code`,
		`sum(rate(chattigo_api_requests_total{code=~"5xx|oops"}[5m]))`:           `"oops" is no value`,
		`sum(rate(chattigo_api_requests_total{code=5xx}[5m]))`:                   "is no matcher",
		`sum by (lane) (rate(chattigo_api_requests_total[5m]))`:                  `has the label "lane"`,
		`sum by (le) (rate(chattigo_api_request_seconds_count{method="-"}[5m]))`: `has the label "le"`,
		`sum(1) > 0`: "names no metric",
	} {
		require.ErrorContains(t, checkExpression(bad, known), want, bad)
	}
}
