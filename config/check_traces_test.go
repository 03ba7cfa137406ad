package config_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

func TestCheckJudgesWhereTracesGo(t *testing.T) {
	const all, traces = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	const insecure, tracesInsecure = "OTEL_EXPORTER_OTLP_INSECURE", "OTEL_EXPORTER_OTLP_TRACES_INSECURE"
	for _, tc := range []struct {
		name    string
		environ map[string]string
		want    string
		unsafe  bool
	}{
		{"plain and public", map[string]string{all: "http://otel.acme.com:4318"}, all, false},
		{"plain and public, for traces alone", map[string]string{traces: "HTTP://203.0.113.7:4318/v1/traces"}, traces, false},
		{"what is for traces goes first", map[string]string{all: "http://otel.acme.com:4318", traces: "https://otel.acme.com"}, "", false},
		{"TLS", map[string]string{all: "https://otel.acme.com:4318"}, "", false},
		{"within the network", map[string]string{all: "http://collector:4318"}, "", false},
		{"this machine", map[string]string{all: "http://localhost:4318"}, "", false},
		{"no traces", map[string]string{all: "http://otel.acme.com:4318", "CHATTIGO_TRACES": "off"}, "", false},
		{"the default", nil, "", false},
		{"empty ones", map[string]string{all: "", traces: " ", insecure: ""}, "", false},
		{"what is for traces is empty", map[string]string{all: "http://otel.acme.com:4318", traces: ""}, all, false},
		{"TLS that is switched off", map[string]string{all: "https://otel.acme.com:4318", insecure: "true"}, insecure, true},
		{"TLS that is switched off for traces", map[string]string{traces: "https://otel.acme.com/v1/traces", tracesInsecure: "True"}, tracesInsecure, true},
		{"TLS that is switched off within the network", map[string]string{all: "https://collector:4318", insecure: "true"}, insecure, true},
		{"plain and public, and meant so", map[string]string{all: "http://otel.acme.com:4318", insecure: "true"}, insecure, true},
		{"plain within the network, and meant so", map[string]string{all: "http://collector:4318", insecure: "true"}, "", false},
		{"plain on this machine, and meant so", map[string]string{all: "https://localhost:4318", insecure: "true"}, "", false},
		{"insecure, without an address", map[string]string{insecure: "true"}, "", false},
		{"TLS that is left on for traces", map[string]string{all: "https://otel.acme.com:4318", insecure: "true", tracesInsecure: "false"}, "", false},
		{"insecure without traces", map[string]string{all: "https://otel.acme.com:4318", insecure: "true", "CHATTIGO_TRACES": "off"}, "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			environ := safe()
			environ["CHATTIGO_TRACES"] = "otlp"
			maps.Copy(environ, tc.environ)
			found := config.Check(environ, cloud())
			if tc.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			requireFinding(t, found, tc.want, "over plain http", tc.unsafe)
		})
	}
}

// As other exporters take it, which speak gRPC.
func TestCheckFindsACollectorThatIsNoURL(t *testing.T) {
	for _, value := range []string{"collector:4318", "otel.acme.com:4318", "/v1/traces"} {
		environ := safe()
		environ["CHATTIGO_TRACES"], environ["OTEL_EXPORTER_OTLP_ENDPOINT"], environ["OTEL_EXPORTER_OTLP_INSECURE"] = "otlp", value, "true"
		found := config.Check(environ, cloud())
		require.Len(t, found, 1, value)
		requireFinding(t, found, "OTEL_EXPORTER_OTLP_ENDPOINT", "names no host", false)
	}
}

// The exporter would log them whole, with the collector's password.
func TestHeadersOfTracesThatCannotBeReadAreRefusedUnseen(t *testing.T) {
	const all, traces, endpoint = "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_ENDPOINT"
	const pair, percent, address = "must be name=value,name=value; header %d is not", "must have a %% in a value written as %%25; that of header %d has one that is not", "is no URL"
	for _, tc := range []struct {
		name, variable, value, want string
	}{
		{"one", all, "authorization=Bearer%20s3cret", ""},
		{"several, with blanks and an empty one", all, " authorization = Basic czNjcmV0Og==, x-tenant=a,", ""},
		{"none", all, "", ""},
		{"as curl takes it", all, "authorization: Bearer s3cret", fmt.Sprintf(pair, 1)},
		{"a value with a comma", traces, "x-tenant=a,s3cret", fmt.Sprintf(pair, 2)},
		{"a name that is none", all, "api key=s3cret", fmt.Sprintf(pair, 1)},
		{"no name", all, "=s3cret", fmt.Sprintf(pair, 1)},
		{"a percent sign", traces, "x-a=1,authorization=s3cret%", fmt.Sprintf(percent, 2)},
		{"an address that is none", endpoint, "https://me:s3cret%@otel.acme.com", address},
	} {
		t.Run(tc.name, func(t *testing.T) {
			environ := safe()
			environ[tc.variable] = tc.value
			_, err := config.Load(environ)
			require.NoError(t, err, "traces are off")
			environ["CHATTIGO_TRACES"] = "otlp"
			_, err = config.Load(environ)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.variable+" "+tc.want)
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
}
