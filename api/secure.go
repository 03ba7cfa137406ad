package api

import "net/http"

// dataPolicy is for whatever a browser shows of a response that is no page: nothing is loaded for it, and no
// other page shows it.
const dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// secure sets the headers that tell browsers what not to do with a response. The page at /docs has a policy of its
// own. There is no Strict-Transport-Security, because it counts over TLS only, which the proxy speaks; and nothing
// that lets pages of other sites read responses.
func secure(header http.Header) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", dataPolicy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
}
