package explore

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/whatsapp"
)

// samplesOf are typed texts that are right answers to a kind of question, most of them in each of
// its conditions' likely ranges. The identity numbers are invented and have valid check digits.
func samplesOf(as string) []string {
	switch as {
	case definition.AsText, definition.AsAny:
		return []string{"Necesito ayuda con mi pedido", "Ana Soto", "12345", "ana@example.com"}
	case "int", "number":
		return []string{"1", "0", "2", "3", "5", "7", "8", "9", "10", "15", "18", "30", "50", "100", "1000", "20000"}
	case "date":
		return []string{"mañana", "hoy", "en una semana", "2030-06-14", "14/06/1990"}
	case "time":
		return []string{"10:30", "15:00", "20:45", "08:00"}
	case "email":
		return []string{"ana@example.com"}
	case "phone":
		return []string{"+56 9 1111 2222", "+52 55 1234 5678", "+55 11 91234 5678", "+54 9 11 2345 6789"}
	case "rut":
		return []string{"12.345.678-5", "76.086.428-5"}
	case "dni":
		return []string{"12345678"}
	case "cuit":
		return []string{"20-12345678-6"}
	case "cpf":
		return []string{"529.982.247-25"}
	case "cnpj":
		return []string{"11.222.333/0001-81"}
	case "curp":
		return []string{"GOMC900514MDFRRR07", "HEGG560427MVZRRL04"}
	case "rfc":
		return []string{"GODE561231GR8"}
	}
	return nil
}

// sampleMessage is a message of a type; ok is false for a type that nobody sends.
func sampleMessage(kind string) (message json.RawMessage, ok bool) {
	switch kind {
	case whatsapp.TypeText:
		return script.NewText(greeting), true
	case whatsapp.TypeImage, whatsapp.TypeAudio, whatsapp.TypeVideo, whatsapp.TypeDocument, whatsapp.TypeSticker:
		return short(`{"` + kind + `": {}}`), true
	case whatsapp.TypeLocation:
		return short(`{"location": {"latitude": -33.4372, "longitude": -70.6506, "name": "Plaza", "address": "Av. Sur 123"}}`), true
	case whatsapp.TypeContacts:
		return short(`{"contacts": [{"name": {"formatted_name": "Eva Paz", "first_name": "Eva"}, "phones": [{"phone": "+56 9 3333 4444", "wa_id": "56933334444"}]}]}`), true
	case whatsapp.TypeButton:
		return templateTap("x"), true
	case whatsapp.TypeOrder:
		return short(`{"order": {"catalog_id": "1", "product_items": [{"product_retailer_id": "1", "quantity": 1, "item_price": 1000, "currency": "CLP"}]}}`), true
	case whatsapp.TypeReaction:
		return short(`{"reaction": {"message_id": "wamid.1", "emoji": "👍"}}`), true
	case whatsapp.TypeUnsupported:
		return short(`{"unsupported": {"type": "unknown"}}`), true
	case definition.AnswerForm:
		return short(`{"form": {}}`), true
	}
	return nil, false
}

// samples are answers that the open question may accept: those of its kind, those that its messages
// ask for, and those that somebody has written in a test.
func (e *explorer) samples(n *node, a *definition.Ask) []json.RawMessage {
	var all []json.RawMessage
	for _, text := range samplesOf(a.As) {
		all = append(all, script.NewText(text))
	}
	kinds := []string{a.As}
	for _, m := range e.bot.State(n.state).Say {
		kinds = append(kinds, m.AnsweredBy())
	}
	slices.Sort(kinds)
	for _, kind := range slices.Compact(kinds) {
		if message, ok := sampleMessage(kind); ok && kind != definition.AsText {
			all = append(all, message)
		}
	}
	if a.As == definition.AsForm {
		all = slices.Concat(e.o.Answers, all) // only who made the form knows its fields
	} else if a.As != definition.AsChoice {
		all = append(all, e.o.Answers...)
	}
	return append(all, e.templateTaps(n)...)
}

// templateTaps are taps on the buttons that a template has at Meta: the bot names them in its choices.
func (e *explorer) templateTaps(n *node) []json.RawMessage {
	template := func(m *definition.Message) bool { return m.Body.Template != nil }
	if !slices.ContainsFunc(e.bot.State(n.state).Say, template) {
		return nil
	}
	var all []json.RawMessage
	for _, edge := range e.bot.Edges() {
		id, named := strings.CutPrefix(edge.Via, "choice ")
		offered := func(c script.Choice) bool { return c.ID == id }
		if named && edge.From == n.state && !slices.ContainsFunc(n.choices, offered) {
			all = append(all, templateTap(definition.SampleID(id)))
		}
	}
	return all
}

// short is a message written as in a step of a test file.
func short(text string) json.RawMessage {
	message, err := script.ParseMessage([]byte(text))
	if err != nil {
		return json.RawMessage(text) // not reached: it is written above, around quoted texts
	}
	return message
}

// quoted is a value as JSON.
func quoted(v any) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // texts can be written
	return strings.TrimSpace(buf.String())
}
