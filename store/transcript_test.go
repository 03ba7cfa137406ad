package store_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestTranscripts(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"pages come back in order, entry by entry", pagesRoundTrip},
		{"a page is written over its earlier state", pageOverwritten},
		{"a page of more than a megabyte", pageLarge},
		{"a transcript that is too large is not read", pagesTooLarge},
		{"transcripts are read together", transcriptsTogether},
		{"of transcripts that are too large together some are read", transcriptsTooLarge},
		{"pages are numbered from 1", pageNumber},
		{"a body that is not JSON is refused", pageBadBody},
		{"one page comes with the number of the last", pageAlone},
	})
}

func pagesRoundTrip(t *testing.T, s *store.Store) {
	want := []store.Page{
		{Conversation: "cnv_1", Number: 1, Entries: []store.Entry{
			{
				At: at(1), Direction: store.In, ID: "m1", Type: "text", Timestamp: 1_760_000_000,
				Body: json.RawMessage(`{"text":"\u0000 <b>&` + "ñ🦩" + `"}`),
			},
			{At: at(2), Direction: store.Out, ID: "msg_1", Sequence: 1, InReplyTo: "m1", Delivery: "ledger"},
		}},
		{Conversation: "cnv_1", Number: 2, Entries: []store.Entry{{Direction: store.Note, Note: awkward}}},
		{Conversation: "cnv_1", Number: 10, Entries: []store.Entry{}},
	}
	for _, i := range []int{2, 0, 1} {
		require.NoError(t, s.PutPage(t.Context(), want[i]))
	}
	require.NoError(t, s.PutPage(t.Context(), store.Page{Conversation: "cnv_2", Number: 1}))
	got, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func pageOverwritten(t *testing.T, s *store.Store) {
	page := func(ids ...string) store.Page {
		p := store.Page{Conversation: "cnv_1", Number: 1}
		for i, id := range ids {
			p.Entries = append(p.Entries, store.Entry{At: at(i), Direction: store.In, ID: id})
		}
		return p
	}
	require.NoError(t, s.PutPage(t.Context(), page("m1")))
	requireNoErrors(t, together(4, func(int) error { return s.PutPage(t.Context(), page("m2", "m3")) }))
	got, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, []store.Page{page("m2", "m3")}, got)
	known, err := s.KnownMessages(t.Context(), store.KnownQuery{
		Channel: "1", WaID: "569", Conversation: "cnv_1", BelowPage: 2, IDs: []string{"m1", "m2", "m3"},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"m2", "m3"}, known, "the ids are written over too")
}

func pageLarge(t *testing.T, s *store.Store) {
	want := store.Page{Conversation: "cnv_1", Number: 1, Entries: []store.Entry{
		{At: at(1), Direction: store.In, ID: "m1", Body: megabyte()},
	}}
	require.NoError(t, s.PutPage(t.Context(), want))
	got, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	require.Equal(t, []store.Page{want}, got)
}

func pagesTooLarge(t *testing.T, s *store.Store) {
	for _, number := range []int{1, 2} {
		require.NoError(t, s.PutPage(t.Context(), store.Page{Conversation: "cnv_1", Number: number, Entries: []store.Entry{
			{At: at(1), Direction: store.In, ID: "m1", Body: megabyte()},
		}}))
	}
	got, err := s.PagesUpTo(t.Context(), "cnv_1", 3<<20)
	require.NoError(t, err)
	require.Len(t, got, 2)
	_, err = s.PagesUpTo(t.Context(), "cnv_1", 2<<20)
	require.ErrorIs(t, err, store.ErrTooLarge)
	got, err = s.PagesUpTo(t.Context(), "cnv_2", 0)
	require.NoError(t, err)
	require.Empty(t, got)
}

func transcriptsTogether(t *testing.T, s *store.Store) {
	for _, id := range []string{"cnv_1", "cnv_2", "cnv_3"} {
		for _, number := range []int{2, 1} {
			putInbound(t, s, id, number, numbered(id, number)...)
		}
	}
	got, err := s.Transcripts(t.Context(), []string{"cnv_3", "cnv_1", "cnv_0"}, 1<<20)
	require.NoError(t, err)
	require.Len(t, got, 3)
	for id, pages := range got {
		want, err := s.Pages(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want, pages)
	}
	got, err = s.Transcripts(t.Context(), nil, 1<<20)
	require.NoError(t, err)
	require.Empty(t, got)
}

func transcriptsTooLarge(t *testing.T, s *store.Store) {
	ids := []string{"cnv_1", "cnv_2", "cnv_3"}
	for _, id := range ids {
		for number := range 2 {
			require.NoError(t, s.PutPage(t.Context(), store.Page{Conversation: id, Number: number + 1, Entries: []store.Entry{
				{At: at(1), Direction: store.In, ID: "m1", Body: megabyte()},
			}}))
		}
	}
	for _, tc := range []struct{ most, read int }{{1, 0}, {2, 0}, {3, 1}, {4, 1}, {5, 2}, {6, 2}, {7, 3}} {
		got, err := s.Transcripts(t.Context(), ids, tc.most<<20)
		require.NoError(t, err)
		require.Len(t, got, tc.read, "%d MiB", tc.most)
		for _, pages := range got {
			require.Len(t, pages, 2, "whole or not at all")
		}
	}
}

func pageNumber(t *testing.T, s *store.Store) {
	require.Error(t, s.PutPage(t.Context(), store.Page{Conversation: "cnv_1"}))
}

func pageBadBody(t *testing.T, s *store.Store) {
	bad := store.Page{Conversation: "cnv_1", Number: 1, Entries: []store.Entry{{Body: json.RawMessage(`{`)}}}
	require.Error(t, s.PutPage(t.Context(), bad))
}

func pageAlone(t *testing.T, s *store.Store) {
	for _, number := range []int{1, 2, 4} {
		putInbound(t, s, "cnv_1", number, numbered("m", number)...)
	}
	pages, err := s.Pages(t.Context(), "cnv_1")
	require.NoError(t, err)
	for _, want := range append(pages, store.Page{Conversation: "cnv_1", Number: 3}, store.Page{Conversation: "cnv_1", Number: 1_000_000}) {
		got, last, err := s.Page(t.Context(), "cnv_1", want.Number)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, 4, last)
	}
	got, last, err := s.Page(t.Context(), "cnv_2", 1)
	require.NoError(t, err)
	require.Equal(t, store.Page{Conversation: "cnv_2", Number: 1}, got)
	require.Zero(t, last)
}
