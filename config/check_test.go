package config_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

// strong is a key as openssl rand -hex 32 makes one.
func strong(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// safe are settings about which there is nothing to say.
func safe() map[string]string {
	return map[string]string{
		"CHATTIGO_ENV":           "production",
		"CHATTIGO_DATABASE_URL":  "postgres://app:" + strong("db") + "@db.acme.com/chattigo?sslmode=verify-full",
		"CHATTIGO_TOKEN_KEY":     strong("token"),
		"CHATTIGO_ID_KEY":        strong("id"),
		"CHATTIGO_SECRET_KEY":    strong("seal"),
		"CHATTIGO_TEMPORAL_ADDR": "acme.tmprl.cloud:7233",
	}
}

func cloud() config.Temporal { return config.Temporal{Address: "acme.tmprl.cloud:7233", TLS: true} }

func TestThereIsNothingToSayOfSafeSettings(t *testing.T) {
	require.Empty(t, config.Check(safe(), cloud()))
}

// Random keys of any form are not taken for weak ones.
func TestRandomKeysAreAccepted(t *testing.T) {
	for i := range 500 {
		sum := sha256.Sum256(fmt.Append(nil, i))
		for _, key := range []string{hex.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(sum[:]), base64.RawURLEncoding.EncodeToString(sum[:])} {
			environ := safe()
			environ["CHATTIGO_SECRET_KEY"] = key
			environ["CHATTIGO_TOKEN_KEY"] = hex.EncodeToString(sum[:16]) + strong("x")[:32]
			require.Empty(t, config.Check(environ, cloud()), key)
		}
	}
}

func TestCheckFindsWhatIsNotSafe(t *testing.T) {
	const unsafe, warning = true, false
	postgres := func(rest string) string { return "postgres://app:" + strong("db") + "@" + rest }
	for _, tc := range []struct {
		name, variable, value string
		unsafe                bool
		want                  string
	}{
		{"dev", "CHATTIGO_ENV", "dev", unsafe, "is dev: "},
		{"unknown variable", "CHATTIGO_DATABASE_URI", "x", unsafe, "is not a setting; did you mean CHATTIGO_DATABASE_URL?"},
		{"short key", "CHATTIGO_TOKEN_KEY", "short", unsafe, "must have at least 32 bytes, it has 5"},
		{"one character", "CHATTIGO_TOKEN_KEY", strings.Repeat("a", 64), unsafe, "has only 1 different characters"},
		{"repeated", "CHATTIGO_ID_KEY", strings.Repeat("a8Kd02nQx", 4), unsafe, "repeats itself"},
		{"counting", "CHATTIGO_ID_KEY", "abcdefghijklmnopqrstuvwxyzabcdefgh0123", unsafe, "counts up or down"},
		{"from an example", "CHATTIGO_TOKEN_KEY", "change-me-8d7f6a5s4d3f2a1s9d8f7a6s", unsafe, "looks like an example"},
		{"sealing with zeros", "CHATTIGO_SECRET_KEY", strings.Repeat("00", 32), unsafe, "has only 1 different"},
		{"same as another", "CHATTIGO_ID_KEY", strong("token"), unsafe, "must not be the same as CHATTIGO_TOKEN_KEY"},
		{"sealing with the key of tokens", "CHATTIGO_SECRET_KEY", strong("token"), unsafe, "must not be the same as another key"},
		{"token keys that have not changed", "CHATTIGO_TOKEN_KEYS_OLD", strong("token"), unsafe, "holds CHATTIGO_TOKEN_KEY itself"},
		{"a rotation of the key of tokens", "CHATTIGO_TOKEN_KEYS_OLD", strong("old"), warning, "has not been ended"},
		{"a weak former key", "CHATTIGO_TOKEN_KEYS_OLD", strings.Repeat("a", 64), unsafe, "has only 1"},
		{"a rotation of the key that seals", "CHATTIGO_SECRET_KEYS_OLD", strong("old"), warning, "has not been ended"},

		{"plain, over the internet", "CHATTIGO_DATABASE_URL", postgres("db.acme.com/x?sslmode=disable"), unsafe, "leads to db.acme.com with sslmode=disable"},
		{"plain if the server likes", "CHATTIGO_DATABASE_URL", postgres("203.0.113.7/x?sslmode=prefer"), unsafe, "leads to 203.0.113.7 with sslmode=prefer"},
		{"the host as a parameter", "CHATTIGO_DATABASE_URL", postgres("/x?host=db.acme.com&sslmode=disable"), unsafe, "leads to db.acme.com"},
		{"plain, in a network of containers", "CHATTIGO_DATABASE_URL", postgres("postgres:5432/x?sslmode=disable"), warning, "that is good within one machine"},
		{"plain, in a private network", "CHATTIGO_DATABASE_URL", postgres("10.1.2.3/x?sslmode=disable"), warning, "and nowhere else"},
		{"plain, in a cluster", "CHATTIGO_DATABASE_URL", postgres("db.ns.svc/x?sslmode=disable"), warning, "and nowhere else"},
		{"not verified", "CHATTIGO_DATABASE_URL", postgres("db.acme.com/x"), warning, "sslmode=require: that encrypts"},
		{"an example's password", "CHATTIGO_DATABASE_URL", "postgres://app:postgres@127.0.0.1/x", unsafe, "has a password that is an example"},
		{"the user's name as password", "CHATTIGO_DATABASE_URL", "postgres://app:app@127.0.0.1/x", unsafe, "the name of its user"},
		{"a short password", "CHATTIGO_DATABASE_URL", "postgres://app:a8Kd02nQ@127.0.0.1/x", warning, "less than 12 characters"},
		{"no password", "CHATTIGO_DATABASE_URL", "postgres://app@10.0.0.1/x", warning, "has no password"},

		{"plain http in public", "CHATTIGO_HTTP_ADDR", "203.0.113.7:8080", unsafe, "is a public address (203.0.113.7)"},
		{"everywhere, without a proxy", "CHATTIGO_HTTP_ADDR", "0.0.0.0:8080", warning, "names no proxy"},
		{"everywhere, in short", "CHATTIGO_HTTP_ADDR", ":8080", warning, "names no proxy"},
		{"in a private network", "CHATTIGO_HTTP_ADDR", "10.1.2.3:8080", warning, "names no proxy"},
		{"metrics in public", "CHATTIGO_OPS_ADDR", "203.0.113.7:9464", unsafe, "everybody may read the metrics"},
		{"metrics everywhere", "CHATTIGO_OPS_ADDR", "[::]:9464", warning, "whoever reaches it may read the metrics"},
		{"public proxies", "CHATTIGO_TRUSTED_PROXIES", "198.51.0.0/16", warning, "lists 198.51.0.0/16"},
		{"everybody as a proxy", "CHATTIGO_TRUSTED_PROXIES", "0.0.0.0/0", unsafe, "must not list every address"},
		{"certificates are not checked", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", "true", unsafe, "is set"},
		{"debug", "CHATTIGO_LOG_LEVEL", "debug", warning, "is debug"},
		{"no limit", "CHATTIGO_ACCOUNT_RATE", "0", warning, "is 0"},
		{"only for dev", "CHATTIGO_INBOX_ADDR", "127.0.0.1:1", unsafe, "is only for CHATTIGO_ENV=dev"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			environ := safe()
			environ[tc.variable] = tc.value
			found := config.Check(environ, cloud())
			require.NotEmpty(t, found)
			i := 0
			for i < len(found)-1 && !strings.Contains(found[i].Message, tc.want) {
				i++
			}
			require.Equal(t, tc.variable, found[i].Variable)
			require.Contains(t, found[i].Message, tc.want)
			require.Equal(t, tc.unsafe, found[i].Unsafe)
			for _, f := range found {
				require.NotContains(t, fmt.Sprint(f), strong("db"), "no secret is repeated")
			}
		})
	}
}

func TestCheckAcceptsWhatIsNear(t *testing.T) {
	for variable, values := range map[string][]string{
		"CHATTIGO_DATABASE_URL": {
			"sqlite:/var/lib/chattigo.db", "postgres://app@localhost/x?sslmode=disable", "postgres:///x?host=/var/run/postgresql&sslmode=disable",
			"postgres://app:" + strong("db") + "@127.0.0.1/x?sslmode=disable", "postgres://app:" + strong("db") + "@10.0.0.1/x",
		},
		"CHATTIGO_HTTP_ADDR":       {"127.0.0.1:8080", "localhost:8080", "[::1]:8080"},
		"CHATTIGO_OPS_ADDR":        {"off", "127.0.0.1:9464"},
		"CHATTIGO_TRUSTED_PROXIES": {"10.0.0.0/8,172.16.0.0/12", "198.51.100.0/24", "fd00::/8"},
	} {
		for _, value := range values {
			environ := safe()
			environ[variable] = value
			require.Empty(t, config.Check(environ, cloud()), value)
		}
	}
	environ := safe()
	maps.Copy(environ, map[string]string{"CHATTIGO_HTTP_ADDR": "0.0.0.0:8080", "CHATTIGO_TRUSTED_PROXIES": "10.0.0.0/8"})
	require.Empty(t, config.Check(environ, cloud()))
}

func TestCheckJudgesTheConnectionToTemporal(t *testing.T) {
	for address, want := range map[string]string{
		"acme.tmprl.cloud:7233": "true", "203.0.113.7:7233": "true", "temporal:7233": "false", "10.1.2.3:7233": "false",
		"127.0.0.1:7233": "", "localhost:7233": "",
	} {
		var got string
		for _, f := range config.Check(safe(), config.Temporal{Address: address}) {
			require.Equal(t, "CHATTIGO_TEMPORAL_ADDR", f.Variable)
			require.Contains(t, f.Message, "without TLS")
			got = fmt.Sprint(f.Unsafe)
		}
		require.Equal(t, want, got, address)
		require.Empty(t, config.Check(safe(), config.Temporal{Address: address, TLS: true}), address)
	}
}

func TestCheckFindsATemporalServerWhoseCertificateIsNotChecked(t *testing.T) {
	unchecked := cloud()
	unchecked.Unverified = true
	environ := safe()
	for _, variable := range []string{"TEMPORAL_CONFIG_FILE", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"} {
		found := config.Check(environ, unchecked)
		require.Len(t, found, 1)
		requireFinding(t, found, variable, "anybody in between may say that he is the Temporal server", true)
		environ["TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"] = "true" // which is named instead of the file
	}
}

// The variables of PostgreSQL count where the URL leaves something out.
func TestCheckReadsThePostgreSQLVariables(t *testing.T) {
	environ := safe()
	environ["CHATTIGO_DATABASE_URL"] = "postgres://app:" + strong("db") + "@db.acme.com/x"
	environ["PGSSLMODE"] = "disable"
	found := config.Check(environ, cloud())
	require.Len(t, found, 1)
	require.True(t, found[0].Unsafe)
}
