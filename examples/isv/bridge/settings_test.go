package bridge

import (
	"encoding/base64"
	"io"
	"log/slog"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func variables() map[string]string {
	return map[string]string{
		"BRIDGE_META_VERIFY_TOKEN": verifyToken, "BRIDGE_META_APP_SECRET": appSecret + " second",
		"BRIDGE_GRAPH_TOKEN": graphToken, "BRIDGE_API_URL": "https://api.test", "BRIDGE_API_USER": "acme",
		"BRIDGE_API_PASSWORD": apiPassword, "BRIDGE_WEBHOOK_KEYS": secret, "BRIDGE_DATA_DIR": "/tmp/x",
	}
}

func TestSettingsAreRead(t *testing.T) {
	set := variables()

	s, err := Load(func(name string) string { return set[name] })

	require.NoError(t, err)
	require.Equal(t, Settings{
		VerifyToken: verifyToken, AppSecrets: []string{appSecret, "second"},
		GraphURL: "https://graph.facebook.com", GraphVersion: "v26.0", GraphToken: graphToken,
		APIURL: "https://api.test", User: "acme", Password: apiPassword, Keys: []string{secret},
		DataDir: "/tmp/x", QueueFiles: 10_000, QueueBytes: 256 << 20,
	}, s)
}

func TestMistakesInSettingsAreReportedWithoutTheirValues(t *testing.T) {
	short := secretPrefix + base64.StdEncoding.EncodeToString([]byte("short"))
	for _, test := range []struct{ name, variable, value, want string }{
		{"missing", "BRIDGE_GRAPH_TOKEN", "", "BRIDGE_GRAPH_TOKEN is missing"},
		{"blank", "BRIDGE_META_APP_SECRET", "  ", "BRIDGE_META_APP_SECRET is missing"},
		{"http to another machine", "BRIDGE_API_URL", "http://api.test", "BRIDGE_API_URL must be https"},
		{"a login in the URL", "BRIDGE_API_URL", "https://u:hunter2@api.test", "BRIDGE_API_URL must be a URL"},
		{"another scheme", "BRIDGE_GRAPH_URL", "ftp://graph.test", "BRIDGE_GRAPH_URL must be https"},
		{"no version", "BRIDGE_GRAPH_VERSION", "v26.0/../v1.0", "BRIDGE_GRAPH_VERSION must be"},
		{"no number", "BRIDGE_PHONE_NUMBER_ID", "1/2", "BRIDGE_PHONE_NUMBER_ID must be digits"},
		{"no key", "BRIDGE_WEBHOOK_KEYS", "", "BRIDGE_WEBHOOK_KEYS or BRIDGE_WEBHOOK_KEY_ID is needed"},
		{"an empty key", "BRIDGE_WEBHOOK_KEYS", secretPrefix, "BRIDGE_WEBHOOK_KEYS holds something"},
		{"a short key", "BRIDGE_WEBHOOK_KEYS", short, "BRIDGE_WEBHOOK_KEYS holds something"},
		{"a key without its prefix", "BRIDGE_WEBHOOK_KEYS", secret[len(secretPrefix):], "BRIDGE_WEBHOOK_KEYS holds something"},
		{"a public key that is none", "BRIDGE_WEBHOOK_KEYS", publicPrefix + "AAAA", "BRIDGE_WEBHOOK_KEYS holds a whpk_"},
		{"an id that is none", "BRIDGE_WEBHOOK_KEY_ID", "whk_../x", "BRIDGE_WEBHOOK_KEY_ID must be"},
		{"no count", "BRIDGE_QUEUE_FILES", "many", "BRIDGE_QUEUE_FILES cannot be read"},
		{"none", "BRIDGE_QUEUE_FILES", "0", "BRIDGE_QUEUE_FILES must be"},
		{"too few bytes", "BRIDGE_QUEUE_BYTES", "1000", "BRIDGE_QUEUE_BYTES at least"},
		{"no truth", "BRIDGE_ALLOW_HTTP", "si", "BRIDGE_ALLOW_HTTP cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := maps.Clone(variables())
			set[test.variable] = test.value

			_, err := Load(func(name string) string { return set[name] })

			require.ErrorContains(t, err, test.want)
			for _, secret := range []string{"hunter2", apiPassword, appSecret, graphToken, short} {
				require.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestHTTPIsPermittedOnThisMachineOrWhenItIsAskedFor(t *testing.T) {
	for _, test := range []struct{ url, allow string }{
		{"http://127.0.0.1:8080", ""}, {"http://localhost:8080/", ""}, {"http://[::1]:8080", ""}, {"http://api:8080", "true"},
	} {
		set := variables()
		set["BRIDGE_API_URL"], set["BRIDGE_ALLOW_HTTP"] = test.url, test.allow
		_, err := Load(func(name string) string { return set[name] })
		require.NoError(t, err, test.url)
	}
}

func TestTheHelpNamesEverySetting(t *testing.T) {
	for _, name := range Names() {
		require.Contains(t, Help(), "  "+name+"\n")
	}
}
