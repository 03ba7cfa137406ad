package client

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTokenEndIsWhatTheTokenSays(t *testing.T) {
	t.Parallel()
	with := func(claims string) string { return "a." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c" }
	for token, want := range map[string]time.Time{
		with(`{"exp":1773172800}`):   time.Unix(1773172800, 0),
		with(`{"exp":1773172800.5}`): time.Unix(1773172800, 0),
		with(`{"exp":"tomorrow"}`):   {}, with(`{}`): {}, with(`{"exp":-1}`): {}, with(`no JSON`): {},
		"": {}, "a.b": {}, "a.%.c": {},
	} {
		c, err := New(Options{URL: "http://localhost", Token: token, Renew: "log in"})
		require.NoError(t, err)
		require.Equal(t, want, c.TokenEnd(), token)
		require.Equal(t, "log in", c.Renew())
		c.Close()
	}
}
