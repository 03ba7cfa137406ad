package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/devserver/stack"
)

// A setting that is forgotten would silently have its default in every process.
func TestAProcessIsToldEverySetting(t *testing.T) {
	t.Setenv("CHATTIGO_URL", "of this machine")
	t.Setenv("TEMPORAL_ADDRESS", "of this machine")
	cfg, err := stack.FreeConfig(t.TempDir())
	require.NoError(t, err)

	told := config.Environ((&Fleet{config: cfg}).environ("127.0.0.1:1", "127.0.0.1:2"))

	for _, setting := range cfg.Variables() {
		if !setting.DevOnly {
			require.Contains(t, told, setting.Name)
		}
	}
	for name := range told {
		require.NotContains(t, []string{"CHATTIGO_URL", "TEMPORAL_ADDRESS"}, name)
	}
	require.Equal(t, "127.0.0.0/8", told["CHATTIGO_TRUSTED_PROXIES"])
}
