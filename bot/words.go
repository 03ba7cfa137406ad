package bot

import "strings"

// builtin are the sentences that a definition need not bring.
type builtin struct {
	retry, stale, apology, closing, timeout, withheld string
}

// builtinIn are the built-in sentences in Spanish, in Portuguese or, for any other language, in
// English.
func builtinIn(language string) builtin {
	switch primary, _, _ := strings.Cut(language, "-"); primary {
	case "es":
		return builtin{
			retry:    "Disculpa, no te entendí. Elige una de las opciones, por favor.",
			stale:    "Esa opción es de un mensaje anterior. Sigamos desde aquí 👇",
			apology:  "Lo siento, tuve un problema técnico y debo cerrar este chat. Escríbenos de nuevo, por favor.",
			closing:  "Cerramos este chat. Escríbenos cuando quieras 👋",
			timeout:  "Cierro este chat por inactividad. Escríbenos cuando quieras 👋",
			withheld: "No puedo ver ni leer ese mensaje: WhatsApp no me lo entrega. Escríbelo o envíalo de otra forma, por favor.",
		}
	case "pt":
		return builtin{
			retry:    "Desculpe, não entendi. Escolha uma das opções, por favor.",
			stale:    "Essa opção é de uma mensagem anterior. Vamos continuar daqui 👇",
			apology:  "Desculpe, tive um problema técnico e preciso encerrar esta conversa. Escreva de novo, por favor.",
			closing:  "Encerramos esta conversa. Escreva quando quiser 👋",
			timeout:  "Encerro esta conversa por inatividade. Escreva quando quiser 👋",
			withheld: "Não consigo ver nem ler essa mensagem: o WhatsApp não a entrega para mim. Escreva ou envie de outra forma, por favor.",
		}
	}
	return builtin{
		retry:    "Sorry, I did not get that. Please choose one of the options.",
		stale:    "That option belongs to an earlier message. Let's go on from here 👇",
		apology:  "Sorry, I ran into a technical problem and have to close this chat. Please write again.",
		closing:  "We are closing this chat. Write to us whenever you like 👋",
		timeout:  "I am closing this chat because it has been quiet. Write to us whenever you like 👋",
		withheld: "I can neither see nor read that message: WhatsApp does not hand it over to me. Please write it or send it in another way.",
	}
}

// Built-in numbers: how often a question is asked again, and when a forgotten one is closed:
// just before WhatsApp's window closes, so that the goodbye can still be said.
const (
	builtinTries = 3
	builtinIdle  = window - 2*windowMargin
)

// builtinMessages are one of the built-in sentences, in whatever language it comes to be said.
func builtinMessages(sentence func(builtin) string) []*message {
	return []*message{{builtin: sentence}}
}

// firstLanguage is the one that the bot speaks when nothing says otherwise.
func (b *Bot) firstLanguage() string {
	if len(b.languages) == 0 {
		return "es"
	}
	return b.languages[0]
}
