package config_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

func hexKey(b byte) string { return hex.EncodeToString(bytes.Repeat([]byte{b}, 32)) }

func TestFurtherKeysOfTokens(t *testing.T) {
	other, third := strings.Repeat("o", 32), strings.Repeat("t", 32)
	cfg, err := config.Load(production("CHATTIGO_TOKEN_KEYS_OLD", other+", "+third))
	require.NoError(t, err)
	require.Equal(t, [][]byte{[]byte(other), []byte(third)}, cfg.OldTokenKeys())
	cfg, err = config.Load(production())
	require.NoError(t, err)
	require.Empty(t, cfg.OldTokenKeys())
	for bad, want := range map[string]string{
		"short":                 "must hold keys of at least 32 bytes each, separated by commas; one has 5",
		other + ",":             "one has 0",
		idKey:                   "must not hold another key",
		other + "," + hexKey(9): "must not hold another key",
	} {
		_, err := config.Load(production("CHATTIGO_TOKEN_KEYS_OLD", bad))
		require.ErrorContains(t, err, "CHATTIGO_TOKEN_KEYS_OLD must")
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), other)
	}
}

func TestSealKeysAreReadAsHexOrBase64TheCurrentOneFirst(t *testing.T) {
	raw := bytes.Repeat([]byte{0xfb}, 32)
	for name, text := range map[string]string{
		"hex": hex.EncodeToString(raw), "upper case": strings.ToUpper(hex.EncodeToString(raw)),
		"base64": base64.StdEncoding.EncodeToString(raw), "without padding": base64.RawStdEncoding.EncodeToString(raw),
		"of URLs": base64.URLEncoding.EncodeToString(raw), "of URLs without padding": base64.RawURLEncoding.EncodeToString(raw),
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := config.Load(production("CHATTIGO_SECRET_KEY", text, "CHATTIGO_SECRET_KEYS_OLD", hexKey(1)+", "+hexKey(2)))
			require.NoError(t, err)
			keys, err := cfg.SealKeys()
			require.NoError(t, err)
			require.Equal(t, [][]byte{raw, bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)}, keys)
		})
	}
}

func TestOnlyServersNeedASealKey(t *testing.T) {
	_, err := config.LoadStore(production("CHATTIGO_SECRET_KEY", ""))
	require.NoError(t, err)
	cfg, err := config.Load(map[string]string{"CHATTIGO_ENV": "dev"})
	require.NoError(t, err)
	keys, err := cfg.SealKeys()
	require.NoError(t, err)
	require.Empty(t, keys)
}

func TestBadSealKeysAreRefusedWithoutBeingTold(t *testing.T) {
	const form = "must be 32 bytes as hex or base64 (openssl rand -hex 32 makes some)"
	for _, tt := range []struct {
		name, key, old, want string
	}{
		{"short", "0123456789abcdef", "", "CHATTIGO_SECRET_KEY " + form},
		{"long", hexKey(1) + "00", "", "CHATTIGO_SECRET_KEY " + form},
		{"a sentence", "correct horse battery staple zzz", "", "CHATTIGO_SECRET_KEY " + form},
		{"two", hexKey(1) + "," + hexKey(2), "", "CHATTIGO_SECRET_KEY " + form},
		{"a short old one", hexKey(1), hexKey(2) + ",abcdef", "CHATTIGO_SECRET_KEYS_OLD " + form},
		{"a comma too many", hexKey(1), hexKey(2) + ",", "CHATTIGO_SECRET_KEYS_OLD " + form},
		{"only an old one", "", hexKey(1), "CHATTIGO_SECRET_KEY must be set where CHATTIGO_SECRET_KEYS_OLD is"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Load(production("CHATTIGO_SECRET_KEY", tt.key, "CHATTIGO_SECRET_KEYS_OLD", tt.old))
			require.EqualError(t, err, "configuration: "+tt.want)
		})
	}
	_, err := config.Load(production("CHATTIGO_ID_KEY", hexKey(2), "CHATTIGO_SECRET_KEY", hexKey(2)))
	require.EqualError(t, err, "configuration: CHATTIGO_SECRET_KEY must not be the same as another key")
}

func TestSealKeysAreNotPrinted(t *testing.T) {
	cfg, err := config.Load(production("CHATTIGO_SECRET_KEY", hexKey(1), "CHATTIGO_SECRET_KEYS_OLD", hexKey(2)))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, config.Write(&out, cfg))
	require.NotContains(t, out.String(), hexKey(1))
	require.NotContains(t, out.String(), hexKey(2))
}

// A keys file of before there were secrets is left as it is, and gives the same key on every start.
func TestAKeysFileOfBeforeGivesASealKeyToo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keys.json")
	old := `{"tokenKey":"` + hexKey(1) + `","idKey":"` + hexKey(2) + `"}`
	require.NoError(t, os.WriteFile(path, []byte(old), 0o600))
	var keys [][]byte
	for range 2 {
		cfg, err := config.Config{Env: config.Dev, DataDir: dir, TokenKey: "t", IDKey: "i"}.EnsureKeys()
		require.NoError(t, err)
		require.Equal(t, config.Secret("t"), cfg.TokenKey)
		found, err := cfg.SealKeys()
		require.NoError(t, err)
		require.Len(t, found, 1)
		keys = append(keys, found[0])
	}
	require.Equal(t, keys[0], keys[1])
	require.NotEqual(t, bytes.Repeat([]byte{2}, 32), keys[0])
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, old, string(kept))

	require.NoError(t, os.WriteFile(path, []byte(strings.TrimSuffix(old, "}")+`,"secretKey":"damaged"}`), 0o600))
	_, err = config.Config{Env: config.Dev, DataDir: dir}.EnsureKeys()
	require.ErrorContains(t, err, "secretKey in "+path+" must be 32 bytes")
}

func TestNAT64Prefix(t *testing.T) {
	cfg, err := config.Load(production("CHATTIGO_NAT64_PREFIX", "64:ff9b::/96"))
	require.NoError(t, err)
	prefix, err := cfg.NAT64()
	require.NoError(t, err)
	require.Equal(t, netip.MustParsePrefix("64:ff9b::/96"), prefix)
	none, err := config.Config{}.NAT64()
	require.NoError(t, err)
	require.False(t, none.IsValid())
	for _, bad := range []string{"64:ff9b::", "64:ff9b::/64", "10.0.0.0/8", "::ffff:0:0/95", "x"} {
		_, err := config.Load(production("CHATTIGO_NAT64_PREFIX", bad))
		require.EqualError(t, err, "configuration: CHATTIGO_NAT64_PREFIX must be an IPv6 prefix of length 96, such as 64:ff9b::/96", bad)
	}
}
