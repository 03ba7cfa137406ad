package definition

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHeadersThatADefinitionMayNotSet(t *testing.T) {
	for _, name := range []string{
		"Host", "HOST", "content-length", "Transfer-Encoding", "Connection", "TE", "Upgrade", "Trailer", "Expect",
		"Idempotency-Key", "User-Agent", "Accept-Encoding", "Proxy-Authorization", "X-Forwarded-For", "Forwarded",
		"Chattigo-Conversation", "Webhook-Id", "Range", "Content-Encoding",
		"", "X Y", "X:Y", "X\r\nY", "X\x00", "Año", strings.Repeat("x", 65),
	} {
		require.True(t, ForbiddenHeader(name), "%q", name)
	}
	for _, name := range []string{
		"Authorization", "X-Api-Key", "Cookie", "Accept", "Accept-Language", "Content-Type", "If-Match", "X_y", "x", "Hostname",
		strings.Repeat("x", 64),
	} {
		require.False(t, ForbiddenHeader(name), "%q", name)
	}
}
