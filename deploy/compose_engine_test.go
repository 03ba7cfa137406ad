package deploy_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	project = "chattigo-compose-test"
	// commandTimeout bounds one command of the engine; building our image takes the longest.
	commandTimeout = 15 * time.Minute
)

// engine runs docker-compose.yml, as it is, under a project name of its own.
type engine struct {
	compose []string // the command: docker compose, or docker-compose
	files   []string
	environ []string
}

// newEngine finds Compose and writes the file that connects the services with the webhook of the test.
func newEngine(t *testing.T, hook *hook) *engine {
	t.Helper()
	e := &engine{compose: []string{"docker", "compose"}, environ: os.Environ()}
	if exec.CommandContext(t.Context(), "docker", "compose", "version").Run() != nil { // it is a plugin
		e.compose = []string{"docker-compose"}
	}
	beside := filepath.Join(t.TempDir(), "webhook.yml")
	require.NoError(t, os.WriteFile(beside, []byte(hook.compose()), 0o600))
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	e.files = []string{"--project-directory", root, "-p", project, "-f", filepath.Join(root, "docker-compose.yml"), "-f", beside}
	t.Cleanup(func() { e.remove(t) })
	return e
}

// set sets a variable of docker-compose.yml for the commands that follow.
func (e *engine) set(name, value string) { e.environ = append(e.environ, name+"="+value) }

// run runs a command of Compose, such as up -d, and returns what it printed on its standard output.
func (e *engine) run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	return e.command(t, stdin, append(append([]string{}, e.compose...), append(append([]string{}, e.files...), args...)...)...)
}

// docker runs a command of the engine itself.
func (e *engine) docker(t *testing.T, args ...string) string {
	t.Helper()
	return e.command(t, "", append([]string{"docker"}, args...)...)
}

func (e *engine) command(t *testing.T, stdin string, line ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), commandTimeout)
	defer cancel()
	var out, errOut strings.Builder
	c := exec.CommandContext(ctx, line[0], line[1:]...) // #nosec G204 -- a test's own command
	c.Env, c.Stdin, c.Stdout, c.Stderr = e.environ, strings.NewReader(stdin), &out, &errOut
	err := c.Run()
	require.NoErrorf(t, err, "%s\n%s%s", strings.Join(line, " "), out.String(), errOut.String())
	return out.String()
}

// containers are the ids of a service's containers, running or not.
func (e *engine) containers(t *testing.T, service string) []string {
	t.Helper()
	return strings.Fields(e.docker(t, "ps", "-aq",
		"--filter", "label=com.docker.compose.project="+project, "--filter", "label=com.docker.compose.service="+service,
		"--filter", "label=com.docker.compose.oneoff=False"))
}

// network is the name of one of the project's networks.
func network(name string) string { return project + "_" + name }

// remove ends everything of the project, its data too. What the services logged is printed if the
// test failed.
func (e *engine) remove(t *testing.T) {
	t.Helper()
	if t.Failed() {
		t.Log(e.run(t, "", "logs", "--tail=40", "--no-color"))
	}
	e.run(t, "", "down", "--volumes", "--remove-orphans", "--timeout", "15")
}
