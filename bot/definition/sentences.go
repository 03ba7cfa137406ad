package definition

import "strings"

// Sentences are the built-in sentences of one language.
type Sentences struct {
	// Where the defaults of the definition have none: choose is said for a question with options, again for
	// any other.
	choose, again, stale, closing string
	// HalfOfDay asks for what is missing of a time such as "a las 5".
	HalfOfDay string
	// Apology is said before a conversation is closed because something failed.
	Apology string
	// Timeout is said before a conversation is closed because the contact did not answer.
	Timeout string
	// Withheld answers a message whose content WhatsApp does not pass on.
	Withheld string
}

// BuiltinSentences are the built-in sentences in Spanish, in Portuguese or, for any other language,
// in English.
func BuiltinSentences(language string) Sentences {
	switch primary, _, _ := strings.Cut(language, "-"); primary {
	case "es":
		return Sentences{
			choose:    "Disculpa, no te entendí. Elige una de las opciones, por favor.",
			again:     "Disculpa, no entendí tu respuesta. ¿Probamos otra vez?",
			stale:     "Esa opción es de un mensaje anterior. Sigamos desde aquí 👇",
			HalfOfDay: "¿De la mañana o de la tarde?",
			Apology:   "Lo siento, tuve un problema técnico y debo cerrar este chat. Escríbenos de nuevo, por favor.",
			closing:   "Cerramos este chat. Escríbenos cuando quieras 👋",
			Timeout:   "Cierro este chat por inactividad. Escríbenos cuando quieras 👋",
			Withheld:  "No puedo ver ni leer ese mensaje: WhatsApp no me lo entrega. Escríbelo o envíalo de otra forma, por favor.",
		}
	case "pt":
		return Sentences{
			choose:    "Desculpe, não entendi. Escolha uma das opções, por favor.",
			again:     "Desculpe, não entendi a sua resposta. Vamos tentar de novo?",
			stale:     "Essa opção é de uma mensagem anterior. Vamos continuar daqui 👇",
			HalfOfDay: "Da manhã ou da tarde?",
			Apology:   "Desculpe, tive um problema técnico e preciso encerrar esta conversa. Escreva de novo, por favor.",
			closing:   "Encerramos esta conversa. Escreva quando quiser 👋",
			Timeout:   "Encerro esta conversa por inatividade. Escreva quando quiser 👋",
			Withheld:  "Não consigo ver nem ler essa mensagem: o WhatsApp não a entrega para mim. Escreva ou envie de outra forma, por favor.",
		}
	}
	return Sentences{
		choose:    "Sorry, I did not get that. Please choose one of the options.",
		again:     "Sorry, I did not get your answer. Shall we try again?",
		stale:     "That option belongs to an earlier message. Let's go on from here 👇",
		HalfOfDay: "In the morning or in the afternoon?",
		Apology:   "Sorry, I ran into a technical problem and have to close this chat. Please write again.",
		closing:   "We are closing this chat. Write to us whenever you like 👋",
		Timeout:   "I am closing this chat because it has been quiet. Write to us whenever you like 👋",
		Withheld:  "I can neither see nor read that message: WhatsApp does not hand it over to me. Please write it or send it in another way.",
	}
}

// BuiltinIdle is when a question without idle steps of its own is closed: just before WhatsApp's
// window closes, so that the farewell can still be sent.
const BuiltinIdle = Window - 2*WindowMargin

// builtinTries is how many answers that do not fit are retried where the definition does not say.
const builtinTries = 3

// BuiltinMessages is a message that says a built-in sentence, in the language of the conversation.
func BuiltinMessages(sentence func(Sentences) string) []*Message {
	return []*Message{{Builtin: sentence}}
}

// FirstLanguage is the language of the bot where a conversation has no other: the first of
// `languages`, or Spanish.
func (b *Bot) FirstLanguage() string {
	if len(b.Languages) == 0 {
		return "es"
	}
	return b.Languages[0]
}
