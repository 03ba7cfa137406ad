package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/store"
)

// recordPath is the route that records a conversation.
func recordPath(conversation, query string) string {
	return "/conversations/" + conversation + "/record" + query
}

// archived are conversations of both tenants with a bot that says its name back.
func archived(t testing.TB) *fixture {
	f := setUp(t)
	text := botText("clinica", "Hola ${contact.wa_id}")
	require.NoError(t, f.store.PutBot(t.Context(), store.Bot{Hash: hashOf(t, text), Name: "clinica", Source: []byte(text), CreatedAt: start()}))
	f.archive(t, waID, text, 1)
	f.archive(t, otherWaID, text, 1)
	return f
}

func TestAConversationIsRecordedAsATestThatPasses(t *testing.T) {
	f := archived(t)
	for _, account := range []string{"isv", "operator"} {
		response := f.do(t, http.MethodGet, recordPath("cnv_"+waID+"_0", "?bot=bots/clinica.yaml&name="+url.QueryEscape("saluda: #1")), headers{"Authorization": f.token(account)}, nil)
		require.Equal(t, 200, response.Code, response.Body)
		require.Equal(t, "application/yaml", response.Header().Get("Content-Type"))
		text := response.Body.String()
		require.Contains(t, text, "bot: bots/clinica.yaml\n")
		require.Contains(t, text, "  - name: \"saluda: #1\"\n")
		require.Contains(t, text, "      - bot: {state: hola, text: Hola 56915550001}\n")
		require.NotContains(t, text, contact)

		file, err := script.Load([]byte(text))
		require.NoError(t, err)
		b, err := definition.Load([]byte(botText("clinica", "Hola ${contact.wa_id}")))
		require.NoError(t, err)
		require.Nil(t, file.Cases[0].Play(script.NewPlayer(b, file.Cases[0].Setup, nil)).Failure)
	}
	text := f.ok(t, "isv", http.MethodGet, recordPath("cnv_"+waID+"_0", ""), "")
	require.Contains(t, text, "bot: clinica.bot.yaml\n")
	require.Contains(t, text, "  - name: recorded\n")
}

func TestWhatCannotBeRecordedIsRefused(t *testing.T) {
	f := archived(t)
	unknown := func(id string) string {
		return fmt.Sprintf("unsupported get request. Object with ID '%s' does not exist", id)
	}
	open := row("open", waID, 1)
	require.NoError(t, f.store.OpenConversation(t.Context(), open))
	f.keep(t, ended(row("older", waID, 2)))
	gone := ended(row("gone", waID, 3))
	gone.Bot = fancy
	f.keep(t, gone)
	text := botText("clinica", "Hola ${contact.wa_id}")
	older := ended(row("unrecorded", waID, 4))
	older.Bot = hashOf(t, text)
	f.keep(t, older)
	large := ended(row("large", waID, 5))
	large.Bot = older.Bot
	f.keep(t, large)
	long := store.Entry{Direction: store.Note, Body: json.RawMessage(`"` + strings.Repeat("x", 8<<20) + `"`)}
	require.NoError(t, f.store.PutPage(t.Context(), store.Page{Conversation: large.ID, Number: 1, Entries: []store.Entry{long}}))
	for _, tt := range []struct {
		name, account, path string
		status              int
		want                string
	}{
		{"unknown", "isv", recordPath("cnv_x", ""), 400, unknown("cnv_x")},
		{"another tenant's", "isv", recordPath("cnv_"+otherWaID+"_0", ""), 400, unknown("cnv_" + otherWaID + "_0")},
		{"no id", "isv", recordPath("a%00b", ""), 400, unknown("a\x00b")},
		{"open", "isv", recordPath("cnv_open", ""), 409, "the conversation is still open; it can be recorded once it is closed"},
		{"without a record", "isv", recordPath("cnv_unrecorded", ""), 422, "the conversation cannot become a test: an older version of the service archived it, without what the bot was given"},
		{"too large", "isv", recordPath("cnv_large", ""), 422, "the conversation cannot become a test: its transcript is larger than 8 MiB"},
		{"a definition that is gone", "isv", recordPath("cnv_gone", ""), 422, "the conversation cannot become a test: the definition that answered is not stored any more"},
		{"an unknown key", "isv", recordPath("cnv_"+waID+"_0", "?path=x"), 400, "the query has no 'path'; it takes bot, name"},
		{"two lines", "isv", recordPath("cnv_"+waID+"_0", "?name=a%0Ab"), 400, "name must be a line of at most 200 bytes"},
		{"too long", "isv", recordPath("cnv_"+waID+"_0", "?bot="+strings.Repeat("x", 201)), 400, "bot must be a line of at most 200 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := f.as(t, tt.account, http.MethodGet, tt.path, "")
			require.Equal(t, tt.status, status, body)
			require.Equal(t, tt.want, messageOf(t, body))
		})
	}
	status, body := f.as(t, "isv", http.MethodGet, recordPath("cnv_older", ""), "")
	require.Equal(t, 422, status, body)
	require.Contains(t, messageOf(t, body), "the definition that answered has ")
}

func TestARecordedConversationShowsWhatAChangeDoesToIt(t *testing.T) {
	f := setUp(t)
	live, changed := botText("clinica", "Hola"), botText("clinica", "Buenas")
	f.archive(t, waID, live, 1)
	f.ok(t, "isv", http.MethodPut, "/bots/clinica", live)
	f.ok(t, "isv", http.MethodPut, "/bots/clinica/tests", f.ok(t, "isv", http.MethodGet, recordPath("cnv_"+waID+"_0", ""), ""))
	require.Contains(t, f.ok(t, "isv", http.MethodPost, "/bots/clinica/test", ""), `"passed":1,"failed":0`)

	f.ok(t, "isv", http.MethodPut, "/bots/clinica", changed)
	require.Contains(t, f.ok(t, "isv", http.MethodPost, "/bots/clinica/test", ""), `the text is \"Buenas\", not \"Hola\"`)
	lines := f.rerun(t, "clinica", map[string]any{"channel": waID, "definition": changed})
	require.Contains(t, lines[len(lines)-1], `"conversation":"cnv_`+waID+`_0"`)
}
