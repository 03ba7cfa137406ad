package outbound_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func list[T any](n int, each func(int) T) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = each(i)
	}
	return all
}

func rows(n int) []outbound.Row {
	return list(n, func(i int) outbound.Row { return outbound.Row{ID: strconv.Itoa(i), Title: "t"} })
}

func products(n int) []outbound.Product {
	return list(n, func(i int) outbound.Product { return outbound.Product{ProductRetailerID: strconv.Itoa(i)} })
}

func listOf(sections ...outbound.Section) outbound.Message {
	return interactive("list", outbound.Action{Button: "Ver", Sections: sections})
}

func productList(sections ...outbound.Section) outbound.Message {
	s := interactive("product_list", outbound.Action{CatalogID: "c", Sections: sections})
	s.Interactive.Header = &outbound.Header{Type: "text", Text: "h"}
	return s
}

// edited is one of the golden bodies, changed.
func edited(name string, edit func(*outbound.Message)) outbound.Message {
	s := samples()[name]
	edit(&s)
	return s
}

func mpm(sections ...outbound.Section) outbound.Message {
	return template(button("mpm", "0", action(outbound.ButtonAction{ThumbnailProductRetailerID: "s", Sections: sections})))
}

func raw(kind, name, parameters string) outbound.Message {
	return interactive(kind, outbound.Action{Name: name, Parameters: outbound.RawParameters(parameters)})
}

type bound struct {
	name  string
	limit int
	path  string
	rule  outbound.Rule
	// build makes a body with n of what is limited.
	build func(n int) outbound.Message
	// warns is for conservative figures, which refuse nothing.
	warns bool
	// least is for limits from below.
	least bool
}

const (
	chars = outbound.RuleMaxChars
	items = outbound.RuleMaxItems
)

func plainBounds() []bound {
	caption := func(name string, m func(*outbound.Message) *outbound.Media) bound {
		return bound{name: name + " caption", limit: 1024, path: name + ".caption", rule: chars, build: func(n int) outbound.Message {
			return edited(name, func(s *outbound.Message) { m(s).Caption = at(n) })
		}}
	}
	return []bound{
		{name: "text", limit: 4096, path: "text.body", rule: chars, build: func(n int) outbound.Message { return outbound.NewText("1", at(n)) }},
		{name: "text is there", limit: 1, path: "text.body", rule: outbound.RuleRequired, least: true, build: func(n int) outbound.Message { return outbound.NewText("1", at(n)) }},
		caption("image", func(s *outbound.Message) *outbound.Media { return s.Image }),
		caption("video", func(s *outbound.Message) *outbound.Media { return s.Video }),
		caption("document", func(s *outbound.Message) *outbound.Media { return s.Document }),
		{name: "filename", limit: 240, path: "document.filename", rule: chars, warns: true, build: func(n int) outbound.Message {
			return edited("document", func(s *outbound.Message) { s.Document.Filename = at(n) })
		}},
		{name: "callback data", limit: 512, path: "biz_opaque_callback_data", rule: chars, build: func(n int) outbound.Message {
			return edited("text", func(s *outbound.Message) { s.BizOpaqueCallbackData = at(n) })
		}},
		{name: "contacts", limit: 257, path: "contacts", rule: items, build: contactCards},
		{name: "contacts, safely", limit: 5, path: "contacts", rule: items, warns: true, build: contactCards},
		{name: "contacts are there", limit: 1, path: "contacts", rule: outbound.RuleMinItems, least: true, build: contactCards},
		{name: "pin", limit: 30, path: "pin.expiration_days", rule: outbound.RuleValue, build: pinFor},
		{name: "pin, at least", limit: 1, path: "pin.expiration_days", rule: outbound.RuleValue, least: true, build: pinFor},
	}
}

func contactCards(n int) outbound.Message {
	return edited("contacts", func(s *outbound.Message) {
		card := s.Contacts[0]
		s.Contacts = list(n, func(int) whatsapp.ContactCard { return card })
	})
}

func pinFor(n int) outbound.Message {
	return edited("pin", func(s *outbound.Message) {
		s.Pin = json.RawMessage(`{"type":"pin","message_id":"m","expiration_days":` + strconv.Itoa(n) + `}`)
	})
}

func interactiveBounds() []bound {
	bounds := []bound{
		{name: "header", limit: 60, path: "interactive.header.text", rule: chars, build: func(n int) outbound.Message {
			return edited("interactive_list", func(s *outbound.Message) { s.Interactive.Header = &outbound.Header{Type: "text", Text: at(n)} })
		}},
		{name: "footer", limit: 60, path: "interactive.footer.text", rule: chars, build: func(n int) outbound.Message {
			return edited("interactive_button", func(s *outbound.Message) { s.Interactive.Footer = &outbound.Text{Text: at(n)} })
		}},
		{name: "list body", limit: 4096, path: "interactive.body.text", rule: chars, build: func(n int) outbound.Message {
			return edited("interactive_list", func(s *outbound.Message) { s.Interactive.Body.Text = at(n) })
		}},
		{name: "buttons", limit: 3, path: "interactive.action.buttons", rule: items, build: replyButtons},
		{name: "buttons are there", limit: 1, path: "interactive.action.buttons", rule: outbound.RuleMinItems, least: true, build: replyButtons},
		{name: "button id", limit: 256, path: "interactive.action.buttons[0].reply.id", rule: chars, build: func(n int) outbound.Message {
			return buttons(outbound.Reply{ID: at(n), Title: "t"})
		}},
		{name: "button title", limit: 20, path: "interactive.action.buttons[0].reply.title", rule: chars, build: func(n int) outbound.Message {
			return buttons(outbound.Reply{ID: "i", Title: at(n)})
		}},
		{name: "list label", limit: 20, path: "interactive.action.button", rule: chars, build: func(n int) outbound.Message {
			return interactive("list", outbound.Action{Button: at(n), Sections: []outbound.Section{{Title: "s", Rows: rows(1)}}})
		}},
		{name: "sections", limit: 10, path: "interactive.action.sections", rule: items, build: func(n int) outbound.Message {
			return productList(list(n, func(i int) outbound.Section { return outbound.Section{Title: "s", ProductItems: products(1)} })...)
		}},
		{name: "sections are there", limit: 1, path: "interactive.action.sections", rule: outbound.RuleMinItems, least: true, build: func(n int) outbound.Message {
			return listOf(list(n, func(i int) outbound.Section { return outbound.Section{Title: "s", Rows: rows(1)} })...)
		}},
		{name: "section title", limit: 24, path: "interactive.action.sections[0].title", rule: chars, build: func(n int) outbound.Message {
			return listOf(outbound.Section{Title: at(n), Rows: rows(1)})
		}},
		{name: "section title of products", limit: 24, path: "interactive.action.sections[0].title", rule: chars, build: func(n int) outbound.Message {
			return productList(outbound.Section{Title: at(n), ProductItems: products(1)})
		}},
		{name: "rows in all", limit: 10, path: "interactive.action.sections", rule: items, build: func(n int) outbound.Message {
			all := rows(n)
			return listOf(outbound.Section{Title: "a", Rows: all[:2]}, outbound.Section{Title: "b", Rows: all[2:]})
		}},
		{name: "rows are there", limit: 1, path: "interactive.action.sections[0].rows", rule: outbound.RuleMinItems, least: true, build: func(n int) outbound.Message {
			return listOf(outbound.Section{Title: "a", Rows: rows(n)})
		}},
		row("id", 200, func(n int) outbound.Row { return outbound.Row{ID: at(n), Title: "t"} }),
		row("title", 24, func(n int) outbound.Row { return outbound.Row{ID: "i", Title: at(n)} }),
		row("description", 72, func(n int) outbound.Row { return outbound.Row{ID: "i", Title: "t", Description: at(n)} }),
		{name: "address label", limit: 20, path: "interactive.action.parameters.display_text", rule: chars, build: func(n int) outbound.Message {
			return interactive("cta_url", outbound.Action{Name: "cta_url", Parameters: &outbound.CTAParameters{DisplayText: at(n), URL: "https://example.com"}})
		}},
		{name: "address", limit: 2000, path: "interactive.action.parameters.url", rule: chars, warns: true, build: func(n int) outbound.Message {
			start := "https://example.com/"
			return interactive("cta_url", outbound.Action{Name: "cta_url", Parameters: &outbound.CTAParameters{DisplayText: "a", URL: start + strings.Repeat("a", n-len(start))}})
		}},
		{name: "flow label", limit: 30, path: "interactive.action.parameters.flow_cta", rule: chars, build: flowLabel},
		{name: "flow label, safely", limit: 20, path: "interactive.action.parameters.flow_cta", rule: chars, warns: true, build: flowLabel},
		{name: "products", limit: 30, path: "interactive.action.sections", rule: items, build: func(n int) outbound.Message {
			all := products(n)
			return productList(outbound.Section{Title: "a", ProductItems: all[:9]}, outbound.Section{Title: "b", ProductItems: all[9:]})
		}},
		{name: "call", limit: 43200, path: "interactive.action.parameters.ttl_minutes", rule: outbound.RuleValue, build: voiceCallFor},
		{name: "call, at least", limit: 1, path: "interactive.action.parameters.ttl_minutes", rule: outbound.RuleValue, least: true, build: voiceCallFor},
		{name: "call payload", limit: 512, path: "interactive.action.parameters.payload", rule: chars, build: func(n int) outbound.Message {
			return raw("voice_call", "voice_call", `{"payload":"`+at(n)+`"}`)
		}},
		{name: "call label", limit: 20, path: "interactive.action.parameters.display_text", rule: chars, build: func(n int) outbound.Message {
			return raw("voice_call", "voice_call", `{"display_text":"`+at(n)+`"}`)
		}},
	}
	for _, name := range []string{
		"button", "cta_url", "product", "product_list", "catalog", "flow", "location_request", "contact_request", "carousel",
		"address_message", "call_permission", "voice_call", "order_details", "order_status",
	} {
		bounds = append(bounds, bound{name: name + " body", limit: 1024, path: "interactive.body.text", rule: chars, build: func(n int) outbound.Message {
			return edited("interactive_"+name, func(s *outbound.Message) { s.Interactive.Body = &outbound.Text{Text: at(n)} })
		}})
	}
	return bounds
}

func row(name string, limit int, build func(int) outbound.Row) bound {
	return bound{name: "row " + name, limit: limit, path: "interactive.action.sections[0].rows[0]." + name, rule: chars, build: func(n int) outbound.Message {
		return listOf(outbound.Section{Title: "s", Rows: []outbound.Row{build(n)}})
	}}
}

func replyButtons(n int) outbound.Message {
	return buttons(list(n, func(i int) outbound.Reply { return outbound.Reply{ID: strconv.Itoa(i), Title: strconv.Itoa(i)} })...)
}

func flowLabel(n int) outbound.Message {
	return interactive("flow", outbound.Action{Name: "flow", Parameters: &outbound.FlowParameters{FlowMessageVersion: "3", FlowName: "f", FlowCTA: at(n)}})
}

func voiceCallFor(n int) outbound.Message {
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
			_, err := outbound.Encode(b.build(beyond))
			require.Equal(t, !b.warns, err != nil)
		})
	}
}

// problemsAt are the problems at the place of a limit. Those of a stricter or a looser figure for
// the same thing are left to their own row.
func problemsAt(b bound, n int) (found []outbound.Problem) {
	for _, p := range outbound.Validate(b.build(n)) {
		if p.Path == b.path && p.Rule == b.rule && (b.warns || !p.Warning) {
			found = append(found, p)
		}
	}
	return found
}
