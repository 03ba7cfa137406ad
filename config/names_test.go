package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

func TestWhatLooksLikeASettingAndIsNoneIsRefused(t *testing.T) {
	const all = "is not a setting; `chattigo config` lists all"
	for name, want := range map[string]string{
		"CHATTIGO_DATABASE_URI":        "is not a setting; did you mean CHATTIGO_DATABASE_URL?",
		"CHATTIGO_DATABASE":            "is not a setting; did you mean CHATTIGO_DATABASE_URL?",
		"CHATTIGO_DB_URL":              "is not a setting; did you mean CHATTIGO_DATABASE_URL?",
		"CHATTIGO_ID_KEYS":             "is not a setting; did you mean CHATTIGO_ID_KEY?",
		"CHATTIGO_SECRET_KEY_OLD":      "is not a setting; did you mean CHATTIGO_SECRET_KEYS_OLD?",
		"CHATTIGO_TEMPORAL_ADDRESS":    "is not a setting; did you mean CHATTIGO_TEMPORAL_ADDR?",
		"CHATTIGO_HTTP_ADRR":           "is not a setting; did you mean CHATTIGO_HTTP_ADDR?",
		"chattigo_database_url":        "is not a setting; did you mean CHATTIGO_DATABASE_URL?",
		"Chattigo_Log_Level":           "is not a setting; did you mean CHATTIGO_LOG_LEVEL?",
		"CHATIGO_DATABASE_URL":         "is not a setting; did you mean CHATTIGO_DATABASE_URL?",
		"CHATTIGODATABASE_URL":         "is not a setting; did you mean CHATTIGO_DATABASE_URL?",
		"CHATTIGO_DATABASE_URL ":       "is not a setting; did you mean CHATTIGO_DATABASE_URL?",
		"CHATTIGO_WORKERS":             all,
		"CHATTIGO_PORT":                all,
		"CHATTIGO_METRICS_SERVER_NAME": all,
	} {
		t.Run(name, func(t *testing.T) {
			for _, load := range []func(map[string]string) (config.Config, error){config.Load, config.LoadStore, config.LoadTemporal} {
				for _, env := range []string{config.Dev, config.Production} {
					_, err := load(production(name, "hunter2", "CHATTIGO_ENV", env))
					require.EqualError(t, err, "configuration: "+name+" "+want)
				}
			}
			_, err := config.Load(production(name, ""))
			require.NoError(t, err, "what is empty sets nothing")
		})
	}
}

func TestNamesOfOthersAreLeftAlone(t *testing.T) {
	for name, value := range map[string]string{
		"CHATTIGO_TEST_DATABASE_URL":     "postgres://x",
		"CHATTIGO_URL":                   "https://api.example.com",
		"CHATTIGO_TOKEN":                 "x",
		"PATH":                           "/bin",
		"DATABASE_URL":                   "postgres://x",
		"POSTGRES_PASSWORD":              "x",
		"TEMPORAL_VERSION":               "1.32.1",
		"TEMPORAL_UI_VERSION":            "2.53.3",
		"TEMPORAL_TTL":                   "5",
		"TEMPORAL_CLI_ADDRESS":           "x",
		"TEMPORAL_GRPC_META_X":           "x",
		"CHATTIGO_SERVICE_HOST":          "10.0.0.1",
		"CHATTIGO_API_SERVICE_PORT":      "8080",
		"CHATTIGO_API_SERVICE_PORT_HTTP": "8080",
		"CHATTIGO_API_PORT":              "tcp://10.0.0.1:8080",
		"CHATTIGO_API_PORT_8080_TCP":     "tcp://10.0.0.1:8080",
		"CHATTIGO_PORT_8080_TCP_ADDR":    "10.0.0.1",
		"TEMPORAL_PORT":                  "tcp://10.0.0.1:7233",
	} {
		_, err := config.Load(production(name, value))
		require.NoError(t, err, name)
	}
}

func TestAMisspeltVariableOfTemporalsIsRefusedInProduction(t *testing.T) {
	for name, meant := range map[string]string{
		"TEMPORAL_ADRESS":             "TEMPORAL_ADDRESS",
		"TEMPORAL_ADDR":               "TEMPORAL_ADDRESS",
		"temporal_address":            "TEMPORAL_ADDRESS",
		"TEMPORAL_NAMESPACES":         "TEMPORAL_NAMESPACE",
		"TEMPORAL_APIKEY":             "TEMPORAL_API_KEY",
		"TEMPORAL_TLS_CERT_PATH":      "TEMPORAL_TLS_CLIENT_CERT_PATH",
		"TEMPORAL_TLS_CLIENT_CERT":    "TEMPORAL_TLS_CLIENT_CERT_DATA",
		"TEMPORAL_TLS_SERVERNAME":     "TEMPORAL_TLS_SERVER_NAME",
		"TEMPORAL_TLS_SERVER_CA_PATH": "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
	} {
		want := "configuration: " + name + " is none of Temporal's variables; did you mean " + meant + "?"
		_, err := config.Load(production(name, "hunter2"))
		require.EqualError(t, err, want)
		_, err = config.LoadTemporal(production(name, "hunter2"))
		require.EqualError(t, err, want)
		_, err = config.LoadStore(production(name, "hunter2"))
		require.NoError(t, err, "the database has nothing to do with it")
		_, err = config.Load(production(name, "hunter2", "CHATTIGO_ENV", "dev"))
		require.NoError(t, err, "in dev they count for nothing")
	}
}

func TestWhatStandsAroundAValueIsRefused(t *testing.T) {
	const space = " begins or ends with white space, such as the carriage return of a file from Windows; take it off"
	const quotes = " is in quotes, which are taken for a part of the value; take them off"
	for _, tt := range []struct{ name, value, want string }{
		{"CHATTIGO_ENV", "production\r", space},
		{"CHATTIGO_DATABASE_URL", "sqlite:/var/lib/chattigo.db\r", space},
		{"CHATTIGO_DATABASE_URL", `"postgres://u:hunter2@db/x"`, quotes},
		{"CHATTIGO_DATABASE_URL", " ", " must not be empty"},
		{"CHATTIGO_DATA_DIR", "'/var/lib'", quotes},
		{"CHATTIGO_DATA_DIR", "\t", " must not be empty"},
		{"CHATTIGO_TOKEN_KEY", tokenKey + "\n", space},
		{"CHATTIGO_ID_KEY", `"` + idKey + `"`, quotes},
		{"CHATTIGO_LOG_LEVEL", " info", space},
		{"TEMPORAL_ADDRESS", "temporal:7233\r", space},
		{"TEMPORAL_API_KEY", `"hunter2"`, quotes},
		{"TEMPORAL_NAMESPACE", " ", " must not be empty"},
	} {
		_, err := config.Load(production(tt.name, tt.value))
		require.ErrorContains(t, err, tt.name+tt.want)
		require.NotContains(t, err.Error(), "hunter2")
		require.NotContains(t, err.Error(), "\r")
		require.Equal(t, 1, strings.Count(err.Error(), tt.name+" "), "one problem is told once: %s", err)
	}
}

func TestSettingsThatContradictEachOtherAreRefused(t *testing.T) {
	_, err := config.Load(production("CHATTIGO_TEMPORAL_ADDR", "a:7233", "TEMPORAL_ADDRESS", "b:7233"))
	require.EqualError(t, err, `configuration: CHATTIGO_TEMPORAL_ADDR is "a:7233", and TEMPORAL_ADDRESS is "b:7233"; set only one of them`)
	_, err = config.LoadTemporal(production("CHATTIGO_TEMPORAL_NAMESPACE", "a", "TEMPORAL_NAMESPACE", "b"))
	require.EqualError(t, err, `configuration: CHATTIGO_TEMPORAL_NAMESPACE is "a", and TEMPORAL_NAMESPACE is "b"; set only one of them`)
	for _, environ := range []map[string]string{
		production("CHATTIGO_TEMPORAL_ADDR", "a:7233", "TEMPORAL_ADDRESS", "a:7233"),
		production("TEMPORAL_ADDRESS", "b:7233"),
		production("CHATTIGO_TEMPORAL_ADDR", "a:7233", "TEMPORAL_ADDRESS", ""),
		production("CHATTIGO_ENV", "dev", "CHATTIGO_TEMPORAL_ADDR", "a:7233", "TEMPORAL_ADDRESS", "b:7233"),
	} {
		_, err := config.Load(environ)
		require.NoError(t, err)
	}
}

func TestTheDatabasesPlaceHoldsNoSecret(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://u:hunter2@db:5432/chattigo?sslmode=disable":    "db:5432/chattigo",
		"postgres://u:hunter2@db/chattigo?password=hunter2":        "db/chattigo",
		"postgresql:///chattigo?host=/tmp&user=u&password=hunter2": "/tmp/chattigo",
		"postgres://u@db/?dbname=chattigo&sslpassword=hunter2":     "db/chattigo",
		"postgres://u:hunter2%zz@db/chattigo":                      "••••••••",
		"sqlite:/var/lib/chattigo.db":                              "/var/lib/chattigo.db",
		"postgres://u:hun@ter2@db/x#hunter2":                       "db/x",
	} {
		got := config.Config{DatabaseURL: url}.DatabasePlace()
		require.Equal(t, want, got)
		require.NotContains(t, got, "hunter2")
	}
	require.Regexp(t, `^/.*/data/chattigo\.db$`, config.Config{DatabaseURL: "sqlite:data/chattigo.db"}.DatabasePlace(), "a relative path does not say where")
}
