package config

import (
	"fmt"
	"net/url"
	"strings"
)

// traceFindings judges where OpenTelemetry's own variables send traces, with the headers that let them in. What is set
// for traces alone goes first.
func (c Config) traceFindings(environ map[string]string) []Finding {
	if c.Traces != TracesOTLP {
		return nil
	}
	variable, value := ofTraces(environ, "ENDPOINT")
	endpoint, err := url.Parse(value)
	if value == "" || err != nil {
		return nil // the default is this machine; what cannot be read is ignored
	}
	host, plain := endpoint.Hostname(), strings.EqualFold(endpoint.Scheme, "http")
	switch insecure, set := ofTraces(environ, "INSECURE"); {
	case host == "":
		return []Finding{{false, variable, "names no host: no trace arrives anywhere", "let it be a URL, such as https://collector.example.com:4318"}}
	case distanceOf(host) == here:
		return nil
	case strings.EqualFold(set, "true") && (!plain || distanceOf(host) == outside):
		return []Finding{{true, insecure, fmt.Sprintf("is true: traces go to %s over plain http, whatever %s begins with, and everybody on the way may read them, and the headers that let them in", host, variable), "unset it, and let " + variable + " begin with https://"}}
	case plain && distanceOf(host) == outside:
		return []Finding{{false, variable, fmt.Sprintf("leads to %s over plain http: everybody on the way may read the traces, and the headers that let them in", host), "let it begin with https://"}}
	}
	return nil
}

// ofTraces returns the variable of OpenTelemetry's exporter that counts for traces, and its value; an empty one is a
// missing one.
func ofTraces(environ map[string]string, name string) (variable, value string) {
	for _, variable := range []string{"OTEL_EXPORTER_OTLP_TRACES_" + name, "OTEL_EXPORTER_OTLP_" + name} {
		if value := strings.TrimSpace(environ[variable]); value != "" {
			return variable, value
		}
	}
	return "", ""
}
