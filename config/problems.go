package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
)

// minKeyBytes is the least length of TokenKey and IDKey, in bytes: the length of a SHA-256 sum, which
// both are used with.
const minKeyBytes = 32

// maxAccountRate is more than a process can answer.
const maxAccountRate = 100_000

// maxWebhookRate is more than one webhook can take from a worker.
const maxWebhookRate = 10_000

// Bounds of ArchiveDays. The archive is where the ids of messages are known from, for 8 days: package activities has
// the same number. What is more than a hundred years is a mistake.
const (
	minArchiveDays = 8
	maxArchiveDays = 36_500
)

// Bounds of DatabaseConnections. With fewer than four, a migration, which holds a lock on a connection
// of its own, and the requests of one moment wait for each other; with more than a thousand the setting
// is a mistake.
const (
	minDatabaseConnections = 4
	maxDatabaseConnections = 1000
)

// Problem is a finding about one variable.
type Problem struct {
	// Variable is the name of the environment variable.
	Variable string
	// Message continues the sentence that the variable's name begins. It holds no secret.
	Message string
}

// Problems is the error of [Load]: all findings, not just the first one.
type Problems struct {
	List []Problem
}

// Error is one line: all problems, separated by semicolons.
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, problem := range p.List {
		lines[i] = problem.Variable + " " + problem.Message
	}
	return "configuration: " + strings.Join(lines, "; ")
}

// add adds the first problem of each variable: later ones follow from it.
func (p *Problems) add(found ...Problem) {
	for _, problem := range found {
		if !p.has(problem.Variable) {
			p.List = append(p.List, problem)
		}
	}
}

func (p *Problems) has(variable string) bool {
	for _, problem := range p.List {
		if problem.Variable == variable {
			return true
		}
	}
	return false
}

func (p *Problems) err() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}

// parseProblems translates the parser's error. Its texts repeat values, which may be
// secret, so only the name of the variable is taken from it.
func parseProblems(err error) []Problem {
	if err == nil {
		return nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []Problem{{"CHATTIGO_*", "cannot be read"}}
	}
	var found []Problem
	for _, one := range all.Errors {
		if parse, ok := errors.AsType[env.ParseError](one); ok {
			found = append(found, Problem{variableOf(parse.Name), "cannot be understood; see its explanation in `chattigo config`"})
		}
	}
	return found
}

// variableOf returns the variable that fills a field of Config.
func variableOf(fieldName string) string {
	field, ok := reflect.TypeFor[Config]().FieldByName(fieldName)
	if !ok {
		return fieldName
	}
	return field.Tag.Get("env")
}

// formProblems checks each value by itself.
func (c Config) formProblems() []Problem {
	var found []Problem
	check := func(variable, message string) {
		if message != "" {
			found = append(found, Problem{variable, message})
		}
	}
	check("CHATTIGO_ENV", oneOf(c.Env, Dev, Production))
	check("CHATTIGO_LOG_FORMAT", oneOf(c.LogFormat, LogText, LogJSON))
	if c.Traces != "" { // settings that were not loaded
		check("CHATTIGO_TRACES", oneOf(c.Traces, TracesOff, TracesOTLP))
	}
	check("CHATTIGO_WEBHOOK_RATE", between(c.WebhookRate, 1, maxWebhookRate))
	if c.AccountRate < 0 || c.AccountRate > maxAccountRate {
		check("CHATTIGO_ACCOUNT_RATE", fmt.Sprintf("must be a number from 0, which is no limit, to %d", maxAccountRate))
	}
	check("CHATTIGO_ARCHIVE_DAYS", archiveProblem(c.ArchiveDays))
	check("CHATTIGO_HTTP_ADDR", addressProblem(c.HTTPAddr))
	if c.OpsAddr != OpsOff && c.OpsAddr != "" {
		check("CHATTIGO_OPS_ADDR", cmp.Or(addressProblem(c.OpsAddr), overlapProblem(c.OpsAddr, c.HTTPAddr)))
	}
	check("CHATTIGO_TEMPORAL_ADDR", addressProblem(c.TemporalAddr))
	check("CHATTIGO_TEMPORAL_UI_ADDR", addressProblem(c.TemporalUIAddr))
	check("CHATTIGO_INBOX_ADDR", addressProblem(c.InboxAddr))
	if c.DatabaseURL != "" {
		check("CHATTIGO_DATABASE_URL", databaseProblem(c.DatabaseURL))
	}
	check("CHATTIGO_DATABASE_CONNECTIONS", between(c.DatabaseConnections, minDatabaseConnections, maxDatabaseConnections))
	if strings.TrimSpace(c.TemporalNamespace) == "" {
		check("CHATTIGO_TEMPORAL_NAMESPACE", "must not be empty")
	}
	if c.DataDir == "" {
		check("CHATTIGO_DATA_DIR", "must not be empty")
	}
	if _, err := c.Proxies(); err != nil {
		check("CHATTIGO_TRUSTED_PROXIES", err.Error())
	}
	if _, err := c.NAT64(); err != nil {
		check("CHATTIGO_NAT64_PREFIX", err.Error())
	}
	return append(found, c.sealKeyProblems()...)
}

// databaseMissing returns a problem if no database is set: a default file would only be noticed when
// it is gone.
func (c Config) databaseMissing() []Problem {
	if c.DatabaseURL != "" {
		return nil
	}
	return []Problem{{"CHATTIGO_DATABASE_URL", "must be set in production, to postgres://user:password@host/name, or to sqlite:<file> for a small one on this machine"}}
}

// temporalProblems checks Temporal's own variables, which count in production only.
func (c Config) temporalProblems(environ map[string]string) []Problem {
	if c.IsDev() {
		return nil
	}
	set := setOnly(environ)
	found := append(temporalNameProblems(set), valueProblems(set, temporalVariables)...)
	return append(found, contradictions(set)...)
}

// keyProblems checks the keys: always their length, and in production their presence.
func (c Config) keyProblems() []Problem {
	var found []Problem
	for _, key := range []struct {
		name  string
		value Secret
	}{{"CHATTIGO_TOKEN_KEY", c.TokenKey}, {"CHATTIGO_ID_KEY", c.IDKey}} {
		switch {
		case key.value == "" && !c.IsDev():
			found = append(found, Problem{key.name, fmt.Sprintf("must be set in production, to at least %d random bytes (openssl rand -hex %d makes some)", minKeyBytes, minKeyBytes)})
		case key.value != "" && len(key.value) < minKeyBytes:
			found = append(found, Problem{key.name, fmt.Sprintf("must have at least %d bytes, it has %d", minKeyBytes, len(key.value))})
		}
	}
	if c.SecretKey == "" && !c.IsDev() {
		found = append(found, Problem{"CHATTIGO_SECRET_KEY", fmt.Sprintf("must be set in production, to %d random bytes as hex or base64 (openssl rand -hex %d makes some)", sealKeyBytes, sealKeyBytes)})
	}
	found = append(found, c.oldTokenKeyProblems()...)
	if sameKey(c.IDKey, c.TokenKey) {
		found = append(found, Problem{"CHATTIGO_ID_KEY", "must not be the same as CHATTIGO_TOKEN_KEY, which changes from time to time"})
	}
	return found
}

func oneOf(value string, allowed ...string) string {
	if slices.Contains(allowed, value) {
		return ""
	}
	return fmt.Sprintf("must be %s, not %q", strings.Join(allowed, " or "), value)
}

func between(value, least, most int) string {
	if value < least || value > most {
		return fmt.Sprintf("must be a number from %d to %d", least, most)
	}
	return ""
}

// archiveProblem says why a number of days is refused.
func archiveProblem(days int) string {
	if days < minArchiveDays {
		return fmt.Sprintf("must be at least %d days: Meta may send a message again for 7, and without the conversation that answered it, it would be answered again", minArchiveDays)
	}
	return between(days, minArchiveDays, maxArchiveDays)
}

// addressProblem checks host:port; an empty host is every address.
func addressProblem(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Sprintf("must be host:port, not %q", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Sprintf("must end in a port between 0 and 65535, not %q", port)
	}
	return ""
}

// overlapProblem checks that the metrics listen where the API does not.
func overlapProblem(ops, api string) string {
	opsHost, opsPort, _ := net.SplitHostPort(ops)
	apiHost, apiPort, _ := net.SplitHostPort(api) // an address that cannot be read has its own problem
	name := func(host string) string { return strings.Replace(strings.ToLower(host), "localhost", "127.0.0.1", 1) }
	if opsPort == "0" || opsPort != apiPort || name(opsHost) != name(apiHost) && !everywhere(opsHost) && !everywhere(apiHost) {
		return ""
	}
	return "must not be an address of CHATTIGO_HTTP_ADDR: only one of them can listen there"
}

// sslModes are the values of sslmode that the driver knows.
var sslModes = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

// sslModeProblem checks PostgreSQL's sslmode; empty is the default.
func sslModeProblem(mode string) string {
	if mode == "" || slices.Contains(sslModes, mode) {
		return ""
	}
	return "must have an sslmode of PostgreSQL: " + strings.Join(sslModes, ", ")
}

// databaseProblem never repeats the value, which may hold a password.
func databaseProblem(value string) string {
	scheme, rest, ok := strings.Cut(value, ":")
	switch {
	case ok && scheme == "sqlite" && strings.Contains(rest, ":memory:"):
		return "must name a file: a database in memory would be gone with the process"
	case ok && scheme == "sqlite" && strings.TrimPrefix(rest, "//") != "":
		return ""
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		if u, err := url.Parse(value); err == nil && u.Opaque == "" {
			return sslModeProblem(u.Query().Get("sslmode"))
		}
		return "is not a proper postgres:// URL"
	default:
		return "must begin with postgres:// or sqlite:"
	}
}
