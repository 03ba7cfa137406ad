package config

import (
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"

	"github.com/caarlos0/env/v11"
)

// Values of CHATTIGO_ENV.
const (
	Dev        = "dev"
	Production = "production"
)

// Values of CHATTIGO_LOG_FORMAT.
const (
	LogText = "text"
	LogJSON = "json"
)

// Values of CHATTIGO_TRACES.
const (
	TracesOff  = "off"
	TracesOTLP = "otlp"
)

// Config is every setting of the service. The tag `secret` keeps a value out of tables
// ("all": the whole value, "url": a URL's password); `only:"dev"` marks what production
// must not set, because nothing but `make run` has it.
type Config struct {
	Env            string `env:"CHATTIGO_ENV" envDefault:"production" help:"dev or production. Dev makes keys by itself and allows webhooks on this machine over plain http"`
	HTTPAddr       string `env:"CHATTIGO_HTTP_ADDR" envDefault:"127.0.0.1:8080" help:"where the API listens, as host:port"`
	TrustedProxies string `env:"CHATTIGO_TRUSTED_PROXIES" help:"the addresses of the proxies in front of the API, as networks separated by commas, such as 10.0.0.0/8. Only these are believed in X-Forwarded-For. Behind a proxy that is not listed all clients count as one, where failed logins are counted"`
	DatabaseURL    string `env:"CHATTIGO_DATABASE_URL" secret:"url" help:"postgres://… or sqlite:<file>. Production must name it; in dev unset is sqlite:<CHATTIGO_DATA_DIR>/chattigo.db"`
	// DatabaseConnections bounds the connection pool of one process.
	DatabaseConnections int `env:"CHATTIGO_DATABASE_CONNECTIONS" envDefault:"16" help:"how many connections to PostgreSQL each process opens at most, 4 to 1000. All processes together, Temporal's with them, must stay below max_connections of the server. SQLite does not use it"`

	DataDir string `env:"CHATTIGO_DATA_DIR" envDefault:"./data" help:"directory of everything that is kept on this machine"`

	TemporalAddr      string `env:"CHATTIGO_TEMPORAL_ADDR" envDefault:"127.0.0.1:7233" help:"where the Temporal server listens, as host:port. TLS and API keys: Temporal's own TEMPORAL_* variables"`
	TemporalNamespace string `env:"CHATTIGO_TEMPORAL_NAMESPACE" envDefault:"default" help:"Temporal namespace of the conversations"`
	TemporalUIAddr    string `env:"CHATTIGO_TEMPORAL_UI_ADDR" envDefault:"127.0.0.1:8233" only:"dev" help:"where the embedded Temporal UI of make run listens, as host:port"`
	InboxAddr         string `env:"CHATTIGO_INBOX_ADDR" envDefault:"127.0.0.1:8090" only:"dev" help:"where the sample ISV of make run listens, as host:port"`

	TokenKey     Secret `env:"CHATTIGO_TOKEN_KEY" secret:"all" help:"signs the tokens of POST /login; at least 32 bytes. A new one ends every login, unless the former one goes into CHATTIGO_TOKEN_KEYS_OLD. In dev made once and kept in the data directory"`
	TokenKeysOld Secret `env:"CHATTIGO_TOKEN_KEYS_OLD" secret:"all" help:"further keys by which tokens are accepted, separated by commas: former values of CHATTIGO_TOKEN_KEY until 8 hours after the change, and its next value before it"`
	IDKey        Secret `env:"CHATTIGO_ID_KEY" secret:"all" help:"keys the ids of conversations; at least 32 bytes. Never change it: open conversations would be split. In dev made once and kept in the data directory"`

	SecretKey     Secret `env:"CHATTIGO_SECRET_KEY" secret:"all" help:"seals, before they go into the database, the keys that sign deliveries and the secrets that bots send to APIs (chattigo channel secret); 32 bytes as hex or base64, the same for all processes. In dev made once and kept in the data directory"`
	SecretKeysOld Secret `env:"CHATTIGO_SECRET_KEYS_OLD" secret:"all" help:"former values of CHATTIGO_SECRET_KEY, separated by commas, until chattigo channel secret reseal has run"`

	NAT64Prefix string `env:"CHATTIGO_NAT64_PREFIX" help:"the /96 prefix under which this network reaches IPv4, such as 64:ff9b::/96, if IPv6 is all it has. Without it bots call no address of that kind"`

	WebhookRate int `env:"CHATTIGO_WEBHOOK_RATE" envDefault:"50" help:"how many messages a second each worker posts to one webhook, after a burst of twice as many; 1 to 10000. What is more waits"`

	AccountRate int `env:"CHATTIGO_ACCOUNT_RATE" envDefault:"500" help:"how many requests a second each API process takes from one account, after a burst of twice as many; up to 100000. What is more gets 429. 0 is no limit, as in dev while it is not set"`

	ArchiveDays int `env:"CHATTIGO_ARCHIVE_DAYS" envDefault:"90" help:"how many days a conversation is kept after its end, with its transcript and the statuses of its messages; 8 to 36500. The workers' hourly sweep deletes what is older, for good, also after this was lowered. The same for all workers"`

	OpsAddr string `env:"CHATTIGO_OPS_ADDR" envDefault:"127.0.0.1:9464" help:"where GET /metrics is served for Prometheus, GET /healthz and GET /readyz for orchestrators, as host:port; off for nowhere. Where the default is in use, a process goes on without"`

	Traces string `env:"CHATTIGO_TRACES" envDefault:"off" help:"off or otlp. otlp exports traces over HTTP; where to, and which share of them, OpenTelemetry's own OTEL_* variables say"`

	LogFormat string     `env:"CHATTIGO_LOG_FORMAT" envDefault:"text" help:"text or json"`
	LogLevel  slog.Level `env:"CHATTIGO_LOG_LEVEL" envDefault:"info" help:"debug, info, warn or error"`
}

// OpsOff is the value of CHATTIGO_OPS_ADDR that serves no metrics, DefaultOpsAddr the one of a config that
// sets none.
const (
	OpsOff         = "off"
	DefaultOpsAddr = "127.0.0.1:9464"
)

// IsDev reports whether this is a developer's machine.
func (c Config) IsDev() bool { return c.Env == Dev }

// Load reads the settings of a server from an environment (see [Environ]). Empty values
// count as unset. The error is a [*Problems] that names every variable in question.
func Load(environ map[string]string) (Config, error) {
	cfg, found := parse(environ)
	found.add(cfg.temporalProblems(environ)...)
	found.add(cfg.databaseMissing()...)
	found.add(cfg.keyProblems()...)
	found.add(cfg.traceProblems(environ)...)
	return cfg, found.err()
}

// LoadStore reads the settings for a command that needs only the database: the same as
// [Load], but it does not ask for keys.
func LoadStore(environ map[string]string) (Config, error) {
	cfg, found := parse(environ)
	found.add(cfg.databaseMissing()...)
	return cfg, found.err()
}

// LoadTemporal reads the settings for a command that needs only Temporal; it asks for no keys
// either, and no database.
func LoadTemporal(environ map[string]string) (Config, error) {
	cfg, found := parse(environ)
	found.add(cfg.temporalProblems(environ)...)
	return cfg, found.err()
}

// LoadOps reads the settings for a command that asks a running process how it is; it asks for nothing else.
func LoadOps(environ map[string]string) (Config, error) {
	cfg, found := parse(environ)
	return cfg, found.err()
}

// Validate returns a [*Problems] with everything that is wrong with settings that were not made by
// [Load], which checks the same.
func (c Config) Validate() error {
	found := &Problems{}
	found.add(c.formProblems()...)
	found.add(c.databaseMissing()...)
	found.add(c.keyProblems()...)
	return found.err()
}

// parse fills a Config and collects its problems, except those of keys.
func parse(environ map[string]string) (Config, *Problems) {
	found := &Problems{}
	set := setOnly(environ)

	var cfg Config
	found.add(nameProblems(set)...)
	found.add(valueProblems(set, settings())...)
	found.add(parseProblems(env.ParseWithOptions(&cfg, env.Options{Environment: set}))...)
	if cfg.DatabaseURL == "" && cfg.IsDev() {
		cfg.DatabaseURL = "sqlite:" + filepath.Join(cfg.DataDir, "chattigo.db")
	}
	if set["CHATTIGO_ACCOUNT_RATE"] == "" && cfg.IsDev() {
		cfg.AccountRate = 0
	}
	found.add(cfg.formProblems()...)
	if cfg.Env == Production {
		found.add(devOnlyProblems(set)...)
	}
	return cfg, found
}

// setOnly leaves out empty variables.
func setOnly(environ map[string]string) map[string]string {
	set := make(map[string]string, len(environ))
	maps.Copy(set, environ)
	maps.DeleteFunc(set, func(_, value string) bool { return value == "" })
	return set
}

// devOnlyProblems finds settings that are only for a developer's machine.
func devOnlyProblems(set map[string]string) []Problem {
	var found []Problem
	for field := range fields() {
		name := field.Tag.Get("env")
		if _, ok := set[name]; ok && field.Tag.Get("only") == Dev {
			found = append(found, Problem{name, fmt.Sprintf("is only for CHATTIGO_ENV=%s; unset it", Dev)})
		}
	}
	return found
}
