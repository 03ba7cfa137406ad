package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

const channel = "56900000001"

func opened() time.Time { return time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC) }

// archived writes n conversations of a contact with the starter, of some messages each, a minute apart.
func archived(t testing.TB, s *store.Store, n int, texts ...string) *definition.Bot {
	starter := loadBot(t, string(definition.Starter()))
	require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: "acme", CreatedAt: opened()}))
	require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: channel, Account: "acme", CreatedAt: opened(), UpdatedAt: opened()}))
	for i := range n {
		id, at := fmt.Sprintf("cnv_%05d", i), opened().Add(time.Duration(i)*time.Minute)
		entries := converse(t, starter, id, at, texts)
		require.NoError(t, s.CloseConversation(t.Context(), store.Closing{
			Conversation: store.Conversation{
				ID: id, WorkflowID: "conversation:" + id, Channel: channel, WaID: "56911112222", Bot: starter.Hash,
				OpenedAt: at, ClosedAt: at.Add(time.Minute), Outcome: "resolved",
			},
			Page: &store.Page{Conversation: id, Number: 1, Entries: entries},
		}))
	}
	return starter
}

// converse is the transcript of a conversation as the workflow writes it.
func converse(t testing.TB, b *definition.Bot, id string, at time.Time, texts []string) []store.Entry {
	var entries []store.Entry
	var last chat.Output
	for i, text := range texts {
		at = at.Add(time.Second)
		m := chat.Incoming{ID: fmt.Sprintf("wamid.%s.%d", id, i), At: at, Timestamp: at.Unix(), WaID: "56911112222"}
		m.Body = json.RawMessage(fmt.Sprintf(`{"from":"56911112222","id":%q,"timestamp":"%d","type":"text","text":{"body":%q}}`, m.ID, at.Unix(), text))
		in := chat.Input{
			Conversation: id, WaID: "56911112222", State: last.State, Timers: last.Timers, Messages: []chat.Incoming{m},
			Opening: chat.Opening{Env: "production"},
		}
		last = chat.Run(b, in)
		turn, err := json.Marshal(chat.Record(in, last, nil, 0))
		require.NoError(t, err)
		entries = append(entries,
			store.Entry{At: at, Direction: store.In, ID: m.ID, Type: "text", Timestamp: m.Timestamp, Body: m.Body},
			store.Entry{At: at, Direction: store.Turn, Body: turn})
		for n, s := range last.Sends {
			entries = append(entries, store.Entry{At: at, Direction: store.Out, ID: s.ID, Sequence: n + 1, Delivery: store.DeliveredAtOnce, Body: s.Body})
		}
	}
	return entries
}

func all() Query { return Query{Channel: channel, Since: opened(), Limit: 10_000} }

// run runs all batches.
func run(t testing.TB, s *store.Store, b *definition.Bot, q Query) *Report {
	r := NewRerun(s, b, q, nil)
	for more := true; more; {
		var err error
		more, err = r.Next(t.Context())
		require.NoError(t, err)
	}
	return r.Report()
}

func TestEveryConversationComesOutTheSameUnderItsOwnVersion(t *testing.T) {
	s := storetest.SQLite(t)
	starter := archived(t, s, 450, "hola", "1", "menu", "salir")

	report := run(t, s, starter, all())

	require.Equal(t, &Report{Conversations: 450, Same: 450, Unreadable: []Unreadable{}, Groups: []*Group{}, room: maxShownBytes}, report)
}

func TestTheReportGroupsDifferencesByStateAndKind(t *testing.T) {
	s := storetest.SQLite(t)
	archived(t, s, 5, "hola", "2", "salir")
	text := string(definition.Starter())
	goodbye := "¡Gracias por escribirnos! Que tengas un lindo día 👋"
	require.Contains(t, text, goodbye)
	draft := loadBot(t, strings.Replace(text, goodbye, "Adiós", 1))

	report := run(t, s, draft, all())

	require.Equal(t, 5, report.Different)
	require.Zero(t, report.Same)
	require.Len(t, report.Groups, 1)
	g := report.Groups[0]
	require.Equal(t, rerun.SaysOther, g.Kind)
	require.Equal(t, 5, g.Count)
	require.Len(t, g.Examples, 3)
	example := g.Examples[0]
	require.Equal(t, "cnv_00004", example.Conversation, "the newest first")
	require.Equal(t, 3, example.Turn)
	require.Equal(t, "salir", example.Heard[0].Text)
	require.Equal(t, goodbye, example.Was[0].Text)
	require.Equal(t, "Adiós", example.Is[0].Text)
}

func TestAnArchiveOfAnOlderVersionIsCountedAndTheRestIsRun(t *testing.T) {
	s := storetest.SQLite(t)
	starter := archived(t, s, 2, "hola", "salir")
	at := opened().Add(time.Hour)
	for id, entries := range map[string][]store.Entry{
		"cnv_empty":  {{At: at, Direction: store.Note, Note: "not answered: the envelope could not be read"}},
		"cnv_older":  {{At: at, Direction: store.In, ID: "wamid.old", Type: "text", Body: json.RawMessage(`{}`)}},
		"cnv_broken": {{At: at, Direction: store.Turn, Body: json.RawMessage(`"?"`)}},
		"cnv_parts":  {{At: at, Direction: store.Turn, Body: json.RawMessage(`{"opened":{},"sends":3}`)}},
	} {
		messages := 1
		if id == "cnv_empty" {
			messages = 0
		}
		require.NoError(t, s.CloseConversation(t.Context(), store.Closing{
			Conversation: store.Conversation{ID: id, WorkflowID: id, Channel: channel, WaID: "1", Bot: starter.Hash, OpenedAt: at, ClosedAt: at, Outcome: "resolved", Messages: messages},
			Page:         &store.Page{Conversation: id, Number: 1, Entries: entries},
		}))
	}

	report := run(t, s, starter, all())

	require.Equal(t, 6, report.Conversations)
	require.Equal(t, 2, report.Same)
	require.ElementsMatch(t, []Unreadable{
		{reasonEmpty, 1, []string{"cnv_empty"}},
		{reasonOlder, 1, []string{"cnv_older"}},
		{reasonUnreadable, 1, []string{"cnv_broken"}},
		{reasonIncomplete, 1, []string{"cnv_parts"}},
	}, report.Unreadable)
}

func TestARerunEndsWithItsCallerAndKeepsItsLimit(t *testing.T) {
	s := storetest.SQLite(t)
	starter := archived(t, s, 450, "hola")

	q := all()
	q.Limit = 300
	require.Equal(t, 300, run(t, s, starter, q).Conversations)

	ctx, cancel := context.WithCancel(t.Context())
	r := NewRerun(s, starter, all(), nil)
	more, err := r.Next(ctx)
	require.NoError(t, err)
	require.True(t, more)
	require.Equal(t, batch, r.Report().Conversations)
	cancel()
	_, err = r.Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, batch, r.Report().Conversations, "what was run stays")
}

// slowly counts steps of a bot as seconds.
func slowly(r *Rerun, steps *int) {
	r.now = func() time.Time {
		*steps++
		return opened().Add(time.Duration(*steps) * time.Second)
	}
}

func TestASlowDraftGivesUpOnAConversation(t *testing.T) {
	s := storetest.SQLite(t)
	starter := archived(t, s, 3, "hola", "1", "menu", "2", "menu", "salir")
	steps := 0
	r := NewRerun(s, starter, all(), nil)
	slowly(r, &steps)
	_, err := r.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, []Unreadable{{reasonSlow, 3, []string{"cnv_00002", "cnv_00001", "cnv_00000"}}}, r.Report().Unreadable)
}

func TestTheTurnsOfOthersDoNotCountAsTimeOfAConversation(t *testing.T) {
	s := storetest.SQLite(t)
	starter := archived(t, s, 3, "hola", "1", "menu", "2", "menu", "salir")
	steps, pauses := 0, 0
	r := NewRerun(s, starter, all(), func(context.Context) (time.Duration, error) {
		pauses++
		steps += 60
		return time.Minute + time.Second, nil
	})
	slowly(r, &steps)
	_, err := r.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, r.Report().Same)
	require.Equal(t, 3*(1+6), pauses, "before every conversation, and before every step")
}

func TestARerunThatMayNotGoOnEndsBetweenTwoSteps(t *testing.T) {
	s := storetest.SQLite(t)
	starter := archived(t, s, 3, "hola", "1", "menu", "2", "menu", "salir")
	shutOut, pauses := errors.New("shut out"), 0
	r := NewRerun(s, starter, all(), func(context.Context) (time.Duration, error) {
		if pauses++; pauses < 12 {
			return 0, nil
		}
		return 0, shutOut
	})
	_, err := r.Next(t.Context())
	require.ErrorIs(t, err, shutOut)
	require.Equal(t, 12, pauses)
	require.Equal(t, 1, r.Report().Same)
}

func TestALongTranscriptIsReadByItselfAndOneThatIsTooLargeIsCounted(t *testing.T) {
	s := storetest.SQLite(t)
	starter := archived(t, s, 5, "hola", "salir")
	for id, size := range map[string]int{"cnv_00001": MaxTranscript, "cnv_00002": prefetchBytes} {
		require.NoError(t, s.PutPage(t.Context(), store.Page{Conversation: id, Number: 2, Entries: []store.Entry{
			{At: opened(), Direction: store.In, ID: "x", Body: json.RawMessage(`"` + strings.Repeat("x", size) + `"`)},
		}}))
	}

	report := run(t, s, starter, all())

	require.Equal(t, []int{5, 4}, []int{report.Conversations, report.Same})
	require.Equal(t, []Unreadable{{reasonLarge, 1, []string{"cnv_00001"}}}, report.Unreadable)
}

func TestTheExamplesOfAReportAreBoundedAsTheyAreSent(t *testing.T) {
	r := newReport()
	heard := json.RawMessage(`{"type":"text","text":{"body":"` + strings.Repeat(`\u0001`, 2000) + `"}}`)
	for i := range maxGroups * maxExamples {
		d := &rerun.Difference{Kind: rerun.SaysOther, State: fmt.Sprint(i / maxExamples), Heard: []json.RawMessage{heard, heard, heard}}
		r.differs("cnv_1", d)
	}
	sent, err := json.Marshal(r)
	require.NoError(t, err)
	require.Less(t, len(sent), maxShownBytes+maxGroups*200)
}

// BenchmarkRerun runs conversations of ten messages again, with everything that belongs to it: the
// database, the decoding, the bot, the report. The goal is 2,000 conversations a second on one core.
func BenchmarkRerun(b *testing.B) {
	s := storetest.SQLite(b)
	starter := archived(b, s, 1000, "hola", "1", "menu", "2", "menu", "¿qué?", "1", "2", "menu", "salir")
	other, err := os.ReadFile("../bot/definition/starter.bot.yaml")
	require.NoError(b, err)
	draft, err := definition.Load(append(other, []byte("\nlimits: {turns: 999}\n")...))
	require.NoError(b, err)
	for name, bot := range map[string]*definition.Bot{"own version": starter, "draft": draft} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.Equal(b, 1000, run(b, s, bot, all()).Same)
			}
			b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "conversations/s")
		})
	}
}
