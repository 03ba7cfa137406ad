package e2e

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/workflows"
)

// serviceStage plays a scripted case against the running service. Its clock is the real one, so
// that waiting is done by whatever is expected next.
type serviceStage struct {
	t       *testing.T
	isv     *tenant
	hook    *receiver
	api     *clinicAPI
	secret  string
	contact bot.Contact

	heard, called   int
	handedOff, over bool
}

func (s *serviceStage) Receive(message json.RawMessage) error {
	raw := script.Stamp(message, s.contact, "wamid."+rand.Text(), time.Now())
	value := s.isv.value(s.contact.WaID)
	value["messages"] = []json.RawMessage{raw}
	s.isv.repost(s.t, s.isv.api, webhookBody(s.t, value))
	return nil
}

func (s *serviceStage) Echo(words string) error {
	m := text(words)
	m.content["from"], m.content["to"] = s.isv.waID, s.contact.WaID
	s.isv.repost(s.t, s.isv.api, encode(s.t, map[string]any{
		"object": "whatsapp_business_account",
		"entry": []any{map[string]any{"id": "1", "changes": []any{map[string]any{
			"field": "smb_message_echoes",
			"value": map[string]any{
				"messaging_product": "whatsapp", "message_echoes": []any{m.content},
				"metadata": map[string]string{"display_phone_number": s.isv.waID, "phone_number_id": s.isv.phoneNumberID},
			},
		}}}},
	}))
	return nil
}

func (s *serviceStage) Control(c bot.Control, _ string) error {
	s.isv.control(s.t, s.snapshot().Conversation, string(c), "")
	return nil
}

func (s *serviceStage) Wait(time.Duration) error { return nil }

// Heard waits, where something is expected, for the next message or the next handoff: calls
// come before what is said because of them.
func (s *serviceStage) Heard(expecting bool) ([]script.Entry, error) {
	if expecting && !eventually(s.t, soon, func() bool { return len(s.hook.taken()) > s.heard || s.muted() }) {
		return nil, nil
	}
	var news []script.Entry
	for _, c := range s.api.calls(s.secret)[s.called:] {
		s.called++
		news = append(news, c.entry)
	}
	for _, d := range s.hook.taken()[s.heard:] {
		s.heard++
		news = append(news, s.entry(d))
	}
	if s.muted() {
		s.handedOff = true
		h := s.snapshot().Handoff
		require.NotNil(s.t, h)
		news = append(news, script.Entry{Kind: script.EntryHandoff, Handoff: h})
	}
	return news, nil
}

// muted says that the bot has been muted by a handoff that was not reported yet.
func (s *serviceStage) muted() bool {
	if s.handedOff || s.over || s.heard == 0 {
		return false
	}
	found := s.snapshot()
	return found.State != nil && found.State.HandedOff != nil
}

func (s *serviceStage) entry(d delivery) script.Entry {
	if !d.isNotice() {
		return script.Entry{Kind: script.EntryBot, At: d.At, Body: json.RawMessage(d.Body), StateUnknown: true}
	}
	s.over = true
	s.isv.awaitEnd(s.t, s.contact.WaID)
	view := s.isv.view(s.t, d.Conversation)
	return script.Entry{Kind: script.EntryClosed, At: d.At, Close: &bot.Close{Reason: view.Outcome, Notice: true}}
}

func (s *serviceStage) State() *bot.State { return s.snapshot().State }

// snapshot asks the workflow; one that has ended answers too.
func (s *serviceStage) snapshot() (found workflows.Snapshot) {
	require.True(s.t, eventually(s.t, soon, func() bool { // a busy run may leave a query waiting
		answered, err := shared.temporal.QueryWorkflow(s.t.Context(), s.isv.workflowID(s.contact.WaID), "", workflows.QueryState)
		return err == nil && answered.Get(&found) == nil
	}), "the workflow answers no query")
	return found
}

// bodies are what was said, without what differs between two conversations: tags and contact.
func bodies(t *testing.T, entries []script.Entry) (all []string) {
	t.Helper()
	for _, e := range entries {
		if e.Kind == script.EntryBot {
			all = append(all, untagged(t, e.Body))
		}
	}
	return all
}

func untagged(t *testing.T, body json.RawMessage) string {
	t.Helper()
	var tree any
	require.NoError(t, json.Unmarshal(body, &tree))
	plain, err := json.Marshal(withoutTags("", tree))
	require.NoError(t, err)
	return string(plain)
}

func withoutTags(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = withoutTags(k, inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = withoutTags(key, inner)
		}
	case string:
		if key == "id" {
			return script.PlainID(v)
		}
	}
	return v
}

// report is a failing case as a chat.
func report(r *script.Result) string {
	text := fmt.Sprintf("line %d: %s\n%s\n", r.Failure.Line, r.Failure.Step, r.Failure.Problem)
	for _, e := range r.Entries {
		text += fmt.Sprintf("  %s %s%s\n", e.Kind, e.Body, e.Text)
	}
	return text
}
