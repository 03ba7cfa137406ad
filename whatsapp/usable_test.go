package whatsapp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func TestUsableIdentity(t *testing.T) {
	for _, tt := range []struct {
		name, identity string
		want           bool
	}{
		{"a phone number", "56911112222", true},
		{"the longest phone number", "123456789012345", true},
		{"a phone number as people write it", "+56 (9) 1111-2222", true},
		{"a phone number with a no-break space", "+56\u00a0911112222", true},
		{"a user id", "CL.13491208655302741918", true},
		{"the longest user id", "CL." + strings.Repeat("a", 128), true},
		{"the longest user id of a parent portfolio", "CL.ENT." + strings.Repeat("9", 128), true},
		{"as long as may be", strings.Repeat("9", 150), true},
		{"nothing", "", false},
		{"one byte too long", strings.Repeat("9", 151), false},
		{"one character too long for a search attribute", strings.Repeat("9", 256), false},
		{"few characters of many bytes", strings.Repeat("ñ", 76), false},
		{"a megabyte", strings.Repeat("9", 1<<20), false},
		{"a space", " ", false},
		{"punctuation", "+-()", false},
		{"NUL", "569\x001", false},
		{"a line break", "569\r\nX-Header: 1", false},
		{"a tab at the end", "56911112222\t", false},
		{"a control character beyond ASCII", "569\u00851", false},
		{"a mark of direction", "\u202a56911112222\u202c", false},
		{"a zero-width space", "569\u200b11112222", false},
		{"a line separator", "569\u20281", false},
		{"broken UTF-8", "569\xff1", false},
		{"what has become of broken UTF-8", "569\ufffd1", false},
		{"a private character", "569\ue000", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, whatsapp.UsableIdentity(tt.identity))
		})
	}
}
