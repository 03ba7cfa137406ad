package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

// The driver refuses an unknown PGSSLMODE even where the URL has an sslmode.
func TestCheckKnowsTheModesOfPostgreSQLsOwnVariable(t *testing.T) {
	for mode, want := range map[string][]string{
		"verify-full": {"PGSSLMODE"}, "bogus": {"CHATTIGO_DATABASE_URL", "PGSSLMODE"},
	} {
		environ := safe()
		environ["CHATTIGO_DATABASE_URL"] = "postgres://app:" + strong("db") + "@db.acme.com/x?sslmode=" + mode
		environ["PGSSLMODE"] = "unknown"
		found := config.Check(environ, cloud())
		require.Len(t, found, len(want))
		for _, variable := range want {
			requireFinding(t, found, variable, "must have an sslmode of PostgreSQL", true)
		}
		delete(environ, "PGSSLMODE")
		require.Len(t, config.Check(environ, cloud()), len(want)-1)
	}
}

func TestCheckFindsPasswordsThatRepeatThemselves(t *testing.T) {
	for _, password := range []string{"aaaaaaaaaaaaaaaaaaaaaaaa", "xyxyxyxyxyxyxyxyxyxy", "abcdefghijklmnop"} {
		environ := safe()
		environ["CHATTIGO_DATABASE_URL"] = "postgres://app:" + password + "@db.acme.com/chattigo?sslmode=verify-full"
		found := config.Check(environ, cloud())
		require.Len(t, found, 1)
		requireFinding(t, found, "CHATTIGO_DATABASE_URL", "has a password that repeats itself", true)
		require.NotContains(t, found[0].Message, password)
	}
}
