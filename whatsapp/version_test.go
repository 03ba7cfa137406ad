package whatsapp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func TestLookupVersion(t *testing.T) {
	for _, tt := range []struct {
		version string
		want    string
		known   bool
	}{
		{"", "v26.0", true},
		{"v14.0", "v14.0", true},
		{"v15.0", "v15.0", true},
		{"v26.0", "v26.0", true},
		{"v26.1", "v26.0", false},
		{"v27.0", "v26.0", false},
		{"v9999.0", "v26.0", false},
	} {
		t.Run(tt.version, func(t *testing.T) {
			v, known, err := whatsapp.LookupVersion(tt.version)
			require.NoError(t, err)
			require.Equal(t, tt.want, v.String())
			require.Equal(t, tt.known, known)
		})
	}
}

func TestLookupVersionRefuses(t *testing.T) {
	for _, version := range []string{
		"v13.0", "v0.0", "v2.12", "v14.1", "v15", "15.0", "V15.0", "v15.", "v.0", "v15.0.0", "v015.0", "v15.00",
		"v-1.0", "v+15.0", "v15.0 ", "v99999.0", "v1e2.0", "v１５.0", "webhooks",
	} {
		_, _, err := whatsapp.LookupVersion(version)
		require.Error(t, err, version)
	}
}
