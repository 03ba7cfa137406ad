package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
)

func TestAGeneratedPasswordIsPrintedOnceAndWorks(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	for _, command := range []string{"add", "passwd"} {
		code, out, errOut := tm.run(t, "", "account", command, "isv", "--generate")
		require.Zero(t, code, errOut)
		_, password, found := strings.Cut(strings.TrimSpace(out), "Its password, which is shown only now: ")
		require.True(t, found)
		require.GreaterOrEqual(t, len(password), 26)
		account, err := tm.open(t).Account(t.Context(), "isv")
		require.NoError(t, err)
		ok, err := api.VerifyPassword(account.PasswordHash, password)
		require.NoError(t, err)
		require.True(t, ok)
	}
}
