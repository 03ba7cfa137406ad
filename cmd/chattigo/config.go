package main

import (
	"fmt"

	"go.temporal.io/sdk/contrib/envconfig"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

type configShow struct{}

// Run prints all settings, also when some are invalid; the error then says which.
func (configShow) Run(p *program) error {
	cfg, err := config.Load(p.environ)
	if writeErr := config.Write(p.stdout, cfg); writeErr != nil {
		return writeErr
	}
	return err
}

type configCheck struct {
	Strict bool `help:"Fail for warnings too."`
}

// Help is shown by --help.
func (configCheck) Help() string {
	return `Reads the environment as a server would, connects to nothing, and says what a production must not go live with:

  error    must be mended: nothing would start, or somebody could read or forge what is not his
  warning  may be deliberate, such as a database without TLS within one machine; decide, and write it down

Each line names the variable, what is wrong, and what to do. Values of secrets are never shown. The exit code
is 0 without errors, and 1 with one; with --strict also 1 with a warning.

Run it with the very environment of the server:

  docker compose run --rm --no-deps api config check
  env $(grep -v '^#' /etc/chattigo.env) chattigo config check

It cannot see whether a proxy with TLS stands in front of the API, whether backups are kept, or who reads the log.`
}

// Run prints what is not safe about the settings.
func (c configCheck) Run(p *program) error {
	cfg, _ := config.Load(p.environ) // Check says what is wrong with it
	temporal, err := app.TemporalConnection(cfg)
	if err != nil {
		return err
	}
	if temporal.Unverified, err = p.temporalUnverified(); err != nil {
		return err
	}
	errors, warnings := 0, 0
	for _, f := range config.Check(p.environ, temporal) {
		level := "warning"
		if warnings++; f.Unsafe {
			level = "error"
			errors, warnings = errors+1, warnings-1
		}
		p.printf("%-8s %s %s\n", level, f.Variable, f.Message)
		if f.Do != "" {
			p.printf("         to do: %s\n", f.Do)
		}
	}
	if errors > 0 || c.Strict && warnings > 0 {
		return fmt.Errorf("the configuration is not safe: %s, %s", counted(errors, "error"), counted(warnings, "warning"))
	}
	p.printf("the configuration may go live: %s\n", counted(warnings, "warning"))
	return nil
}

// temporalUnverified reports whether the profile of TEMPORAL_CONFIG_FILE, if there is one, and the variables that go
// before it leave the certificate of the Temporal server unchecked.
func (p *program) temporalUnverified() (bool, error) {
	if p.environ["TEMPORAL_CONFIG_FILE"] == "" {
		return false, nil
	}
	options, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{})
	if err != nil {
		return false, fmt.Errorf("read TEMPORAL_CONFIG_FILE: %w", err)
	}
	settings := options.ConnectionOptions.TLS
	return settings != nil && settings.InsecureSkipVerify, nil
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
