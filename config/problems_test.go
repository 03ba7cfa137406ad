package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

func TestADatabaseThatCannotBeOpenedIsRefused(t *testing.T) {
	const memory, mode = "must name a file", "must have an sslmode of PostgreSQL: disable, allow, prefer, require, verify-ca, verify-full"
	for value, want := range map[string]string{
		"sqlite::memory:": memory, "sqlite://:memory:": memory, "sqlite:file::memory:?cache=shared": memory,
		"sqlite:": "must begin with", "sqlite://": "must begin with",
		"postgres://app:hunter2@127.0.0.1/x?sslmode=bogus": mode, "postgres://app:hunter2@127.0.0.1/x?sslmode=Require": mode,
	} {
		_, err := config.Load(production("CHATTIGO_DATABASE_URL", value))
		require.ErrorContains(t, err, "CHATTIGO_DATABASE_URL "+want, value)
		require.NotContains(t, err.Error(), "hunter2")
	}
	for _, good := range []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"} {
		_, err := config.Load(production("CHATTIGO_DATABASE_URL", "postgres://app@127.0.0.1/x?sslmode="+good))
		require.NoError(t, err)
	}
}

func TestTheMetricsListenWhereTheAPIDoesNot(t *testing.T) {
	for _, tc := range []struct {
		api, ops string
		same     bool
	}{
		{"127.0.0.1:8080", "127.0.0.1:8080", true},
		{"0.0.0.0:8080", "127.0.0.1:8080", true},
		{"127.0.0.1:8080", ":8080", true},
		{"localhost:8080", "127.0.0.1:8080", true},
		{":8080", "[::]:8080", true},
		{"127.0.0.1:8080", "127.0.0.1:9464", false},
		{"127.0.0.1:8080", "10.0.0.1:8080", false},
		{"127.0.0.1:0", "127.0.0.1:0", false},
		{"127.0.0.1:8080", "off", false},
	} {
		_, err := config.Load(production("CHATTIGO_HTTP_ADDR", tc.api, "CHATTIGO_OPS_ADDR", tc.ops))
		if !tc.same {
			require.NoError(t, err, "%v", tc)
			continue
		}
		require.EqualError(t, err, "configuration: CHATTIGO_OPS_ADDR must not be an address of CHATTIGO_HTTP_ADDR: only one of them can listen there", "%v", tc)
	}
}
