package tree

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// decoded is the text without its byte order mark. Anything but UTF-8 is a problem.
func decoded(src []byte) ([]byte, []Problem) {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if isUTF16(src) {
		return nil, first(CodeSyntax, "the text is UTF-16; save it as UTF-8")
	}
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			line, column := placeOf(src, i)
			return nil, []Problem{{Line: line, Column: column, Code: CodeSyntax, Message: notUTF8(src[i])}}
		}
		i += size
	}
	return src, nil
}

// isUTF16 reports whether a text is UTF-16, by its mark or, without one, by every other byte at its
// beginning being zero, as it is of letters, digits and braces.
func isUTF16(src []byte) bool {
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return true
	}
	const looked = 4 // bytes
	if len(src) < looked {
		return false
	}
	return src[0] != 0 && src[1] == 0 && src[2] != 0 && src[3] == 0 || src[0] == 0 && src[1] != 0 && src[2] == 0 && src[3] != 0
}

// notUTF8 is the message about a byte that is not of UTF-8. The encodings that people meet otherwise
// agree on the letters from 0xA0 on.
func notUTF8(b byte) string {
	const letters = 0xa0
	if b < letters {
		return "the text is not valid UTF-8 here; save the file as UTF-8 (it may be in the encoding Windows-1252)"
	}
	return fmt.Sprintf("the text is not valid UTF-8 here; save the file as UTF-8 (in the encoding Latin-1, or Windows-1252, this byte is %c)", rune(b))
}

// misreadForm finds letters with accents, and ¿ or ¡, of which each became two characters because a
// text in UTF-8 was read as Latin-1.
var misreadForm = regexp.MustCompile(`[ÂÃ][\x{a0}-\x{bf}]`)

// misread warns once of a text that was read in another encoding and written again: it is UTF-8, and
// people would read “Â¿CÃ³mo”.
func misread(src []byte) []Problem {
	at := misreadForm.FindIndex(src)
	if at == nil {
		return nil
	}
	line, column := placeOf(src, at[0])
	wrong := []rune(string(src[at[0]:at[1]]))
	meant := wrong[1] // behind Â, which is the first byte of these characters
	if wrong[0] == 'Ã' {
		meant += 0x40
	}
	return []Problem{{
		Line: line, Column: column, Code: CodeEncoding, Warning: true,
		Message: fmt.Sprintf("%s looks like %c of a text that was read in another encoding (Latin-1) and written again; write %[2]c", string(wrong), meant),
	}}
}
