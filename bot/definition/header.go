package definition

import (
	"regexp"
	"strings"
)

// ForbiddenHeader reports whether a call may not have a header of this name, in any case: it is no
// name of a header, it belongs to HTTP itself, or only the service sets it. Authors may set Cookie,
// Accept and Content-Type; without the latter, a body is application/json.
func ForbiddenHeader(name string) bool {
	if !headerName.MatchString(name) {
		return true
	}
	lower := strings.ToLower(name)
	for _, prefix := range []string{"proxy-", "sec-", "x-forwarded-", "chattigo-", "webhook-"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	switch lower {
	// How the request is framed and where it goes. A second value of these is how requests are
	// smuggled past proxies.
	case "host", "content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive",
		"te", "trailer", "upgrade", "http2-settings", "expect", "date", "via", "forwarded":
		return true
	// Only the service sets these. Accept-Encoding because responses are not decompressed; Range
	// because a part of a response cannot be read.
	case "idempotency-key", "user-agent", "accept-encoding", "range":
		return true
	}
	return false
}

// headerName matches the name of a header: a token of RFC 9110, section 5.6.2. No header that anybody
// uses has a name of more than 64 characters.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$")
