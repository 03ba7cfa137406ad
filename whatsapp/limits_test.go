package whatsapp_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func list[T any](n int, each func(int) T) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = each(i)
	}
	return all
}

func rows(n int) []whatsapp.SendRow {
	return list(n, func(i int) whatsapp.SendRow { return whatsapp.SendRow{ID: strconv.Itoa(i), Title: "t"} })
}

func products(n int) []whatsapp.SendProduct {
	return list(n, func(i int) whatsapp.SendProduct { return whatsapp.SendProduct{ProductRetailerID: strconv.Itoa(i)} })
}

func listOf(sections ...whatsapp.SendSection) whatsapp.Send {
	return interactive("list", whatsapp.SendAction{Button: "Ver", Sections: sections})
}

func productList(sections ...whatsapp.SendSection) whatsapp.Send {
	s := interactive("product_list", whatsapp.SendAction{CatalogID: "c", Sections: sections})
	s.Interactive.Header = &whatsapp.SendHeader{Type: "text", Text: "h"}
	return s
}

// edited is one of the golden bodies, changed.
func edited(name string, edit func(*whatsapp.Send)) whatsapp.Send {
	s := outbound()[name]
	edit(&s)
	return s
}

func mpm(sections ...whatsapp.SendSection) whatsapp.Send {
	return template(button("mpm", "0", action(whatsapp.SendButtonAction{ThumbnailProductRetailerID: "s", Sections: sections})))
}

func raw(kind, name, parameters string) whatsapp.Send {
	return interactive(kind, whatsapp.SendAction{Name: name, Parameters: whatsapp.RawParameters(parameters)})
}

type bound struct {
	name  string
	limit int
	path  string
	rule  whatsapp.Rule
	// build makes a body with n of what is limited.
	build func(n int) whatsapp.Send
	// warns is for conservative figures, which refuse nothing.
	warns bool
	// least is for limits from below.
	least bool
}

const (
	chars = whatsapp.RuleMaxChars
	items = whatsapp.RuleMaxItems
)

func plainBounds() []bound {
	caption := func(name string, m func(*whatsapp.Send) *whatsapp.SendMedia) bound {
		return bound{name: name + " caption", limit: 1024, path: name + ".caption", rule: chars, build: func(n int) whatsapp.Send {
			return edited(name, func(s *whatsapp.Send) { m(s).Caption = at(n) })
		}}
	}
	return []bound{
		{name: "text", limit: 4096, path: "text.body", rule: chars, build: func(n int) whatsapp.Send { return whatsapp.NewText("1", at(n)) }},
		{name: "text is there", limit: 1, path: "text.body", rule: whatsapp.RuleRequired, least: true, build: func(n int) whatsapp.Send { return whatsapp.NewText("1", at(n)) }},
		caption("image", func(s *whatsapp.Send) *whatsapp.SendMedia { return s.Image }),
		caption("video", func(s *whatsapp.Send) *whatsapp.SendMedia { return s.Video }),
		caption("document", func(s *whatsapp.Send) *whatsapp.SendMedia { return s.Document }),
		{name: "filename", limit: 240, path: "document.filename", rule: chars, warns: true, build: func(n int) whatsapp.Send {
			return edited("document", func(s *whatsapp.Send) { s.Document.Filename = at(n) })
		}},
		{name: "callback data", limit: 512, path: "biz_opaque_callback_data", rule: chars, build: func(n int) whatsapp.Send {
			return edited("text", func(s *whatsapp.Send) { s.BizOpaqueCallbackData = at(n) })
		}},
		{name: "contacts", limit: 257, path: "contacts", rule: items, build: contactCards},
		{name: "contacts, safely", limit: 5, path: "contacts", rule: items, warns: true, build: contactCards},
		{name: "contacts are there", limit: 1, path: "contacts", rule: whatsapp.RuleMinItems, least: true, build: contactCards},
		{name: "pin", limit: 30, path: "pin.expiration_days", rule: whatsapp.RuleValue, build: pinFor},
		{name: "pin, at least", limit: 1, path: "pin.expiration_days", rule: whatsapp.RuleValue, least: true, build: pinFor},
	}
}

func contactCards(n int) whatsapp.Send {
	return edited("contacts", func(s *whatsapp.Send) {
		card := s.Contacts[0]
		s.Contacts = list(n, func(int) whatsapp.SendContact { return card })
	})
}

func pinFor(n int) whatsapp.Send {
	return edited("pin", func(s *whatsapp.Send) {
		s.Pin = json.RawMessage(`{"type":"pin","message_id":"m","expiration_days":` + strconv.Itoa(n) + `}`)
	})
}

func interactiveBounds() []bound {
	bounds := []bound{
		{name: "header", limit: 60, path: "interactive.header.text", rule: chars, build: func(n int) whatsapp.Send {
			return edited("interactive_list", func(s *whatsapp.Send) { s.Interactive.Header = &whatsapp.SendHeader{Type: "text", Text: at(n)} })
		}},
		{name: "footer", limit: 60, path: "interactive.footer.text", rule: chars, build: func(n int) whatsapp.Send {
			return edited("interactive_button", func(s *whatsapp.Send) { s.Interactive.Footer = &whatsapp.SendText{Text: at(n)} })
		}},
		{name: "list body", limit: 4096, path: "interactive.body.text", rule: chars, build: func(n int) whatsapp.Send {
			return edited("interactive_list", func(s *whatsapp.Send) { s.Interactive.Body.Text = at(n) })
		}},
		{name: "buttons", limit: 3, path: "interactive.action.buttons", rule: items, build: replyButtons},
		{name: "buttons are there", limit: 1, path: "interactive.action.buttons", rule: whatsapp.RuleMinItems, least: true, build: replyButtons},
		{name: "button id", limit: 256, path: "interactive.action.buttons[0].reply.id", rule: chars, build: func(n int) whatsapp.Send {
			return buttons(whatsapp.SendReply{ID: at(n), Title: "t"})
		}},
		{name: "button title", limit: 20, path: "interactive.action.buttons[0].reply.title", rule: chars, build: func(n int) whatsapp.Send {
			return buttons(whatsapp.SendReply{ID: "i", Title: at(n)})
		}},
		{name: "list label", limit: 20, path: "interactive.action.button", rule: chars, build: func(n int) whatsapp.Send {
			return interactive("list", whatsapp.SendAction{Button: at(n), Sections: []whatsapp.SendSection{{Title: "s", Rows: rows(1)}}})
		}},
		{name: "sections", limit: 10, path: "interactive.action.sections", rule: items, build: func(n int) whatsapp.Send {
			return productList(list(n, func(i int) whatsapp.SendSection { return whatsapp.SendSection{Title: "s", ProductItems: products(1)} })...)
		}},
		{name: "sections are there", limit: 1, path: "interactive.action.sections", rule: whatsapp.RuleMinItems, least: true, build: func(n int) whatsapp.Send {
			return listOf(list(n, func(i int) whatsapp.SendSection { return whatsapp.SendSection{Title: "s", Rows: rows(1)} })...)
		}},
		{name: "section title", limit: 24, path: "interactive.action.sections[0].title", rule: chars, build: func(n int) whatsapp.Send {
			return listOf(whatsapp.SendSection{Title: at(n), Rows: rows(1)})
		}},
		{name: "section title of products", limit: 24, path: "interactive.action.sections[0].title", rule: chars, build: func(n int) whatsapp.Send {
			return productList(whatsapp.SendSection{Title: at(n), ProductItems: products(1)})
		}},
		{name: "rows in all", limit: 10, path: "interactive.action.sections", rule: items, build: func(n int) whatsapp.Send {
			all := rows(n)
			return listOf(whatsapp.SendSection{Title: "a", Rows: all[:2]}, whatsapp.SendSection{Title: "b", Rows: all[2:]})
		}},
		{name: "rows are there", limit: 1, path: "interactive.action.sections[0].rows", rule: whatsapp.RuleMinItems, least: true, build: func(n int) whatsapp.Send {
			return listOf(whatsapp.SendSection{Title: "a", Rows: rows(n)})
		}},
		row("id", 200, func(n int) whatsapp.SendRow { return whatsapp.SendRow{ID: at(n), Title: "t"} }),
		row("title", 24, func(n int) whatsapp.SendRow { return whatsapp.SendRow{ID: "i", Title: at(n)} }),
		row("description", 72, func(n int) whatsapp.SendRow { return whatsapp.SendRow{ID: "i", Title: "t", Description: at(n)} }),
		{name: "address label", limit: 20, path: "interactive.action.parameters.display_text", rule: chars, build: func(n int) whatsapp.Send {
			return interactive("cta_url", whatsapp.SendAction{Name: "cta_url", Parameters: &whatsapp.CTAParameters{DisplayText: at(n), URL: "https://example.com"}})
		}},
		{name: "address", limit: 2000, path: "interactive.action.parameters.url", rule: chars, warns: true, build: func(n int) whatsapp.Send {
			start := "https://example.com/"
			return interactive("cta_url", whatsapp.SendAction{Name: "cta_url", Parameters: &whatsapp.CTAParameters{DisplayText: "a", URL: start + strings.Repeat("a", n-len(start))}})
		}},
		{name: "flow label", limit: 30, path: "interactive.action.parameters.flow_cta", rule: chars, build: flowLabel},
		{name: "flow label, safely", limit: 20, path: "interactive.action.parameters.flow_cta", rule: chars, warns: true, build: flowLabel},
		{name: "products", limit: 30, path: "interactive.action.sections", rule: items, build: func(n int) whatsapp.Send {
			all := products(n)
			return productList(whatsapp.SendSection{Title: "a", ProductItems: all[:9]}, whatsapp.SendSection{Title: "b", ProductItems: all[9:]})
		}},
		{name: "call", limit: 43200, path: "interactive.action.parameters.ttl_minutes", rule: whatsapp.RuleValue, build: voiceCallFor},
		{name: "call, at least", limit: 1, path: "interactive.action.parameters.ttl_minutes", rule: whatsapp.RuleValue, least: true, build: voiceCallFor},
		{name: "call payload", limit: 512, path: "interactive.action.parameters.payload", rule: chars, build: func(n int) whatsapp.Send {
			return raw("voice_call", "voice_call", `{"payload":"`+at(n)+`"}`)
		}},
		{name: "call label", limit: 20, path: "interactive.action.parameters.display_text", rule: chars, build: func(n int) whatsapp.Send {
			return raw("voice_call", "voice_call", `{"display_text":"`+at(n)+`"}`)
		}},
	}
	for _, name := range []string{
		"button", "cta_url", "product", "product_list", "catalog", "flow", "location_request", "contact_request", "carousel",
		"address_message", "call_permission", "voice_call", "order_details", "order_status",
	} {
		bounds = append(bounds, bound{name: name + " body", limit: 1024, path: "interactive.body.text", rule: chars, build: func(n int) whatsapp.Send {
			return edited("interactive_"+name, func(s *whatsapp.Send) { s.Interactive.Body = &whatsapp.SendText{Text: at(n)} })
		}})
	}
	return bounds
}

func row(name string, limit int, build func(int) whatsapp.SendRow) bound {
	return bound{name: "row " + name, limit: limit, path: "interactive.action.sections[0].rows[0]." + name, rule: chars, build: func(n int) whatsapp.Send {
		return listOf(whatsapp.SendSection{Title: "s", Rows: []whatsapp.SendRow{build(n)}})
	}}
}

func replyButtons(n int) whatsapp.Send {
	return buttons(list(n, func(i int) whatsapp.SendReply { return whatsapp.SendReply{ID: strconv.Itoa(i), Title: strconv.Itoa(i)} })...)
}

func flowLabel(n int) whatsapp.Send {
	return interactive("flow", whatsapp.SendAction{Name: "flow", Parameters: &whatsapp.FlowParameters{FlowMessageVersion: "3", FlowName: "f", FlowCTA: at(n)}})
}

func voiceCallFor(n int) whatsapp.Send {
	return raw("voice_call", "voice_call", `{"ttl_minutes":`+strconv.Itoa(n)+`}`)
}

// TestLimits tries each limit that a body can show at one below, at the limit, and at one
// beyond: only the last is a problem, and it names the place.
func TestLimits(t *testing.T) {
	var all []bound
	for _, bounds := range [][]bound{plainBounds(), interactiveBounds(), carouselBounds(), templateBounds()} {
		all = append(all, bounds...)
	}
	require.Greater(t, len(all), 70)
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			good, beyond := []int{b.limit - 1, b.limit}, b.limit+1
			if b.least {
				good, beyond = []int{b.limit, b.limit + 1}, b.limit-1
			}
			for _, n := range good {
				require.Empty(t, problemsAt(b, n), n)
			}
			found := problemsAt(b, beyond)
			require.Len(t, found, 1)
			require.Equal(t, b.warns, found[0].Warning)
			if b.rule == chars || b.rule == items {
				require.Equal(t, [2]int{b.limit, beyond}, [2]int{found[0].Limit, found[0].Found})
			}
			require.NotEmpty(t, found[0].String())
			_, err := whatsapp.Encode(b.build(beyond))
			require.Equal(t, !b.warns, err != nil)
		})
	}
}

// problemsAt are the problems at the place of a limit. Those of a stricter or a looser figure for
// the same thing are left to their own row.
func problemsAt(b bound, n int) (found []whatsapp.Problem) {
	for _, p := range whatsapp.Validate(b.build(n)) {
		if p.Path == b.path && p.Rule == b.rule && (b.warns || !p.Warning) {
			found = append(found, p)
		}
	}
	return found
}
