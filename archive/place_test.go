package archive

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// placeBot asks for a place and a photo, and tells them to somebody else's server.
const placeBot = `
bot: v1
name: retiro
languages: [es]
start: lugar
vars:
  lugar: {type: map}
  foto: {type: string}
  cerca: {type: map}
states:
  lugar: {say: ["¿Dónde estás?"], ask: {as: location, save: {lugar: answer.value}, to: foto}}
  foto: {say: ["Estás en ${vars.lugar.name}, ${vars.lugar.address} (${string(vars.lugar.latitude)}). ¿Una foto?"], ask: {as: image, save: {foto: answer.value}, to: buscar}}
  buscar:
    call:
      http: {post: "https://api.example.com/cerca?lat=${vars.lugar.latitude}", json: {lugar: "${vars.lugar}", foto: "${vars.foto}"}}
      save: {cerca: result.json}
      on_error: fin
    say: ["Cerca de ${string(vars.cerca.lat)}: ${vars.cerca.foto}"]
    ask: {as: any, to: fin}
  fin: {say: ["Listo"], close: {reason: done}}
`

func TestNothingOfAPlaceOrAFileIsLeftInTheTest(t *testing.T) {
	target, err := script.ParseTarget("POST *")
	require.NoError(t, err)
	setup := script.Setup{
		Now: opened(), Contact: bot.Contact{WaID: "56987654321", Name: "Ana"},
		Mocks: []script.Mock{{Target: target, Answers: []script.Answer{{Status: 200, Body: `{"lat":-33.4372456,"foto":"1003383421387256","dir":"av siempre viva 742"}`}}}},
	}
	b, text, err := recorded(t, placeBot, setup,
		script.NewText("hola"),
		json.RawMessage(`{"type":"location","location":{"latitude":-33.4372456,"longitude":-70.6506123,"name":"Casa de Juan","address":"Av. Siempre Viva 742"}}`),
		json.RawMessage(`{"type":"image","image":{"id":"1003383421387256","sha256":"3Ku4CGU5yBWCE1Vav8cW","mime_type":"image/jpeg"}}`),
		json.RawMessage(`{"type":"contacts","contacts":[{"name":{"formatted_name":"Rosa Soto"},"phones":[{"phone":"+1 202 555 7788"}],"addresses":[{"street":"Los Leones 1234","city":"Temuco"}],"org":{"company":"Acme Sur"}}]}`),
	)
	require.NoError(t, err)
	requirePasses(t, b, text)
	requireNothingLeft(t, text, "33.4372456", "70.6506123", "Casa", "Juan", "Siempre", "Viva", "742", "1003383421387256", "3Ku4CGU5yBWCE1Vav8cW", "Rosa", "Soto", "5557788", "Leones", "1234", "Temuco", "Acme")
	require.NotContains(t, string(text), anotherWay)
	require.Contains(t, string(text), "location: {latitude: 0.01, longitude: 0.02, ")
	require.Contains(t, string(text), `"POST https://api.example.com/cerca?lat=0.01"`)
	require.Contains(t, string(text), `lat: 0.01, foto: "0000000000000001"`)
}

func TestMorePersonalValuesThanCanBeReplacedAreRefused(t *testing.T) {
	var cards []string
	for n := range 1500 {
		cards = append(cards, fmt.Sprintf(`{"name":{"formatted_name":"Ana %d"},"phones":[{"phone":"+1 202 %07d"}]}`, n, n))
	}
	_, _, err := recorded(t, echoBot, hostileSetup(t, script.Answer{Status: 200, Body: `{"ok":1}`}),
		script.NewText("hola"), json.RawMessage(`{"type":"contacts","contacts":[`+strings.Join(cards, ",")+`]}`), script.NewText("chao"))
	require.ErrorIs(t, err, ErrNotRecordable)
	require.ErrorContains(t, err, "more numbers, names and addresses than can be replaced")
}
