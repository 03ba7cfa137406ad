package outbound_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func TestChoices(t *testing.T) {
	const action = "interactive.action."
	for _, tt := range []struct {
		name string
		want []outbound.Choice
	}{
		{"text", nil},
		{"template_image", nil},
		{"interactive_flow", nil},
		{"interactive_carousel", nil},
		{"interactive_product_list", nil},
		{"interactive_button", []outbound.Choice{{action + "buttons[0].reply", "si", "Sí"}, {action + "buttons[1].reply", "no", "No"}}},
		{"interactive_list", []outbound.Choice{
			{action + "sections[0].rows[0]", "cardio", "Cardiología"},
			{action + "sections[0].rows[1]", "trauma", "Traumatología"},
			{action + "sections[1].rows[0]", "pediatria", "Pediatría"},
		}},
		{"interactive_carousel_replies", []outbound.Choice{
			{action + "cards[0].action.buttons[0].quick_reply", "uno", "Quiero"},
			{action + "cards[1].action.buttons[0].quick_reply", "dos", "Quiero"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := samples()[tt.name]
			require.Equal(t, tt.want, s.Choices())
			require.Equal(t, len(tt.want) > 0, s.HasChoices())
			tagged := s.MapChoices(func(id string) string { return id + "~a1b2c" })
			require.Equal(t, samples()[tt.name], s, "the original stays as it was")
			for i, c := range tagged.Choices() {
				require.Equal(t, tt.want[i].ID+"~a1b2c", c.ID)
			}
			require.Len(t, tagged.Choices(), len(tt.want))
			require.Empty(t, outbound.Validate(tagged))
		})
	}
}
