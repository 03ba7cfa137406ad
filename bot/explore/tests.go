package explore

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// maxAnswers bounds the answers that are taken from a test file: each is tried at many questions.
const maxAnswers = 30

// UseTests begins the conversations as a test file says, answers calls with its mocks and those of
// its cases, and tries what the contacts of its cases say as answers. The file need not have cases;
// without one, conversations begin as tests do that do not say. Its error is of type script.Problems.
func (o *Options) UseTests(src []byte) error {
	o.Setup = script.Setup{
		Now:     time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC), // a Monday, as in tests that do not say
		Contact: bot.Contact{WaID: "15550001111", Name: "Ana"},
	}
	if src == nil {
		return nil
	}
	setup, err := script.LoadSetup(src, o.Setup)
	if err != nil {
		return err
	}
	o.Setup = setup
	f, err := script.Load(src)
	if err != nil {
		return nil //nolint:nilerr // a file without cases is one of mocks
	}
	for i := range f.Cases {
		o.Mocks = append(o.Mocks, f.Cases[i].Setup.Mocks)
		for j := range f.Cases[i].Steps {
			o.addAnswer(f.Cases[i].Steps[j].Message)
		}
	}
	return nil
}

func (o *Options) addAnswer(message json.RawMessage) {
	known := slices.ContainsFunc(o.Answers, func(m json.RawMessage) bool { return bytes.Equal(m, message) })
	if message != nil && !known && len(o.Answers) < maxAnswers {
		o.Answers = append(o.Answers, message)
	}
}
