package outbound_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/internal/jsontest"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func version(t *testing.T, name string) whatsapp.Version {
	t.Helper()
	v, known, err := whatsapp.LookupVersion(name)
	require.NoError(t, err)
	require.True(t, known)
	return v
}

// TestFeaturesOfEachVersionGolden: the golden file lists, for each version, the features that it lacks,
// of messages that use all features there are.
func TestFeaturesOfEachVersionGolden(t *testing.T) {
	all := samples()
	all["long list"] = edited("interactive_list", func(m *outbound.Message) { m.Interactive.Body.Text = at(1025) })
	all["coupon"] = template(button("copy_code", "3", outbound.Parameter{Type: "coupon_code", CouponCode: "A"}))
	refused := map[string][]string{}
	for major := 14; major <= whatsapp.NewestVersion().Major; major++ {
		name := fmt.Sprintf("v%d.0", major)
		features := map[string]bool{}
		for _, m := range all {
			for _, p := range outbound.Check(version(t, name), m) {
				require.NotEmpty(t, p.Path)
				features[p.Feature] = true
			}
		}
		refused[name] = slices.Sorted(maps.Keys(features))
	}
	got, err := json.MarshalIndent(refused, "", " ")
	require.NoError(t, err)
	jsontest.Golden(t, "testdata/features.json", append(got, '\n'))
}

// TestCheckOldVersions holds the golden bodies against v14.0 and v15.0: what they took is
// what Meta's table lists, and every other refusal names its feature.
func TestCheckOldVersions(t *testing.T) {
	taken := []string{
		"audio", "contacts", "document", "image", "interactive_button", "interactive_list", "interactive_product",
		"interactive_product_list", "location", "location_zero", "reaction", "reaction_removed", "sticker",
		"template_document", "template_image", "template_named", "template_otp", "template_plain", "template_text", "template_video", "text", "video",
	}
	for _, old := range []string{"v14.0", "v15.0"} {
		var got []string
		for name, s := range samples() {
			problems := outbound.Check(version(t, old), s)
			if len(problems) == 0 {
				got = append(got, name)
			}
			for _, p := range problems {
				require.Equal(t, outbound.RuleVersion, p.Rule)
				require.Contains(t, p.String(), p.Feature+", which "+old+" does not have")
			}
		}
		slices.Sort(got)
		require.Equal(t, taken, got)
	}
}

func TestCheckNamesThePlace(t *testing.T) {
	s := template(
		header(outbound.Parameter{Type: "location", Location: &outbound.Location{Name: "a"}}),
		button("quick_reply", "3", quickReply("p")),
		button("flow", "0", action(outbound.ButtonAction{})),
	)
	s.To, s.Recipient, s.BizOpaqueCallbackData = "", "CL.1", "x"
	require.Equal(t, []string{
		"biz_opaque_callback_data needs biz_opaque_callback_data, which v15.0 does not have",
		"recipient needs recipient, which v15.0 does not have",
		"template.components[0] needs template location header, which v15.0 does not have",
		"template.components[1] needs template with more than 3 buttons, which v15.0 does not have",
		"template.components[2].sub_type needs template flow button, which v15.0 does not have",
	}, said(outbound.Check(version(t, "v15.0"), s)))
}

func TestListBodyLimitOfOldVersions(t *testing.T) {
	for _, tt := range []struct {
		chars int
		want  int
	}{{1023, 0}, {1024, 0}, {1025, 1}} {
		s := edited("interactive_list", func(s *outbound.Message) { s.Interactive.Body.Text = at(tt.chars) })
		require.Empty(t, outbound.Validate(s))
		require.Len(t, outbound.Check(version(t, "v14.0"), s), tt.want)
		require.Empty(t, outbound.Check(whatsapp.NewestVersion(), s))
	}
}

func TestEmojiInTitlesOfOldVersions(t *testing.T) {
	s := buttons(outbound.Reply{ID: "a", Title: "Sí"}, outbound.Reply{ID: "b", Title: "No 👎"})
	require.Empty(t, outbound.Check(version(t, "v16.0"), s))
	problems := outbound.Check(version(t, "v15.0"), s)
	require.Equal(t, []string{"interactive.action.buttons[1].reply.title must be without emoji in v15.0"}, said(problems))
	require.Empty(t, refusals(problems))
}

// refusals are the problems that are no warnings.
func refusals(problems []outbound.Problem) (lines []string) {
	for _, p := range problems {
		if !p.Warning {
			lines = append(lines, p.String())
		}
	}
	return lines
}

// as reads the parameters of an action as what they are known to be.
func as[T outbound.Parameters](a *outbound.Action) T {
	p, _ := a.Parameters.(T)
	return p
}
