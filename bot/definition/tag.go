package definition

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// Tagged is a copy of a body in which each reply id carries the tag of question no of a conversation.
func Tagged(body outbound.Message, conversation string, no int) outbound.Message {
	tag := ReplyTag(conversation, no)
	return body.MapChoices(func(id string) string { return id + "~" + tag })
}

// tagLength is the number of base-36 characters in a tag. They have 60 million values, so that a
// button of another question practically never has the same tag.
const tagLength = 5

// ReplyTag is the tag of the buttons of question no of a conversation. Buttons can be tapped for ever
// and ids like "si" recur; without the tag a tap on an old button could answer a newer question.
func ReplyTag(conversation string, no int) string {
	sum := sha256.Sum256([]byte(conversation + "\x00" + strconv.Itoa(no)))
	const values = 36 * 36 * 36 * 36 * 36
	tag := strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])%values, 36)
	return strings.Repeat("0", tagLength-len(tag)) + tag
}

// SplitTag splits a reply id into the id of the definition and its tag, which is "" when there is
// none.
func SplitTag(id string) (plain, tag string) {
	i := strings.LastIndexByte(id, '~')
	if i < 0 || len(id)-i-1 != tagLength {
		return id, ""
	}
	tag = id[i+1:]
	if strings.Trim(tag, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		return id, ""
	}
	return id[:i], tag
}
