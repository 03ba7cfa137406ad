package pseudonym

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/answer"
)

// technical are the keys of a message whose texts say nothing of a person, and of which nothing is learned.
const technical = " type mime_type sha256 currency emoji "

// named are keys of a message under which ids and addresses stand: they are replaced only as far as they
// hold what was learned elsewhere.
const named = " id payload message_id url link catalog_id product_retailer_id flow_token source_id source_url ctwa_clid "

// LearnMessage learns from a message of the contact, an element of messages[]. asked is the kind of answer
// that was asked for.
func (b *Book) LearnMessage(raw json.RawMessage, asked answer.Kind) {
	_, _ = walk(raw, func(v visit) string { // what is no JSON is no message
		key := " " + v.key() + " "
		switch {
		case v.isKey || v.number || strings.Contains(technical+named, key):
		case v.key() == "response_json":
			b.LearnBody(v.text)
		case v.path[0] == "contacts" && slices.Contains(v.path, "name"):
			b.learnName(v.text)
		default:
			b.LearnText(v.text, asked)
		}
		return v.text
	})
}

// Message is a message with everything replaced that was learned. The ids of choices become what ids says.
func (b *Book) Message(raw json.RawMessage, ids map[string]string) json.RawMessage {
	b.close()
	changed, ok := walk(raw, func(v visit) string {
		id, known := ids[v.text]
		switch {
		case v.number:
			return b.figure(v.text)
		case v.isKey || strings.Contains(technical, " "+v.key()+" "):
			return v.text
		case known && strings.Contains(named, " "+v.key()+" "):
			return id
		case strings.HasPrefix(v.text, "wamid.") || len(v.path) == 1 && v.key() == "id":
			return b.messageID(v.text)
		case v.key() == "response_json":
			return b.Body(v.text)
		}
		return b.Text(v.text)
	})
	if !ok {
		return raw
	}
	return changed
}

// messageID is another id for a message: WhatsApp's own are phone numbers in disguise.
func (b *Book) messageID(id string) string {
	if b.ids[id] == "" {
		b.ids[id] = fmt.Sprintf("wamid.%d", len(b.ids)+1)
	}
	return b.ids[id]
}
