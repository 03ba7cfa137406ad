package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/workflows"
)

// says posts a text of somebody of whom the webhook names this much.
func (c *tenant) says(t *testing.T, words, number, userID string) message {
	t.Helper()
	m := text(words)
	sent := m.from(number)
	if number == "" {
		delete(sent, "from")
	}
	if userID != "" {
		sent["from_user_id"] = userID
	}
	value := c.value("")
	delete(value, "contacts")
	value["messages"] = []any{sent}
	c.repost(t, c.api, webhookBody(t, value))
	return m
}

// echoes posts what the business wrote from the WhatsApp Business app.
func (c *tenant) echoes(t *testing.T, id, to, userID string) {
	t.Helper()
	echo := map[string]any{"id": id, "from": c.waID, "to": to, "type": "text", "text": map[string]string{"body": "Soy Eva"}}
	if userID != "" {
		echo["to_user_id"] = userID
	}
	c.repost(t, c.api, encode(t, map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{
		"id": "1", "changes": []any{map[string]any{"field": "smb_message_echoes", "value": map[string]any{
			"messaging_product": "whatsapp", "message_echoes": []any{echo},
			"metadata": map[string]string{"display_phone_number": c.waID, "phone_number_id": c.phoneNumberID},
		}}},
	}}}))
}

// conversations are those of everything that arrived, each once.
func conversations(deliveries []delivery) map[string]bool {
	found := map[string]bool{}
	for _, d := range deliveries {
		found[d.Conversation] = true
	}
	return found
}

// addressed is the "to" or "recipient" of a reply.
func addressed(t *testing.T, d delivery) string {
	t.Helper()
	var body struct{ To, Recipient string }
	require.NoError(t, json.Unmarshal([]byte(d.Body), &body))
	return body.To + body.Recipient
}

func TestAPersonIsOneConversationWhicheverIdentityComes(t *testing.T) {
	t.Parallel()
	const user, brazil, brazil9 = "CL.700000000001", "558887654321", "5588987654321"
	for name, who := range map[string][][2]string{
		"number, both, user id": {{ana, ""}, {ana, user}, {"", user}},
		"user id, both, number": {{"", user}, {ana, user}, {ana, ""}},
		"two forms of a number": {{brazil9, user}, {brazil, user}, {brazil, ""}},
		"a user id in from":     {{user, user}, {"", user}, {ana, user}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			isv, hook := newISV(t, nil)
			for i, identity := range who {
				isv.says(t, []string{"hola", "menu", "menu"}[i], identity[0], identity[1])
				hook.await(t, 2+i, soon)
			}
			got := hook.await(t, 4, soon)
			require.Len(t, conversations(got), 1)
			requireInOrder(t, got)
			require.EqualValues(t, 1, countWorkflows(t, isv.waID))
			for _, d := range got {
				require.NotContains(t, d.Body, `"to":"`+user)
			}
		})
	}
}

func TestTwoOpenChatsOfOnePersonBecomeOne(t *testing.T) {
	t.Parallel()
	const user = "CL.700000000001"
	isv, hook := newISV(t, nil)
	isv.says(t, "hola", ana, "")
	isv.says(t, "hola", "", user)
	hook.await(t, 4, soon)
	isv.says(t, "menu", ana, user)
	got := hook.await(t, 5, soon)
	require.Equal(t, ana, addressed(t, got[4]))
	left := isv.awaitEnd(t, user)
	conversation := workflows.ConversationID(left.runID)
	row, err := shared.store.Conversation(t.Context(), conversation)
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeMerged, row.Outcome)
	for _, d := range hook.taken() {
		require.False(t, d.isNotice(), "the person's chat goes on")
	}
	isv.says(t, "menu", "", user)
	got = hook.await(t, 6, soon)
	require.Equal(t, got[4].Conversation, got[5].Conversation)
	requireStatus(t, isv, "open")
	keepHistory(t, "merged", isv.workflowID(user), left.runID)
}

func TestTheChatOfANumberThatWasLeftEndsWithoutAWordToIt(t *testing.T) {
	t.Parallel()
	const number = "56933334444"
	isv, hook := newISV(t, nil)
	isv.says(t, "hola", ana, "")
	hook.await(t, 2, soon)
	isv.post(t, ana, newMessage(map[string]any{"type": "system", "system": map[string]string{
		"type": "user_changed_number", "body": "A changed", "wa_id": number,
	}}))
	got := hook.await(t, 3, soon)
	require.True(t, got[2].isNotice())
	end := isv.awaitEnd(t, ana)
	row, err := shared.store.Conversation(t.Context(), workflows.ConversationID(end.runID))
	require.NoError(t, err)
	require.Equal(t, "number_changed", row.Outcome)
	isv.says(t, "hola", number, "")
	got = hook.await(t, 5, soon)
	require.Equal(t, number, addressed(t, got[4]))
	keepHistory(t, "number-changed", isv.workflowID(ana), end.runID)
}

func TestAnEchoToAnotherFormOfTheNumberMutesTheBot(t *testing.T) {
	t.Parallel()
	for name, to := range map[string][2]string{
		"another form": {"558887654321", ""}, "another form and the user id": {"558887654321", "BR.700000000004"},
		"a user id in to": {"BR.700000000004", ""}, "as people write it": {"+55 88 98765-4321", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const number = "5588987654321"
			isv, hook := newISV(t, nil)
			isv.says(t, "hola", number, "BR.700000000004")
			hook.await(t, 2, soon)
			isv.echoes(t, "wamid.E1", to[0], to[1])
			isv.says(t, "menu", number, "BR.700000000004")
			hook.requireSilence(t)
			require.Len(t, hook.taken(), 2)
		})
	}
}

func TestAnEchoOfTheBotsOwnMessageMutesNobody(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	var posts atomic.Int64
	meta := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answerAsMeta(w, r)
		posts.Add(1)
	}))
	t.Cleanup(meta.Close)
	c.setWebhook(t, meta.URL)
	c.says(t, "hola", ana, "")
	require.True(t, eventually(t, soon, func() bool { return posts.Load() == 2 }))
	c.echoes(t, "wamid.ours.1", ana, "")
	c.says(t, "menu", ana, "")
	require.True(t, eventually(t, soon, func() bool { return posts.Load() == 3 }), "the bot goes on")
	c.echoes(t, "wamid.of.a.person", ana, "")
	requireStatus(t, c, "handed_off")
}

func TestTheLoopGuardHoldsOverConversations(t *testing.T) {
	t.Parallel()
	hash := publish(t, `{bot: v1, name: adios, languages: [es], start: bye, states: {bye: {say: [adios], close: {reason: resolved}}}}`)
	c := newTenantWithBot(t, hash)
	require.NoError(t, shared.store.SetLoopGuard(t.Context(), c.waID, true, time.Now()))
	hook := newReceiver(t, nil)
	c.setWebhook(t, hook.url)
	for n := range 4 {
		c.says(t, "Gracias por comunicarte", ana, "")
		hook.await(t, 2*(n+1), soon)
	}
	for range 6 {
		c.says(t, "Gracias por comunicarte", ana, "")
	}
	hook.requireSilence(t)
	require.Len(t, hook.taken(), 8)
}

// Above 1 MiB a run is not handed what waits: it is kept in the database.
func TestABacklogThatNoRunCanHoldIsAnsweredInOrder(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	opened := startShort(t, isv, text("hola"))
	hook.await(t, 2, soon)
	var all []message
	for n := range 60 {
		m := text("menu")
		m.content["more"] = strconv.Itoa(n) + strings.Repeat("x", 100<<10)
		all = append(all, m)
	}
	for n := 0; n < len(all); n += 20 {
		isv.post(t, ana, all[n:n+20]...)
	}
	got := hook.await(t, 2+len(all), 90*time.Second)
	require.Equal(t, workflows.ConversationID(opened), requireInOrder(t, got))
	for i, m := range all {
		require.Equal(t, m.id, got[2+i].InReplyTo)
	}
	require.Greater(t, len(runs(t, isv.workflowID(ana), opened)), 1)
}
