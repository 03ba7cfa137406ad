package outbound_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func TestInvalidNamesTheFirstProblemsAndNoValue(t *testing.T) {
	s := outbound.NewText("", strings.Repeat("secret", 1000))
	s.MessagingProduct, s.RecipientType = "x", "y"
	_, err := outbound.Encode(s)
	var invalid *outbound.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Problems, 4)
	require.Equal(t, outbound.Problem{Path: "text.body", Rule: outbound.RuleMaxChars, Limit: 4096, Found: 6000}, invalid.Problems[3])
	require.Equal(t, `invalid message: messaging_product must be "whatsapp"; recipient_type must be "individual" or "group"; to is required; and 1 more`, err.Error())
}
