package bot

import "strings"

// tellWithheld says that a message cannot be read, because WhatsApp does not hand it over: once
// until the contact sends something else, however many come. It is no try of the question: the
// contact cannot know what a bot sees.
func (t *turn) tellWithheld(say func([]*message) error) error {
	if t.state.Withheld {
		return nil
	}
	t.state.Withheld = true
	return say(textMessages(withheldWords(t.language())))
}

// sayInOpening says words before the first state is entered.
func (t *turn) sayInOpening(words []*message) error {
	_, err := t.sayAs(words, "", 0)
	return err
}

// withheldWords are built in: Spanish, Portuguese and, for any other language, English.
func withheldWords(language string) string {
	base, _, _ := strings.Cut(language, "-")
	switch base {
	case "es":
		return "No puedo ver ni leer ese mensaje: WhatsApp no me lo entrega. Escríbelo o envíalo de otra forma, por favor."
	case "pt":
		return "Não consigo ver nem ler essa mensagem: o WhatsApp não a entrega para mim. Escreva ou envie de outra forma, por favor."
	}
	return "I can neither see nor read that message: WhatsApp does not hand it over to me. Please write it or send it in another way."
}
