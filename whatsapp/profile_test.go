package whatsapp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func TestLookupProfile(t *testing.T) {
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
			p, known, err := whatsapp.LookupProfile(tt.version)
			require.NoError(t, err)
			require.Equal(t, tt.want, p.Version.String())
			require.Equal(t, tt.known, known)
		})
	}
}

func TestLookupProfileRefuses(t *testing.T) {
	for _, version := range []string{
		"v13.0", "v0.0", "v2.12", "v14.1", "v15", "15.0", "V15.0", "v15.", "v.0", "v15.0.0", "v015.0", "v15.00",
		"v-1.0", "v+15.0", "v15.0 ", "v99999.0", "v1e2.0", "v１５.0", "webhooks",
	} {
		_, _, err := whatsapp.LookupProfile(version)
		require.ErrorIs(t, err, whatsapp.ErrVersion, version)
	}
}

func TestProfilesAreInOrder(t *testing.T) {
	all := whatsapp.Profiles()
	require.Len(t, all, 13)
	for i, p := range all {
		released, err := time.Parse(time.DateOnly, p.Released)
		require.NoError(t, err)
		if i > 0 {
			require.Positive(t, p.Version.Compare(all[i-1].Version))
			require.Greater(t, p.Released, all[i-1].Released)
		}
		if p.EndOfLife != "" {
			require.Greater(t, p.EndOfLife, released.Format(time.DateOnly))
		}
	}
	require.Equal(t, all[len(all)-1], whatsapp.Newest())
}
