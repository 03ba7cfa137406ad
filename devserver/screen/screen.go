// Package screen is what a newcomer sees when everything runs: addresses, the login, and shell commands
// that work unchanged.
//
// It imports config and stack. Start reading at screen.txt.
package screen

import (
	_ "embed"
	"strings"
	"text/template"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/stack"
)

//go:embed screen.txt
var screenText string

// Content is what the screen says beside the settings.
type Content struct {
	Config config.Config
	// Command is what started everything, such as make run.
	Command string
	// Processes are the lines about processes of their own; none if there is one process.
	Processes []string
}

// Welcome is the screen.
func Welcome(c Content) string {
	var out strings.Builder
	template.Must(template.New("screen").Parse(screenText)).Execute(&out, map[string]any{ //nolint:errcheck // a map of strings into memory
		"API":           "http://" + c.Config.HTTPAddr,
		"UI":            "http://" + c.Config.TemporalUIAddr,
		"Inbox":         "http://" + c.Config.InboxAddr,
		"Metrics":       metricsURL(c.Config),
		"Data":          c.Config.DataDir,
		"Account":       stack.DemoAccount,
		"Password":      stack.DemoPassword,
		"WaID":          stack.DemoWaID,
		"PhoneNumberID": stack.DemoPhoneNumberID,
		"Contact":       "56911112222",
		"Command":       c.Command,
		"Processes":     c.Processes,
	})
	return out.String()
}

// metricsURL is where metrics are served; empty if they are off.
func metricsURL(cfg config.Config) string {
	if cfg.OpsAddr == config.OpsOff {
		return ""
	}
	return "http://" + cfg.OpsAddr + "/metrics"
}
