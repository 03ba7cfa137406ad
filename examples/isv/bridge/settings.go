package bridge

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Settings are what an ISV sets. [Load] reads them from the environment.
type Settings struct {
	// VerifyToken is what Meta sends when the webhook is registered. AppSecrets sign its webhooks: one,
	// and a second one while the app's secret is replaced.
	VerifyToken string
	AppSecrets  []string

	// GraphURL is https://graph.facebook.com, GraphVersion such as v26.0.
	GraphURL     string
	GraphVersion string
	GraphToken   string
	// PhoneNumberID is the number that all messages are sent from. If it is empty, it is that of each
	// message's channel.
	PhoneNumberID string

	// APIURL is Chattigo's API, without a path. User and Password are those of POST /login.
	APIURL   string
	User     string
	Password string
	// Keys verify what Chattigo sends: whsec_… and whpk_…, any of them. KeyID (whk_…) is for the keys of
	// /.well-known/jwks.json instead, or besides: those are loaded anew when they change.
	Keys  []string
	KeyID string

	// DataDir holds the queue and the answers.
	DataDir string
	// QueueFiles and QueueBytes bound the webhooks that wait for the API. Those that it refused may have
	// QueueBytes too.
	QueueFiles int
	QueueBytes int64
	// AllowHTTP lets GraphURL and APIURL be plain http on other machines than this one.
	AllowHTTP bool
}

// setting is one variable of the environment.
type setting struct {
	name, fallback, help string
	optional             bool
	set                  func(*Settings, string) error
}

func settings() []setting {
	return []setting{
		{name: "BRIDGE_META_VERIFY_TOKEN", help: "what you type as \"verify token\" when you register the webhook at Meta", set: text(func(s *Settings) *string { return &s.VerifyToken })},
		{name: "BRIDGE_META_APP_SECRET", help: "the secret of your app at Meta, which signs its webhooks; two, with a space between, while you replace it", set: words(func(s *Settings) *[]string { return &s.AppSecrets })},
		{name: "BRIDGE_GRAPH_URL", fallback: "https://graph.facebook.com", help: "where messages are sent", set: text(func(s *Settings) *string { return &s.GraphURL })},
		{name: "BRIDGE_GRAPH_VERSION", fallback: "v26.0", help: "the version of Graph; the same as that under which you set the webhook at Chattigo", set: text(func(s *Settings) *string { return &s.GraphVersion })},
		{name: "BRIDGE_GRAPH_TOKEN", help: "the access token for Graph", set: text(func(s *Settings) *string { return &s.GraphToken })},
		{name: "BRIDGE_PHONE_NUMBER_ID", optional: true, help: "the number that sends; without it that of each message's channel, which is asked for at Chattigo", set: text(func(s *Settings) *string { return &s.PhoneNumberID })},
		{name: "BRIDGE_API_URL", help: "Chattigo's API, such as https://api.example.com", set: text(func(s *Settings) *string { return &s.APIURL })},
		{name: "BRIDGE_API_USER", help: "your account at Chattigo", set: text(func(s *Settings) *string { return &s.User })},
		{name: "BRIDGE_API_PASSWORD", help: "its password", set: text(func(s *Settings) *string { return &s.Password })},
		{name: "BRIDGE_WEBHOOK_KEYS", optional: true, help: "what verifies Chattigo's signatures: whsec_… or whpk_…, several with a space between", set: words(func(s *Settings) *[]string { return &s.Keys })},
		{name: "BRIDGE_WEBHOOK_KEY_ID", optional: true, help: "the id of a key (whk_…): the public keys come from /.well-known/jwks.json, are asked for anew after 5 minutes, and follow rotations", set: text(func(s *Settings) *string { return &s.KeyID })},
		{name: "BRIDGE_DATA_DIR", help: "a directory for the queue and the answers; one for each bridge", set: text(func(s *Settings) *string { return &s.DataDir })},
		{name: "BRIDGE_QUEUE_FILES", fallback: "10000", help: "how many webhooks may wait for Chattigo; beyond that Meta gets 503 and sends again", set: func(s *Settings, v string) (err error) {
			s.QueueFiles, err = strconv.Atoi(v)
			return errorOf(err)
		}},
		{name: "BRIDGE_QUEUE_BYTES", fallback: "268435456", help: "how many bytes they may have together; those that Chattigo refused may have as many, and the oldest are removed beyond that", set: func(s *Settings, v string) (err error) {
			s.QueueBytes, err = strconv.ParseInt(v, 10, 64)
			return errorOf(err)
		}},
		{name: "BRIDGE_ALLOW_HTTP", fallback: "false", help: "true lets both URLs be http on other machines; on this one they may always", set: func(s *Settings, v string) (err error) {
			s.AllowHTTP, err = strconv.ParseBool(v)
			return errorOf(err)
		}},
	}
}

func text(of func(*Settings) *string) func(*Settings, string) error {
	return func(s *Settings, v string) error { *of(s) = v; return nil }
}

func words(of func(*Settings) *[]string) func(*Settings, string) error {
	return func(s *Settings, v string) error { *of(s) = strings.Fields(v); return nil }
}

// errorOf leaves out the value, which errors of strconv quote.
func errorOf(err error) error {
	if err != nil {
		return errors.New("cannot be read")
	}
	return nil
}

// Names are the variables that Load reads.
func Names() []string {
	var names []string
	for _, s := range settings() {
		names = append(names, s.name)
	}
	return names
}

// Help lists the variables for a person.
func Help() string {
	var b strings.Builder
	for _, s := range settings() {
		fmt.Fprintf(&b, "  %s\n      %s", s.name, s.help)
		switch {
		case s.fallback != "":
			fmt.Fprintf(&b, " (%s)", s.fallback)
		case s.optional:
			b.WriteString(" (optional)")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Load reads the settings, and reports all mistakes at once. Values do not stand in the error.
func Load(getenv func(string) string) (Settings, error) {
	var loaded Settings
	var mistakes []error
	for _, s := range settings() {
		value := strings.TrimSpace(getenv(s.name))
		if value == "" {
			value = s.fallback
		}
		if value == "" && !s.optional {
			mistakes = append(mistakes, fmt.Errorf("%s is missing: %s", s.name, s.help))
			continue
		}
		if err := s.set(&loaded, value); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s %w", s.name, err))
		}
	}
	if len(mistakes) == 0 {
		mistakes = append(mistakes, loaded.check())
	}
	return loaded, errors.Join(mistakes...)
}

var graphVersion = regexp.MustCompile(`^v[1-9][0-9]{0,3}\.[0-9]{1,4}$`)

// check reports what is wrong with settings that are all there.
func (s Settings) check() error {
	var mistakes []error
	wrong := func(name, why string) { mistakes = append(mistakes, fmt.Errorf("%s %s", name, why)) }
	for name, address := range map[string]string{"BRIDGE_GRAPH_URL": s.GraphURL, "BRIDGE_API_URL": s.APIURL} {
		if err := s.checkURL(address); err != nil {
			wrong(name, err.Error())
		}
	}
	if !graphVersion.MatchString(s.GraphVersion) {
		wrong("BRIDGE_GRAPH_VERSION", "must be a version such as v26.0")
	}
	if s.PhoneNumberID != "" && !isDigits(s.PhoneNumberID) {
		wrong("BRIDGE_PHONE_NUMBER_ID", "must be digits")
	}
	if len(s.Keys) == 0 && s.KeyID == "" {
		wrong("BRIDGE_WEBHOOK_KEYS", "or BRIDGE_WEBHOOK_KEY_ID is needed: nothing could be verified")
	}
	if _, err := parseKeys(s.Keys); err != nil {
		wrong("BRIDGE_WEBHOOK_KEYS", err.Error())
	}
	if s.KeyID != "" && !keyID.MatchString(s.KeyID) {
		wrong("BRIDGE_WEBHOOK_KEY_ID", "must be the id of a key, whk_…")
	}
	if s.QueueFiles < 1 || s.QueueBytes < maxWebhook {
		wrong("BRIDGE_QUEUE_FILES", fmt.Sprintf("must be at least 1, and BRIDGE_QUEUE_BYTES at least %d", maxWebhook))
	}
	return errors.Join(mistakes...)
}

// checkURL refuses what would send a token over a network in the clear.
func (s Settings) checkURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("must be a URL such as https://api.example.com, without user, query and fragment")
	case u.Scheme == "https", u.Scheme == "http" && (s.AllowHTTP || isLoopback(u.Hostname())):
		return nil
	}
	return errors.New("must be https; BRIDGE_ALLOW_HTTP=true permits http")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// isDigits reports whether a text can be a number's id: it becomes a part of a URL's path.
func isDigits(text string) bool {
	return text != "" && len(text) <= 32 && strings.Trim(text, "0123456789") == ""
}
