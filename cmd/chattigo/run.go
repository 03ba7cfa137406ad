package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// program is what a command gets from its process: the environment and the standard streams.
type program struct {
	ctx     context.Context
	environ map[string]string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	// serve runs the servers until ctx is done; tests replace it.
	serve func(context.Context, config.Config, app.Options) error
}

// run parses the arguments, runs the command and returns the exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx, config.Environ(environ), stdin, stdout, stderr, serveApp}
	return p.run(args)
}

func (p *program) run(args []string) int {
	exited := -1
	parser, err := kong.New(&commands{},
		kong.Name("chattigo"),
		kong.Description("Chattigo for software vendors: takes WhatsApp messages in, lets a bot answer them, and posts the answers to the vendor's webhook. Settings come from the environment: see `chattigo config`."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { exited = code }), // --help: what follows is parsed, and then not run
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Bind(p),
	)
	if err != nil {
		return p.fail(exitError, err)
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		return p.fail(exitUsage, fmt.Errorf("%w (see %s --help)", err, commandOf(err)))
	}
	var usage *usageError
	switch err := command.Run(); {
	case errors.As(err, &usage):
		return p.fail(exitUsage, err)
	case err != nil:
		return p.fail(exitError, err)
	}
	return exitOK
}

// commandOf is the command that could not be parsed, for the hint at its help.
func commandOf(err error) string {
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context != nil {
		if selected := parse.Context.Selected(); selected != nil {
			return selected.FullPath()
		}
	}
	return "chattigo"
}

// usageError is a mistake in the command line; the exit code is then exitUsage.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

// fail prints an error on one line and returns the exit code.
func (p *program) fail(code int, err error) int {
	_, _ = fmt.Fprintf(p.stderr, "chattigo: %s\n", harmless(strings.ReplaceAll(err.Error(), "\n", "; ")))
	return code
}

// printf writes to the standard output. Errors are ignored: a closed pipe is not worth one.
func (p *program) printf(format string, args ...any) {
	_, _ = io.WriteString(p.stdout, harmless(fmt.Sprintf(format, args...)))
}

// logger writes to the standard error output.
func (p *program) logger(cfg config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == config.LogJSON {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}
