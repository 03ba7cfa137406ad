package client

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// TokenEnd is when the token says that it ends; the zero time if it does not say. Only the server can tell
// whether that is true, so nothing is allowed because of it.
func (c *Client) TokenEnd() time.Time {
	parts := strings.Split(c.options.Token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Exp float64 // seconds, which may have a fraction
	}
	if json.Unmarshal(text, &claims) != nil || claims.Exp <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(claims.Exp), 0)
}

// Renew is what a person has to do once the token has ended.
func (c *Client) Renew() string { return c.options.Renew }
