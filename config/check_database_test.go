package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

func TestCheckKnowsTheModesOfPostgreSQLsOwnVariable(t *testing.T) {
	environ := safe()
	environ["CHATTIGO_DATABASE_URL"] = "postgres://app:" + strong("db") + "@db.acme.com/x"
	environ["PGSSLMODE"] = "bogus"
	requireFinding(t, config.Check(environ, cloud()), "PGSSLMODE", "must have an sslmode of PostgreSQL", true)
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
