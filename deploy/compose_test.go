// Package deploy_test holds docker-compose.yml against the service that it runs, because
// nothing else would notice a variable, port or command that has changed its name.
package deploy_test

import (
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/config"
)

// commands are those of the binary that a container may be given.
var commands = []string{"all", "api", "worker", "migrate", "temporal"}

type compose struct {
	Services map[string]service `yaml:"services"`
	Volumes  map[string]any     `yaml:"volumes"`
}

type service struct {
	Build       string                `yaml:"build"`
	Image       string                `yaml:"image"`
	Command     []string              `yaml:"command"`
	Entrypoint  []string              `yaml:"entrypoint"`
	Environment map[string]string     `yaml:"environment"`
	Ports       []string              `yaml:"ports"`
	Volumes     []string              `yaml:"volumes"`
	DependsOn   map[string]dependency `yaml:"depends_on"`
	Healthcheck map[string]any        `yaml:"healthcheck"`
}

type dependency struct {
	Condition string `yaml:"condition"`
}

func TestOurContainersHaveValidSettingsAndCommands(t *testing.T) {
	known := variables()
	ours := 0
	for name, s := range load(t).Services {
		if s.Build == "" {
			continue
		}
		ours++
		t.Run(name, func(t *testing.T) {
			require.Contains(t, commands, s.Command[0])
			for variable := range s.Environment {
				if variable == "GOMEMLIMIT" || strings.HasPrefix(variable, "OTEL_") {
					continue // Go's own, and OpenTelemetry's
				}
				require.Contains(t, known, variable)
				require.False(t, known[variable].DevOnly, "%s is for development only", variable)
			}
			cfg, err := config.Load(interpolate(s.Environment))
			require.NoError(t, err)
			require.Equal(t, config.Production, cfg.Env)
			require.True(t, strings.HasPrefix(cfg.DatabaseURL, "postgres://"))
		})
	}
	require.Equal(t, 4, ours)
}

func TestSecretsMustBeSet(t *testing.T) {
	for name, s := range load(t).Services {
		for variable, value := range s.Environment {
			if regexp.MustCompile(`(?i)password|_pwd$|_key$|database_url`).MatchString(variable) {
				require.Regexp(t, `\$\{[A-Z_]+:\?[^}]+\}`, value, "%s of %s", variable, name)
			}
		}
	}
}

func TestEveryVariableOfTheFileIsInTheExampleOfDotEnv(t *testing.T) {
	example := read(t, ".env.example")
	for _, match := range regexp.MustCompile(`\$\{([A-Z_]+)(:-([^}]*))?`).FindAllStringSubmatch(read(t, "docker-compose.yml"), -1) {
		// The same default in both files, so that a version is raised in both.
		require.Contains(t, example, "\n"+match[1]+"="+match[3]+"\n")
	}
}

// What is no setting would stop whoever hands the whole file to a container.
func TestTheExampleOfDotEnvHoldsOnlySettings(t *testing.T) {
	set := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^(\w+)=`).FindAllStringSubmatch(read(t, ".env.example"), -1) {
		set[match[1]] = "x"
	}
	require.Contains(t, set, "CHATTIGO_TOKEN_KEY")
	_, err := config.LoadTemporal(set)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "not a setting")
	require.NotContains(t, err.Error(), "none of Temporal's")
}

// Who sets nothing gets what OpenTelemetry does without any variable: the API and the workers are told the same.
func TestTracesAreOffAndSetOutsideOfTheFile(t *testing.T) {
	defaults := map[string]string{"OTEL_TRACES_SAMPLER": "parentbased_always_on", "OTEL_TRACES_SAMPLER_ARG": "1.0"}
	for _, name := range []string{"api", "worker"} {
		environment := load(t).Services[name].Environment
		require.Equal(t, "${CHATTIGO_TRACES:-off}", environment["CHATTIGO_TRACES"])
		for _, variable := range []string{"ENDPOINT", "HEADERS"} {
			require.Contains(t, environment, "OTEL_EXPORTER_OTLP_"+variable)
		}
		for variable, value := range environment {
			if strings.HasPrefix(variable, "OTEL_") {
				require.Equal(t, "${"+variable+":-"+defaults[variable]+"}", value, name)
			}
		}
	}
}

func TestPortsAreForThisMachineAndMeetWhatListens(t *testing.T) {
	services := load(t).Services
	for name, s := range services {
		for _, port := range s.Ports {
			require.Truef(t, strings.HasPrefix(port, "127.0.0.1:"), "%s publishes %s", name, port)
		}
	}
	defaults := variables()
	_, apiPort, err := net.SplitHostPort(services["api"].Environment["CHATTIGO_HTTP_ADDR"])
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(defaults["CHATTIGO_HTTP_ADDR"].Default)
	require.NoError(t, err)
	require.Equal(t, []string{host + ":${API_PORTS:-" + port + "}:" + apiPort}, services["api"].Ports)
	require.Equal(t, []string{defaults["CHATTIGO_TEMPORAL_ADDR"].Default + ":7233"}, services["temporal"].Ports)
	require.Equal(t, []string{defaults["CHATTIGO_TEMPORAL_UI_ADDR"].Default + ":8080"}, services["temporal-ui"].Ports)
	require.Contains(t, read(t, "Dockerfile"), "\nEXPOSE "+apiPort+"\n")
}

func TestImagesArePinned(t *testing.T) {
	for name, s := range load(t).Services {
		if s.Build == "" {
			require.Regexp(t, `^[a-z/-]+:\$\{[A-Z_]+:-[0-9][0-9.]*\}$`, s.Image, name)
		}
	}
}

func TestContainersWaitForWhatTheyNeed(t *testing.T) {
	services := load(t).Services
	tests := []struct{ service, needs, condition string }{
		{"api", "migrate", "service_completed_successfully"},
		{"api", "temporal-namespace", "service_completed_successfully"},
		{"worker", "migrate", "service_completed_successfully"},
		{"worker", "temporal-namespace", "service_completed_successfully"},
		{"migrate", "postgres", "service_healthy"},
		{"temporal-schema", "postgres", "service_healthy"},
		{"temporal", "temporal-schema", "service_completed_successfully"},
		{"temporal-namespace", "temporal", "service_healthy"},
		{"temporal-ui", "temporal", "service_healthy"},
	}
	for _, test := range tests {
		require.Equal(t, test.condition, services[test.service].DependsOn[test.needs].Condition, "%s needs %s", test.service, test.needs)
		if test.condition == "service_healthy" {
			require.NotEmpty(t, services[test.needs].Healthcheck, "nobody would know that %s is healthy", test.needs)
		}
	}
}

// The image has neither a shell nor curl: the binary asks itself.
func TestServersAreAskedHowTheyAre(t *testing.T) {
	for name, s := range load(t).Services {
		if s.Build == "" || s.Command[0] == "migrate" || s.Command[0] == "temporal" {
			continue
		}
		require.Equal(t, []any{"CMD", "/chattigo", "health"}, s.Healthcheck["test"], name)
		require.NotEqual(t, config.OpsOff, s.Environment["CHATTIGO_OPS_ADDR"])
	}
}

func TestMountsAndScriptsExist(t *testing.T) {
	file := load(t)
	for name, s := range file.Services {
		mounts := map[string]string{}
		for _, volume := range s.Volumes {
			from, rest, _ := strings.Cut(volume, ":")
			to, _, _ := strings.Cut(rest, ":")
			if !strings.HasPrefix(from, "./") {
				require.Contains(t, file.Volumes, from, name)
				continue
			}
			require.DirExists(t, filepath.Join("..", from), name)
			mounts[to] = from
		}
		for _, path := range append(slices.Clone(s.Entrypoint), s.Environment["DYNAMIC_CONFIG_FILE_PATH"]) {
			if from, ok := mounts[filepath.Dir(path)]; ok {
				require.FileExists(t, filepath.Join("..", from, filepath.Base(path)), name)
			}
		}
	}
}

func TestTheNamespaceIsMadeByTheServiceItself(t *testing.T) {
	setup := load(t).Services["temporal-namespace"]
	require.Equal(t, []string{"temporal", "setup", "--create", "--wait=2m"}, setup.Command)
	require.NotEmpty(t, setup.Build)
}

func variables() map[string]config.Variable {
	known := make(map[string]config.Variable)
	for _, v := range (config.Config{}).Variables() {
		known[v.Name] = v
	}
	return known
}

// interpolate does what docker compose does with ${NAME:?message}.
func interpolate(environment map[string]string) map[string]string {
	filled := make(map[string]string, len(environment))
	for name, value := range environment {
		value = regexp.MustCompile(`\$\{[A-Z_]+:-([^}]*)\}`).ReplaceAllString(value, "${1}")
		filled[name] = regexp.MustCompile(`\$\{[A-Z_]+:\?[^}]+\}`).ReplaceAllStringFunc(value, func(match string) string {
			return fmt.Sprintf("%x", sha256.Sum256([]byte(match))) // as openssl rand -hex 32 makes them
		})
	}
	return filled
}

func load(t *testing.T) compose {
	t.Helper()
	var file compose
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "docker-compose.yml")), &file))
	require.NotEmpty(t, file.Services)
	return file
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", path))
	require.NoError(t, err)
	return string(content)
}

// Everything that one machine runs may have all of its connections, and an administrator one of those that
// are kept free.
func TestPostgreSQLHasAConnectionForEverybody(t *testing.T) {
	services := load(t).Services
	most := regexp.MustCompile(`max_connections=(\d+)`).FindStringSubmatch(strings.Join(services["postgres"].Command, " "))
	require.Len(t, most, 2)
	allowed, err := strconv.Atoi(most[1])
	require.NoError(t, err)
	each, err := strconv.Atoi(interpolate(services["api"].Environment)["CHATTIGO_DATABASE_CONNECTIONS"])
	require.NoError(t, err)

	const processes, command, reserved = 4, 1, 3
	const temporalServices, temporalPools = 4, 20 + 10 // the defaults of its image, which is not told otherwise
	require.NotContains(t, services["temporal"].Environment, "SQL_MAX_CONNS")
	require.NotContains(t, services["temporal"].Environment, "SQL_VIS_MAX_CONNS")
	require.LessOrEqual(t, (processes+command)*each+temporalServices*temporalPools+reserved, allowed)
}
