package definition

import "strings"

// builtin are the sentences that a definition need not bring.
type Sentences struct {
	retry, stale, Apology, closing, Timeout, Withheld string
}

// builtinIn are the built-in sentences in Spanish, in Portuguese or, for any other language, in
// English.
func BuiltinSentences(language string) Sentences {
	switch primary, _, _ := strings.Cut(language, "-"); primary {
	case "es":
		return Sentences{
			retry:    "Disculpa, no te entendí. Elige una de las opciones, por favor.",
			stale:    "Esa opción es de un mensaje anterior. Sigamos desde aquí 👇",
			Apology:  "Lo siento, tuve un problema técnico y debo cerrar este chat. Escríbenos de nuevo, por favor.",
			closing:  "Cerramos este chat. Escríbenos cuando quieras 👋",
			Timeout:  "Cierro este chat por inactividad. Escríbenos cuando quieras 👋",
			Withheld: "No puedo ver ni leer ese mensaje: WhatsApp no me lo entrega. Escríbelo o envíalo de otra forma, por favor.",
		}
	case "pt":
		return Sentences{
			retry:    "Desculpe, não entendi. Escolha uma das opções, por favor.",
			stale:    "Essa opção é de uma mensagem anterior. Vamos continuar daqui 👇",
			Apology:  "Desculpe, tive um problema técnico e preciso encerrar esta conversa. Escreva de novo, por favor.",
			closing:  "Encerramos esta conversa. Escreva quando quiser 👋",
			Timeout:  "Encerro esta conversa por inatividade. Escreva quando quiser 👋",
			Withheld: "Não consigo ver nem ler essa mensagem: o WhatsApp não a entrega para mim. Escreva ou envie de outra forma, por favor.",
		}
	}
	return Sentences{
		retry:    "Sorry, I did not get that. Please choose one of the options.",
		stale:    "That option belongs to an earlier message. Let's go on from here 👇",
		Apology:  "Sorry, I ran into a technical problem and have to close this chat. Please write again.",
		closing:  "We are closing this chat. Write to us whenever you like 👋",
		Timeout:  "I am closing this chat because it has been quiet. Write to us whenever you like 👋",
		Withheld: "I can neither see nor read that message: WhatsApp does not hand it over to me. Please write it or send it in another way.",
	}
}

// Built-in numbers: how often a question is asked again, and when a forgotten one is closed:
// just before WhatsApp's window closes, so that the goodbye can still be said.
const (
	builtinTries = 3
	BuiltinIdle  = Window - 2*WindowMargin
)

// builtinMessages are one of the built-in sentences, in whatever language it comes to be said.
func BuiltinMessages(sentence func(Sentences) string) []*Message {
	return []*Message{{Builtin: sentence}}
}

// firstLanguage is the one that the bot speaks when nothing says otherwise.
func (b *Bot) FirstLanguage() string {
	if len(b.Languages) == 0 {
		return "es"
	}
	return b.Languages[0]
}
