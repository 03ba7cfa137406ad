package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

const (
	tokenKey = "token-key-token-key-token-key-32"
	idKey    = "id-key-id-key-id-key-id-key-id-32"
)

func production(extra ...string) map[string]string {
	environ := map[string]string{"CHATTIGO_DATABASE_URL": "sqlite:/var/lib/chattigo.db", "CHATTIGO_TOKEN_KEY": tokenKey, "CHATTIGO_ID_KEY": idKey, "CHATTIGO_SECRET_KEY": hexKey(9)}
	for i := 0; i+1 < len(extra); i += 2 {
		environ[extra[i]] = extra[i+1]
	}
	return environ
}

func TestDefaultsAreTheDocumentedOnes(t *testing.T) {
	cfg, err := config.Load(production())
	require.NoError(t, err)
	require.Equal(t, config.Config{
		Env:         "production",
		HTTPAddr:    "127.0.0.1:8080",
		DatabaseURL: "sqlite:/var/lib/chattigo.db", DatabaseConnections: 16, DataDir: "./data",
		TemporalAddr: "127.0.0.1:7233", TemporalNamespace: "default", TemporalUIAddr: "127.0.0.1:8233",
		InboxAddr: "127.0.0.1:8090",
		TokenKey:  tokenKey, IDKey: idKey, SecretKey: config.Secret(hexKey(9)),
		WebhookRate: 50, AccountRate: 500, ArchiveDays: 90, OpsAddr: config.DefaultOpsAddr,
		Traces: config.TracesOff, LogFormat: "text", LogLevel: slog.LevelInfo,
	}, cfg)
	require.False(t, cfg.IsDev())
}

func TestEmptyCountsAsUnset(t *testing.T) {
	cfg, err := config.Load(production("CHATTIGO_HTTP_ADDR", "", "CHATTIGO_INBOX_ADDR", ""))
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", cfg.HTTPAddr)
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	_, err := config.Load(map[string]string{
		"CHATTIGO_ENV":          "staging",
		"CHATTIGO_HTTP_ADDR":    "8080",
		"CHATTIGO_DATABASE_URL": "mysql://root:hunter2@db/x",
		"CHATTIGO_TOKEN_KEY":    "short",
		"CHATTIGO_LOG_LEVEL":    "loud",
		"CHATTIGO_LOG_FORMAT":   "xml",
	})
	var problems *config.Problems
	require.ErrorAs(t, err, &problems)
	var names []string
	for _, p := range problems.List {
		names = append(names, p.Variable)
	}
	require.ElementsMatch(t, []string{
		"CHATTIGO_ENV", "CHATTIGO_HTTP_ADDR", "CHATTIGO_DATABASE_URL", "CHATTIGO_TOKEN_KEY", "CHATTIGO_ID_KEY", "CHATTIGO_SECRET_KEY",
		"CHATTIGO_LOG_LEVEL", "CHATTIGO_LOG_FORMAT",
	}, names)
	require.NotContains(t, err.Error(), "hunter2")
	require.NotContains(t, err.Error(), "\n")
}

func TestOneBadValueIsRefused(t *testing.T) {
	for _, tc := range []struct{ name, variable, value, want string }{
		{"port too large", "CHATTIGO_HTTP_ADDR", "127.0.0.1:99999", `configuration: CHATTIGO_HTTP_ADDR must end in a port between 0 and 65535, not "99999"`},
		{"no port", "CHATTIGO_TEMPORAL_ADDR", "temporal", `configuration: CHATTIGO_TEMPORAL_ADDR must be host:port, not "temporal"`},
		{"no scheme", "CHATTIGO_DATABASE_URL", "chattigo.db", `configuration: CHATTIGO_DATABASE_URL must begin with postgres:// or sqlite:`},
		{"opaque postgres", "CHATTIGO_DATABASE_URL", "postgres:x", `configuration: CHATTIGO_DATABASE_URL is not a proper postgres:// URL`},
		{"blank namespace", "CHATTIGO_TEMPORAL_NAMESPACE", " ", `configuration: CHATTIGO_TEMPORAL_NAMESPACE must not be empty`},
		{"short key", "CHATTIGO_ID_KEY", "0123456789", `configuration: CHATTIGO_ID_KEY must have at least 32 bytes, it has 10`},
		{"same keys", "CHATTIGO_ID_KEY", tokenKey, `configuration: CHATTIGO_ID_KEY must not be the same as CHATTIGO_TOKEN_KEY, which changes from time to time`},
		{"no key to seal with", "CHATTIGO_SECRET_KEY", "", `configuration: CHATTIGO_SECRET_KEY must be set in production, to 32 random bytes as hex or base64 (openssl rand -hex 32 makes some)`},
		{"sample ISV in production", "CHATTIGO_INBOX_ADDR", "127.0.0.1:1", `configuration: CHATTIGO_INBOX_ADDR is only for CHATTIGO_ENV=dev; unset it`},
		{"embedded UI in production", "CHATTIGO_TEMPORAL_UI_ADDR", "127.0.0.1:1", `configuration: CHATTIGO_TEMPORAL_UI_ADDR is only for CHATTIGO_ENV=dev; unset it`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := config.Load(production(tc.variable, tc.value))
			require.EqualError(t, err, tc.want)
		})
	}
}

func TestGoodValuesAreTaken(t *testing.T) {
	for _, tc := range []struct{ variable, value string }{
		{"CHATTIGO_HTTP_ADDR", ":8080"},
		{"CHATTIGO_HTTP_ADDR", "[::1]:0"},
		{"CHATTIGO_DATABASE_URL", "postgres://u:p@db/chattigo?sslmode=disable"},
		{"CHATTIGO_DATABASE_URL", "postgresql:///chattigo?host=/tmp"},
		{"CHATTIGO_DATABASE_URL", "sqlite:/var/lib/chattigo.db"},
		{"CHATTIGO_LOG_LEVEL", "DEBUG"},
	} {
		t.Run(tc.variable+" "+tc.value, func(t *testing.T) {
			_, err := config.Load(production(tc.variable, tc.value))
			require.NoError(t, err)
		})
	}
}

const unnamed = "configuration: CHATTIGO_DATABASE_URL must be set in production, to postgres://user:password@host/name, or to sqlite:<file> for a small one on this machine"

func TestDatabaseCommandsNeedNoKeys(t *testing.T) {
	_, err := config.LoadStore(map[string]string{"CHATTIGO_DATABASE_URL": "sqlite:chattigo.db"})
	require.NoError(t, err)
	_, err = config.LoadStore(map[string]string{"CHATTIGO_DATABASE_URL": "x"})
	require.Error(t, err)
}

// A file that nobody chose would be noticed when it is gone.
func TestProductionNamesItsDatabase(t *testing.T) {
	for name, load := range map[string]func(map[string]string) (config.Config, error){"servers": config.Load, "database commands": config.LoadStore} {
		t.Run(name, func(t *testing.T) {
			for _, url := range []string{"", "unset"} {
				environ := production("CHATTIGO_DATABASE_URL", url)
				if url == "unset" {
					delete(environ, "CHATTIGO_DATABASE_URL")
				}
				cfg, err := load(environ)
				require.EqualError(t, err, unnamed)
				require.Empty(t, cfg.DatabaseURL, "not even shown by chattigo config")
			}
			cfg, err := load(map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": "/tmp/x"})
			require.NoError(t, err)
			require.Equal(t, "sqlite:/tmp/x/chattigo.db", cfg.DatabaseURL)
		})
	}
	_, err := config.LoadTemporal(map[string]string{})
	require.NoError(t, err, "a command that needs only Temporal needs no database")
	require.EqualError(t, config.Config{
		Env: config.Production, HTTPAddr: ":0", TemporalAddr: ":0", TemporalUIAddr: ":0", InboxAddr: ":0",
		TemporalNamespace: "default", DataDir: "x", TokenKey: tokenKey, IDKey: idKey, SecretKey: config.Secret(hexKey(9)), LogFormat: "text", WebhookRate: 50, AccountRate: 500, ArchiveDays: 90, DatabaseConnections: 16, OpsAddr: config.DefaultOpsAddr,
	}.Validate(), unnamed)
}

func TestTheRateOfWebhooksIsANumber(t *testing.T) {
	cfg, err := config.Load(production("CHATTIGO_WEBHOOK_RATE", "10000"))
	require.NoError(t, err)
	require.Equal(t, 10_000, cfg.WebhookRate)
	for _, bad := range []string{"0", "-1", "10001", "many", "1.5"} {
		_, err := config.Load(production("CHATTIGO_WEBHOOK_RATE", bad))
		require.ErrorContains(t, err, "CHATTIGO_WEBHOOK_RATE", bad)
	}
}

func TestTheConnectionsOfAProcessAreANumber(t *testing.T) {
	for good, want := range map[string]int{"4": 4, "1000": 1000} {
		cfg, err := config.Load(production("CHATTIGO_DATABASE_CONNECTIONS", good))
		require.NoError(t, err)
		require.Equal(t, want, cfg.DatabaseConnections)
	}
	for _, bad := range []string{"0", "3", "1001", "-4", "some"} {
		_, err := config.Load(production("CHATTIGO_DATABASE_CONNECTIONS", bad))
		require.ErrorContains(t, err, "CHATTIGO_DATABASE_CONNECTIONS", bad)
	}
}

func TestHandMadeSettingsAreChecked(t *testing.T) {
	cfg, err := config.Load(production())
	require.NoError(t, err)
	require.NoError(t, cfg.Validate())
	cfg.IDKey = ""
	require.EqualError(t, cfg.Validate(), "configuration: CHATTIGO_ID_KEY must be set in production, to at least 32 random bytes (openssl rand -hex 32 makes some)")
}

func TestKeysAreMadeOnceInDev(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	load := func() config.Config {
		cfg, err := config.Load(map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": dir})
		require.NoError(t, err)
		cfg, err = cfg.EnsureKeys()
		require.NoError(t, err)
		return cfg
	}
	first, second := load(), load()
	require.Equal(t, first, second)
	require.NoError(t, first.Validate())
	require.Len(t, first.TokenKey.Bytes(), 64)
	require.NotEqual(t, first.TokenKey, first.IDKey)
	keys, err := first.SealKeys()
	require.NoError(t, err)
	require.Len(t, keys, 1)

	info, err := os.Stat(filepath.Join(dir, "keys.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays")
}

func TestKeysOfTheEnvironmentGoFirst(t *testing.T) {
	dir := t.TempDir()
	cfg, err := config.Load(map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_DATA_DIR": dir, "CHATTIGO_TOKEN_KEY": tokenKey})
	require.NoError(t, err)
	cfg, err = cfg.EnsureKeys()
	require.NoError(t, err)
	require.Equal(t, config.Secret(tokenKey), cfg.TokenKey)
	require.NotEmpty(t, cfg.IDKey)
}

func TestDamagedKeysAreNotReplaced(t *testing.T) {
	for name, content := range map[string]string{"cut": `{"tokenKey":"`, "empty": "", "short": `{"tokenKey":"a","idKey":"b"}`} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "keys.json")
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			_, err := config.Config{Env: config.Dev, DataDir: dir}.EnsureKeys()
			require.Error(t, err)
			kept, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, string(kept))
		})
	}
}

func TestProductionMakesNoKeys(t *testing.T) {
	dir := t.TempDir()
	_, err := config.Config{Env: config.Production, DataDir: dir}.EnsureKeys()
	require.Error(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestNoSecretIsPrinted(t *testing.T) {
	cfg, err := config.Load(production("CHATTIGO_DATABASE_URL", "postgres://u:hunter2@db/x?sslpassword=hunter2"))
	require.NoError(t, err)
	var out, logged bytes.Buffer
	require.NoError(t, config.Write(&out, cfg))
	slog.New(slog.NewTextHandler(&logged, nil)).Info("settings", "token", cfg.TokenKey, "id", cfg.IDKey)
	encoded, err := json.Marshal(map[string]any{"token": cfg.TokenKey, "id": cfg.IDKey})
	require.NoError(t, err)
	for _, text := range []string{
		out.String(), logged.String(), string(encoded),
		fmt.Sprintf("%v %+v %#v %s", cfg.TokenKey, cfg.TokenKey, cfg.IDKey, cfg.IDKey),
	} {
		require.NotContains(t, text, tokenKey)
		require.NotContains(t, text, idKey)
		require.NotContains(t, text, "hunter2")
	}
	require.Contains(t, out.String(), "••••••••")
	require.Contains(t, out.String(), "postgres://u:xxxxx@db/x?sslpassword=xxxxx")
}

func TestEveryVariableIsExplained(t *testing.T) {
	var cfg config.Config
	seen := map[string]bool{}
	for _, v := range cfg.Variables() {
		require.True(t, strings.HasPrefix(v.Name, "CHATTIGO_"), v.Name)
		require.NotEmpty(t, v.Help, v.Name)
		require.False(t, seen[v.Name], v.Name)
		seen[v.Name] = true
	}
	require.Len(t, seen, 23)
}

func TestEnvironSplitsAtTheFirstEqualsSign(t *testing.T) {
	require.Equal(t, map[string]string{"A": "b=c", "E": ""}, config.Environ([]string{"A=b=c", "E=", "junk"}))
}

func TestTrustedProxiesAreNetworks(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "[]",
		"10.0.0.0/8":            "[10.0.0.0/8]",
		"10.1.2.3/8, 192.0.2.7": "[10.0.0.0/8 192.0.2.7/32]",
		"fd00::/8,::1":          "[fd00::/8 ::1/128]",
		"::ffff:10.0.0.1":       "[10.0.0.1/32]",
	} {
		cfg, err := config.Load(production("CHATTIGO_TRUSTED_PROXIES", text))
		require.NoError(t, err)
		networks, err := cfg.Proxies()
		require.NoError(t, err)
		require.Equal(t, want, fmt.Sprint(networks))
	}
	for text, want := range map[string]string{
		"proxy":                `CHATTIGO_TRUSTED_PROXIES must be networks or addresses separated by commas, such as 10.0.0.0/8,192.0.2.7; "proxy" is neither`,
		"10.0.0.0/8,":          `"" is neither`,
		"10.0.0.0/8,0.0.0.0/0": "must not list every address: anybody could then say whose address he has",
		"::/0":                 "must not list every address",
	} {
		_, err := config.Load(production("CHATTIGO_TRUSTED_PROXIES", text))
		require.ErrorContains(t, err, want)
	}
}

func TestTheDaysOfTheArchiveHaveBounds(t *testing.T) {
	for text, want := range map[string]int{"": 90, "8": 8, "36500": 36_500} {
		cfg, err := config.Load(production("CHATTIGO_ARCHIVE_DAYS", text))
		require.NoError(t, err)
		require.Equal(t, want, cfg.ArchiveDays)
	}
	const tooFew = "must be at least 8 days: Meta may send a message again for 7, and without the conversation that answered it, it would be answered again"
	for text, want := range map[string]string{
		"7": tooFew, "0": tooFew, "-90": tooFew, "36501": "must be a number from 8 to 36500",
		"90d": "cannot be understood; see its explanation in `chattigo config`", "8.5": "cannot be understood; see its explanation in `chattigo config`",
	} {
		_, err := config.Load(production("CHATTIGO_ARCHIVE_DAYS", text))
		require.EqualError(t, err, "configuration: CHATTIGO_ARCHIVE_DAYS "+want, text)
	}
}

func TestTheRateOfAnAccountHasBounds(t *testing.T) {
	for text, want := range map[string]int{"": 500, "0": 0, "100000": 100_000} {
		cfg, err := config.Load(production("CHATTIGO_ACCOUNT_RATE", text))
		require.NoError(t, err)
		require.Equal(t, want, cfg.AccountRate)
	}
	for _, bad := range []string{"-1", "100001", "many"} {
		_, err := config.Load(production("CHATTIGO_ACCOUNT_RATE", bad))
		require.ErrorContains(t, err, "CHATTIGO_ACCOUNT_RATE", bad)
	}
	for text, want := range map[string]int{"": 0, "7": 7} {
		cfg, err := config.Load(map[string]string{"CHATTIGO_ENV": "dev", "CHATTIGO_ACCOUNT_RATE": text})
		require.NoError(t, err)
		require.Equal(t, want, cfg.AccountRate, "in dev")
	}
}
