package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// archive writes n ended conversations of a channel: the bot said its words to "hola" and closed.
func (f *fixture) archive(t testing.TB, channel, text string, n int) {
	t.Helper()
	b, err := definition.Load([]byte(text))
	require.NoError(t, err)
	for i := range n {
		id, at := fmt.Sprintf("cnv_%s_%d", channel, i), start().Truncate(time.Second).Add(-time.Hour-time.Duration(i)*time.Minute)
		m := chat.Incoming{ID: "wamid." + id, At: at, Timestamp: at.Unix(), WaID: "56911112222"}
		m.Body = json.RawMessage(fmt.Sprintf(`{"from":"56911112222","id":%q,"timestamp":"%d","type":"text","text":{"body":"hola"}}`, m.ID, at.Unix()))
		in := chat.Input{Conversation: id, WaID: m.WaID, Messages: []chat.Incoming{m}}
		out := chat.Run(b, in)
		turn, err := json.Marshal(chat.Record(in, out, nil, 0))
		require.NoError(t, err)
		entries := []store.Entry{{At: at, Direction: store.In, ID: m.ID, Type: "text", Timestamp: m.Timestamp, Body: m.Body}, {At: at, Direction: store.Turn, Body: turn}}
		for _, s := range out.Sends {
			entries = append(entries, store.Entry{At: at, Direction: store.Out, ID: s.ID, Body: s.Body})
		}
		require.NoError(t, f.store.CloseConversation(t.Context(), store.Closing{
			Conversation: store.Conversation{ID: id, WorkflowID: id, Channel: channel, WaID: m.WaID, Bot: b.Hash, OpenedAt: at, ClosedAt: at, Outcome: "done"},
			Page:         &store.Page{Conversation: id, Number: 1, Entries: entries},
		}))
	}
}

// atRead calls then when transcripts are read for the n-th time, some conversations before the end.
func atRead(n int, then func(*fixture)) func(*fixture) {
	return func(f *fixture) {
		f.wrap = func(s *store.Store) api.Store { return &pageReader{Store: s, left: n, then: func() { then(f) }} }
	}
}

type pageReader struct {
	*store.Store
	left int
	then func()
}

func (p *pageReader) Transcripts(ctx context.Context, ids []string, most int) (map[string][]store.Page, error) {
	if p.left--; p.left == 0 {
		p.then()
	}
	return p.Store.Transcripts(ctx, ids, most)
}

// rerun returns the lines of a re-run.
func (f *fixture) rerun(t testing.TB, name string, body any) []string {
	t.Helper()
	asked, err := json.Marshal(body)
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(f.ok(t, "isv", "POST", "/bots/"+name+"/rerun", string(asked))), "\n")
}

func TestARerunReportsWhatADraftWouldHaveSaid(t *testing.T) {
	f := setUp(t)
	live, draft := botText("clinica", "Hola"), botText("clinica", "Buenas")
	f.archive(t, waID, live, 3)
	f.ok(t, "isv", "PUT", "/bots/clinica", live)

	lines := f.rerun(t, "clinica", map[string]any{"channel": waID})
	require.Len(t, lines, 1)
	require.Equal(t, fmt.Sprintf(`{"report":{"bot":"clinica","hash":%q,"channel":%q,"since":"2026-02-24T12:00:00.123Z",`+
		`"conversations":3,"same":3,"different":0,"unrecordedCalls":0,"unreadable":[],"groups":[]}}`, hashOf(t, live), waID), lines[0])

	lines = f.rerun(t, "clinica", map[string]any{"channel": waID, "days": 1, "definition": draft})
	require.Len(t, lines, 1)
	require.Contains(t, lines[0], `"same":0,"different":3`)
	require.Contains(t, lines[0], `"groups":[{"state":"","kind":"says_other","count":3,"examples":[{"conversation":"cnv_`+waID+`_0","turn":1`)
	require.Contains(t, lines[0], `"was":[{"type":"text","text":"Hola"`)
	require.Contains(t, lines[0], `"is":[{"type":"text","text":"Buenas"`)
	require.Contains(t, f.ok(t, "isv", "GET", "/bots/clinica/versions", ""), `"version":1`, "nothing was stored")
}

func TestARerunIsRefusedBeforeItBegins(t *testing.T) {
	f := setUp(t)
	own := botText("clinica", "Hola")
	f.ok(t, "isv", "PUT", "/bots/clinica", own)
	f.ok(t, "other", "PUT", "/bots/ajeno", botText("ajeno", "Hola"))
	quoted := func(text string) string {
		q, err := json.Marshal(text)
		require.NoError(t, err)
		return string(q)
	}
	tests := []struct {
		name, bot, body string
		status          int
		message         string
	}{
		{"no channel", "clinica", `{}`, 400, "channel is missing"},
		{"an unknown channel", "clinica", `{"channel":"5699"}`, 400, "unsupported get request. Object with ID '5699' does not exist"},
		{"another tenant's channel", "clinica", `{"channel":"` + otherWaID + `"}`, 400, "unsupported get request. Object with ID '" + otherWaID + "' does not exist"},
		{"another tenant's bot", "ajeno", `{"channel":"` + waID + `"}`, 400, "unsupported get request. Object with ID 'ajeno' does not exist"},
		{"an unknown version", "clinica", `{"channel":"` + waID + `","version":7}`, 400, "unsupported get request. Object with ID '7' does not exist"},
		{"too many days", "clinica", `{"channel":"` + waID + `","days":1000}`, 400, "days must be a number from 1 to 366"},
		{"days as a text", "clinica", `{"channel":"` + waID + `","days":"7"}`, 400, "days must be a number from 1 to 366"},
		{"version and text", "clinica", `{"channel":"` + waID + `","version":1,"definition":` + quoted(own) + `}`, 400, "version and definition exclude each other: name a version, or send a text"},
		{"a draft with an error", "clinica", `{"channel":"` + waID + `","definition":"bot: v1"}`, 422, ""},
		{"a draft that is too large", "clinica", `{"channel":"` + waID + `","definition":` + quoted(strings.Repeat("#", 256<<10)+own) + `}`, 422, ""},
		{"a body that is too large", "clinica", strings.Repeat(" ", 1<<20), 413, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body := f.as(t, "isv", "POST", "/bots/"+test.bot+"/rerun", test.body)
			require.Equal(t, test.status, status, body)
			if test.message != "" {
				require.Equal(t, test.message, messageOf(t, body))
			}
		})
	}
	status, _ := f.as(t, "operator", "POST", "/bots/clinica/rerun", `{"channel":"`+waID+`"}`)
	require.Equal(t, http.StatusUnauthorized, status, "an operator reads, and runs nothing")
}

func TestARerunEndsWhenItsAccountIsShutOut(t *testing.T) {
	f := setUp(t, atRead(2, func(f *fixture) { require.NoError(t, f.store.DisableAccount(t.Context(), "isv")) }))
	live := botText("clinica", "Hola")
	f.archive(t, waID, live, 250)
	f.ok(t, "isv", "PUT", "/bots/clinica", live)

	lines := f.rerun(t, "clinica", map[string]any{"channel": waID})

	require.Equal(t, `{"error":{"message":"JWT was invalid"}}`, lines[len(lines)-1])
}

func TestATokenThatExpiresMeanwhileDoesNotEndARerun(t *testing.T) {
	f := setUp(t, atRead(2, func(f *fixture) { f.now = f.now.Add(2 * time.Second) }))
	live := botText("clinica", "Hola")
	f.archive(t, waID, live, 250)
	f.ok(t, "isv", "PUT", "/bots/clinica", live)

	lines := f.rerun(t, "clinica", map[string]any{"channel": waID})

	require.GreaterOrEqual(t, len(lines), 2, "a batch has at most 200 conversations, on a slow machine fewer")
	require.Regexp(t, `^\{"progress":\{"conversations":\d+,"same":\d+,"different":0\}\}$`, lines[0])
	require.Contains(t, lines[len(lines)-1], `"conversations":250,"same":250`)
}

func TestARerunThatTakesTooLongIsStopped(t *testing.T) {
	f := setUp(t, atRead(2, func(f *fixture) { f.now = f.now.Add(6 * time.Minute) }))
	live := botText("clinica", "Hola")
	f.archive(t, waID, live, 250)
	f.ok(t, "isv", "PUT", "/bots/clinica", live)

	lines := f.rerun(t, "clinica", map[string]any{"channel": waID})

	require.Equal(t, `{"error":{"message":"the re-run was stopped after 5 minutes; ask for fewer days"}}`, lines[len(lines)-1])
}
