package whatsapp_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func profile(t *testing.T, version string) whatsapp.Profile {
	t.Helper()
	p, known, err := whatsapp.LookupProfile(version)
	require.NoError(t, err)
	require.True(t, known)
	return p
}

func TestEveryProfileDecidesEveryFeature(t *testing.T) {
	seen := map[whatsapp.Feature]bool{}
	for _, row := range whatsapp.Features() {
		require.False(t, seen[row.Feature], "%s stands twice", row.Feature)
		seen[row.Feature] = true
		if row.Since != "" {
			_, err := time.Parse("2006-01-02", (row.Since + "-01")[:10])
			require.NoError(t, err, row.Feature)
		}
		allowed := false
		for _, p := range whatsapp.Profiles() {
			support := p.Support(row.Feature)
			require.NotZero(t, support, "%s in %s", row.Feature, p.Version)
			require.False(t, allowed && !support.Allowed(), "%s is gone in %s", row.Feature, p.Version)
			allowed = support.Allowed()
		}
		require.True(t, allowed, "no version has %s", row.Feature)
	}
	require.Zero(t, whatsapp.Newest().Support("hologram"))
}

// TestVersionGolden writes down what each version has, so that a change of the table shows
// for every version that it changes.
func TestVersionGolden(t *testing.T) {
	for _, p := range whatsapp.Profiles() {
		features := map[string][]whatsapp.Feature{}
		for _, row := range whatsapp.Features() {
			name := map[whatsapp.Support]string{whatsapp.Refused: "refused", whatsapp.Dated: "dated", whatsapp.Supported: "supported"}[p.Support(row.Feature)]
			features[name] = append(features[name], row.Feature)
		}
		got, err := json.MarshalIndent(map[string]any{
			"version": p.Version.String(), "released": p.Released, "end_of_life": p.EndOfLife, "inbound": p.Inbound(), "outbound": features,
		}, "", " ")
		require.NoError(t, err)
		golden(t, "testdata/versions/"+p.Version.String()+".json", append(got, '\n'))
	}
}

// TestUses: every kind of message uses features of the table, and all of the table is used.
func TestUses(t *testing.T) {
	known := map[whatsapp.Feature]bool{}
	for _, row := range whatsapp.Features() {
		known[row.Feature] = true
	}
	found := map[whatsapp.Feature]bool{whatsapp.FeatureRead: true, whatsapp.FeatureTyping: true} // see CheckRaw
	long := edited("interactive_list", func(s *whatsapp.Send) { s.Interactive.Body.Text = at(1025) })
	alone := template(body(words(at(1025))))
	coupon := template(button("copy_code", "3", whatsapp.SendParameter{Type: "coupon_code", CouponCode: "A"}))
	all := outbound()
	all["long"], all["alone"], all["coupon"] = long, alone, coupon
	for name, s := range all {
		uses := whatsapp.Uses(s)
		require.NotEmpty(t, uses, name)
		for _, use := range uses {
			require.True(t, known[use.Feature], "%s: %s", name, use.Feature)
			require.NotEmpty(t, use.Path, name)
			found[use.Feature] = true
		}
	}
	require.Len(t, found, len(known))
}

// TestCheckOldVersions holds the golden bodies against v14.0 and v15.0: what they took is
// what Meta's table lists, and every other refusal names its feature.
func TestCheckOldVersions(t *testing.T) {
	taken := []string{
		"audio", "contacts", "document", "image", "interactive_button", "interactive_list", "interactive_product",
		"interactive_product_list", "location", "location_zero", "reaction", "reaction_removed", "sticker",
		"template_document", "template_image", "template_named", "template_otp", "template_plain", "template_text", "template_video", "text", "video",
	}
	for _, version := range []string{"v14.0", "v15.0"} {
		var got []string
		for name, s := range outbound() {
			problems := whatsapp.Check(profile(t, version), s)
			if len(problems) == 0 {
				got = append(got, name)
			}
			for _, p := range problems {
				require.Equal(t, whatsapp.RuleVersion, p.Rule)
				require.Contains(t, p.String(), string(p.Feature)+", which "+version+" does not have")
			}
		}
		slices.Sort(got)
		require.Equal(t, taken, got)
	}
	for _, p := range whatsapp.Profiles()[2:] {
		for name, s := range outbound() {
			require.Empty(t, whatsapp.Check(p, s), "%s in %s", name, p.Version)
		}
	}
}

func TestCheckNamesThePlace(t *testing.T) {
	s := template(
		header(whatsapp.SendParameter{Type: "location", Location: &whatsapp.SendLocation{Name: "a"}}),
		button("quick_reply", "3", quickReply("p")),
		button("flow", "0", action(whatsapp.SendButtonAction{})),
	)
	s.To, s.Recipient, s.BizOpaqueCallbackData = "", "CL.1", "x"
	require.Equal(t, []string{
		"biz_opaque_callback_data needs biz_opaque_callback_data, which v15.0 does not have",
		"recipient needs recipient, which v15.0 does not have",
		"template.components[0] needs template location header, which v15.0 does not have",
		"template.components[1] needs template with more than 3 buttons, which v15.0 does not have",
		"template.components[2].sub_type needs template flow button, which v15.0 does not have",
	}, said(whatsapp.Check(profile(t, "v15.0"), s)))
}

func TestListBodyLimitOfOldVersions(t *testing.T) {
	for _, tt := range []struct {
		chars int
		want  int
	}{{1023, 0}, {1024, 0}, {1025, 1}} {
		s := edited("interactive_list", func(s *whatsapp.Send) { s.Interactive.Body.Text = at(tt.chars) })
		require.Empty(t, whatsapp.Validate(s))
		require.Len(t, whatsapp.Check(profile(t, "v14.0"), s), tt.want)
		require.Empty(t, whatsapp.Check(whatsapp.Newest(), s))
	}
}

func TestEmojiInTitlesOfOldVersions(t *testing.T) {
	s := buttons(whatsapp.SendReply{ID: "a", Title: "Sí"}, whatsapp.SendReply{ID: "b", Title: "No 👎"})
	require.Empty(t, whatsapp.Check(profile(t, "v16.0"), s))
	problems := whatsapp.Check(profile(t, "v15.0"), s)
	require.Equal(t, []string{"interactive.action.buttons[1].reply.title must be without emoji in v15.0"}, said(problems))
	require.Empty(t, refusals(problems))
}

// TestTextLimit: a text cut to its limit is never too long, and one character more is.
func TestTextLimit(t *testing.T) {
	newest := whatsapp.Newest()
	for _, tt := range []struct {
		path, base string
		limit      int
		set        func(*whatsapp.Send, string)
	}{
		{"text.body", "text", 4096, func(s *whatsapp.Send, v string) { s.Text.Body = v }},
		{"image.caption", "image", 1024, func(s *whatsapp.Send, v string) { s.Image.Caption = v }},
		{"interactive.body.text", "interactive_button", 1024, func(s *whatsapp.Send, v string) { s.Interactive.Body.Text = v }},
		{"interactive.body.text", "interactive_list", 4096, func(s *whatsapp.Send, v string) { s.Interactive.Body.Text = v }},
		{"interactive.header.text", "interactive_list", 60, func(s *whatsapp.Send, v string) { s.Interactive.Header.Text = v }},
		{"interactive.footer.text", "interactive_list", 60, func(s *whatsapp.Send, v string) { s.Interactive.Footer.Text = v }},
		{"interactive.action.button", "interactive_list", 20, func(s *whatsapp.Send, v string) { s.Interactive.Action.Button = v }},
		{"interactive.action.sections[0].title", "interactive_list", 24, func(s *whatsapp.Send, v string) { s.Interactive.Action.Sections[0].Title = v }},
		{"interactive.action.sections[0].rows[0].title", "interactive_list", 24, func(s *whatsapp.Send, v string) { s.Interactive.Action.Sections[0].Rows[0].Title = v }},
		{"interactive.action.sections[0].rows[0].description", "interactive_list", 72, func(s *whatsapp.Send, v string) { s.Interactive.Action.Sections[0].Rows[0].Description = v }},
		{"interactive.action.buttons[0].reply.title", "interactive_button", 20, func(s *whatsapp.Send, v string) { s.Interactive.Action.Buttons[0].Reply.Title = v }},
		{"interactive.action.parameters.display_text", "interactive_cta_url", 20, func(s *whatsapp.Send, v string) {
			as[*whatsapp.CTAParameters](s.Interactive.Action).DisplayText = v
		}},
		{"interactive.action.parameters.flow_cta", "interactive_flow", 30, func(s *whatsapp.Send, v string) {
			as[*whatsapp.FlowParameters](s.Interactive.Action).FlowCTA = v
		}},
		{"interactive.action.cards[0].body.text", "interactive_carousel", 160, func(s *whatsapp.Send, v string) { s.Interactive.Action.Cards[0].Body.Text = v }},
		{"interactive.action.cards[0].action.parameters.display_text", "interactive_carousel", 20, func(s *whatsapp.Send, v string) {
			as[*whatsapp.CTAParameters](s.Interactive.Action.Cards[0].Action).DisplayText = v
		}},
		{"interactive.action.cards[0].action.buttons[0].quick_reply.title", "interactive_carousel_replies", 20, func(s *whatsapp.Send, v string) {
			s.Interactive.Action.Cards[0].Action.Buttons[0].QuickReply.Title = v
		}},
	} {
		t.Run(tt.path, func(t *testing.T) {
			limit, ok := newest.TextLimit(outbound()[tt.base], tt.path)
			require.True(t, ok)
			require.Equal(t, tt.limit, limit)
			fill := func(text string) []string {
				return refusals(whatsapp.Validate(edited(tt.base, func(s *whatsapp.Send) { tt.set(s, text) })))
			}
			require.Empty(t, fill(whatsapp.Cut(at(limit+1), limit)))
			require.Len(t, fill(at(limit+1)), 1)
		})
	}
	for _, path := range []string{"to", "interactive.action.buttons[0].reply.id", "interactive.action.sections[0].rows[0].id", "image.link", "template.name", "document.filename"} {
		_, ok := newest.TextLimit(yesNo(), path)
		require.False(t, ok, path)
	}
	limit, ok := profile(t, "v15.0").TextLimit(outbound()["interactive_list"], "interactive.body.text")
	require.True(t, ok)
	require.Equal(t, 1024, limit)
}

// as reads the parameters of an action as what they are known to be.
func as[T whatsapp.Parameters](a *whatsapp.SendAction) T {
	p, _ := a.Parameters.(T)
	return p
}

// refusals are the problems that are no warnings.
func refusals(problems []whatsapp.Problem) (lines []string) {
	for _, p := range problems {
		if !p.Warning {
			lines = append(lines, p.String())
		}
	}
	return lines
}

func TestUnexpected(t *testing.T) {
	for _, tt := range []struct {
		version, value string
		want           []string
	}{
		{"v14.0", `{"errors":[{"code":1,"title":"t","details":"d"}]}`, nil},
		{"v16.0", `{"errors":[{"code":1,"title":"t","details":"d"}]}`, []string{"errors[0]: details of another version"}},
		{"v15.0", `{"statuses":[{"id":"1","errors":[{"code":1,"error_data":{"details":"d"}}]}]}`, []string{"statuses[0].errors[0]: details of another version"}},
		{"v26.0", `{"messages":[{"type":"unsupported","errors":[{"code":1,"error_data":{"details":"d"}}]}]}`, nil},
		{"v14.0", `{"messages":[{"type":"system","system":{"new_wa_id":"1"}}]}`, nil},
		{"v15.0", `{"messages":[{"type":"system","system":{"new_wa_id":"1"}}]}`, []string{"messages[0].system.new_wa_id: of an older version"}},
		{"v23.0", `{"statuses":[{"id":"1","conversation":{"id":"c","origin":{"type":"utility"}}}]}`, nil},
		{"v24.0", `{"statuses":[{"id":"1","conversation":{"id":"c","origin":{"type":"utility"}}}]}`, []string{"statuses[0].conversation: of an older version"}},
		{"v24.0", `{"statuses":[{"id":"1","conversation":{"id":"c","origin":{"type":"referral_conversion"}}}]}`, nil},
		{"v17.0", `{"statuses":[{"id":"1","conversation":{"id":"c","origin":{"type":"user_initiated"}}}]}`, []string{"statuses[0].conversation.origin.type: of an older version"}},
	} {
		w := decode(t, []byte(`{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":`+tt.value+`}]}]}`))
		require.Equal(t, tt.want, profile(t, tt.version).Unexpected(&w.Values[0]), "%s %s", tt.version, tt.value)
	}
}

// TestGoldenFilesLookLikeTheirVersion holds the fixtures of an era against its profile.
func TestGoldenFilesLookLikeTheirVersion(t *testing.T) {
	for era, version := range map[string]string{"v14": "v14.0", "2024": "v20.0", "2026": "v26.0"} {
		for _, name := range inbound(t) {
			if !strings.HasSuffix(name, "/"+era+".json") {
				continue
			}
			w := decode(t, read(t, name))
			require.Empty(t, profile(t, version).Unexpected(&w.Values[0]), name)
		}
	}
}
