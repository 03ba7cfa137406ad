package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// randomKey is a key as openssl rand -hex 32 makes one, the same every time.
func randomKey(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }

func safeEnvironment(extra ...string) []string {
	return append([]string{
		"CHATTIGO_DATABASE_URL=sqlite:/var/lib/chattigo.db", "CHATTIGO_TOKEN_KEY=" + randomKey("token"),
		"CHATTIGO_ID_KEY=" + randomKey("id"), "CHATTIGO_SECRET_KEY=" + randomKey("seal"),
	}, extra...)
}

func TestConfigCheckLetsSafeSettingsGoLive(t *testing.T) {
	code, out, errOut := newTerminal(t, safeEnvironment()...).run(t, "", "config", "check")
	require.Zero(t, code, errOut)
	require.Equal(t, "the configuration may go live: 0 warnings\n", out)
}

func TestConfigCheckRefusesWhatIsNotSafe(t *testing.T) {
	code, out, errOut := newTerminal(t, safeEnvironment("CHATTIGO_TEMPORAL_ADDR=temporal.acme.com:7233", "CHATTIGO_OPS_ADDR=0.0.0.0:9464")...).run(t, "", "config", "check")
	require.Equal(t, 1, code)
	require.Contains(t, out, "error    CHATTIGO_TEMPORAL_ADDR leads to temporal.acme.com without TLS: everybody on the way reads the messages of all contacts\n         to do: set TEMPORAL_TLS=true")
	require.Contains(t, out, "warning  CHATTIGO_OPS_ADDR is reached from other machines")
	require.Equal(t, "chattigo: the configuration is not safe: 1 error, 1 warning\n", errOut)
}

func TestConfigCheckFailsForWarningsOnlyIfAsked(t *testing.T) {
	tm := newTerminal(t, safeEnvironment("CHATTIGO_OPS_ADDR=0.0.0.0:9464")...)
	code, out, _ := tm.run(t, "", "config", "check")
	require.Zero(t, code)
	require.Contains(t, out, "the configuration may go live: 1 warning\n")
	code, _, errOut := tm.run(t, "", "config", "check", "--strict")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "0 errors, 1 warning")
}

func TestConfigCheckSaysWhatCannotBeLoaded(t *testing.T) {
	code, out, errOut := newTerminal(t, "CHATTIGO_TOKEN_KEY=hunter2hunter2", "CHATTIGO_DATABASE_URI=x").run(t, "", "config", "check")
	require.Equal(t, 1, code)
	for _, variable := range []string{"CHATTIGO_DATABASE_URI is not a setting", "CHATTIGO_TOKEN_KEY must have", "CHATTIGO_ID_KEY must be set", "CHATTIGO_SECRET_KEY must be set"} {
		require.Contains(t, out, "error    "+variable)
	}
	require.NotContains(t, out+errOut, "hunter2")
}

// Another variable may switch off the TLS of the collector's address.
func TestConfigCheckReadsTheVariablesOfOpenTelemetry(t *testing.T) {
	environ := safeEnvironment("CHATTIGO_TRACES=otlp", "OTEL_EXPORTER_OTLP_ENDPOINT=https://otel.acme.com", "OTEL_EXPORTER_OTLP_INSECURE=true")
	code, out, _ := newTerminal(t, environ...).run(t, "", "config", "check")
	require.Equal(t, 1, code)
	require.Contains(t, out, "error    OTEL_EXPORTER_OTLP_INSECURE is true: traces go to otel.acme.com over plain http")
	require.Contains(t, out, "to do: unset it, and let OTEL_EXPORTER_OTLP_ENDPOINT begin with https://")
}

// The file of Temporal's own tools may say what its variables say.
func TestConfigCheckReadsTheFileOfTemporal(t *testing.T) {
	for verify, want := range map[string]int{"disable_host_verification = true": 1, "server_name = 'temporal'": 0} {
		file := filepath.Join(t.TempDir(), "temporal.toml")
		require.NoError(t, os.WriteFile(file, []byte("[profile.default]\naddress = 'temporal.acme.com:7233'\n[profile.default.tls]\n"+verify+"\n"), 0o600))
		t.Setenv("TEMPORAL_CONFIG_FILE", file)
		code, out, errOut := newTerminal(t, safeEnvironment("TEMPORAL_CONFIG_FILE="+file)...).run(t, "", "config", "check")
		require.Equal(t, want, code, out+errOut)
		require.Equal(t, want, strings.Count(out, "error    TEMPORAL_CONFIG_FILE has a profile with disable_host_verification"), out)
	}
}

func TestConfigCheckTeaches(t *testing.T) {
	code, out, _ := newTerminal(t).run(t, "", "config", "check", "--help")
	require.Zero(t, code)
	for _, word := range []string{"error", "warning", "--strict", "exit code", "docker compose run --rm --no-deps api config check"} {
		require.Contains(t, out, word)
	}
}

// Of docker-compose.yml with keys of one's own there is nothing to mend: what is warned of is that its services speak
// to each other without TLS, within one machine.
func TestConfigCheckLetsDockerComposeGoLive(t *testing.T) {
	text, err := os.ReadFile("../../docker-compose.yml")
	require.NoError(t, err)
	var file struct {
		Services map[string]struct {
			Build       string            `yaml:"build"`
			Environment map[string]string `yaml:"environment"`
		} `yaml:"services"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	for _, name := range []string{"api", "worker", "migrate"} {
		var environ []string
		for variable, value := range file.Services[name].Environment {
			value = regexp.MustCompile(`\$\{[A-Z_]+:-([^}]*)\}`).ReplaceAllString(value, "${1}")
			value = regexp.MustCompile(`\$\{[A-Z_]+:\?[^}]+\}`).ReplaceAllStringFunc(value, randomKey)
			environ = append(environ, variable+"="+value)
		}
		code, out, errOut := newTerminal(t, environ...).run(t, "", "config", "check")
		require.Zero(t, code, out+errOut)
		require.NotContains(t, out, "error ")
		var warned []string
		for line := range strings.Lines(out) {
			if variable, ok := strings.CutPrefix(line, "warning  "); ok {
				warned = append(warned, strings.Fields(variable)[0])
			}
		}
		require.Equal(t, []string{"CHATTIGO_DATABASE_URL", "CHATTIGO_TEMPORAL_ADDR"}, warned, name)
		require.Contains(t, out, "within one machine, such as the network of docker-compose.yml")
	}
}
