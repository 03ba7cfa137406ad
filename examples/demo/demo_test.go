package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// fake is the API and the sample ISV in one: a bot that answers everything with a menu
// and "salir" with a farewell and the notice. The hook spoils what it delivers.
type fake struct {
	mu        sync.Mutex
	delivered []reply
	sequence  int
	taps      []string
	deny      string
	spoil     func(f *fake, r *reply)

	// channel is what is live, before what was before it, requests what asked to change that.
	channel, before channel
	requests        []string
	// example is the bot that plays in place of the menu, heard how many messages it got.
	example example
	heard   int
}

const menu = `{"messaging_product":"whatsapp","to":"%s","type":"interactive","interactive":{"type":"button","body":{"text":"¿En qué te ayudo? 👋"},"action":{"buttons":[` +
	`{"type":"reply","reply":{"id":"uno","title":"Primera"}},{"type":"reply","reply":{"id":"dos","title":"Segunda"}},{"type":"reply","reply":{"id":"tres","title":"Terminar"}}]}}}`

const farewell = `{"messaging_product":"whatsapp","to":"%s","type":"text","text":{"body":"¡Hasta pronto!"}}`

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.URL.Path == f.deny {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"message":"invalid Password"}`))
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "POST /login":
		_, _ = w.Write([]byte(`{"user":"demo","access":true,"access_token":"token"}`))
	case "PATCH /webhooks/outbound":
		var sent map[string]string
		_ = json.NewDecoder(r.Body).Decode(&sent)
		_ = json.NewEncoder(w).Encode(sent)
	case "POST /webhooks/inbound":
		f.answer(r)
	case "GET /messages":
		var after int64
		_, _ = fmt.Sscan(r.URL.Query().Get("after"), &after)
		_ = json.NewEncoder(w).Encode(f.delivered[min(after, int64(len(f.delivered))):])
	default:
		f.publishing(w, r)
	}
}

func (f *fake) answer(r *http.Request) {
	var posted struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From        string
						Text        struct{ Body string }
						Interactive struct {
							ButtonReply choice `json:"button_reply"`
							ListReply   choice `json:"list_reply"`
						}
					}
				}
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&posted)
	message := posted.Entry[0].Changes[0].Value.Messages[0]
	if tapped := cmp.Or(message.Interactive.ButtonReply.ID, message.Interactive.ListReply.ID); tapped != "" {
		f.taps = append(f.taps, tapped)
	}
	if len(f.example.steps) > 0 {
		f.play(message.From)
		return
	}
	if message.Text.Body == "salir" {
		f.deliver(fmt.Sprintf(farewell, message.From))
		f.deliver(closeNotice)
		return
	}
	f.deliver(fmt.Sprintf(menu, message.From))
}

func (f *fake) deliver(body string) {
	f.sequence++
	r := reply{
		Index: int64(len(f.delivered) + 1),
		Headers: map[string]string{
			"webhook-id":            fmt.Sprint("msg_", f.sequence),
			"chattigo-conversation": "cnv_1",
			"chattigo-sequence":     fmt.Sprint(f.sequence),
		},
		Body: json.RawMessage(body),
	}
	if f.spoil != nil {
		f.spoil(f, &r)
	}
	f.delivered = append(f.delivered, r)
}

func TestDemoPlaysTheWholeConversation(t *testing.T) {
	api := &fake{}

	out, err := playAgainst(t, api)

	require.NoError(t, err)
	require.Equal(t, []string{"uno", "dos"}, api.taps)
	for _, want := range []string{"Hola", "¿En qué te ayudo? 👋", "[Terminar]", "▸ Primera", "[a picture]", "▸ Segunda", "salir", "¡Hasta pronto!", closeNotice, "closed with 6 messages"} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "\x1b", "no colors when the output is no terminal")
	require.Regexp(t, `(?m)^→ to the ISV, not to the contact: the chat is closed\n\{"chatBeenClosed"`, out)
}

func TestDemoSaysWhatItChangesAndWhereToLook(t *testing.T) {
	out, err := playAgainst(t, &fake{})

	require.NoError(t, err)
	require.Regexp(t, `^\nReplies of channel 56900000001 now go to the sample ISV, http://127\.0\.0\.1:\d+/; PATCH /webhooks/outbound changes that\.\n`, out)
	require.Regexp(t, `\n  Sample ISV    http://127\.0\.0\.1:\d+/\?contact=56911111111\n  Temporal UI   http://ui\.test   the workflow with ChattigoContact 56911111111\n$`, out)
}

func TestDemoToleratesARepeatUnderTheSameID(t *testing.T) {
	repeated := false
	api := &fake{spoil: func(f *fake, r *reply) {
		if f.sequence == 3 && !repeated {
			repeated = true
			f.delivered = append(f.delivered, *r)
			r.Index++
		}
	}}

	_, err := playAgainst(t, api)

	require.NoError(t, err)
	require.True(t, repeated)
}

func TestDemoFailsWithASentence(t *testing.T) {
	at := func(sequence int, spoil func(*reply)) func(*fake, *reply) {
		return func(f *fake, r *reply) {
			if f.sequence == sequence {
				spoil(r)
			}
		}
	}
	tests := []struct {
		name string
		api  *fake
		want string
	}{
		{name: "refused login", api: &fake{deny: "/login"}, want: `POST /login answered 400: {"message":"invalid Password"}`},
		{name: "refused webhook", api: &fake{deny: "/webhooks/outbound"}, want: "PATCH /webhooks/outbound answered 400"},
		{name: "refused message", api: &fake{deny: "/webhooks/inbound"}, want: "POST /webhooks/inbound answered 400"},
		{
			name: "out of order", want: "reply number 3 came where number 2 was due",
			api: &fake{spoil: at(2, func(r *reply) { r.Headers["chattigo-sequence"] = "3" })},
		},
		{
			name: "another conversation", want: `a reply belongs to the conversation "cnv_2", not to "cnv_1"`,
			api: &fake{spoil: at(2, func(r *reply) { r.Headers["chattigo-conversation"] = "cnv_2" })},
		},
		{
			name: "no id", want: "a delivery came without a webhook-id",
			api: &fake{spoil: at(1, func(r *reply) { delete(r.Headers, "webhook-id") })},
		},
		{
			name: "no WhatsApp message", want: `a reply has no "messaging_product":"whatsapp"`,
			api: &fake{spoil: at(1, func(r *reply) { r.Body = json.RawMessage(`{"type":"text"}`) })},
		},
		{
			name: "content missing", want: `a reply has no content of its type "text"`,
			api: &fake{spoil: func(_ *fake, r *reply) {
				r.Body = json.RawMessage(strings.Replace(string(r.Body), `"type":"interactive","interactive"`, `"type":"text","interactive"`, 1))
			}},
		},
		{
			name: "for somebody else", want: `a reply is for "56900000009"`,
			api: &fake{spoil: at(1, func(r *reply) { r.Body = json.RawMessage(fmt.Sprintf(menu, "56900000009")) })},
		},
		{
			name: "no buttons", want: "the bot offered 0 buttons, and the demo wanted to tap number 1",
			api: &fake{spoil: func(_ *fake, r *reply) {
				r.Body = json.RawMessage(strings.ReplaceAll(string(r.Body), `"buttons"`, `"others"`))
			}},
		},
		{
			name: "closed too early", want: "the bot closed the chat before it was told to",
			api: &fake{spoil: at(2, func(r *reply) { r.Body = json.RawMessage(closeNotice) })},
		},
		{
			name: "something after the notice", want: "after the close notice this came",
			api: &fake{spoil: func(f *fake, r *reply) {
				if f.sequence == 7 {
					f.delivered = append(f.delivered, *r)
					*r = reply{Index: r.Index + 1, Headers: map[string]string{"webhook-id": "msg_8"}, Body: json.RawMessage(closeNotice)}
				}
			}},
		},
		{
			name: "closed without a farewell", want: "the chat was closed without a farewell",
			api: &fake{spoil: func(f *fake, r *reply) {
				if f.sequence == 6 {
					r.Body = json.RawMessage(closeNotice)
				}
				if f.sequence == 7 { // the fake's own notice: a repeat
					r.Headers["webhook-id"] = "msg_6"
				}
			}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := playAgainst(t, test.api)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestRunWithoutAServerSaysToStartIt(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	addr := closed.Listener.Addr().String()
	closed.Close()
	var out, errOut bytes.Buffer

	status := run(t.Context(), func(name string) string {
		return map[string]string{"CHATTIGO_HTTP_ADDR": addr}[name]
	}, &out, &errOut)

	require.Equal(t, 1, status)
	require.Equal(t, "\nThe demo failed: nothing listens on "+addr+": start `make run` first\n", errOut.String())
}

func TestDemoEndsWhenItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	api := &fake{spoil: func(*fake, *reply) { cancel() }}
	server := httptest.NewServer(api)
	defer server.Close()

	err := newDemo(server.URL, new(bytes.Buffer)).play(ctx)

	require.Error(t, err)
}

func TestWrap(t *testing.T) {
	require.Equal(t, []string{"uno dos", "tres"}, wrap("uno dos tres", 8))
	require.Equal(t, []string{"a", "ñañañaña", "ñaña b"}, wrap("a ñañañañañaña b", 8))
	require.Equal(t, []string{"uno", "", "dos"}, wrap("uno\n\ndos", 8))
}

func TestPrintableDropsWhatSteersATerminal(t *testing.T) {
	require.Equal(t, "[31mrojo\nfin", printable("\x1b[31mrojo\x07\nfin\u009b"))
}

func playAgainst(t *testing.T, api *fake) (string, error) {
	t.Helper()
	server := httptest.NewServer(api)
	defer server.Close()
	var out bytes.Buffer
	err := newDemo(server.URL, &out).play(t.Context())
	return out.String(), err
}

func newDemo(url string, out *bytes.Buffer) *demo {
	return &demo{
		client:  newClient(url, url),
		screen:  newScreen(out, false),
		contact: "56911111111",
		ui:      "http://ui.test",
		quiet:   3 * poll / 2,
	}
}
