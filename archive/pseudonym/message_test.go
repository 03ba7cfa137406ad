package pseudonym_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/archive/pseudonym"
	"github.com/chattigo/api-isv/whatsapp"
)

// retold are messages after a book has learned all of them, and texts and bodies, and the book.
func retold(t require.TestingT, messages ...string) ([]string, *pseudonym.Book) {
	b := newBook()
	for _, m := range messages {
		b.LearnMessage(json.RawMessage(m), "")
	}
	out := make([]string, len(messages))
	for i, m := range messages {
		with := b.Message(json.RawMessage(m), nil)
		require.True(t, json.Valid(with), "%s", with)
		require.Empty(t, whatsapp.DecodeMessage(with).Problem, "%s", with)
		out[i] = string(with)
	}
	return out, b
}

const home = `{"type":"location","location":{"latitude":-33.4372456,"longitude":-70.6506123,"name":"Casa de Juan","address":"Av. Siempre Viva 742, Ñuñoa","url":"https://maps.example/?q=-33.4372456,-70.6506123"}}`

func TestAPlaceIsReplacedByAnotherOne(t *testing.T) {
	out, b := retold(t, home,
		`{"type":"location","location":{"latitude":-33.4372456,"longitude":-71.5,"name":"Oficina"}}`,
		`{"type":"location","location":{"latitude":"-33.5","longitude":"1e1"}}`, home)
	require.Equal(t, []string{
		`{"type":"location","location":{"latitude":0.01,"longitude":0.02,"name":"Alba de Cora","address":"Av. Agustin Dana 701, Bruno","url":"https://example.com/1"}}`,
		`{"type":"location","location":{"latitude":0.01,"longitude":0.03,"name":"Beatriz"}}`,
		`{"type":"location","location":{"latitude":"0.04","longitude":"0.05"}}`,
		`{"type":"location","location":{"latitude":0.01,"longitude":0.02,"name":"Alba de Cora","address":"Av. Agustin Dana 701, Bruno","url":"https://example.com/1"}}`,
	}, out)
	for text, want := range map[string]string{
		"estoy en -33.4372456,-70.6506123":                                "estoy en 0.01,0.02",
		"estoy en -33.43724560 / -70.6506123.":                            "estoy en 0.01 / 0.02.",
		"https://maps.example/@-33.4372456,-70.6506123,17z":               "https://maps.example/%400.01%2C0.02%2C17z",
		"mira https://maps.example/?q=-33.4372456,-70.6506123":            "mira https://example.com/1",
		"en av. siempre viva 742 ñuñoa":                                   "en av. agustin dana 701 bruno",
		"la oficina de la casa cuesta 10 o 33.5 o 133.4372456 o 1.33.437": "la oficina de la casa cuesta 10 o 33.5 o 133.4372456 o 1.33.437",
	} {
		require.Equal(t, want, b.Text(text))
	}
	require.Equal(t, `{"lat":0.01,"lng":"0.02","km":71.5,"x":[0.01]}`, b.Body(`{"lat":-33.4372456,"lng":"-70.6506123","km":71.5,"x":[-33.43724560]}`))
}

func TestThePrivateVariableOfAPlaceIsThatPlace(t *testing.T) {
	b := newBook()
	b.LearnMessage(json.RawMessage(home), "")
	b.LearnPrivate(json.RawMessage(`{"latitude":-33.4372456,"longitude":-70.6506123,"name":"Casa de Juan","address":"Av. Siempre Viva 742, Ñuñoa"}`))
	require.Equal(t, `{"latitude":0.01,"longitude":0.02}`, b.Body(`{"latitude":-33.4372456,"longitude":-70.6506123}`))
	require.Contains(t, string(b.Message(json.RawMessage(home), nil)), `{"latitude":0.01,"longitude":0.02,`)
}

func TestPlacesStayAsDifferentAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(0, 7).Draw(t, "digits")
		places := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) [2]string {
			return [2]string{
				fmt.Sprintf("%.*f", digits, rapid.Float64Range(-90, 90).Draw(t, "latitude")),
				fmt.Sprintf("%.*f", digits, rapid.Float64Range(-180, 180).Draw(t, "longitude")),
			}
		}), 1, 30, func(p [2]string) [2]string {
			return [2]string{strings.TrimPrefix(p[0], "-"), strings.TrimPrefix(p[1], "-")}
		}).Draw(t, "places")
		var messages []string
		for _, p := range places {
			messages = append(messages, fmt.Sprintf(`{"type":"location","location":{"latitude":%s,"longitude":%s}}`, p[0], p[1]))
		}
		out, _ := retold(t, messages...)
		again, _ := retold(t, messages...)
		require.Equal(t, out, again)
		seen := map[string]bool{}
		for _, m := range out {
			require.False(t, seen[m], "%v", out)
			seen[m] = true
			place := whatsapp.DecodeMessage(json.RawMessage(m)).Location
			require.Less(t, float64(place.Latitude), 1.0)
			require.Less(t, float64(place.Longitude), 1.0)
			require.Positive(t, float64(place.Latitude))
			require.Positive(t, float64(place.Longitude))
		}
	})
}

func TestASharedContactIsReplaced(t *testing.T) {
	const card = `{"type":"contacts","contacts":[{"name":{"formatted_name":"Dra. Rosa Ñancupil","first_name":"Rosa","last_name":"Ñancupil"},` +
		`"phones":[{"phone":"+1 (202) 555-7788","wa_id":"12025557788","type":"CELL"},{"phone":"133"}],"emails":[{"email":"Rosa@Correo.cl","type":"WORK"},{"email":"rosa en correo"}],` +
		`"addresses":[{"street":"Los Leones 1234","city":"Temuco","state":"Araucanía","zip":"4780000","country":"Chile","country_code":"cl","type":"HOME"}],` +
		`"birthday":"1980-03-10","org":{"company":"Clínica Sur","department":"Pediatría","title":"Jefa de turno"},"urls":[{"url":"https://rosa.example/","type":"WORK"}]}]}`
	out, b := retold(t, card)
	require.Equal(t, `{"type":"contacts","contacts":[{"name":{"formatted_name":"Ana. Alba Benjamin","first_name":"Alba","last_name":"Benjamin"},`+
		`"phones":[{"phone":"+1 (202) 555-0001","wa_id":"12025550001","type":"CELL"},{"phone":"133"}],"emails":[{"email":"persona1@example.com","type":"WORK"},{"email":"alba en silvia"}],`+
		`"addresses":[{"street":"Eva Adrian 1201","city":"Andres","state":"Florencia","zip":"4700002","country":"Chile","country_code":"cl","type":"HOME"}],`+
		`"birthday":"1980-03-03","org":{"company":"Agustin Leo","department":"Babababac","title":"Cora de bruno"},"urls":[{"url":"https://example.com/1","type":"WORK"}]}]}`, out[0])
	require.Equal(t, "llama a BENJAMIN, 202 555 0001, nació el 03/03/1980, eva adrian 1201", b.Text("llama a ÑANCUPIL, 202 555 7788, nació el 10/03/1980, los leones 1234"))
}

func TestFilesAreReplaced(t *testing.T) {
	const photo, again = `{"type":"image","image":{"id":"1003383421387256","sha256":"3Ku4CGU5yBWCE1Vav8cW==","mime_type":"image/jpeg","caption":"mi carnet 12.345.678-5","url":"https://lookaside.example/?mid=1003383421387256"}}`,
		`{"type":"document","document":{"id":"1003383421387257","filename":"carnet de Pedro Soto.PDF","sha256":"x","mime_type":"application/pdf"}}`
	out, b := retold(t, photo, again, photo, `{"type":"audio","audio":{"id":"a","voice":true}}`)
	require.Equal(t, `{"type":"image","image":{"id":"0000000000000001","sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=","mime_type":"image/jpeg","caption":"mi carnet 10.000.007-5","url":"https://example.com/1"}}`, out[0])
	require.Equal(t, `{"type":"document","document":{"id":"0000000000000002","filename":"file-1.PDF","sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI=","mime_type":"application/pdf"}}`, out[1])
	require.Equal(t, out[0], out[2])
	require.Equal(t, `{"type":"audio","audio":{"id":"media-3","voice":true}}`, out[3])
	require.Equal(t, `{"recibido":"file-1.PDF","id":"0000000000000002","n":"a"}`, b.Body(`{"recibido":"carnet de Pedro Soto.PDF","id":"1003383421387257","n":"a"}`))
}

func TestAFormIsReplacedAsFarAsItsKeysTell(t *testing.T) {
	form := func(answers string) string {
		text, _ := json.Marshal(answers)
		return `{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":` + string(text) + `}}}`
	}
	answers := `{"screen_0_Nombre_completo_0":"Pedro Soto","direccion":"Los Leones 1234","house_number":742,"fecha_nacimiento":"1980-03-10","email":"pedro@correo.cl",` +
		`"telefono":"+1 202 555 7788","rut":"12.345.678-5","especialidad":"dental","acepta":true,"flow_token":"dental","values":{"name":"Pedro","address":"Depto 5"}}`
	out, b := retold(t, form(answers))
	require.Equal(t, form(`{"screen_0_Nombre_completo_0":"Bruno Alba","direccion":"Ana Silvia 1201","house_number":702,"fecha_nacimiento":"1980-03-03","email":"persona1@example.com",`+
		`"telefono":"+1 202 555 0001","rut":"10.000.007-5","especialidad":"dental","acepta":true,"flow_token":"dental","values":{"name":"Bruno","address":"Celia 3"}}`), out[0])
	require.Equal(t, "Bruno vive en Ana Silvia 1201", b.Text("Pedro vive en Los Leones 1234"))
}

func TestAnAdvertisementKeepsWhatItIsButNotWhoClicked(t *testing.T) {
	out, b := retold(t, `{"type":"text","text":{"body":"hola"},"referral":{"source_url":"https://fb.example/ad?fbclid=IwAR3xyz","source_id":"120208","source_type":"ad","headline":"Hora dental",`+
		`"body":"Reserva","media_type":"image","image_url":"https://scontent.example/a.jpg?oh=x","thumbnail_url":"https://scontent.example/b.jpg","ctwa_clid":"ARAkLkA8rmlFeiCktEJQ","welcome_message":{"text":"¿Hola?"}}}`)
	require.Equal(t, `{"type":"text","text":{"body":"hola"},"referral":{"source_url":"https://fb.example/ad","source_id":"120208","source_type":"ad","headline":"Hora dental",`+
		`"body":"Reserva","media_type":"image","image_url":"https://scontent.example/a.jpg","thumbnail_url":"https://scontent.example/b.jpg","ctwa_clid":"click-1","welcome_message":{"text":"¿Hola?"}}}`, out[0])
	require.Equal(t, `{"clid":"click-1"}`, b.Body(`{"clid":"ARAkLkA8rmlFeiCktEJQ"}`))
}

func TestOrdersAndNoticesAreReplaced(t *testing.T) {
	out, _ := retold(t,
		`{"type":"order","order":{"catalog_id":"9876543210","text":"para pedro@correo.cl, 9 8765 4321","product_items":[{"product_retailer_id":"sku-1","quantity":2,"item_price":4599.5,"currency":"CLP"}]}}`,
		`{"type":"system","system":{"body":"User A changed from 56987654321 to 12025557788","wa_id":"12025557788","type":"customer_changed_number"}}`,
		`{"type":"text","text":{"body":"12025557788"},"identity":{"acknowledged":true,"hash":"DF2lS5v2W6x="},"context":{"from":"12025557788","id":"wamid.HBgL"}}`,
		`{"type":"system","system":{"user_id":"US.13491208655302741918","parent_user_id":"US.ENT.11815799212886844830","username":"pedro.soto"}}`)
	require.Equal(t, []string{
		`{"type":"order","order":{"catalog_id":"9876543210","text":"para persona1@example.com, 9 8555 0001","product_items":[{"product_retailer_id":"sku-1","quantity":2,"item_price":4599.5,"currency":"CLP"}]}}`,
		`{"type":"system","system":{"body":"User A changed from 56985550001 to 12025550002","wa_id":"12025550002","type":"customer_changed_number"}}`,
		`{"type":"text","text":{"body":"12025550002"},"identity":{"acknowledged":true,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="},"context":{"from":"12025550002","id":"wamid.1"}}`,
		`{"type":"system","system":{"user_id":"US.00000000000000000001","parent_user_id":"US.AAA.00000000000000000002","username":"bruno.alba"}}`,
	}, out)
}

// Whatever a contact sends, it stays JSON, and nobody is made to wait or to fall.
func TestAnyMessageIsReplaced(t *testing.T) {
	keys := []string{"type", "location", "latitude", "longitude", "name", "address", "contacts", "phones", "phone", "birthday", "org", "image", "id", "sha256", "filename", "url", "referral", "source_url", "ctwa_clid", "response_json", "wa_id", "user_id", "email", "street"}
	value := rapid.OneOf(
		rapid.StringMatching(`[ A-Za-zñ0-9@.?#/:-]{0,12}`), rapid.SampledFrom([]string{"", " ", "Av", "a b", "NaN", "Inf", "1e999", "-0", "-33.43", "{}", `{"nombre":"x","calle":"a","dob":"1"}`, "\u0000", "🙂", "ñ"}), rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		var messages []string
		for range rapid.IntRange(1, 4).Draw(t, "messages") {
			var v any = value.Draw(t, "value")
			if rapid.Bool().Draw(t, "number") {
				v = json.Number(rapid.SampledFrom([]string{"0", "-0", "1e400", "-33.4372", "12", "180.00001"}).Draw(t, "n"))
			}
			for range rapid.IntRange(0, 4).Draw(t, "depth") {
				v = map[string]any{rapid.SampledFrom(keys).Draw(t, "key"): v, "x": []any{value.Draw(t, "other"), nil, true}}
			}
			raw, err := json.Marshal(v)
			require.NoError(t, err)
			messages = append(messages, string(raw))
		}
		b := newBook()
		for _, m := range messages {
			b.LearnMessage(json.RawMessage(m), "")
		}
		for _, m := range messages {
			require.True(t, json.Valid(b.Message(json.RawMessage(m), nil)))
		}
	})
}
