package pseudonym

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	// encodedForm finds addresses of the web, and everything else that may be percent-encoded.
	encodedForm = regexp.MustCompile(`https?://[^\s"'<>]+|[^\s"'<>]*%[0-9A-Fa-f]{2}[^\s"'<>]*`)
	hostForm    = regexp.MustCompile(`^https?://[^/?#@]*`)
	pieceForm   = regexp.MustCompile(`[^/?&=#;]+`)
)

// eachPart hands out a text in parts as people read them: addresses of the web in pieces, decoded, without
// the host. It puts together what comes back. whole says that a part is a piece of an address.
func eachPart(text string, change func(part string, whole bool) string) string {
	var out strings.Builder
	at := 0
	for _, found := range encodedForm.FindAllStringIndex(text, -1) {
		out.WriteString(change(text[at:found[0]], false))
		out.WriteString(eachPiece(text[found[0]:found[1]], change))
		at = found[1]
	}
	if at == 0 {
		return change(text, false)
	}
	out.WriteString(change(text[at:], false))
	return out.String()
}

func eachPiece(address string, change func(part string, whole bool) string) string {
	host := hostForm.FindString(address)
	return host + pieceForm.ReplaceAllStringFunc(address[len(host):], func(piece string) string {
		decoded, err := url.QueryUnescape(piece)
		if err != nil {
			return change(piece, true)
		}
		changed := change(decoded, true)
		if changed == decoded {
			return piece
		}
		encoded := url.QueryEscape(changed)
		if !strings.Contains(piece, "+") {
			encoded = strings.ReplaceAll(encoded, "+", "%20")
		}
		return encoded
	})
}
