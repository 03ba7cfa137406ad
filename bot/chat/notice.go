package chat

import (
	"bytes"
	"encoding/json"
	"slices"
)

// closedKey is what a close notice says, byte for byte as the API document gives it.
const closedKey = `"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}`

// Notice is the body of a close notice that is posted apart. No bot says it.
const Notice = `{` + closedKey + `}`

// WithNotice returns the body with the close notice as its last member, and its other bytes as they are;
// false for a body that is no object with members.
func WithNotice(body json.RawMessage) (json.RawMessage, bool) {
	if len(body) <= len(`{}`) || body[0] != '{' || body[len(body)-1] != '}' {
		return nil, false
	}
	return bytes.Join([][]byte{body[:len(body)-1], []byte(closedKey + `}`)}, []byte(`,`)), true
}

// WithoutNotice returns the body of which WithNotice has made this one; false if it has not.
func WithoutNotice(body json.RawMessage) (json.RawMessage, bool) {
	rest, found := bytes.CutSuffix(body, []byte(`,`+closedKey+`}`))
	if !found {
		return nil, false
	}
	return append(slices.Clip(rest), '}'), true
}

// LastWords returns a conversation's last message with the close notice in it, and under an id of its own,
// which is made of the message's: equal ids are equal bytes. It returns false for a body that cannot hold
// the notice.
func LastWords(conversation string, said Send) (Send, bool) {
	body, ok := WithNotice(said.Body)
	if !ok {
		return said, false
	}
	said.ID, said.Body = MessageID(conversation, said.ID, 0, body), body
	return said, true
}

// ClosesWithWords reports whether what closed the conversation, with a notice, also said the turn's last
// message. A message of an earlier event of the turn is not the last word: had the turn been cut before
// the close, it would have gone without the notice.
func (o Output) ClosesWithWords() bool {
	if o.Close == nil || !o.Close.Notice || len(o.Steps) == 0 {
		return false
	}
	for _, e := range o.Steps[len(o.Steps)-1].Effects {
		if e.Send != nil {
			return true
		}
	}
	return false
}
