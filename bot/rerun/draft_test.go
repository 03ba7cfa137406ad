package rerun

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/script"
)

// same is no difference.
const same Kind = ""

const live = `bot: v1
name: tienda
start: menu
vars:
  stock: {type: int}
triggers:
  - {text: {any: [hola]}, interrupt: true, to: menu}
states:
  menu:
    say:
      - interactive:
          type: button
          body: {text: "¿Qué necesitas?"}
          action:
            buttons:
              - {type: reply, reply: {id: stock, title: "Ver stock"}}
              - {type: reply, reply: {id: persona, title: "Una persona"}}
              - {type: reply, reply: {id: salir, title: "Salir"}}
    ask:
      choices: {stock: consulta, persona: persona, salir: fin}
      idle:
        - {after: 5m, say: ["¿Sigues ahí?"]}
        - {after: 15m, to: silencio}
  consulta:
    say: ["Un momento."]
    call:
      http: {get: "https://api.tienda.example/stock"}
      save: {stock: "result.json.n"}
      on_error: persona
    goto: quedan
  quedan: {say: ["Quedan ${vars.stock}."], goto: menu}
  persona:
    say: ["Te paso con alguien."]
    handoff: {to: ventas}
  silencio: {say: ["Cierro por ahora."], close: {reason: timeout}}
  fin: {say: ["¡Gracias!"], close: {reason: resolved}}
`

const chats = `bot: tienda.bot.yaml
now: 2026-03-10T10:00:00-03:00
contact: {wa_id: "56911112222", name: Ana}
http:
  - {match: "GET https://api.tienda.example/stock", json: {n: 3}}
cases:
  - name: la consulta
    steps: [{user: hola}, {bot: any}, {tap: stock}, {bot: any}, {bot: any}, {bot: any}, {tap: salir}, {bot: any}, {closed: {reason: resolved}}]
  - name: el silencio
    steps: [{user: buenas}, {bot: any}, {wait: 20m}, {bot: any}, {bot: any}, {closed: {reason: timeout}}]
  - name: la persona
    steps: [{user: hola}, {bot: any}, {tap: persona}, {bot: any}, {handoff: {to: ventas}}, {user: gracias}, {echo: "De nada"}, {close: resolved}]
`

func TestADraftPartsFromTheArchiveAtTheFirstDifference(t *testing.T) {
	tests := []struct {
		name string
		// replace are pairs: the draft is the live bot with the first of each replaced by the second.
		replace []string
		// kinds are by conversation; empty for the same
		kinds []Kind
		state string
	}{
		{name: "comments only", replace: []string{"name: tienda", "name: tienda # la nueva"}, kinds: []Kind{same, same, same}},
		{name: "a state that is never entered", replace: []string{"states:\n", "states:\n  otra: {say: [\"¿?\"], goto: menu}\n"}, kinds: []Kind{same, same, same}},
		{name: "other words at the end", replace: []string{"¡Gracias!", "¡Hasta pronto!"}, kinds: []Kind{SaysOther, same, same}, state: "menu"},
		{name: "other words at the start", replace: []string{"¿Qué necesitas?", "¿En qué te ayudo?"}, kinds: []Kind{SaysOther, SaysOther, SaysOther}},
		{name: "a word more", replace: []string{`fin: {say: ["¡Gracias!"]`, `fin: {say: ["¡Gracias!", "Vuelve pronto."]`}, kinds: []Kind{SaysMore, same, same}, state: "menu"},
		{name: "a word less", replace: []string{`say: ["Cierro por ahora."], `, ``}, kinds: []Kind{same, SaysLess, same}, state: "menu"},
		{name: "another time", replace: []string{"after: 5m", "after: 6m"}, kinds: []Kind{same, SaysLess, same}, state: "menu"},
		{name: "another reason", replace: []string{"close: {reason: resolved}", "close: {reason: sold}"}, kinds: []Kind{ClosesOther, same, same}, state: "menu"},
		{name: "goes on", replace: []string{`fin: {say: ["¡Gracias!"], close: {reason: resolved}}`, `fin: {say: ["¡Gracias!"], ask: {as: text, to: fin}}`}, kinds: []Kind{StaysOpen, same, same}, state: "menu"},
		{name: "answers on", replace: []string{"handoff: {to: ventas}", "ask: {as: text, to: fin}"}, kinds: []Kind{same, same, KeepsAnswering}, state: "menu"},
		{name: "another call", replace: []string{"example/stock", "example/stock/v2"}, kinds: []Kind{UnrecordedCall, same, same}, state: "menu"},
		{name: "a call more", replace: []string{`fin: {say: ["¡Gracias!"], close`, `fin: {call: {http: {post: "https://api.tienda.example/fin"}, on_error: menu}, close`}, kinds: []Kind{UnrecordedCall, same, same}, state: "menu"},
		{name: "the same call from another state", replace: []string{"stock: consulta", "stock: otra", "states:\n", "states:\n  otra: {goto: consulta}\n"}, kinds: []Kind{same, same, same}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			draft := load(t, strings.NewReplacer(test.replace...).Replace(live))
			require.True(t, draft.Hash != load(t, live).Hash || test.name == "comments only")
			all := play(t, load(t, live), []byte(chats))
			require.Len(t, all, len(test.kinds))
			for i, c := range all {
				difference, err := Run(draft, *c)
				require.NoError(t, err)
				if test.kinds[i] == same {
					require.Nil(t, difference)
					continue
				}
				require.NotNil(t, difference, "conversation %d", i)
				require.Equal(t, test.kinds[i], difference.Kind)
				require.Equal(t, test.state, difference.State)
			}
		})
	}
}

func TestADifferenceShowsBothSides(t *testing.T) {
	all := play(t, load(t, live), []byte(chats))
	draft := load(t, strings.Replace(live, "Quedan ${vars.stock}.", "Nos quedan ${vars.stock} unidades.", 1))

	difference, err := Run(draft, *all[0])

	require.NoError(t, err)
	require.Equal(t, SaysOther, difference.Kind)
	require.Equal(t, "menu", difference.State)
	require.Equal(t, 2, difference.Turn)
	require.Equal(t, "Quedan 3.", script.Visible(difference.Was[0]))
	require.Equal(t, "Nos quedan 3 unidades.", script.Visible(difference.Is[0]))
	require.Len(t, difference.Heard, 1)
	require.Contains(t, string(difference.Heard[0]), "Ver stock")
	require.Equal(t, time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC), difference.At.UTC())
}

func TestACallIsAnsweredFromTheArchiveWhereverTheDraftMakesIt(t *testing.T) {
	all := play(t, load(t, live), []byte(chats))
	// The draft calls before it says anything.
	draft := load(t, strings.Replace(live, "    say: [\"Un momento.\"]\n    call:", "    call:", 1))

	difference, err := Run(draft, *all[0])

	require.NoError(t, err)
	require.Equal(t, SaysOther, difference.Kind)
	require.Equal(t, "Un momento.", script.Visible(difference.Was[0]))
	require.Equal(t, "Quedan 3.", script.Visible(difference.Is[0]))
}

func TestTheTagsOfReplyIDsMayDiffer(t *testing.T) {
	r := &rerun{}
	said := func(tag string) Said {
		return Said{Body: []byte(`{"text":"a ~b","id":"si~` + tag + `","more":"no~` + tag + `"}`)}
	}
	require.True(t, r.same(said("aaaaa"), said("bbbbb")))
	require.Equal(t, []string{`"si~aaaaa"`, `"si~bbbbb"`, `"no~aaaaa"`, `"no~bbbbb"`}, r.tags)

	tapped := r.waiting([]chat.Incoming{{ID: "wamid.1", Body: []byte(`{"id":"no~aaaaa"}`)}})
	require.JSONEq(t, `{"id":"no~bbbbb"}`, string(tapped[0].Body))

	require.False(t, r.same(said("aaaaa"), Said{Body: []byte(`{"text":"a ~b","id":"si~bbbbb","more":"nope~bbbbb"}`)}))
	require.False(t, (&rerun{exact: true}).same(said("aaaaa"), said("bbbbb")), "the own version has the same tags")
}

func TestWhatCannotBeRunAgain(t *testing.T) {
	b := load(t, live)
	tests := []struct {
		name  string
		spoil func(*Conversation)
		err   error
	}{
		{"an older archive", func(c *Conversation) { c.Turns = nil }, ErrNoRecord},
		{"its first turns are gone", func(c *Conversation) { c.Turns = c.Turns[1:] }, ErrIncomplete},
		{"a message is gone", func(c *Conversation) { c.Messages = nil }, ErrIncomplete},
		{"a turn had too many messages", func(c *Conversation) { c.Turns[0].Cut = true }, ErrIncomplete},
		{"a reply is gone", func(c *Conversation) { c.Said = c.Said[1:] }, ErrIncomplete},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := *play(t, b, []byte(chats))[0]
			test.spoil(&c)
			_, err := Run(b, c)
			require.ErrorIs(t, err, test.err)
		})
	}
}

func TestAResponseThatWasNotKeptEndsTheComparison(t *testing.T) {
	b := load(t, live)
	long := strings.Replace(chats, "json: {n: 3}", `json: {n: 3, more: "`+strings.Repeat("x", chat.MaxRecordedBody)+`"}`, 1)

	difference, err := Run(b, *play(t, b, []byte(long))[0])

	require.NoError(t, err)
	require.Equal(t, UnrecordedCall, difference.Kind)
	require.Equal(t, "GET https://api.tienda.example/stock", difference.Call)
}
