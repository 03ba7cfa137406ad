package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

type botRerun struct {
	Bot string `arg:"" name:"file|name[@version]" help:"A draft, or a bot that is on the server; without a version its newest one."`
	channelFlag

	Days   int  `default:"14" help:"How far back, by when the conversations were opened."`
	Strict bool `help:"Fail when a conversation comes out otherwise."`
	JSON   bool `name:"json" help:"Print the report as JSON, for tools."`
}

// Help is what --help shows above the flags.
func (botRerun) Help() string {
	return `Runs the archived conversations of a channel through a draft: what it would have said to the contacts of the last weeks. Nothing is stored or sent. Each conversation is run up to the first place where the draft says or does something else, because what the contact wrote next answered other words. These places are grouped by the question that was open and by kind, and shown side by side.

  chattigo bot rerun clinica.bot.yaml --channel 56911110000
  chattigo bot rerun clinica@3 --channel 56911110000 --days 30 --strict

APIs are not called again: a call gets the response that it got then. One that the draft makes and that was not made then ends the comparison, and is counted. Conversations that an older version of the service archived have no record of their turns, and are counted too.

Exit code 0: it ran. 1: it could not, or with --strict a conversation differs. 2: a mistake in the command line.`
}

// Validate is called when the command line is parsed.
func (c botRerun) Validate() error {
	if c.Days < 1 {
		return errors.New("--days must be at least 1")
	}
	return nil
}

// rerunLine is a line of the server's stream; one of its fields is set.
type rerunLine struct {
	Progress *struct{ Conversations, Same, Different int }
	Report   *rerunReport
	Error    *struct{ Message string }
}

type rerunReport struct {
	Bot     string    `json:"bot"`
	Hash    string    `json:"hash"`
	Channel string    `json:"channel"`
	Since   time.Time `json:"since"`
	archive.Report
	More bool `json:"more,omitempty"`
}

// Run runs the conversations again, and prints the report.
func (c botRerun) Run(p *program) error {
	name, body, err := c.request(p)
	if err != nil {
		return err
	}
	report, raw, err := c.ask(p, name, body)
	if err != nil {
		return err
	}
	if c.JSON {
		p.printf("%s\n", harmlessJSON(raw))
	} else {
		report.print(p)
	}
	if c.Strict && report.Different > 0 {
		return fmt.Errorf("%s differ", plural(report.Different, "conversation"))
	}
	return nil
}

// request makes the body of the request, and returns the bot's name with it.
func (c botRerun) request(p *program) (name string, body []byte, err error) {
	asked := map[string]any{"channel": c.Channel, "days": c.Days}
	if isFile(c.Bot) {
		source, err := p.readFile(c.Bot)
		if err != nil {
			return "", nil, err
		}
		b, err := definition.Load(source)
		if problems, ok := errors.AsType[definition.Problems](err); ok {
			return "", nil, p.refused(c.Bot, problems)
		}
		if err != nil {
			return "", nil, err
		}
		asked["definition"] = string(source)
		name = b.Name
	} else {
		ref, err := parseBotRef(c.Bot)
		if err != nil {
			return "", nil, err
		}
		name = ref.Name
		if ref.Version > 0 {
			asked["version"] = ref.Version
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(asked)
	return name, text.Bytes(), err
}

// ask sends the request and reads the lines of the response.
func (c botRerun) ask(p *program, name string, body []byte) (report *rerunReport, raw json.RawMessage, err error) {
	r := client.Request{Method: http.MethodPost, Path: []string{"bots", name, "rerun"}, Body: body, Repeatable: true, Within: time.Minute}
	err = p.withServer(func(server *client.Client) error {
		return server.Lines(p.ctx, r, func(text []byte) error {
			var line rerunLine
			if err := json.Unmarshal(text, &line); err != nil {
				return fmt.Errorf("the server sent a line that is no JSON: %w", err)
			}
			switch {
			case line.Error != nil:
				return errors.New(line.Error.Message)
			case line.Progress != nil:
				p.sayProgress(fmt.Sprintf("%s run, %d differ", plural(line.Progress.Conversations, "conversation"), line.Progress.Different))
			case line.Report != nil:
				report, raw = line.Report, bytes.Clone(reportIn(text))
			}
			return nil
		})
	})
	if err == nil && report == nil {
		err = errors.New("the server ended before its report; try again")
	}
	return report, raw, err
}

func reportIn(line []byte) json.RawMessage {
	var in struct{ Report json.RawMessage }
	_ = json.Unmarshal(line, &in) // it was read before
	return in.Report
}

// sayProgress shows on a terminal how far something is that takes long.
func (p *program) sayProgress(text string) {
	if isTerminal(p.stderr) {
		_, _ = fmt.Fprintf(p.stderr, "\r\x1b[K%s …", text)
	}
}
