package definition

import "strings"

// ForbiddenHeader says that a definition may not set a header of this name (any case): it is no
// name at all, it belongs to HTTP itself, or it is the service's own. Cookie, Accept and
// Content-Type are the author's to set; where Content-Type is not set, a body is
// application/json.
func ForbiddenHeader(name string) bool {
	if !isHeaderName(name) {
		return true
	}
	lower := strings.ToLower(name)
	for _, prefix := range []string{"proxy-", "sec-", "x-forwarded-", "chattigo-", "webhook-"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	switch lower {
	// How the request is framed and where it goes: a second opinion on these is how requests
	// are smuggled.
	case "host", "content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive",
		"te", "trailer", "upgrade", "http2-settings", "expect", "date", "via", "forwarded":
		return true
	// The service's own. Accept-Encoding because nothing is unpacked; Range because a part of an
	// answer is no answer.
	case "idempotency-key", "user-agent", "accept-encoding", "range":
		return true
	}
	return false
}

// isHeaderName wants a token of RFC 9110, section 5.6.2, of at most 64 bytes.
func isHeaderName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	for _, c := range []byte(name) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if !letter && !digit && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return true
}
