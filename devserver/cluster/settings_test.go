package cluster

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
)

// The server of docker-compose.yml only logs a warning about a key that it does not know.
func TestTheServerKnowsEveryKeyOfTheComposeFile(t *testing.T) {
	file, err := os.ReadFile("../../deploy/temporal/dynamicconfig.yaml")
	require.NoError(t, err)
	loaded := dynamicconfig.LoadYamlFile(file)
	require.Empty(t, loaded.Errors)
	require.Empty(t, loaded.Warnings)
	require.NotEmpty(t, loaded.Map)
}

// At the default of 20 reads a second, messages that come 20 a second wait some 35 ms for the
// queue to be read.
func TestBothServersReadTheirQueuesOftenEnough(t *testing.T) {
	const perShard, perHost = 100, 500
	file, err := os.ReadFile("../../deploy/temporal/dynamicconfig.yaml")
	require.NoError(t, err)
	for name, settings := range map[string]dynamicconfig.Client{
		"embedded": dynamicConfig(Options{}, 1), "compose": dynamicconfig.StaticClient(constants(dynamicconfig.LoadYamlFile(file).Map)),
	} {
		for key, least := range map[dynamicconfig.Key]int{
			dynamicconfig.TransferProcessorMaxPollRPS.Key(): perShard, dynamicconfig.TransferProcessorMaxPollHostRPS.Key(): perHost,
			dynamicconfig.TimerProcessorMaxPollRPS.Key(): perShard, dynamicconfig.TimerProcessorMaxPollHostRPS.Key(): perHost,
			dynamicconfig.VisibilityProcessorMaxPollRPS.Key(): perShard, dynamicconfig.VisibilityProcessorMaxPollHostRPS.Key(): perHost,
		} {
			values := settings.GetValue(key)
			require.Len(t, values, 1, "%s: %s", name, key)
			require.GreaterOrEqual(t, values[0].Value, least, "%s: %s", name, key)
		}
	}
}

// The server of docker-compose.yml has the driver that prepares its statements, as the fleet's has.
func TestTheServerOfTheComposeFilePreparesItsStatements(t *testing.T) {
	file, err := os.ReadFile("../../docker-compose.yml")
	require.NoError(t, err)
	plugin := regexp.MustCompile(`(?m)^ +DB: (\S+)$`).FindSubmatch(file)
	require.NotNil(t, plugin)
	for variable, value := range map[string]string{
		"DB": string(plugin[1]), "POSTGRES_SEEDS": "postgres", "POSTGRES_USER": "chattigo", "POSTGRES_PWD": "secret",
	} {
		t.Setenv(variable, value)
	}
	loaded, err := config.Load(config.WithEmbedded())
	require.NoError(t, err)
	ours := (&Postgres{}).persistence()
	for _, name := range []string{loaded.Persistence.DefaultStore, loaded.Persistence.VisibilityStore} {
		require.Equal(t, ours.DataStores[postgresDefault].SQL.PluginName, loaded.Persistence.DataStores[name].SQL.PluginName)
	}
}

// constants are the values of a file in which none depends on anything.
func constants(file dynamicconfig.ConfigValueMap) map[dynamicconfig.Key]any {
	values := make(map[dynamicconfig.Key]any, len(file))
	for key, value := range file {
		values[key] = value[0].Value
	}
	return values
}
