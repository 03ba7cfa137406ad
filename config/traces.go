package config

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// traceProblems refuses headers and addresses of OpenTelemetry's that cannot be read: the exporter would go
// on without them, and log them whole, although headers hold the collector's password and an address may.
func (c Config) traceProblems(environ map[string]string) []Problem {
	if c.Traces != TracesOTLP {
		return nil
	}
	var found []Problem
	for _, prefix := range []string{"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"} {
		if message := headersProblem(environ[prefix+"HEADERS"]); message != "" {
			found = append(found, Problem{prefix + "HEADERS", message})
		}
		if _, err := url.Parse(strings.TrimSpace(environ[prefix+"ENDPOINT"])); err != nil {
			found = append(found, Problem{prefix + "ENDPOINT", "is no URL, such as https://collector.example.com:4318"})
		}
	}
	return found
}

// headersProblem says what the exporter could not read; empty for nothing. It repeats nothing of a header.
func headersProblem(headers string) string {
	for i, header := range strings.Split(headers, ",") {
		if strings.TrimSpace(header) == "" {
			continue
		}
		name, value, found := strings.Cut(header, "=")
		if !found || !httpguts.ValidHeaderFieldName(strings.TrimSpace(name)) {
			return fmt.Sprintf("must be name=value,name=value; header %d is not", i+1)
		}
		if _, err := url.PathUnescape(value); err != nil {
			return fmt.Sprintf("must have a %% in a value written as %%25; that of header %d has one that is not", i+1)
		}
	}
	return ""
}
