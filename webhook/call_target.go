package webhook

import "net/url"

// maxCallURL is what common servers take as the first line of a request: what a contact wrote
// may stand in the query.
const maxCallURL = 8 << 10

// CheckCallTarget says whether a bot may call a URL: https, a full name that is no address, port
// 443 or 8443, no user name, no fragment. The returned error's text is one sentence that is safe
// to show. Where the name leads to is the Guard's to judge.
func CheckCallTarget(raw string) error {
	_, err := parseCallTarget(raw)
	return err
}

func parseCallTarget(raw string) (*url.URL, error) {
	u, err := parseTarget(raw, maxCallURL)
	if err != nil {
		return nil, err
	}
	return u, checkPublic(u)
}
