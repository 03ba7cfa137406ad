package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/workflows"
)

// from is a message as WhatsApp hands it over: a number, a user id or both.
func from(id, number, userID string) string {
	var who []string
	if number != "" {
		who = append(who, fmt.Sprintf(`"from":%q`, number))
	}
	if userID != "" {
		who = append(who, fmt.Sprintf(`"from_user_id":%q`, userID))
	}
	return `{` + strings.Join(who, ",") + `,"id":"` + id + `","timestamp":"1773144000","type":"text","text":{"body":"x"}}`
}

// leaves is WhatsApp's message that somebody has another number now.
func leaves(id, number, next string) string {
	return fmt.Sprintf(`{"from":%q,"id":%q,"type":"system","system":{"type":"user_changed_number","wa_id":%q}}`, number, id, next)
}

// opening makes Temporal know the conversations that were started, until they are merged.
func opening(f *fixture) *fixture {
	f.temporal.open = map[string]bool{}
	f.temporal.fail = func(s signal) error {
		if s.options.ID != "" {
			f.temporal.open[s.id] = true
		}
		if s.envelope.Merged {
			delete(f.temporal.open, s.id)
		}
		return nil
	}
	return f
}

// lives writes down which conversation got what, each named after the identity that it runs
// under; one that was merged has a minus.
func lives(f *fixture, identities ...string) []string {
	var all []string
	for _, s := range f.temporal.all() {
		name := s.id
		for _, identity := range identities {
			if s.id == workflows.WorkflowID([]byte(idKey), waID, identity) {
				name = identity
			}
		}
		for _, m := range s.envelope.Messages {
			all = append(all, name+" "+m.ID)
		}
		if s.envelope.Merged {
			all = append(all, name+" -")
		}
	}
	return all
}

func TestAPersonIsOneConversationWhateverSaysSo(t *testing.T) {
	const user, user2, brazil, brazil9, other = "CL.1", "CL.2", "558887654321", "5588987654321", "56977776666"
	update := func(rest string) string { return of("user_id_update", `"user_id_update":[{`+rest+`}]`) }
	for _, tt := range []struct {
		name  string
		posts []string
		want  []string
	}{
		{"number, both, user id", []string{
			inboundOf(from("1", contact, "")), inboundOf(from("2", contact, user)), inboundOf(from("3", "", user)),
		}, []string{contact + " 1", contact + " 2", contact + " 3"}},
		{"user id, both, number", []string{
			inboundOf(from("1", "", user)), inboundOf(from("2", contact, user)), inboundOf(from("3", contact, "")),
		}, []string{user + " 1", user + " 2", user + " 3"}},
		{"both at once", []string{
			inboundOf(from("1", contact, user)), inboundOf(from("2", "", user)), inboundOf(from("3", contact, "")),
		}, []string{contact + " 1", contact + " 2", contact + " 3"}},
		{"two numbers with one user id", []string{
			inboundOf(from("1", contact, user)), inboundOf(from("2", other, user)), inboundOf(from("3", other, "")), inboundOf(from("4", contact, "")),
		}, []string{contact + " 1", contact + " 2", contact + " 3", contact + " 4"}},
		{"two forms of a number", []string{
			inboundOf(from("1", brazil9, "")), inboundOf(from("2", brazil, "")), inboundOf(from("3", "+55 88 98765-4321", "")),
		}, []string{brazil + " 1", brazil + " 2", brazil + " 3"}},
		{"an update of the user id", []string{
			inboundOf(from("1", "", user)), webhook(update(`"user_id":{"previous":"CL.1","current":"CL.2"}`)), inboundOf(from("2", "", user2)),
		}, []string{user + " 1", user + " 2"}},
		{"an update that comes after the new user id", []string{
			inboundOf(from("1", contact, user)), inboundOf(from("2", "", user2)),
			webhook(update(`"wa_id":"56911112222","user_id":{"previous":"CL.1","current":"CL.2"}`)), inboundOf(from("3", "", user2)),
		}, []string{contact + " 1", user2 + " 2", user2 + " -", contact + " 3"}},
		{"an update that names the number", []string{
			inboundOf(from("1", contact, user)), webhook(update(`"wa_id":"56911112222","user_id":{"previous":"CL.1","current":"CL.2"}`)), inboundOf(from("2", "", user2)),
		}, []string{contact + " 1", contact + " 2"}},
		{"a system message about a new user id", []string{
			inboundOf(from("1", "", user)),
			inboundOf(`{"from_user_id":"CL.1","id":"2","type":"system","system":{"type":"user_changed_user_id","user_id":"CL.2"}}`),
			inboundOf(from("3", "", user2)),
		}, []string{user + " 1", user + " 2", user + " 3"}},
		{"an echo says it", []string{
			inboundOf(from("1", contact, "")), webhook(echoes(echo("e", toContact+`,"to_user_id":"CL.1"`))), inboundOf(from("2", "", user)),
		}, []string{contact + " 1", contact + " e", contact + " 2"}},
		{"an echo to another form of the number", []string{
			inboundOf(from("1", brazil9, "")), webhook(echoes(echo("e", `"to":"558887654321"`))),
		}, []string{brazil + " 1", brazil + " e"}},
		{"an echo to a user id in the number's place", []string{
			inboundOf(from("1", contact, user)), webhook(echoes(echo("e", `"to":"CL.1"`))),
		}, []string{contact + " 1", contact + " e"}},
		{"a status says it", []string{
			inboundOf(from("1", contact, "")),
			webhook(of("messages", `"statuses":[{"id":"s","status":"read","recipient_id":"56911112222","recipient_user_id":"CL.1"}]`)),
			inboundOf(from("2", "", user)),
		}, []string{contact + " 1", contact + " 2"}},
		{"a call says it", []string{
			inboundOf(from("1", "", user)),
			webhook(of("calls", `"calls":[{"from":"56911112222","from_user_id":"CL.1","direction":"USER_INITIATED"}]`)),
			inboundOf(from("2", contact, "")),
		}, []string{user + " 1", user + " 2"}},
		{"a preference says it", []string{
			inboundOf(from("1", contact, "")),
			webhook(of("user_preferences", `"user_preferences":[{"wa_id":"56911112222","user_id":"CL.1","value":"stop"}]`)),
			inboundOf(from("2", "", user)),
		}, []string{contact + " 1", contact + " 2"}},
		{"the only contact has the user id of the only sender", []string{
			inboundOf(from("1", contact, "")),
			webhook(of("messages", `"contacts":[{"profile":{"name":"Ana"},"user_id":"CL.1"}],"messages":[`+from("2", contact, "")+`]`)),
			inboundOf(from("3", "", user)),
		}, []string{contact + " 1", contact + " 2", contact + " 3"}},
		{"the same contact beside every sender proves nothing", []string{
			webhook(of("messages", `"contacts":[{"wa_id":"56911112222","user_id":"CL.1"}],"messages":[`+from("1", contact, "")+`]`)),
			webhook(of("messages", `"contacts":[{"wa_id":"56911112222","user_id":"CL.1"}],"messages":[`+from("2", other, "")+`]`)),
		}, []string{contact + " 1", other + " 2"}},
		{"two conversations are open: one is closed", []string{
			inboundOf(from("1", contact, "")), inboundOf(from("2", "", user)), inboundOf(from("3", contact, user)), inboundOf(from("4", "", user)),
		}, []string{contact + " 1", user + " 2", user + " -", contact + " 3", contact + " 4"}},
		{"a user id in the number's place", []string{
			inboundOf(from("1", user, user)), inboundOf(from("2", "", user)), inboundOf(from("3", contact, user)),
		}, []string{user + " 1", user + " 2", user + " 3"}},
		{"others stay others", []string{
			webhook(of("messages", `"contacts":[{"wa_id":"56911112222"},{"wa_id":"56977776666"}],"messages":[`+from("1", contact, "")+`]`)),
			inboundOf(from("2", other, "")), inboundOf(from("3", "", user)),
		}, []string{contact + " 1", other + " 2", user + " 3"}},
		{"a number that was left is free for its next owner", []string{
			inboundOf(from("1", contact, user)),
			inboundOf(`{"from":"56911112222","id":"2","type":"system","system":{"type":"user_changed_number","wa_id":"56977776666"}}`),
			inboundOf(from("3", other, "")), inboundOf(from("4", "", user)), inboundOf(from("5", contact, user2)),
		}, []string{contact + " 1", contact + " 2", other + " 3", other + " 4", contact + " 5"}},
		{"the person who left a number had written from the new one before", []string{
			inboundOf(from("1", contact, user)), inboundOf(from("2", other, user)), inboundOf(leaves("3", contact, other)),
			inboundOf(from("4", other, user)), inboundOf(from("5", contact, "")),
		}, []string{contact + " 1", contact + " 2", contact + " 3", other + " 4", contact + " 5"}},
		{"nobody's new number is the channel's", []string{
			inboundOf(from("1", contact, user)), inboundOf(leaves("2", contact, waID)), inboundOf(from("3", "", user)),
		}, []string{contact + " 1", contact + " 2", contact + " 3"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := opening(setUp(t))
			for _, body := range tt.posts {
				require.Equal(t, 200, f.post(t, body).Code)
			}
			require.Equal(t, tt.want, lives(f, contact, user, user2, brazil, other))
		})
	}
}

func TestANumberIsLeftAndTheNextMessageComesInTheSamePOST(t *testing.T) {
	f := opening(setUp(t))
	f.post(t, inboundOf(from("1", contact, contactUserID)))
	f.post(t, inboundOf(leaves("2", contact, contact2), from("3", contact2, contactUserID)))
	f.post(t, inboundOf(from("4", contact, "CL.2")))
	f.post(t, inboundOf(from("5", "", contactUserID)))
	require.ElementsMatch(t, []string{contact + " 1", contact + " 2", contact2 + " 3", contact + " 4", contact2 + " 5"}, lives(f, contact, contact2, contactUserID))
}

func TestAConversationLearnsWhoItsContactIs(t *testing.T) {
	f := opening(setUp(t))
	f.post(t, inboundOf(from("1", "", contactUserID)))
	f.post(t, inboundOf(from("2", contact, contactUserID)))
	f.post(t, inboundOf(from("3", contact, "")))
	var known []string
	for _, s := range f.temporal.all() {
		known = append(known, s.envelope.WaID+" "+s.envelope.UserID)
	}
	require.Equal(t, []string{" " + contactUserID, contact + " " + contactUserID, contact + " " + contactUserID}, known)
}

func TestAMessageIsAnsweredToTheNumberThatItCameFrom(t *testing.T) {
	for _, tt := range []struct {
		name  string
		posts []string
		want  []string
	}{
		{"after its person has left another one", []string{
			inboundOf(from("1", contact, contactUserID)), inboundOf(leaves("2", contact, contact2), from("3", contact2, contactUserID)),
		}, []string{contact, contact, contact2}},
		{"after the same from a person who was known by the user id", []string{
			inboundOf(from("1", "", contactUserID)), inboundOf(from("2", contact, contactUserID)),
			inboundOf(leaves("3", contact, contact2), from("4", contact2, contactUserID)),
		}, []string{"", contact, contact, contact2}},
		{"after its person has left it for a user id in the number's place", []string{
			inboundOf(from("1", contact, "")), inboundOf(leaves("2", contact, contactUserID)), inboundOf(from("3", "", contactUserID)),
		}, []string{contact, contact, ""}},
		{"of two that came at once", []string{inboundOf(from("1", contact, contactUserID), from("2", contact2, contactUserID))}, []string{contact, contact2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := opening(setUp(t))
			for _, body := range tt.posts {
				require.Equal(t, 200, f.post(t, body).Code)
			}
			var numbers []string
			for _, s := range f.temporal.all() {
				for range s.envelope.Messages {
					numbers = append(numbers, s.envelope.WaID)
				}
			}
			require.ElementsMatch(t, tt.want, numbers)
		})
	}
}

func TestANameIsFoundUnderAnIdentityThatWasSeenBefore(t *testing.T) {
	f := opening(setUp(t))
	f.post(t, inboundOf(from("1", contact, contactUserID)))
	f.post(t, webhook(of("messages", `"contacts":[{"profile":{"name":"Ana"},"user_id":"`+contactUserID+`"},{"profile":{"name":"Bia"},"user_id":"CL.9"}],
		"messages":[`+from("2", contact, "")+`]`)))
	require.Equal(t, "Ana", f.temporal.all()[1].envelope.Messages[0].Name)
}

func TestAUserIDInTheNumbersPlaceIsAnsweredAsOne(t *testing.T) {
	f := setUp(t)
	f.post(t, webhook(of("messages", `"contacts":[{"profile":{"name":"Ana"},"wa_id":"CL.1","user_id":"CL.1"}],"messages":[`+from("1", "CL.1", "CL.1")+`]`)))
	got := f.temporal.all()[0]
	require.Equal(t, workflows.ConversationInput{Channel: waID, UserID: "CL.1"}, got.input)
	require.Equal(t, "Ana", got.envelope.Messages[0].Name)
}

func TestTheOnlyContactLendsItsNameToTheOnlySender(t *testing.T) {
	named := func(contacts string, messages ...string) string {
		return webhook(of("messages", `"contacts":[`+contacts+`],"messages":[`+strings.Join(messages, ",")+`]`))
	}
	const bia, ana = `{"profile":{"name":"Bia"},"wa_id":"551155570002"}`, `{"profile":{"name":"Ana"},"wa_id":"56911112222","user_id":"CL.1"}`
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"another form of the number", named(bia, from("1", "5511955570002", "")), []string{"Bia"}},
		{"a number that looks like another", named(bia, from("1", contact2, ""), from("2", contact2, "")), []string{"Bia", "Bia"}},
		{"a user id", named(bia, from("1", "", "CL.9")), []string{"Bia"}},
		{"one of two contacts, by another form", named(bia+","+ana, from("1", "5511955570002", ""), from("2", "", "CL.1")), []string{"Bia", "Ana"}},
		{"one of two contacts, by nothing", named(bia+","+ana, from("1", contact2, "")), []string{""}},
		{"two senders and one contact", named(ana, from("1", contact2, ""), from("2", contact, "")), []string{"", "Ana"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setUp(t)
			require.Equal(t, 200, f.post(t, tt.body).Code)
			names := map[string]string{}
			for _, s := range f.temporal.all() {
				for _, m := range s.envelope.Messages {
					names[m.ID] = m.Name
				}
			}
			for i, want := range tt.want {
				require.Equal(t, want, names[fmt.Sprint(i+1)], i+1)
			}
		})
	}
}

func TestWhatTheBusinessSaysItselfIsNotAnswered(t *testing.T) {
	for _, tt := range []struct{ name, number string }{
		{"its number", waID}, {"its number as people write it", "+56 9 0000-0001"}, {"its phone_number_id", phoneNumberID},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setUp(t)
			require.Equal(t, `{"messages":0,"statuses":0,"ignored":1}`, f.post(t, inboundOf(from("1", tt.number, ""))).Body.String())
			require.Equal(t, `{"messages":0,"statuses":0,"ignored":1}`, f.post(t, webhook(echoes(echo("e", fmt.Sprintf(`"to":%q`, tt.number))))).Body.String())
			require.Empty(t, f.temporal.all())
		})
	}
}

func TestAConversationThatCannotBeMergedIsTriedAgain(t *testing.T) {
	f := opening(setUp(t))
	f.post(t, inboundOf(from("1", contact, "")))
	f.post(t, inboundOf(from("2", "", contactUserID)))
	opens := f.temporal.fail
	f.temporal.fail = func(s signal) error {
		if s.envelope.Merged {
			return fmt.Errorf("Temporal is gone")
		}
		return opens(s)
	}
	both := inboundOf(from("3", contact, contactUserID))
	require.Equal(t, 503, f.post(t, both).Code)
	f.temporal.fail = opens
	require.Equal(t, 200, f.post(t, both).Code)
	require.Equal(t, []string{contact + " 1", contactUserID + " 2", contactUserID + " -", contact + " 3"}, lives(f, contact, contactUserID))
}

// Whoever sends one number with ever other user ids, or one user id with ever other numbers, makes no
// person of whom more is read with every message.
func TestAPersonHasABoundedNumberOfIdentities(t *testing.T) {
	const many = 300
	number := func(i int) string { return fmt.Sprintf("5697%07d", i) }
	userID := func(i int) string { return fmt.Sprintf("CL.%d", i) }
	for _, tt := range []struct {
		name    string
		message func(i int) string
		one     string
		asked   int64
	}{
		{"user ids of a number", func(i int) string { return from(userID(i), contact, userID(i)) }, contact, 100},
		{"numbers of a user id", func(i int) string { return from(number(i), number(i), contactUserID) }, contactUserID, 100},
		{"persons who become one", func(i int) string { return from(userID(i), number(i/2*2), userID((i+1)/2)) }, userID(0), many},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := opening(setUp(t))
			var messages []string
			for i := range many {
				messages = append(messages, tt.message(i))
			}
			require.Equal(t, 200, f.post(t, inboundOf(messages...)).Code)
			require.Equal(t, 200, f.post(t, inboundOf(messages[many/2:]...)).Code)
			links, err := f.store.ContactLinks(t.Context(), waID, []string{tt.one})
			require.NoError(t, err)
			kept := len(links) // Len would print them all
			require.Equal(t, 100, kept)
			require.LessOrEqual(t, f.temporal.described.Load(), tt.asked)
		})
	}
}
