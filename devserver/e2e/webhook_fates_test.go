package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/workflows"
)

// The fixtures of package whatsapp: every inbound type in the shape of each era, all of one
// business number.
const (
	inboundFixtures = "../../whatsapp/testdata/inbound"
	fixtureNumberID = "100000000000001"
	fixtureContact  = "56911112222"
)

// fated is one fixture, addressed to a channel of its own.
type fated struct {
	name    string
	tenant  *tenant
	body    []byte
	webhook *whatsapp.Webhook
}

func TestEveryInboundTypeEndsInItsFate(t *testing.T) {
	t.Parallel()
	c, r := newISV(t, nil)
	posted := postFixtures(t, c, r)
	seen := map[whatsapp.Fate]int{}
	for _, f := range posted {
		for _, value := range f.webhook.Values {
			for _, part := range value.Fates() {
				seen[part.Fate]++
				if part.List != "messages" {
					f.requireKept(t, value, part)
					continue
				}
				if part.Fate.Conversation() {
					r.awaitReplyOn(t, f, &value.Messages[part.Index])
				} else {
					f.requireKept(t, value, part)
				}
			}
		}
	}
	r.requireOnlyConversationsWereAnswered(t, posted)
	for _, fate := range []whatsapp.Fate{
		whatsapp.FateBot, whatsapp.FateUnreadable, whatsapp.FateReaction, whatsapp.FateTranscript, whatsapp.FateNewNumber,
		whatsapp.FateNewUserID, whatsapp.FateEcho, whatsapp.FateStatus, whatsapp.FatePreference, whatsapp.FateWindow,
		whatsapp.FateError, whatsapp.FateCount,
	} {
		require.NotZero(t, seen[fate], "no fixture has the fate %s", fate)
	}
}

// What a person did that opens no conversation is kept where one is open; what the business
// itself wrote, the past and what happens in groups is not.
func TestEveryInboundTypeIsKeptInAnOpenConversationOrLeftOut(t *testing.T) {
	t.Parallel()
	c, r := newISV(t, nil)
	type talk struct {
		fated
		from, fromUserID string
		want             []string
		// echoes are what a person of the business wrote to the contact.
		echoes []string
	}
	var talks []talk
	for _, f := range readFixtures(t, c, r) {
		kept, silent := f.kept()
		if !silent {
			continue
		}
		open := talk{fated: f}
		open.from, open.fromUserID = f.contact()
		open.echoes = f.echoesTo(open.from, open.fromUserID)
		hello, bye := text("Hola"), text("salir")
		f.say(t, open.from, open.fromUserID, hello)
		f.post(t)
		open.want = append([]string{hello.id}, kept...)
		if !f.leavesNumber() { // which ends the chat
			f.say(t, open.from, open.fromUserID, bye)
			open.want = append(open.want, bye.id)
		}
		if len(open.echoes) > 0 { // the bot is mute by now
			open.close(t, cmp.Or(open.from, open.fromUserID))
		}
		talks = append(talks, open)
	}
	seen := map[whatsapp.Fate]int{}
	for _, open := range talks {
		contact := cmp.Or(open.from, open.fromUserID)
		conversation := workflows.ConversationID(open.tenant.awaitEnd(t, contact).runID)
		var got, human []string
		for _, e := range transcript(t, conversation) {
			switch e.Direction {
			case store.In:
				got = append(got, e.ID)
			case store.Human:
				human = append(human, e.ID)
			}
		}
		require.Equal(t, open.want, got, open.name)
		require.Equal(t, open.echoes, human, open.name)
		for _, value := range open.webhook.Values {
			for _, part := range value.Fates() {
				seen[part.Fate]++
			}
		}
	}
	for _, fate := range []whatsapp.Fate{
		whatsapp.FateReaction, whatsapp.FateTranscript, whatsapp.FateNewNumber, whatsapp.FateNewUserID,
		whatsapp.FateEcho, whatsapp.FateCount,
	} {
		require.NotZero(t, seen[fate], "no fixture has the fate %s", fate)
	}
}

// kept are the ids of the messages that belong in a transcript. silent says that the fixture
// holds something that goes into one without opening it, or that must not go into one.
func (f fated) kept() (ids []string, silent bool) {
	for _, value := range f.webhook.Values {
		for _, part := range value.Fates() {
			switch {
			case part.Fate == whatsapp.FateCount || part.Fate == whatsapp.FateEcho:
				silent = true
			case part.List == "messages":
				ids = append(ids, value.Messages[part.Index].ID)
				silent = silent || !part.Fate.Conversation()
			}
		}
	}
	return ids, silent
}

// leavesNumber reports whether the contact has another number now.
func (f fated) leavesNumber() bool {
	for _, value := range f.webhook.Values {
		for _, part := range value.Fates() {
			if part.Fate == whatsapp.FateNewNumber {
				return true
			}
		}
	}
	return false
}

// echoesTo are the ids of what the business itself wrote to that contact, by either identity.
func (f fated) echoesTo(contact, userID string) (ids []string) {
	for _, value := range f.webhook.Values {
		for _, echo := range value.Echoes {
			if echo.To == contact || (echo.To == "" && userID != "" && echo.ToUserID == userID) {
				ids = append(ids, echo.ID)
			}
		}
	}
	return ids
}

// close ends the contact's conversation as an ISV's person does.
func (f fated) close(t *testing.T, contact string) {
	t.Helper()
	conversation := workflows.ConversationID(f.tenant.describe(t, contact).runID)
	require.True(t, eventually(t, soon, func() bool { // the first turn makes its row
		_, err := shared.store.Conversation(t.Context(), conversation)
		return err == nil
	}))
	f.tenant.control(t, conversation, "close", "")
}

// contact is whom the fixture is about; where it names nobody, whoever the others are about.
func (f fated) contact() (from, fromUserID string) {
	for _, value := range f.webhook.Values {
		for _, m := range value.Messages {
			if m.From != "" || m.FromUserID != "" {
				return m.From, m.FromUserID
			}
		}
		for _, m := range value.Echoes {
			if m.To != "" {
				return m.To, m.ToUserID
			}
		}
	}
	return fixtureContact, ""
}

// say posts a message of that contact to the fixture's channel.
func (f fated) say(t *testing.T, from, fromUserID string, m message) {
	t.Helper()
	if fromUserID != "" {
		m.content["from_user_id"] = fromUserID
	}
	f.tenant.post(t, from, m)
}

// post posts the fixture and holds the answer's counts against its fates.
func (f fated) post(t *testing.T) {
	t.Helper()
	status, answered := f.tenant.call(t, http.MethodPost, f.tenant.api+"/webhooks/inbound", f.body)
	require.Equal(t, http.StatusOK, status, "%s: %s", f.name, answered)
	type counts struct{ Messages, Statuses int }
	var want, got counts
	for _, value := range f.webhook.Values {
		for _, part := range value.Fates() {
			switch {
			case part.Fate == whatsapp.FateStatus:
				want.Statuses++
			case part.List == "messages" && part.Fate != whatsapp.FateCount:
				want.Messages++
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(answered), &got))
	require.Equal(t, want, got, f.name)
}

// postFixtures posts each fixture to a channel of its own, all of one account.
func postFixtures(t *testing.T, account *tenant, r *receiver) []fated {
	t.Helper()
	read := readFixtures(t, account, r)
	for _, f := range read {
		f.post(t)
	}
	return read
}

// readFixtures addresses each fixture to a channel of its own, all of one account.
func readFixtures(t *testing.T, account *tenant, r *receiver) []fated {
	t.Helper()
	files, err := filepath.Glob(inboundFixtures + "/*/*.json")
	require.NoError(t, err)
	var read []fated
	for _, file := range files {
		if strings.HasSuffix(file, ".golden.json") {
			continue
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		c := account.withChannel(t, r.url)
		body := []byte(strings.ReplaceAll(justNow(string(raw)), fixtureNumberID, c.phoneNumberID))
		webhook, err := whatsapp.Decode(body)
		require.NoError(t, err, file)
		read = append(read, fated{name: file, tenant: c, body: body, webhook: webhook})
	}
	require.Greater(t, len(read), 100)
	return read
}

// justNow gives everything of a fixture today's time: after 24 hours nothing may be answered.
func justNow(fixture string) string {
	now := time.Now()
	stamp := regexp.MustCompile(`("timestamp":\s*"?)([0-9]{10})([0-9]{3})?\b`)
	return stamp.ReplaceAllStringFunc(fixture, func(found string) string {
		parts := stamp.FindStringSubmatch(found)
		if parts[3] != "" {
			return parts[1] + strconv.FormatInt(now.UnixMilli(), 10)
		}
		return parts[1] + strconv.FormatInt(now.Unix(), 10)
	})
}

// withChannel is the same account with another channel.
func (c *tenant) withChannel(t *testing.T, url string) *tenant {
	t.Helper()
	n := shared.channels.Add(1)
	other := *c
	other.waID, other.phoneNumberID = fmt.Sprintf("5691%07d", n), fmt.Sprintf("20%013d", n)
	now := time.Now()
	require.NoError(t, shared.store.AddChannel(t.Context(), store.Channel{
		WaID: other.waID, PhoneNumberID: other.phoneNumberID, Account: c.account, WebhookURL: url, CreatedAt: now, UpdatedAt: now,
	}))
	return &other
}

// awaitReplyOn waits until the bot answered the message on the fixture's channel.
func (r *receiver) awaitReplyOn(t *testing.T, f fated, m *whatsapp.Message) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, d := range r.taken() {
			if d.WaID == f.tenant.waID && d.InReplyTo == m.ID {
				return true
			}
		}
		return false
	}, 20*time.Second, 20*time.Millisecond, "%s: %s was not answered", f.name, m.Type)
}

// requireOnlyConversationsWereAnswered: every delivery answers a message that may run the bot.
// It looks when nothing has come for a second.
func (r *receiver) requireOnlyConversationsWereAnswered(t *testing.T, posted []fated) {
	t.Helper()
	may := map[string]bool{}
	for _, f := range posted {
		for _, value := range f.webhook.Values {
			for _, part := range value.Fates() {
				if part.List == "messages" && part.Fate.Conversation() {
					may[f.tenant.waID+" "+value.Messages[part.Index].ID] = true
				}
			}
		}
	}
	r.awaitThat(t, 20*time.Second, func() bool {
		all := r.all()
		return len(all) > 0 && time.Since(all[len(all)-1].At) > time.Second
	})
	for _, d := range r.all() {
		require.True(t, may[d.WaID+" "+d.InReplyTo], "%s was answered", d.InReplyTo)
	}
}

// requireKept looks for what the fate says that is kept.
func (f fated) requireKept(t *testing.T, value whatsapp.Value, part whatsapp.Part) {
	t.Helper()
	contact := func(waID, userID string) store.Contact {
		found, err := shared.store.Contact(t.Context(), f.tenant.waID, waID, userID)
		require.NoError(t, err, f.name)
		return found
	}
	switch part.Fate {
	case whatsapp.FateStatus:
		status := value.Statuses[part.Index]
		kept, err := shared.store.Statuses(t.Context(), f.tenant.waID, []string{status.ID})
		require.NoError(t, err)
		require.GreaterOrEqual(t, whatsapp.StatusRank(kept[status.ID].Status), whatsapp.StatusRank(status.Status), f.name)
	case whatsapp.FatePreference:
		p := value.Preferences[part.Index]
		_, known := p.Stopped()
		require.True(t, known)
		require.False(t, contact(p.WaID, p.UserID).OptedOutAt.IsZero(), f.name)
	case whatsapp.FateWindow:
		call := value.VoiceCalls[part.Index]
		require.False(t, contact(call.From, call.FromUserID).VoiceCallAt.IsZero(), f.name)
	case whatsapp.FateNewNumber:
		m := value.Messages[part.Index]
		require.Equal(t, m.From, contact(m.System.Number(), "").FormerWaID, f.name)
	case whatsapp.FateNewUserID:
		if part.List == "user_id_update" {
			u := value.UserIDUpdates[part.Index]
			require.Equal(t, u.UserID.Previous, contact(u.WaID, u.UserID.Current).FormerUserID, f.name)
		}
	}
}
