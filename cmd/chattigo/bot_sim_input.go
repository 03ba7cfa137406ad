package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/tree"
)

// handle sends a line as a message, or runs it as a command if it begins with "/".
func (s *session) handle(line string) error {
	line = strings.TrimRight(line, "\r")
	if strings.TrimSpace(line) == "" {
		return nil
	}
	if !strings.HasPrefix(line, "/") {
		return s.say(line)
	}
	name, rest, _ := strings.Cut(line[1:], " ")
	rest = strings.TrimSpace(rest)
	switch name {
	case "say":
		return s.player.Receive(script.NewText(rest))
	case "tap":
		return s.tap(rest)
	case "wait":
		return s.wait(rest)
	case "echo":
		return s.player.Echo(rest)
	case "resume":
		return s.player.Control(bot.ControlResume, "")
	case "close":
		return s.close(rest)
	case "image", "audio", "video", "document", "sticker", "location", "form", "raw":
		return s.send(name, rest)
	}
	return s.inspect(name)
}

// say sends a text. A number taps that choice of the latest message with choices, if it has one.
func (s *session) say(line string) error {
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || n < 1 {
		return s.player.Receive(script.NewText(line))
	}
	for _, e := range slices.Backward(s.played) {
		if e.Kind != script.EntryBot {
			continue
		}
		if choices := script.Choices(e.Body); len(choices) >= n {
			return s.player.Receive(script.NewTap(choices[n-1]))
		} else if len(choices) > 0 {
			break
		}
	}
	return s.player.Receive(script.NewText(line))
}

func (s *session) tap(id string) error {
	for _, e := range slices.Backward(s.played) {
		if e.Kind != script.EntryBot {
			continue
		}
		for _, c := range script.Choices(e.Body) {
			if c.ID == id {
				return s.player.Receive(script.NewTap(c))
			}
		}
	}
	return fmt.Errorf("no message has a button or row %q", id)
}

func (s *session) wait(text string) error {
	if text != "" {
		d, ok := tree.ParseDuration(text)
		if !ok {
			return errors.New("a time is written as 90s, 5m, 2h or 1d")
		}
		return s.player.Wait(d)
	}
	timers := s.player.Timers()
	if len(timers) == 0 {
		return errors.New("no timer is armed: say how long, as in /wait 5m")
	}
	return s.player.Wait(timers[0].At.Sub(s.player.Now()))
}

func (s *session) close(reason string) error {
	if reason == "" {
		reason = "closed"
	}
	if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`).MatchString(reason) {
		return errors.New("a reason is one word in lower case, such as resolved")
	}
	return s.player.Control(bot.ControlClose, reason)
}

// send sends a message that is not a text. The reader of test files completes its short form.
func (s *session) send(kind, rest string) error {
	payload, err := payloadOf(kind, rest)
	if err != nil {
		return err
	}
	message, err := script.ParseMessage(fmt.Appendf(nil, `{%q: %s}`, kind, payload))
	if err != nil {
		return err
	}
	return s.player.Receive(message)
}

// payloadOf is the payload of a message of this kind, as JSON in the short form of test files.
func payloadOf(kind, rest string) ([]byte, error) {
	switch {
	case kind == "form" || kind == "raw":
		if !json.Valid([]byte(rest)) {
			return nil, fmt.Errorf("/%s needs a JSON object", kind)
		}
		return []byte(rest), nil
	case kind == "location":
		if rest == "" {
			rest = "-33.4372,-70.6506"
		}
		var latitude, longitude float64
		if _, err := fmt.Sscanf(rest, "%f,%f", &latitude, &longitude); err != nil {
			return nil, errors.New("a place is written as -33.4372,-70.6506")
		}
		return fmt.Appendf(nil, `{"latitude": %g, "longitude": %g}`, latitude, longitude), nil
	case rest == "":
		return []byte("{}"), nil
	}
	caption, err := json.Marshal(rest)
	return fmt.Appendf(nil, `{"caption": %s}`, caption), err
}

// inspect runs a command that changes nothing in the chat.
func (s *session) inspect(name string) error {
	switch name {
	case "help":
		s.p.printf("%s", simHelp)
	case "quit", "exit":
		s.quit = true
	case "state":
		s.showState()
	case "vars":
		s.showVars()
	case "body":
		s.showBody()
	default:
		return fmt.Errorf("there is no /%s; /help shows what there is, and /say sends a text as it stands", name)
	}
	return nil
}

func (s *session) showState() {
	state := s.player.State()
	switch {
	case state == nil:
		s.p.printf("  no conversation has begun\n")
	case state.Closed:
		s.p.printf("  the chat is closed; the next message opens a new one\n")
	case state.Ask == nil:
		s.p.printf("  no question is open\n")
	default:
		s.p.printf("  %s waits for an answer%s\n", state.Ask.State, choose(state.Ask.Tries > 0, "; "+plural(state.Ask.Tries, "answer")+" refused", ""))
	}
	if state != nil && state.Muted() {
		s.p.printf("  a person answers since %s\n", state.MutedAt.In(s.setup.Now.Location()).Format("15:04"))
	}
	for _, timer := range s.player.Timers() {
		s.printer.Timer(timer, s.player.Now())
	}
}

func (s *session) showVars() {
	state := s.player.State()
	if state == nil || len(state.Vars) == 0 {
		s.p.printf("  no variable is set\n")
		return
	}
	names := make([]string, 0, len(state.Vars))
	for name := range state.Vars {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s.p.printf("  %s = %s\n", name, state.Vars[name])
	}
}

func (s *session) showBody() {
	for _, e := range slices.Backward(s.played) {
		if e.Kind == script.EntryBot {
			s.p.printf("%s\n", indented(e.Body))
			return
		}
	}
	s.p.printf("  the bot has said nothing yet\n")
}
