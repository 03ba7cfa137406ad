package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// failingStore fails at one kind of write.
type failingStore struct {
	*store.Store

	at string
}

var errStore = errors.New("database is gone")

func (s failingStore) fail(at string) error {
	if s.at == at {
		return errStore
	}
	return nil
}

func (s failingStore) ReportPreferences(ctx context.Context, p []store.Preference) error {
	return errors.Join(s.fail("preferences"), s.Store.ReportPreferences(ctx, p))
}

func (s failingStore) LinkUserIDs(ctx context.Context, c []store.IdentityChange) error {
	return errors.Join(s.fail("user ids"), s.Store.LinkUserIDs(ctx, c))
}

func (s failingStore) MoveNumbers(ctx context.Context, c []store.NumberChange) error {
	return errors.Join(s.fail("numbers"), s.Store.MoveNumbers(ctx, c))
}

func (s failingStore) RecordVoiceCalls(ctx context.Context, c []store.VoiceCall) error {
	return errors.Join(s.fail("calls"), s.Store.RecordVoiceCalls(ctx, c))
}

func (s failingStore) SaveStatuses(ctx context.Context, m []store.MessageStatus) error {
	return errors.Join(s.fail("statuses"), s.Store.SaveStatuses(ctx, m))
}

func (s failingStore) ContactLinks(ctx context.Context, channel string, identities []string) ([]store.ContactLink, error) {
	if err := s.fail("contacts"); err != nil {
		return nil, err
	}
	return s.Store.ContactLinks(ctx, channel, identities)
}

func (s failingStore) LinkContacts(ctx context.Context, links []store.ContactLink) error {
	return errors.Join(s.fail("links"), s.Store.LinkContacts(ctx, links))
}

func TestAStoreThatFailsAnswers503AndNothingIsSignalled(t *testing.T) {
	body := webhook(
		of("messages", `"messages":[`+said("m", `"type":"system","system":{"type":"user_changed_number","wa_id":"56944445555"}`)+`,{"from_user_id":"CL.9","from":"56977778888","id":"h","type":"text","text":{"body":"x"}}],"statuses":[{"id":"wamid.s","status":"sent"}]`),
		of("user_preferences", `"user_preferences":[{"wa_id":"56911112222","value":"stop"}]`),
		of("user_id_update", `"user_id_update":[{"wa_id":"56911112222","user_id":{"current":"CL.2"}}]`),
		of("calls", `"calls":[{"from":"56911112222","direction":"USER_INITIATED"}]`),
	)
	for _, at := range []string{"preferences", "user ids", "numbers", "calls", "statuses", "contacts", "links"} {
		t.Run(at, func(t *testing.T) {
			failing := &failingStore{at: at}
			f := setUp(t, func(f *fixture) {
				f.wrap = func(s *store.Store) api.Store { failing.Store = s; return failing }
			})
			response := f.post(t, body)
			require.Equal(t, 503, response.Code)
			require.Equal(t, "2", response.Header().Get("Retry-After"))
			require.Empty(t, f.temporal.all())
			require.NotContains(t, f.log.String(), contact)

			failing.at = ""
			require.Equal(t, `{"messages":2,"statuses":1,"ignored":0}`, f.post(t, body).Body.String())
			require.Len(t, f.temporal.ids(), 2)
		})
	}
}

func TestStatusesInAnyOrderEndWithTheHighest(t *testing.T) {
	f := setUp(t)
	ranks := []string{"sent", "failed", "delivered", "read", "played"}
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		id, highest := fmt.Sprint("wamid.", run), 0
		for range rapid.IntRange(1, 3).Draw(rt, "POSTs") {
			var statuses []string
			for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(ranks)-1), 1, 4).Draw(rt, "statuses") {
				highest = max(highest, i)
				statuses = append(statuses, fmt.Sprintf(`{"id":%q,"status":%q,"timestamp":"1773140400"}`, id, ranks[i]))
			}
			want := fmt.Sprintf(`{"messages":0,"statuses":%d,"ignored":0}`, len(statuses))
			require.Equal(rt, want, f.post(t, webhook(of("messages", `"statuses":[`+strings.Join(statuses, ",")+`]`))).Body.String())
		}
		found, err := f.store.Statuses(t.Context(), waID, []string{id})
		require.NoError(rt, err)
		require.Equal(rt, ranks[highest], found[id].Status)
	})
}

func TestBatchesOfAThousand(t *testing.T) {
	one := func(int) string { return contact }
	each := func(i int) string { return fmt.Sprintf("567%08d", i) }
	for _, tt := range []struct {
		name string
		from func(int) string
		// size is that of the body at least, in bytes.
		size, conversations int
	}{
		{"of one contact", one, 0, 1},
		{"of a thousand contacts", each, 0, 1000},
		{"of one contact, 3 MB", one, 3 << 20, 1},
		{"of a thousand contacts, 3 MB", each, 3 << 20, 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setUp(t)
			var messages, statuses []string
			want := map[string][]string{}
			for i := range 1000 {
				id := fmt.Sprint("wamid.", i)
				messages = append(messages, text(id, tt.from(i), strings.Repeat("x", tt.size/1000)))
				statuses = append(statuses, `{"id":"out.`+fmt.Sprint(i)+`","status":"read"}`)
				want[tt.from(i)] = append(want[tt.from(i)], id)
			}
			body := webhook(of("messages", `"messages":[`+strings.Join(messages, ",")+`],"statuses":[`+strings.Join(statuses, ",")+`]`))
			require.GreaterOrEqual(t, len(body), tt.size)
			require.Equal(t, `{"messages":1000,"statuses":1000,"ignored":0}`, f.post(t, body).Body.String())
			got := map[string][]string{}
			for _, s := range f.temporal.all() {
				encoded, err := json.Marshal(s.envelope)
				require.NoError(t, err)
				require.LessOrEqual(t, len(encoded), 256<<10)
				for _, m := range s.envelope.Messages {
					got[s.input.WaID] = append(got[s.input.WaID], m.ID)
				}
			}
			require.Len(t, got, tt.conversations)
			require.Equal(t, want, got)
			found, err := f.store.Statuses(t.Context(), waID, []string{"out.0", "out.999"})
			require.NoError(t, err)
			require.Len(t, found, 2)
		})
	}
}

func TestOneMessageOf3MBIsCut(t *testing.T) {
	f := setUp(t)
	body := inboundOf(text("m", contact, strings.Repeat("x", 3<<20)))
	require.Equal(t, `{"messages":1,"statuses":0,"ignored":0}`, f.post(t, body).Body.String())
	require.True(t, f.temporal.all()[0].envelope.Messages[0].Cut)
}

func TestOnePOSTOfSeveralAccountsChannelsAndContacts(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.AddChannel(t.Context(), store.Channel{
		WaID: "56900000003", PhoneNumberID: "3", Account: "isv", CreatedAt: start(), UpdatedAt: start(),
	}))
	status := func(numberID string) string {
		return `{"field":"messages","value":{"metadata":{"phone_number_id":"` + numberID + `"},"statuses":[{"id":"same","status":"read"}]}}`
	}
	body := `{"object":"whatsapp_business_account","entry":[` +
		`{"id":"1","changes":[` + value(phoneNumberID, text("1", contact, "x"), text("2", contact2, "x")) + `,` + value("3", text("3", contact, "x")) + `]},` +
		`{"id":"2","changes":[` + value(phoneNumberID, text("4", contact, "x")) + `,` + status("3") + `,` + status(phoneNumberID) + `]},` +
		`{"id":"3","changes":[]}]}`
	require.Equal(t, `{"messages":4,"statuses":2,"ignored":0}`, f.post(t, body).Body.String())
	got := map[string][]string{}
	for _, s := range f.temporal.all() {
		for _, m := range s.envelope.Messages {
			key := s.input.Channel + " " + s.input.WaID
			got[key] = append(got[key], m.ID)
		}
	}
	require.Equal(t, map[string][]string{
		waID + " " + contact: {"1", "4"}, waID + " " + contact2: {"2"}, "56900000003 " + contact: {"3"},
	}, got)
	for _, channel := range []string{waID, "56900000003"} {
		found, err := f.store.Statuses(t.Context(), channel, []string{"same"})
		require.NoError(t, err)
		require.Equal(t, channel, found["same"].Channel)
	}

	foreign := strings.Replace(body, `"phone_number_id":"3"`, `"phone_number_id":"`+otherNumberID+`"`, 1)
	require.Equal(t, 401, f.post(t, strings.ReplaceAll(foreign, "same", "other")).Code)
	found, err := f.store.Statuses(t.Context(), waID, []string{"other"})
	require.NoError(t, err)
	require.Empty(t, found, "nothing is kept of a POST with another account's channel")
}

// fullChanges hold a message of the own channel, and every kind of what goes to the database.
func fullChanges() []string {
	return []string{
		of("messages", `"messages":[`+said("m", `"type":"text","text":{"body":"x"}`)+`],"statuses":[{"id":"wamid.s","status":"sent"}]`),
		of("user_preferences", `"user_preferences":[{"wa_id":"56911112222","value":"stop"}]`),
		of("user_id_update", `"user_id_update":[{"wa_id":"56911112222","user_id":{"previous":"CL.1","current":"CL.2"}}]`),
		of("calls", `"calls":[{"from":"56911112222","direction":"USER_INITIATED"}]`),
	}
}

func full() string { return webhook(fullChanges()...) }

// requireNothingKept: no message of fullChanges was signalled, and no row of it was written.
func requireNothingKept(t *testing.T, f *fixture) {
	t.Helper()
	require.Empty(t, f.temporal.all())
	for _, userID := range []string{"CL.1", "CL.2"} {
		_, err := f.store.Contact(t.Context(), waID, contact, userID)
		require.ErrorIs(t, err, store.ErrNotFound)
	}
	statuses, err := f.store.Statuses(t.Context(), waID, []string{"wamid.s"})
	require.NoError(t, err)
	require.Empty(t, statuses)
}

// requireFullIsKept proves that what was refused before would have left something.
func requireFullIsKept(t *testing.T, f *fixture) {
	t.Helper()
	require.Equal(t, `{"messages":1,"statuses":1,"ignored":0}`, f.post(t, full()).Body.String())
	require.Equal(t, []string{"m"}, f.temporal.ids())
	known, err := f.store.Contact(t.Context(), waID, contact, "CL.2")
	require.NoError(t, err)
	require.True(t, known.OptedOut)
	require.Equal(t, "CL.2", known.UserID)
	require.False(t, known.VoiceCallAt.IsZero())
	statuses, err := f.store.Statuses(t.Context(), waID, []string{"wamid.s"})
	require.NoError(t, err)
	require.Len(t, statuses, 1)
}

func TestAMessageOfAnUnknownOrForeignChannelKeepsAllOfThePOSTOut(t *testing.T) {
	unknown := `{"message":"unsupported get request. Object with ID '999' does not exist"}`
	foreign := `{"message":"unauthorized Access"}`
	for _, tt := range []struct {
		name, stranger, want string
		status               int
	}{
		{"message of an unknown channel", value("999", text("b", contact2, "x")), unknown, 400},
		{"message that nobody can read of an unknown channel", value("999", `{"from":"56911113333","id":"b","type":"hologram"}`), unknown, 400},
		{"message of a foreign channel", value(otherNumberID, text("b", contact2, "x")), foreign, 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setUp(t)
			for name, changes := range map[string][]string{
				"last":  append(fullChanges(), tt.stranger),
				"first": append([]string{tt.stranger}, fullChanges()...),
			} {
				response := f.post(t, webhook(changes...))
				require.Equal(t, tt.want, response.Body.String(), name)
				require.Equal(t, tt.status, response.Code, name)
				requireNothingKept(t, f)
			}
			requireFullIsKept(t, f)
		})
	}
}
