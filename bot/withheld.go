package bot

import "github.com/chattigo/api-isv/bot/definition"

// tellWithheld says that a message cannot be read, because WhatsApp does not deliver its content: once
// until the contact sends something else, however many come. It does not count as a refused answer:
// the contact cannot know what a bot sees.
func (t *speaker) tellWithheld(say func([]*definition.Message) error) error {
	if t.state.Withheld {
		return nil
	}
	t.state.Withheld = true
	return say(definition.BuiltinMessages(func(b definition.Sentences) string { return b.Withheld }))
}

// sayInOpening says words before the first state is entered.
func (t *speaker) sayInOpening(words []*definition.Message) error {
	_, err := t.sayAs(words, "", 0)
	return err
}
