package whatsapp_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/whatsapp"
)

// invisible are characters of which a person sees nothing.
var invisible = []string{
	"\x00", "\x01", "\x07", "\x1b", "\x7f", "\t", "\n", "\v", "\r", "\u0085", "\u009f", // controls
	" ", "\u00a0", "\u1680", "\u2000", "\u2007", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", // spaces
	"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u061c", "\u180e", // of no width
	"\u200e", "\u200f", "\u202a", "\u202c", "\u202e", "\u2066", "\u2069", "\u206a", // of direction
	"\ufe00", "\ufe0f", "\U000e0100", "\u180b", "\u034f", "\U000e0001", "\U000e0041", // selectors and tags
	"\u115f", "\u1160", "\u3164", "\uffa0", "\u17b4", "\u2800", "\U0001d159", "\ufffc", // blanks
	"\u0301", "\u20e3", "\u2064", "\u2065", "\ufff9", "\ufdd0", "\uffff", "\U0010fffe", // accents, others, none
}

func TestBlankIsWhatNobodySees(t *testing.T) {
	require.True(t, whatsapp.Blank(""))
	for _, c := range invisible {
		t.Run(fmt.Sprintf("%+q", c), func(t *testing.T) {
			require.True(t, whatsapp.Blank(c))
			require.False(t, whatsapp.Blank(c+"a"))
		})
	}
	for _, seen := range []string{
		"a", ".", "0", "~", "é", "ñ", "e\u0301", "漢", "ㅤ가", "क", "\u0903", "😀", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "🇨🇱", "👨‍👩‍👧", "\ufffd", "\ue000", "\u0600",
		"\u200b.\u200b", "\U0001fbff", "´", "¨",
	} {
		require.False(t, whatsapp.Blank(seen), "%+q", seen)
	}
}

func TestBlankPiecesMakeABlankText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blank := ""
		for _, c := range rapid.SliceOf(rapid.SampledFrom(invisible)).Draw(t, "pieces") {
			blank += c
		}
		require.True(t, whatsapp.Blank(blank))
		require.False(t, whatsapp.Blank(blank+"x"+blank))
	})
}
