package fleet

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// readyPath is where a process of the service says that it does its work: at the address of its metrics, and
// an API process also at its own.
const (
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// environ is the environment of a process of the service: everything is named, as in production, and
// nothing comes from the environment of this process.
func (f *Fleet) environ(httpAddr, opsAddr string) []string {
	cfg := f.config
	settings := map[string]string{
		// Production posts to no webhook on this machine, and the sample ISV is one.
		"CHATTIGO_ENV":                  cfg.Env,
		"CHATTIGO_HTTP_ADDR":            httpAddr,
		"CHATTIGO_OPS_ADDR":             opsAddr,
		"CHATTIGO_DATA_DIR":             cfg.DataDir,
		"CHATTIGO_DATABASE_URL":         cfg.DatabaseURL,
		"CHATTIGO_DATABASE_CONNECTIONS": strconv.Itoa(cfg.DatabaseConnections),
		"CHATTIGO_TEMPORAL_ADDR":        cfg.TemporalAddr,
		"CHATTIGO_TEMPORAL_NAMESPACE":   cfg.TemporalNamespace,
		"CHATTIGO_TOKEN_KEY":            string(cfg.TokenKey.Bytes()),
		"CHATTIGO_ID_KEY":               string(cfg.IDKey.Bytes()),
		"CHATTIGO_SECRET_KEY":           string(cfg.SecretKey.Bytes()),
		"CHATTIGO_SECRET_KEYS_OLD":      string(cfg.SecretKeysOld.Bytes()),
		"CHATTIGO_NAT64_PREFIX":         cfg.NAT64Prefix,
		"CHATTIGO_TOKEN_KEYS_OLD":       string(cfg.TokenKeysOld.Bytes()),
		"CHATTIGO_WEBHOOK_RATE":         strconv.Itoa(cfg.WebhookRate),
		"CHATTIGO_ACCOUNT_RATE":         strconv.Itoa(cfg.AccountRate),
		"CHATTIGO_ARCHIVE_DAYS":         strconv.Itoa(cfg.ArchiveDays),
		// The balancer is one; its addresses are this machine's.
		"CHATTIGO_TRUSTED_PROXIES": strings.TrimPrefix(cfg.TrustedProxies+",127.0.0.0/8", ","),
		"CHATTIGO_TRACES":          cfg.Traces,
		"CHATTIGO_LOG_FORMAT":      cfg.LogFormat,
		"CHATTIGO_LOG_LEVEL":       cfg.LogLevel.String(),
	}
	environ := inherited()
	for name, value := range settings {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// inherited is this process's environment without what the service, Temporal's client and PostgreSQL's
// read from it.
func inherited() []string {
	return slices.DeleteFunc(os.Environ(), func(line string) bool {
		return strings.HasPrefix(line, "CHATTIGO_") || strings.HasPrefix(line, "TEMPORAL_") || strings.HasPrefix(line, "PG")
	})
}

// serviceCommand runs the real binary.
func (f *Fleet) serviceCommand(command, httpAddr, opsAddr string) func(context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd {
		run := exec.CommandContext(ctx, f.binary, command) //nolint:gosec // the binary that was built for this
		run.Env = f.environ(httpAddr, opsAddr)
		return run
	}
}

// migrate brings the service's database up to date, as a deployment does before it starts processes.
func (f *Fleet) migrate(ctx context.Context) error {
	migrate := f.serviceCommand("migrate", f.config.HTTPAddr, "off")(ctx)
	var said bytes.Buffer
	migrate.Stdout, migrate.Stderr = &said, &said
	if err := migrate.Run(); err != nil {
		return fmt.Errorf("migrate the database: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// answers is a check that a URL answers 200.
func answers(url string) func(context.Context) bool {
	return func(ctx context.Context) bool {
		ctx, cancel := context.WithTimeout(ctx, pingTimeout)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return false
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		return response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}
}
