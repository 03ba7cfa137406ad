package deploy_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

type alertRules struct {
	Groups []struct {
		Name  string `yaml:"name"`
		Rules []struct {
			Alert       string            `yaml:"alert"`
			Expr        string            `yaml:"expr"`
			For         string            `yaml:"for"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

const runbook = "docs/operations.md#"

// alertRow is a row of the table of alerts: a name, a severity, a threshold and its reason, a link.
var alertRow = regexp.MustCompile("(?m)^\\| `(Chattigo[A-Za-z]+)` \\| (\\w+) \\| .+ \\| \\[.+\\]\\(#([a-z0-9-]+)\\) \\|$")

func TestAlertsAreAboutMetricsAndHaveARunbook(t *testing.T) {
	text, err := os.ReadFile("prometheus/alerts.yaml")
	require.NoError(t, err)
	var rules alertRules
	require.NoError(t, yaml.Load(text, &rules, yaml.WithKnownFields()))
	page, err := os.ReadFile("../docs/operations.md")
	require.NoError(t, err)
	documented := map[string][]string{}
	for _, row := range alertRow.FindAllStringSubmatch(string(page), -1) {
		documented[row[1]] = row[2:]
	}
	known, found := served(), 0
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			found++
			require.NoError(t, checkExpression(rule.Expr, known), rule.Alert)
			require.Regexp(t, `^[0-9]+m$`, rule.For, rule.Alert)
			require.Contains(t, []string{"critical", "warning"}, rule.Labels["severity"], rule.Alert)
			require.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
			anchor, is := strings.CutPrefix(rule.Annotations["runbook_url"], runbook)
			require.True(t, is, "%s has a runbook", rule.Alert)
			require.Contains(t, headings(string(page)), anchor, rule.Alert)
			require.Equal(t, []string{rule.Labels["severity"], anchor}, documented[rule.Alert], rule.Alert)
		}
	}
	require.NotZero(t, found)
	require.Len(t, documented, found, "the page names no other alerts")
}

// headings are the anchors of a page's headings of plain words.
func headings(page string) (anchors []string) {
	for _, line := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		plain := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(line[1]), "")
		anchors = append(anchors, strings.ReplaceAll(plain, " ", "-"))
	}
	return anchors
}

type dashboard struct {
	UID    string           `json:"uid"`
	Title  string           `json:"title"`
	Panels []dashboardPanel `json:"panels"`
}

type dashboardPanel struct {
	ID          int    `json:"id"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	GridPos     struct{ X, Y, W, H int }
	Targets     []struct {
		Expr string `json:"expr"`
	} `json:"targets"`
}

func TestTheDashboardIsAboutMetrics(t *testing.T) {
	text, err := os.ReadFile("grafana/chattigo.json")
	require.NoError(t, err)
	var board dashboard
	require.NoError(t, json.Unmarshal(text, &board))
	require.NotEmpty(t, board.UID)
	known, ids := served(), map[int]bool{}
	for _, panel := range board.Panels {
		require.False(t, ids[panel.ID], "%s has an id of its own", panel.Title)
		ids[panel.ID] = true
		require.LessOrEqual(t, panel.GridPos.X+panel.GridPos.W, 24, panel.Title)
		if panel.Type == "row" {
			continue
		}
		require.NotEmpty(t, panel.Description, panel.Title)
		require.NotEmpty(t, panel.Targets, panel.Title)
		for _, target := range panel.Targets {
			require.NoError(t, checkExpression(target.Expr, known), panel.Title)
		}
	}
	require.NotEmpty(t, ids)
}
