package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

type botRecord struct {
	Conversation string `arg:"" help:"Its id, cnv_…, as GET /conversations lists it. It must be closed."`
	Output       string `short:"o" placeholder:"FILE" help:"Write the test to this file, which must not be there yet. Without it, the test is printed."`
	Bot          string `placeholder:"FILE" help:"Where the definition is, for the test's key bot. Without it, it is taken to be beside the test, under its name: NAME.bot.yaml."`
	Name         string `placeholder:"TEXT" help:"The name of the case; recorded, if not given."`
}

// Help is what --help shows above the flags.
func (botRecord) Help() string {
	return `Makes a scripted test of a real conversation, of the version that answered it. The test passes; change the bot, and it shows what that contact would see now.

  chattigo bot record cnv_0198f3a2-6f1e-7c55-b1a4-9d2c64c1a7e0
  chattigo bot record cnv_0198f3a2-… -o tests/lost.test.yaml --bot clinica.bot.yaml --name "nobody found the branch"
  chattigo bot test tests/lost.test.yaml

Personal data is replaced, the same value by the same one wherever and however it is written, also in the responses of your APIs: the contact's number, user id and name, phone numbers, e-mail addresses, identity numbers (by other valid ones), shared contacts and places, the ids and names of files, and what the variables hold that are marked pii. Names and addresses of others are only known where they stand in such a variable, in a shared contact, or under a key of a form that says so: read the test before you keep it.

Waits are in whole seconds; calls and deliveries take no time. Where the bot therefore goes another way than it went, a comment at the top says so.

Exit code 0: recorded. 1: it could not be, as a conversation that is still open, or one that an older version of the service archived. 2: a mistake in the command line.`
}

// Run asks for the test, and prints or writes it.
func (c botRecord) Run(p *program) error {
	if c.Output != "" {
		if _, err := os.Lstat(c.Output); err == nil {
			return fmt.Errorf("%s is there already, and nothing was written", c.Output)
		}
	}
	r := client.Get("conversations", c.Conversation, "record")
	r.Accept, r.Query = "application/yaml", url.Values{}
	if c.Bot != "" {
		r.Query.Set("bot", filepath.ToSlash(relativeTo(cmp.Or(c.Output, "x"), c.Bot)))
	}
	if c.Name != "" {
		r.Query.Set("name", c.Name)
	}
	var text []byte
	err := p.withServer(func(server *client.Client) error {
		got, err := server.Do(p.ctx, r)
		if err != nil {
			return err
		}
		text = got.Body
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := script.Load(text); err != nil {
		return fmt.Errorf("the server answered something that is no test: %w", err)
	}
	if bytes.ContainsFunc(text, controls) || !utf8.Valid(text) { // a test has them escaped
		return errors.New("the server answered a test with control characters, which nothing is done with")
	}
	if c.Output == "" {
		_, err := p.stdout.Write(text)
		return err
	}
	return c.write(p, text)
}

// write writes the test to a file that is not there yet.
func (c botRecord) write(p *program, text []byte) error {
	file, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // a test is for everybody
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already, and nothing was written", c.Output)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	p.printf("Recorded in %s. Read it, then play it with: chattigo bot test %s\n", c.Output, c.Output)
	return nil
}
