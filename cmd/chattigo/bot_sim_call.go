package main

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// Answer answers an HTTP call of the bot: with a mock, or with what the person types.
func (s *session) Answer(call *bot.Call) (script.Answer, error) {
	if a, err := s.mocks.Answer(call); err == nil {
		return a, nil
	}
	s.show()
	s.p.printf("  The bot calls %s %s", call.Method, call.URL)
	if len(call.Body) > 0 {
		s.p.printf(" with %s", call.Body)
	}
	s.p.printf("\n  Answer with JSON, with a status and JSON, with timeout or with connection (only Enter is 200 {}):\n")
	for {
		line, ok := s.ask("< ")
		if !ok {
			return script.Answer{}, errors.New("the input ended before the call was answered")
		}
		a, err := parseAnswer(strings.TrimSpace(line))
		if err == nil {
			return a, nil
		}
		s.p.printf("  %s\n", err)
	}
}

var answerForm = regexp.MustCompile(`^([1-5][0-9][0-9])?\s*(.*)$`)

func parseAnswer(line string) (script.Answer, error) {
	if line == bot.CallTimeout || line == bot.CallConnection {
		return script.Answer{Error: line}, nil
	}
	parts := answerForm.FindStringSubmatch(line)
	a := script.Answer{Status: 200, Body: parts[2]}
	if parts[1] != "" {
		a.Status, _ = strconv.Atoi(parts[1])
	} else if line == "" {
		a.Body = "{}"
	}
	if a.Body != "" && !json.Valid([]byte(a.Body)) {
		return script.Answer{}, errors.New(`that is no answer; write for example {"ok": true}, 409, 200 {"ok": true} or timeout`)
	}
	return a, nil
}
