package definition

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// tagged is a copy of a body with the question's tag on each reply id.
func Tagged(body outbound.Message, conversation string, no int) outbound.Message {
	tag := ReplyTag(conversation, no)
	return body.MapChoices(func(id string) string { return id + "~" + tag })
}

// tagLength is the number of base-36 characters in a tag: 60 million values, so that a
// button of another question is practically never taken for one of this.
const tagLength = 5

// replyTag marks the buttons of one question of one conversation. Buttons stay tappable
// for ever and ids like "si" recur; without the tag an old tap could answer a newer question.
func ReplyTag(conversation string, no int) string {
	sum := sha256.Sum256([]byte(conversation + "\x00" + strconv.Itoa(no)))
	const values = 36 * 36 * 36 * 36 * 36
	tag := strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])%values, 36)
	return strings.Repeat("0", tagLength-len(tag)) + tag
}

// splitTag takes the tag off a reply id; tag is "" when there is none.
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
