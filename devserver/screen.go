package main

import (
	_ "embed"
	"strings"
	"text/template"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/stack"
)

//go:embed screen.txt
var screenText string

// welcome is the screen that a newcomer sees when everything runs: addresses, the login, and shell
// commands that work unchanged.
func welcome(cfg config.Config) string {
	var out strings.Builder
	template.Must(template.New("screen").Parse(screenText)).Execute(&out, map[string]string{ //nolint:errcheck // a map of strings into memory
		"API":           "http://" + cfg.HTTPAddr,
		"UI":            "http://" + cfg.TemporalUIAddr,
		"Inbox":         "http://" + cfg.InboxAddr,
		"Metrics":       metricsURL(cfg),
		"Data":          cfg.DataDir,
		"Account":       stack.DemoAccount,
		"Password":      stack.DemoPassword,
		"WaID":          stack.DemoWaID,
		"PhoneNumberID": stack.DemoPhoneNumberID,
		"Contact":       "56911112222",
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
