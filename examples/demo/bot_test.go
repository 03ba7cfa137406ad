package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// publishing answers the routes that put bots live.
func (f *fake) publishing(w http.ResponseWriter, r *http.Request) {
	route := r.Method + " " + r.URL.Path
	read, _ := io.ReadAll(r.Body)
	var sent struct {
		Bot      string
		Version  int
		Expected json.RawMessage
	}
	_ = json.Unmarshal(read, &sent)
	switch name, isBot := strings.CutPrefix(route, "PUT /bots/"); {
	case isBot:
		_, _ = fmt.Fprintf(w, `{"name":%q,"version":3,"created":true}`, name)
		return
	case route == "GET /channels/"+waID:
	case string(sent.Expected) != f.expected():
		w.WriteHeader(http.StatusConflict)
		_, _ = fmt.Fprintf(w, `{"message":"channel %s has %s live"}`, waID, f.channel)
		return
	case route == "PUT /channels/"+waID+"/bot":
		f.requests = append(f.requests, fmt.Sprintf("publish %s %d", sent.Bot, sent.Version))
		if published := (live{sent.Bot, sent.Version}); f.channel.Bot == nil || *f.channel.Bot != published {
			f.before = f.channel
			f.channel = channel{&published, f.channel.Publication + 1}
		}
	case route == "POST /channels/"+waID+"/bot/rollback":
		f.requests = append(f.requests, "rollback")
		f.channel = channel{f.before.Bot, f.channel.Publication + 1}
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(f.channel)
}

// expected is what a caller who knows what is live says of it.
func (f *fake) expected() string {
	if f.channel.Bot == nil {
		return "null"
	}
	return fmt.Sprintf(`{"bot":%q,"version":%d}`, f.channel.Bot.Name, f.channel.Bot.Version)
}

// play answers each message of the demo with a list of all that it will tap, and the last one with a
// farewell and the notice.
func (f *fake) play(contact string) {
	if f.heard++; f.heard == len(f.example.steps) {
		f.deliver(fmt.Sprintf(farewell, contact))
		f.deliver(closeNotice)
		return
	}
	var rows []string
	for _, s := range f.example.steps {
		if s.tap != "" {
			rows = append(rows, fmt.Sprintf(`{"id":"%s~ab12c","title":"Título de %s","description":"Más"}`, s.tap, s.tap))
		}
	}
	f.deliver(fmt.Sprintf(`{"messaging_product":"whatsapp","to":"%s","type":"interactive","interactive":{"type":"list",`+
		`"body":{"text":"¿Y ahora?"},"action":{"button":"Ver","sections":[{"rows":[%s]}]}}}`, contact, strings.Join(rows, ",")))
}

// The demos of all examples, as files of the checkout.
func checkout() *demo { return &demo{bots: os.DirFS("../bots")} }

func playExample(ctx context.Context, t *testing.T, api *fake, name string) (string, error) {
	t.Helper()
	server := httptest.NewServer(api)
	defer server.Close()
	var out bytes.Buffer
	d := newDemo(server.URL, &out)
	d.bots = checkout().bots
	api.example, _ = loadExample(d.bots, name)
	err := d.run(ctx, name)
	return out.String(), err
}

func TestEveryExampleCanBePlayed(t *testing.T) {
	names := exampleNames(checkout().bots)
	require.Len(t, names, 6)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &fake{channel: channel{Publication: 4}}

			out, err := playExample(t.Context(), t, api, name)

			require.NoError(t, err)
			require.Equal(t, []string{"publish " + name + " 3", "rollback"}, api.requests)
			require.Contains(t, out, "has "+name+" version 3 live; the starter comes back at the end")
			require.Contains(t, out, closeNotice)
			require.Contains(t, out, "Channel 56900000001 has the starter live again.")
			require.NotEmpty(t, api.taps)
			require.Equal(t, len(api.example.steps), api.heard)
		})
	}
}

func TestTheDemoTapsWithTheTagAndShowsTitles(t *testing.T) {
	api := &fake{}

	out, err := playExample(t.Context(), t, api, "clinica")

	require.NoError(t, err)
	require.Equal(t, []string{"agendar~ab12c", "info~ab12c", "no~ab12c"}, api.taps)
	require.Contains(t, out, "▸ Título de agendar")
	require.Contains(t, out, "[Título de agendar] Más")
}

func TestTheDemoPutsBackWhatWasLive(t *testing.T) {
	clinic := &live{"clinica", 2}
	tests := []struct {
		name      string
		live      *live
		spoil     func(*fake, *reply)
		wantError string
		requests  []string
		after     *live
	}{
		{name: "another bot", live: clinic, requests: []string{"publish hotel 3", "rollback"}, after: clinic},
		{name: "an older version of the same bot", live: &live{"hotel", 2}, requests: []string{"publish hotel 3", "rollback"}, after: &live{"hotel", 2}},
		{name: "the same version: there is nothing to put back", live: &live{"hotel", 3}, requests: []string{"publish hotel 3"}, after: &live{"hotel", 3}},
		{
			name: "after a play that fails", live: clinic, requests: []string{"publish hotel 3", "rollback"}, after: clinic,
			spoil:     func(_ *fake, r *reply) { delete(r.Headers, "webhook-id") },
			wantError: "a delivery came without a webhook-id",
		},
		{
			name: "not where somebody else has published", live: clinic, requests: []string{"publish hotel 3"}, after: &live{"pedido", 1},
			spoil: func(f *fake, _ *reply) { f.channel = channel{&live{"pedido", 1}, 9} },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			api := &fake{channel: channel{Bot: test.live, Publication: 7}, spoil: test.spoil}

			_, err := playExample(t.Context(), t, api, "hotel")

			if test.wantError == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.wantError)
			}
			require.Equal(t, test.requests, api.requests)
			require.Equal(t, test.after, api.channel.Bot)
		})
	}
}

func TestTheDemoPutsBackWhatWasLiveAlsoWhenItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	api := &fake{spoil: func(*fake, *reply) { cancel() }}

	_, err := playExample(ctx, t, api, "hotel")

	require.Error(t, err)
	require.Equal(t, []string{"publish hotel 3", "rollback"}, api.requests)
	require.Nil(t, api.channel.Bot)
}

func TestTheDemoSaysWhatToDoWhenItCannotPutBack(t *testing.T) {
	api := &fake{spoil: func(f *fake, _ *reply) { f.deny = "/channels/" + waID + "/bot/rollback" }}

	_, err := playExample(t.Context(), t, api, "hotel")

	require.ErrorContains(t, err, "hotel may still be live on channel 56900000001; POST /channels/56900000001/bot/rollback puts the starter back")
}

func TestTheDemoOfABotFailsWithASentence(t *testing.T) {
	const bot, tests = "x.bot.yaml", "x.test.yaml"
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	cases := func(steps string) fstest.MapFS {
		return fstest.MapFS{bot: file("bot: v1"), tests: file("cases: [{name: demo, steps: [" + steps + "]}]")}
	}
	for _, test := range []struct {
		name string
		bots fstest.MapFS
		bot  string
		want string
	}{
		{"no such bot", fstest.MapFS{bot: file(""), "y.bot.yaml": file("")}, "z", `there is no bot "z"; there are x, y`},
		{"a path", fstest.MapFS{bot: file("")}, "../x", `there is no bot "../x"; there are x`},
		{"another directory", fstest.MapFS{}, "x", "there are no bots in examples/bots: run `make demo` from the top of the checkout"},
		{"no tests", fstest.MapFS{bot: file("")}, "x", "cannot read the bot's tests"},
		{"tests that are no YAML", fstest.MapFS{bot: file(""), tests: file("{")}, "x", "x.test.yaml: cannot be read"},
		{"no demo", fstest.MapFS{bot: file(""), tests: file("cases: [{name: other, steps: [{user: a}]}]")}, "x", `no case with the name "demo"`},
		{"a demo that waits", cases("{user: a}, {wait: 5m}"), "x", `the demo cannot do "wait"`},
		{"a demo that sends two things", cases("{user: {text: a, referral: {}}}"), "x", "the demo cannot send map["},
		{"a tap on what is not offered", cases("{user: a}, {tap: nothing}, {user: b}"), "x", `the bot did not offer "nothing"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(&fake{})
			defer server.Close()
			d := newDemo(server.URL, new(bytes.Buffer))
			d.bots = test.bots

			require.ErrorContains(t, d.run(t.Context(), test.bot), test.want)
		})
	}
}

func TestMessagesAreShownAsPeopleSeeThem(t *testing.T) {
	for _, test := range []struct {
		body string
		want []string
	}{
		{`{"type":"image","image":{"link":"https://x.example/a","caption":"Hola"}}`, []string{"[image]", "Hola"}},
		{`{"type":"location","location":{"name":"Hotel","address":"Rambla 1"}}`, []string{"[location]", "Hotel", "Rambla 1"}},
		{`{"type":"reaction","reaction":{"emoji":"👀"}}`, []string{"👀"}},
		{`{"type":"sticker","sticker":{"link":"https://x.example/a"}}`, []string{"[sticker]"}},
		{
			`{"type":"interactive","interactive":{"type":"cta_url","body":{"text":"Paga aquí"},"action":{"name":"cta_url","parameters":{"display_text":"Pagar","url":"https://x.example/p"}}}}`,
			[]string{"Paga aquí", "[Pagar] https://x.example/p"},
		},
	} {
		require.Equal(t, test.want, reply{Body: json.RawMessage(test.body)}.message().lines())
	}
}
