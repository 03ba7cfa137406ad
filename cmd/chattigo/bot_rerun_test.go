package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const rerunLines = `{"progress":{"conversations":200,"same":150,"different":50}}
{"report":{"bot":"tiny","hash":"0123456789abcdef","channel":"56911110000","since":"2026-03-01T00:00:00Z","conversations":250,"same":240,"different":6,"unrecordedCalls":3,` +
	`"unreadable":[{"reason":"a part of the record is missing","count":5,"conversations":["cnv_5","cnv_6","cnv_7","cnv_8","cnv_9"]}],` +
	`"groups":[{"state":"menu","kind":"says_other","count":5,"examples":[{"conversation":"cnv_1","turn":2,"at":"2026-03-10T12:00:00Z",` +
	`"heard":[{"type":"text","text":"salir\u001b[2J"}],"was":[{"type":"text","text":"¡Gracias!"}],"is":[{"type":"text","text":"Adiós\nhasta luego"}],"wasEnd":"resolved","isEnd":"resolved"}]},` +
	`{"state":"","kind":"unrecorded_call","count":3,"examples":[{"conversation":"cnv_2","turn":1,"at":"2026-03-10T12:00:00Z","heard":[],"was":[],"is":[],"call":"GET https://api.example/x"}]},` +
	`{"state":"menu","kind":"says_other","count":1,"examples":[{"conversation":"cnv_3","turn":4,"at":"2026-03-10T12:00:00Z","heard":[{"type":"image"}],` +
	`"was":[{"type":"interactive","text":"¿Y?","options":["Sí"],"body":{"a":1}}],"is":[{"type":"interactive","text":"¿Y?","options":["Sí"],"body":{"a":2}}]}]}]}}
`

func TestARerunShowsBothSidesOfEachDifference(t *testing.T) {
	s := newSite(t, map[string]answer{"POST /bots/tiny/rerun": {body: rerunLines}})
	code, out, errOut := s.terminal(t).run(t, "", "bot", "rerun", "tiny@2", "--channel", "56911110000")
	require.Zero(t, code, errOut)
	require.Equal(t, `250 archived conversations of channel 56911110000 since 2026-03-01, run through tiny@01234567:
    240 the same
      6 different
      3 the same up to a call that has no recorded response
      5 not run again: a part of the record is missing (cnv_5, cnv_6, cnv_7, …)

question menu: the draft says something else (5 conversations)

  cnv_1, turn 2, 2026-03-10 12:00:00Z
    contact  salir�[2J
    was      ¡Gracias!
    was      [closed: resolved]
    draft    Adiós hasta luego
    draft    [closed: resolved]

no question open: the draft makes a call that has no recorded response (3 conversations)

  cnv_2, turn 1, 2026-03-10 12:00:00Z
    time passed
    was      (nothing)
    draft    (nothing)
    call     GET https://api.example/x

question menu: the draft says something else (1 conversation)

  cnv_3, turn 4, 2026-03-10 12:00:00Z
    contact  [image]
    was      {"a":1}
    draft    {"a":2}
`, out)
	require.JSONEq(t, `{"channel":"56911110000","days":14,"version":2}`, s.sent("POST /bots/tiny/rerun"))

	code, _, errOut = s.terminal(t).run(t, "", "bot", "rerun", "tiny", "--channel", "56911110000", "--strict", "--days", "30")
	require.Equal(t, 1, code)
	require.Equal(t, "chattigo: 6 conversations differ\n", errOut)
	require.JSONEq(t, `{"channel":"56911110000","days":30}`, s.sent("POST /bots/tiny/rerun"))

	_, out, _ = s.terminal(t).run(t, "", "bot", "rerun", "tiny", "--channel", "56911110000", "--json")
	require.True(t, strings.HasPrefix(out, `{"bot":"tiny"`), out)
}

// sent is the body of the latest request.
func (s *site) sent(request string) string {
	return strings.TrimPrefix(s.got[len(s.got)-1], request+" ")
}

func TestADraftIsSentAsItIs(t *testing.T) {
	s := newSite(t, map[string]answer{"POST /bots/tiny/rerun": {body: `{"error":{"message":"JWT was invalid"}}`}})
	path := filepath.Join(t.TempDir(), "tiny.bot.yaml")
	text := "bot: v1\nname: tiny\nstart: a\nstates:\n  a: {say: [\"<Hola> & más\"], close: {reason: done}}\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))

	code, _, errOut := s.terminal(t).run(t, "", "bot", "rerun", path, "--channel", "56911110000")

	require.Equal(t, 1, code)
	require.Equal(t, "chattigo: JWT was invalid\n", errOut)
	require.Contains(t, s.sent("POST /bots/tiny/rerun"), `<Hola> & más`)
}

func TestARerunThatBreaksOffIsNoReport(t *testing.T) {
	s := newSite(t, map[string]answer{"POST /bots/tiny/rerun": {body: `{"progress":{"conversations":200}}`}})
	code, out, errOut := s.terminal(t).run(t, "", "bot", "rerun", "tiny", "--channel", "56911110000")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Equal(t, "chattigo: the server ended before its report; try again\n", errOut)
}
