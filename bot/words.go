package bot

import (
	"strings"

	"github.com/chattigo/api-isv/whatsapp"
)

// builtin are the sentences that a definition need not bring.
type builtin struct {
	retry, stale, apology, closing, timeout string
}

// words are the built-in sentences in the definition's first language: Spanish or, for
// anything else that names a language, English.
func (b *Bot) words() builtin {
	if len(b.languages) == 0 || strings.HasPrefix(b.languages[0]+"-", "es-") {
		return builtin{
			retry:   "Disculpa, no te entendí. Elige una de las opciones, por favor.",
			stale:   "Esa opción es de un mensaje anterior. Sigamos desde aquí 👇",
			apology: "Lo siento, tuve un problema técnico y debo cerrar este chat. Escríbenos de nuevo, por favor.",
			closing: "Cerramos este chat. Escríbenos cuando quieras 👋",
			timeout: "Cierro este chat por inactividad. Escríbenos cuando quieras 👋",
		}
	}
	return builtin{
		retry:   "Sorry, I did not get that. Please choose one of the options.",
		stale:   "That option belongs to an earlier message. Let's go on from here 👇",
		apology: "Sorry, I ran into a technical problem and have to close this chat. Please write again.",
		closing: "We are closing this chat. Write to us whenever you like 👋",
		timeout: "I am closing this chat because it has been quiet. Write to us whenever you like 👋",
	}
}

// Built-in numbers: how often a question is asked again, and when a forgotten one is closed:
// just before WhatsApp's window closes, so that the goodbye can still be said.
const (
	builtinTries = 3
	builtinIdle  = window - 2*windowMargin
)

func textMessages(text string) []*message {
	return []*message{{send: whatsapp.NewText("", text)}}
}

// firstLanguage is the one that the bot speaks when nothing says otherwise.
func (b *Bot) firstLanguage() string {
	if len(b.languages) == 0 {
		return "es"
	}
	return b.languages[0]
}
