package script

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
)

func TestDiffNamesTheFirstPlace(t *testing.T) {
	for _, tt := range []struct{ name, want, got, diff string }{
		{"a part of an object", `{"a": 1}`, `{"a": 1, "b": 2}`, ""},
		{"a missing key", `{"a": {"b": 1}}`, `{"a": {}}`, "a.b is missing"},
		{"the order of keys does not matter", `{"a": 1, "b": 2}`, `{"b": 2, "a": 1}`, ""},
		{"the first by name", `{"b": 1, "a": 1}`, `{"b": 2, "a": 2}`, "a is 2, not 1"},
		{"another text", `"x"`, `"<y>"`, `it is "<y>", not "x"`},
		{"a text is no number", `"1"`, `1`, `it is 1, not "1"`},
		{"numbers are what they are worth", `1`, `1.0`, ""},
		{"large numbers are not rounded", `9007199254740993`, `9007199254740992`, "it is 9007199254740992, not 9007199254740993"},
		{"truth", `true`, `false`, "it is false, not true"},
		{"null", `null`, `0`, "it is 0, not null"},
		{"a list has its length", `[1]`, `[1, 2]`, "it has 2 items, not 1"},
		{"items in order", `[1, 2]`, `[2, 1]`, "[0] is 2, not 1"},
		{"a part of each item", `[{"a": 1}, {}]`, `[{"a": 1, "b": 1}, {"c": 1}]`, ""},
		{"a list is no object", `[]`, `{}`, "it is {}, not a list"},
		{"an object is no list", `{}`, `[]`, "it is [], not an object"},
		{"an id goes out with a tag", `{"reply": {"id": "si"}}`, `{"reply": {"id": "si~0a1b2"}}`, ""},
		{"nothing else does", `{"title": "si"}`, `{"title": "si~0a1b2"}`, `title is "si~0a1b2", not "si"`},
		{"an id with another tag than ours", `{"id": "si"}`, `{"id": "si~0A1b2"}`, `id is "si~0A1b2", not "si"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.diff, diff("", decode(json.RawMessage(tt.want)), decode(json.RawMessage(tt.got))))
		})
	}
}

func TestATargetIsWhatItsStarsAllow(t *testing.T) {
	for _, tt := range []struct {
		target, url string
		want        bool
	}{
		{"GET https://a.example/x", "https://a.example/x", true},
		{"GET https://a.example/x", "https://a.example/x?y=1", false},
		{"GET https://a.example/x*", "https://a.example/x?y=1", true},
		{"GET https://a.example/*/z", "https://a.example/x/y/z", true},
		{"GET https://a.example/*b*b", "https://a.example/bb", true},
		{"GET https://a.example/*b*b", "https://a.example/b", false},
		{"POST https://a.example/x", "https://a.example/x", false},
		{"* https://a.example/x", "https://a.example/x", true},
		{"GET *", "https://a.example/x", true},
		{"* *", "https://a.example/x", true},
	} {
		target, err := ParseTarget(tt.target)
		require.NoError(t, err)
		require.Equal(t, tt.want, target.Match("GET", tt.url), "%s %s", tt.target, tt.url)
	}
}

func TestATargetMatchesLikeTheRegularExpressionThatItStandsFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`[ab*]{0,8}`).Draw(t, "pattern")
		url := "https://" + rapid.StringMatching(`[ab]{0,10}`).Draw(t, "url")
		target, err := ParseTarget("GET https://" + path)
		require.NoError(t, err)
		re := regexp.MustCompile("^https://" + strings.ReplaceAll(path, "*", ".*") + "$")
		require.Equal(t, re.MatchString(url), target.Match("GET", url))
	})
}

func TestStampKeepsWhatIsThere(t *testing.T) {
	at := time.Unix(1773147600, 0)
	both := bot.Contact{WaID: "569", UserID: "CL.1"}
	for _, tt := range []struct {
		name, message string
		contact       bot.Contact
		want          string
	}{
		{"nothing", `{}`, bot.Contact{WaID: "569"}, `{"from":"569","id":"w","timestamp":"1773147600"}`},
		{"a text", ` {"type":"text"}`, both, `{"from":"569","from_user_id":"CL.1","id":"w","timestamp":"1773147600","type":"text"}`},
		{"an id of its own", `{"id":"x"}`, bot.Contact{UserID: "CL.1"}, `{"from_user_id":"CL.1","timestamp":"1773147600","id":"x"}`},
		{"all of it", `{"from":"1","id":"x","timestamp":"0"}`, bot.Contact{WaID: "569"}, `{"from":"1","id":"x","timestamp":"0"}`},
		{"no object", `[1]`, both, `[1]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, string(Stamp(json.RawMessage(tt.message), tt.contact, "w", at)))
		})
	}
}

func TestChoicesAreAllThatCanBeTapped(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []Choice
	}{
		{"text", `{"messaging_product":"whatsapp","to":"5","type":"text","text":{"body":"x"}}`, nil},
		{"buttons", `{"type":"interactive","interactive":{"type":"button","body":{"text":"x"},"action":{"buttons":[{"type":"reply","reply":{"id":"si~0a1b2","title":"Sí"}}]}}}`, []Choice{{ID: "si", Sent: "si~0a1b2", Title: "Sí", Kind: "button_reply"}}},
		{"rows", `{"type":"interactive","interactive":{"type":"list","body":{"text":"x"},"action":{"button":"b","sections":[{"rows":[{"id":"a","title":"A"}]},{"rows":[{"id":"b","title":"B","description":"be"}]}]}}}`, []Choice{
			{ID: "a", Sent: "a", Title: "A", Kind: "list_reply"}, {ID: "b", Sent: "b", Title: "B", Description: "be", Kind: "list_reply"},
		}},
		{"quick replies of a template", `{"type":"template","template":{"name":"t","language":{"code":"es"},"components":[{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"ok"}]}]}}`, []Choice{{ID: "ok", Sent: "ok", Title: "ok", Kind: "button"}}},
		{"a list without anything", `{"type":"interactive","interactive":{"type":"list"}}`, nil},
		{"no JSON", `{`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, Choices(json.RawMessage(tt.body)))
		})
	}
}
