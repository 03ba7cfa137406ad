package api

import (
	"encoding/json"
	"strconv"

	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// Of a message that is cut, texts keep maxCutText bytes, other fields maxCutField and
	// lists maxCutList elements: together they stay below maxMessage even if every byte
	// needs six.
	maxCutText  = 12 << 10
	maxCutField = 512
	maxCutList  = 4
)

// cutMessage builds a small message of the same shape, and of the same fate, out of what
// was decoded.
func cutMessage(m *whatsapp.Message) (json.RawMessage, error) {
	small := object{}
	small.put("id", m.ID, maxMessageID)
	small.put("from", m.From, maxCutField)
	small.put("from_user_id", m.FromUserID, maxCutField)
	small.put("group_id", m.GroupID, maxCutField)
	small.put("type", m.Type, maxCutField)
	if !m.Timestamp.IsZero() {
		small.put("timestamp", strconv.FormatInt(m.Timestamp.Unix(), 10), maxCutField)
	}
	if m.Context != nil {
		context := object{}
		context.put("id", m.Context.ID, maxMessageID)
		small.set("context", context)
	}
	small.putErrors(m)
	if payload := cutPayload(m); payload != nil {
		small.set(m.Type, payload)
	}
	return json.Marshal(small)
}

// put sets a text, cut, unless it is empty.
func (o object) put(name, value string, limit int) {
	if value != "" {
		o.set(name, cutAt(value, limit))
	}
}

// set sets what always encodes: texts, numbers, objects, and lists of them.
func (o object) set(name string, value any) {
	o[name], _ = json.Marshal(value) // see above
}

// putErrors keeps codes only, first the one that decides something.
func (o object) putErrors(m *whatsapp.Message) {
	codes := make([]map[string]int64, 0, maxCutList)
	if m.HasError(whatsapp.CodeUnavailable) {
		codes = append(codes, map[string]int64{"code": whatsapp.CodeUnavailable})
	}
	for _, e := range m.Errors {
		if len(codes) < maxCutList && e.Code != whatsapp.CodeUnavailable {
			codes = append(codes, map[string]int64{"code": int64(e.Code)})
		}
	}
	if len(codes) > 0 {
		o.set("errors", codes)
	}
}

// cutPayload is what is kept of the payload of a message's type: an object, or a list of
// cards; nil where there is none, which decides about the fate too.
func cutPayload(m *whatsapp.Message) any {
	if media := m.Media(); media != nil {
		return fields("id", media.ID, "mime_type", media.MimeType, "filename", media.Filename, "caption", media.Caption)
	}
	switch {
	case m.Type == whatsapp.TypeText && m.Text != nil:
		o := object{}
		o.put("body", m.Text.Body, maxCutText)
		return o
	case m.Type == whatsapp.TypeButton && m.Button != nil:
		return fields("payload", m.Button.Payload, "text", m.Button.Text)
	case m.Type == whatsapp.TypeInteractive && m.Interactive != nil:
		return cutInteractive(m.Interactive)
	case m.Type == whatsapp.TypeLocation && m.Location != nil:
		return cutLocation(m.Location)
	case m.Type == whatsapp.TypeContacts && len(m.Contacts) > 0:
		return cutCards(m.Contacts)
	case m.Type == whatsapp.TypeOrder && m.Order != nil:
		return fields("catalog_id", m.Order.CatalogID, "text", m.Order.Text)
	}
	return cutNotice(m)
}

// cutNotice is cutPayload of what nobody said as such.
func cutNotice(m *whatsapp.Message) any {
	switch {
	case m.Type == whatsapp.TypeReaction && m.Reaction != nil:
		return fields("message_id", m.Reaction.MessageID, "emoji", m.Reaction.Emoji)
	case m.Type == whatsapp.TypeSystem && m.System != nil:
		return fields("type", m.System.Type, "body", m.System.Body, "wa_id", m.System.WaID,
			"new_wa_id", m.System.NewWaID, "user_id", m.System.UserID)
	case m.Type == whatsapp.TypeEdit && m.Edit != nil:
		return cutEdit(m.Edit)
	case m.Type == whatsapp.TypeRevoke && m.Revoke != nil:
		return fields("original_message_id", m.Revoke.OriginalMessageID)
	case m.Type == whatsapp.TypeUnsupported && m.Unsupported != nil:
		return fields("type", m.Unsupported.Type)
	}
	return nil
}

// fields is an object of texts, from pairs of a name and a value.
func fields(pairs ...string) object {
	o := object{}
	for i := 0; i+1 < len(pairs); i += 2 {
		o.put(pairs[i], pairs[i+1], maxCutField)
	}
	return o
}

func cutInteractive(in *whatsapp.InteractiveReply) object {
	o := fields("type", in.Type)
	for _, tapped := range []struct {
		name  string
		reply *whatsapp.Reply
	}{{"button_reply", in.ButtonReply}, {"list_reply", in.ListReply}} {
		if r := tapped.reply; r != nil {
			o.set(tapped.name, fields("id", r.ID, "title", r.Title, "description", r.Description))
		}
	}
	if form := in.NFMReply; form != nil {
		kept := fields("name", form.Name, "body", form.Body)
		if len(form.ResponseJSON) <= maxCutText { // half a JSON text is none
			kept.put("response_json", form.ResponseJSON, maxCutText)
		}
		o.set("nfm_reply", kept)
	}
	if call := in.CallPermissionReply; call != nil {
		o.set("call_permission_reply", fields("response", call.Response, "response_source", call.ResponseSource))
	}
	return o
}

func cutLocation(place *whatsapp.Location) object {
	o := fields("name", place.Name, "address", place.Address)
	o.set("latitude", float64(place.Latitude))
	o.set("longitude", float64(place.Longitude))
	return o
}

// cutCards keeps the first cards, of each the name and the first number.
func cutCards(cards []whatsapp.ContactCard) []object {
	kept := make([]object, 0, maxCutList)
	for _, card := range cards[:min(len(cards), maxCutList)] {
		o := object{}
		o.set("name", fields("formatted_name", card.Name.FormattedName))
		if len(card.Phones) > 0 {
			o.set("phones", []object{fields("phone", card.Phones[0].Phone, "wa_id", card.Phones[0].WaID)})
		}
		kept = append(kept, o)
	}
	return kept
}

func cutEdit(edit *whatsapp.Edit) object {
	o := fields("original_message_id", edit.OriginalMessageID)
	now := edit.Content()
	if typed := now.TypedText(); typed != "" {
		body, message := object{}, fields("type", whatsapp.TypeText)
		body.put("body", typed, maxCutText)
		message.set("text", body)
		o.set("message", message)
	}
	return o
}
