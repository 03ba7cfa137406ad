package main

import (
	"errors"
	"strconv"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

// loadBotOrVersion loads a definition from where a person says it is: a file, or NAME[@VERSION] on the
// server. If it has errors, all its problems are printed.
func (p *program) loadBotOrVersion(arg string) (*definition.Bot, error) {
	if isFile(arg) {
		return p.loadBot(arg)
	}
	ref, err := parseBotRef(arg)
	if err != nil {
		return nil, err
	}
	var text *client.Response
	err = p.withServer(func(server *client.Client) error {
		text, err = server.Do(p.ctx, client.Get("bots", ref.Name, "versions", ref.number()))
		return err
	})
	if err != nil {
		return nil, err
	}
	b, err := definition.Load(text.Body)
	if problems, ok := errors.AsType[definition.Problems](err); ok {
		return nil, p.refused(arg, problems) // of a server whose release is another one
	}
	return b, err
}

// number is the version as a path has it.
func (r botRef) number() string {
	if r.Version == 0 {
		return newest
	}
	return strconv.Itoa(r.Version)
}
