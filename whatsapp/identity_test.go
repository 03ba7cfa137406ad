package whatsapp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func TestAUserIDIsToldFromANumber(t *testing.T) {
	for identity, want := range map[string]bool{
		"US.13491208655302741918":     true,
		"CL.700000000001":             true,
		"US.ENT.11815799212886844830": true,
		"BR.aB3":                      true,
		"56911112222":                 false,
		"+56 9 1111.2222":             false,
		"US.":                         false,
		"US.ENT.":                     false,
		"us.123":                      false,
		"USA.123":                     false,
		"US.12 3":                     false,
		".123":                        false,
		"":                            false,
	} {
		require.Equal(t, want, whatsapp.IsUserID(identity), identity)
	}
}

func TestAUserIDInTheNumbersPlaceIsAUserID(t *testing.T) {
	for _, tt := range []struct{ number, userID, wantNumber, wantUserID, wantKey string }{
		{"56911112222", "CL.1", "56911112222", "CL.1", "56911112222"},
		{"56911112222", "", "56911112222", "", "56911112222"},
		{"", "CL.1", "", "CL.1", "CL.1"},
		{"CL.1", "CL.1", "", "CL.1", "CL.1"},
		{"CL.1", "", "", "CL.1", "CL.1"},
		{"US.ENT.2", "CL.1", "", "CL.1", "CL.1"},
		{" CL.1 ", "", "", "CL.1", "CL.1"},
		{" 56911112222", "CL.1 ", "56911112222", "CL.1", "56911112222"},
		{"", " ", "", "", ""},
	} {
		got := whatsapp.NewIdentity(tt.number, tt.userID)
		require.Equal(t, whatsapp.Identity{WaID: tt.wantNumber, UserID: tt.wantUserID}, got)
		require.Equal(t, tt.wantKey, got.Key())
	}
}

func TestTwoFormsOfANumberHaveOneKey(t *testing.T) {
	for _, tt := range []struct {
		name, one, other string
		same             bool
	}{
		{"Brazil's ninth digit", "5588987654321", "558887654321", true},
		{"Brazil's ninth digit, São Paulo", "5511955570002", "551155570002", true},
		{"a landline of Brazil", "5511932570002", "551132570002", false},
		{"Brazil's ninth digit before 7", "5511971234567", "551171234567", true},
		{"Mexico's 1", "5215512345678", "525512345678", true},
		{"Argentina's 9", "5491123456789", "541123456789", true},
		{"punctuation", "+56 9 (1111)-2222", "56911112222", true},
		{"spaces and dashes of typesetting", "+56\u20099\u202f1111\u20112222", "56911112222", true},
		{"a full-width plus", "\uff0b56911112222", "56911112222", true},
		{"slashes", "569/1111/2222", "56911112222", true},
		{"the prefix of international calls", "0056911112222", "56911112222", true},
		{"a relay's address", "whatsapp:+56911112222", "56911112222", true},
		{"a telephone link", "tel:+56-9-1111-2222", "56911112222", true},
		{"an address in WhatsApp's network", "56911112222@s.whatsapp.net", "56911112222", true},
		{"an address that hides its number", "56911112222@lid", "56911112222", false},
		{"different numbers", "56911112222", "56911112223", false},
		{"Chile's 9 is part of the number", "56911112222", "5611112222", false},
		{"a number of another country with the same digits", "5215512345678", "5512345678", false},
		{"no number", "Ana", "ana", false},
		{"a plus alone", "+", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.same, whatsapp.NumberKey(tt.one) == whatsapp.NumberKey(tt.other))
		})
	}
}
