package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// The fixtures of package whatsapp: every inbound type in the shape of each era, all of one
// business number.
const (
	inboundFixtures = "../../whatsapp/testdata/inbound"
	fixtureNumberID = "100000000000001"
)

// fated is one fixture, posted to a channel of its own.
type fated struct {
	name    string
	tenant  *tenant
	webhook *whatsapp.Webhook
}

func TestEveryInboundTypeEndsInItsFate(t *testing.T) {
	t.Parallel()
	c, r := newISV(t, nil)
	posted := postFixtures(t, c, r)
	seen := map[whatsapp.Fate]int{}
	var silent []*whatsapp.Message
	for _, f := range posted {
		for _, value := range f.webhook.Values {
			for _, part := range value.Fates() {
				seen[part.Fate]++
				if part.List != "messages" {
					f.requireKept(t, value, part)
					continue
				}
				m := &value.Messages[part.Index]
				if part.Fate.Conversation() {
					r.awaitReplyOn(t, f, m)
				} else {
					f.requireKept(t, value, part)
					silent = append(silent, m)
				}
			}
		}
	}
	require.NotEmpty(t, silent)
	r.requireOnlyConversationsWereAnswered(t, posted)
	for _, fate := range []whatsapp.Fate{
		whatsapp.FateBot, whatsapp.FateUnreadable, whatsapp.FateReaction, whatsapp.FateTranscript, whatsapp.FateNewNumber,
		whatsapp.FateNewUserID, whatsapp.FateEcho, whatsapp.FateStatus, whatsapp.FatePreference, whatsapp.FateWindow,
		whatsapp.FateError, whatsapp.FateCount,
	} {
		require.NotZero(t, seen[fate], "no fixture has the fate %s", fate)
	}
}

// postFixtures posts each fixture to a channel of its own, all of one account.
func postFixtures(t *testing.T, account *tenant, r *receiver) []fated {
	t.Helper()
	files, err := filepath.Glob(inboundFixtures + "/*/*.json")
	require.NoError(t, err)
	var posted []fated
	for _, file := range files {
		if strings.HasSuffix(file, ".golden.json") {
			continue
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		c := account.withChannel(t, r.url)
		body := []byte(strings.ReplaceAll(string(raw), fixtureNumberID, c.phoneNumberID))
		webhook, err := whatsapp.Decode(body)
		require.NoError(t, err, file)
		c.repost(t, c.api, body)
		posted = append(posted, fated{name: file, tenant: c, webhook: webhook})
	}
	require.Greater(t, len(posted), 100)
	return posted
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
		call := value.Calls[part.Index]
		require.False(t, contact(call.From, call.FromUserID).CalledAt.IsZero(), f.name)
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
