package isv

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
)

//go:embed page.html
var pageHTML string

// maxShown bounds how many messages the page shows; GET /messages has all of them.
const maxShown = 200

type page struct {
	Total   int
	Contact string
	Cards   []card
}

// card is a message as the page shows it.
type card struct {
	Message
	Contact, Conversation, Sequence, Kind, Pretty string
}

// show renders the newest messages, optionally of one contact, as a page.
func (in *Inbox) show(w http.ResponseWriter, r *http.Request) {
	contact := r.URL.Query().Get("contact")
	messages := in.List(Filter{Contact: contact})
	shown := page{Contact: contact, Total: len(messages)}
	slices.Reverse(messages)
	for _, m := range messages[:min(len(messages), maxShown)] {
		shown.Cards = append(shown.Cards, newCard(m))
	}
	var out bytes.Buffer
	if err := in.page.Execute(&out, shown); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = out.WriteTo(w) // it can only fail if the client is gone
}

func newCard(m Message) card {
	return card{
		Message:      m,
		Contact:      m.Headers["chattigo-contact"],
		Conversation: m.Headers["chattigo-conversation"],
		Sequence:     m.Headers["chattigo-sequence"],
		Kind:         kind(m.Body),
		Pretty:       pretty(m.Body),
	}
}

// kind is the WhatsApp type of a message, or a word for another body.
func kind(body json.RawMessage) string {
	var known struct {
		Type           string          `json:"type"`
		ChatBeenClosed json.RawMessage `json:"chatBeenClosed"`
	}
	switch err := json.Unmarshal(body, &known); {
	case err != nil:
		return "not a message"
	case known.ChatBeenClosed != nil:
		return "close notice"
	case known.Type != "":
		return known.Type
	default:
		return "unknown"
	}
}

func pretty(body json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Indent(&out, body, "", "  "); err != nil {
		return string(body)
	}
	return out.String()
}
