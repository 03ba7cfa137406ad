package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
)

type botSim struct {
	File   string `arg:"" help:"The definition."`
	HTTP   string `name:"http" placeholder:"FILE" help:"A test file whose mocks answer the bot's calls; its now, contact, vars and loop_guard are used too. It need not have cases."`
	Now    string `placeholder:"TIME" help:"When the chat begins, such as 2026-03-10T21:00:00-03:00. Without it, and without a time in --http, it is now."`
	Record string `placeholder:"FILE" help:"At the end, write what was played as a test file with one case."`
}

// Help is what --help shows above the flags.
func (botSim) Help() string {
	return `You are the contact. Type a text, or the number of a button or row of the latest message that has some. What begins with / does something else:

` + simHelp + `
Beside the chat stand the rule that the bot applied and the state that speaks. Time stands still until /wait; the loop guard keeps the bot still after 20 messages without one, as after 20 in a minute in the service. When the bot calls a service and no mock of --http answers, you are asked for the answer.

  chattigo bot sim clinica.bot.yaml
  chattigo bot sim clinica.bot.yaml --http clinica.test.yaml --record new.test.yaml

With --record the chat becomes a test: what the bot said is what it has to say from then on. Only what can be played again is recorded: what led to a call that got no answer is left out.`
}

const simHelp = `  /wait 5m               time passes; without a time, until the next timer
  /tap ID                tap a button by its id, of the newest message that has it
  /say TEXT              send a text as it stands, such as 2
  /image /audio /video /document /sticker [CAPTION]
  /location [LAT,LON]    send a place
  /form JSON             answer a Flow
  /raw JSON              send any message, as an element of messages[]
  /echo TEXT             a person of the business writes: the bot keeps still
  /resume                an operator lets the bot answer again
  /close [REASON]        an operator closes the chat
  /state /vars           show the open question and the timers, or the variables
  /body                  show the latest message of the bot as JSON
  /help /quit
`

// Run chats until the input ends or /quit is typed.
func (c botSim) Run(p *program) error {
	if c.File == "-" {
		return &usageError{"the definition of bot sim is a file: the standard input is for the chat"}
	}
	if c.Record != "" {
		if _, err := os.Stat(c.Record); err == nil {
			return fmt.Errorf("%s is there already", c.Record)
		}
	}
	b, err := p.loadBot(c.File)
	if err != nil {
		return err
	}
	setup, err := c.setup(p)
	if err != nil {
		return err
	}
	s := newSession(p, b, setup)
	s.run()
	if c.Record == "" {
		return nil
	}
	return c.record(p, s)
}

// setup is how the chat begins.
func (c botSim) setup(p *program) (script.Setup, error) {
	setup := script.Setup{
		Now:     time.Now().Truncate(time.Second),
		Contact: bot.Contact{WaID: "15550001111", Name: "Ana"}, LoopGuard: true,
	}
	if c.HTTP != "" {
		src, err := p.readFile(c.HTTP)
		if err != nil {
			return setup, err
		}
		setup, err = script.LoadSetup(src, setup)
		if problems, ok := errors.AsType[script.Problems](err); ok {
			return setup, p.refused(c.HTTP, problems)
		}
	}
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return setup, &usageError{"--now must be a time with its offset, such as 2026-03-10T21:00:00-03:00"}
		}
		setup.Now = at
	}
	return setup, nil
}

func (c botSim) record(p *program, s *session) error {
	text := script.Record(filepath.ToSlash(relativeTo(c.Record, c.File)), "recorded", s.setup, s.played)
	if text == nil {
		p.printf("Nothing was played, so that nothing is recorded.\n")
		return nil
	}
	f, err := script.Load(text)
	if err != nil {
		return fmt.Errorf("what was played makes no test, and is not recorded: %w", err)
	}
	if r := f.Cases[0].Play(script.NewPlayer(s.bot, f.Cases[0].Setup, nil)); !r.Passed() {
		return fmt.Errorf("what was played goes another way when it is played again, and is not recorded: %s: %s", r.Failure.Step, r.Failure.Problem)
	}
	if err := os.WriteFile(c.Record, text, 0o644); err != nil { //nolint:gosec // a test is for everybody
		return err
	}
	p.printf("Recorded in %s. Play it with: chattigo bot test %s\n", c.Record, c.Record)
	return nil
}

// relativeTo is the path of a file relative to the folder of another one.
func relativeTo(from, path string) string {
	here, err := filepath.Abs(filepath.Dir(from))
	if err != nil {
		return path
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(here, whole)
	if err != nil {
		return whole // another drive
	}
	return relative
}

// session is a chat in the terminal.
type session struct {
	p       *program
	bot     *definition.Bot
	setup   script.Setup
	in      *bufio.Scanner
	player  *script.Player
	printer *transcript.Printer
	mocks   *script.Mocks
	// played is everything that has happened.
	played []script.Entry
	// next is the timer that was shown latest.
	next bot.Timer
	quit bool
}

// maxLine bounds a line of input, in bytes: far above WhatsApp's longest text, for /raw.
const maxLine = 1 << 20

func newSession(p *program, b *definition.Bot, setup script.Setup) *session {
	s := &session{
		p: p, bot: b, setup: setup, in: bufio.NewScanner(p.stdin), mocks: script.NewMocks(setup.Mocks),
		printer: transcript.NewPrinter(p.stdout, p.width(), p.color(), setup.Now.Location()),
	}
	s.in.Buffer(nil, maxLine)
	s.player = script.NewPlayer(b, setup, s)
	return s
}

func (s *session) run() {
	s.p.printf("%s, %s. Write what the contact would; /help shows what else you can do.\n",
		s.bot.Label(), s.setup.Now.Format("Mon 2 Jan 2006 15:04 -07:00"))
	for !s.quit {
		line, ok := s.ask("> ")
		if !ok {
			return
		}
		if err := s.handle(line); err != nil {
			s.p.printf("  %s\n", err)
		}
		s.show()
	}
}

// ask reads a line. The prompt is written to terminals only.
func (s *session) ask(prompt string) (line string, ok bool) {
	if isTerminal(s.p.stdout) {
		s.p.printf("%s", prompt)
	}
	if !s.in.Scan() {
		s.quit = true
		return "", false
	}
	return s.in.Text(), true
}

// show prints what has happened since the last call, and the next timer if it is another one.
func (s *session) show() {
	news, _ := s.player.Heard(false) // a Player does not fail here
	if len(news) == 0 {
		return
	}
	s.played = append(s.played, news...)
	s.printer.Entries(news)
	timers := s.player.Timers()
	if len(timers) > 0 && timers[0] != s.next {
		s.next = timers[0]
		s.printer.Timer(s.next, s.player.Now())
	}
}
