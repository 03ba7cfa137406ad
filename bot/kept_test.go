package bot_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

func TestAConversationBeginsWithWhatWasKept(t *testing.T) {
	b := load(t, `bot: v1
name: small
start: a
vars:
  name: {type: string, keep: contact}
  count: {type: int, keep: contact}
  rate: {type: number, keep: contact}
  day: {type: date, keep: contact}
  at: {type: timestamp, keep: contact}
  yes: {type: bool, keep: contact}
  all: {type: list, keep: contact}
  by: {type: map, keep: contact}
  given: {type: string, keep: contact}
  short: {type: string, max: 3, keep: contact}
  other: {type: string}
states:
  a: {handoff: {to: desk}}
`)
	kept := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(`{"name": "Ana", "count": 3, "rate": 2, "day": "2026-03-10", "at": "2026-03-10T10:00:00Z",
		"yes": true, "all": [1], "by": {"a": 1}, "given": "old", "short": "abc", "other": "not kept", "gone": 1}`), &kept))
	s := bot.NewState(b, "cnv_1", bot.Contact{WaID: "56911112222"}, opened)
	s.Vars = map[string]json.RawMessage{"given": json.RawMessage(`"new"`)}
	remembers, dropped := s.Remembering(b, kept)
	require.Empty(t, dropped)
	require.Len(t, remembers.Vars, 10)
	require.Equal(t, `"Ana"`, string(remembers.Vars["name"]))
	require.Equal(t, `"new"`, string(remembers.Vars["given"]), "what a test sets comes first")
	require.Len(t, s.Vars, 1, "the state of before is as it was")

	require.NoError(t, json.Unmarshal([]byte(`{"name": 3, "count": "3", "rate": "x", "day": "soon", "at": "later",
		"yes": 1, "all": {}, "by": [], "given": null, "short": "abcd"}`), &kept))
	remembers, dropped = bot.NewState(b, "cnv_1", bot.Contact{WaID: "5"}, opened).Remembering(b, kept)
	require.Equal(t, []string{"all", "at", "by", "count", "day", "given", "name", "rate", "short", "yes"}, dropped)
	require.Empty(t, remembers.Vars)
	for _, broken := range []string{`{`, ``, `"\ud800"`, strings.Repeat("[", 100)} {
		_, dropped = s.Remembering(b, map[string]json.RawMessage{"all": json.RawMessage(broken)})
		require.Equal(t, []string{"all"}, dropped)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {kept: {type: string, keep: contact}, free: {type: string}}
defaults: {error: sorry}
states:
  a: {say: [a], ask: {as: text, save: {kept: "answer.text", free: "vars.free + answer.text"}, to: a}}
  sorry: {say: ["${size(vars.kept)} ${size(vars.free)}"], close: {reason: full}}
`)
	c.says("hola")
	for range 3 {
		c.says(strings.Repeat("x", 4080))
		require.Equal(t, "a", c.asking())
	}
	c.says(strings.Repeat("x", 4095))
	require.Equal(t, []string{"4080 12240"}, c.texts())
	require.Contains(t, strings.Join(c.traces(), "\n"), "more than 4 KiB of variables that are kept of a contact")
}

func TestKeepIsChecked(t *testing.T) {
	const src = "bot: v1\nname: small\nstart: a\nvars: {v: {type: int, keep: contact}}\nstates:\n  a: {run: {state: b, with: {v: \"1\"}, then: c}}\n  b: {return: true}\n  c: {handoff: {to: x}}\n"
	require.Equal(t, []string{
		`6:29: "v" outlives the conversation (keep), and an argument lives until its subroutine returns; use another variable [value]`,
	}, found(t, src))
	require.Contains(t, found(t, strings.Replace(src, "keep: contact", "keep: forever", 1)), "4:29: keep must be one of contact [value]")
	b := load(t, strings.Replace(src, "with: {v: \"1\"}, ", "", 1))
	require.Equal(t, map[string]bool{"v": true}, b.Kept)
	require.NotEqual(t, b.Hash, load(t, strings.NewReplacer("with: {v: \"1\"}, ", "", ", keep: contact", "").Replace(src)).Hash)
}
