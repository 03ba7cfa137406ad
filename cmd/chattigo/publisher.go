package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

// publisher puts bots onto the server and live, for one command, and says what came of it: in
// sentences, or, when the command is for a tool, as one JSON at its end.
type publisher struct {
	*program

	server *client.Client
	json   bool
	came   outcome
}

// outcome is what --json prints. All of it is as the server answered.
type outcome struct {
	Bot     json.RawMessage `json:"bot,omitempty"`
	Tests   json.RawMessage `json:"tests,omitempty"`
	Was     json.RawMessage `json:"was,omitempty"`
	Live    json.RawMessage `json:"live,omitempty"`
	Refused json.RawMessage `json:"refused,omitempty"`
}

// publishing lends a publisher.
func (p *program) publishing(asJSON bool, do func(*publisher) error) error {
	return p.withServer(func(server *client.Client) error {
		w := &publisher{program: p, server: server, json: asJSON}
		err := do(w)
		if !asJSON {
			return err
		}
		if refused, ok := errors.AsType[*client.Refused](err); ok && !refused.Into(&w.came.Refused) {
			w.came.Refused = nil // no JSON
		}
		p.printf("%s\n", indented(w.came))
		return err
	})
}

// say prints a sentence, unless a tool reads.
func (w *publisher) say(format string, args ...any) {
	if !w.json {
		w.printf(format, args...)
	}
}

// ask makes a request, keeps the answer for --json, and reads it.
func (w *publisher) ask(r client.Request, kept *json.RawMessage, into any) error {
	if err := w.server.JSON(w.ctx, r, kept); err != nil {
		return err
	}
	return json.Unmarshal(*kept, into)
}

// pushed is what the server says of a definition that was put.
type pushed struct {
	Name     string          `json:"name"`
	Version  int             `json:"version"`
	Hash     string          `json:"hash"`
	Created  bool            `json:"created"`
	Warnings []serverProblem `json:"warnings"`
}

// push puts a draft and its tests onto the server.
func (w *publisher) push(d *draft) (botVersion, error) {
	var got pushed
	r := client.Request{Method: http.MethodPut, Path: []string{"bots", d.name}, Body: d.source, Type: d.mediaType(), Repeatable: true}
	if err := w.ask(r, &w.came.Bot, &got); err != nil {
		return botVersion{}, w.listed(d.path, err)
	}
	w.list(d.path, got.Warnings)
	live := botVersion{got.Name, got.Version, got.Hash}
	if got.Created {
		w.say("%s (%s) is on the server.\n", live.String(), shortHash(got.Hash))
	} else {
		w.say("%s (%s) was on the server already: the same definition is the same version.\n", live.String(), shortHash(got.Hash))
	}
	return live, w.pushTests(d, got.Version)
}

// pushTests puts the tests of a draft that is a version now, perhaps an old one.
func (w *publisher) pushTests(d *draft, version int) error {
	if d.tests == nil {
		w.say("No tests were sent%s.\n", choose(d.testsPath == "", "", ": there is no "+d.testsPath))
		return nil
	}
	var got struct {
		Cases    int             `json:"cases"`
		Warnings []serverProblem `json:"warnings"`
	}
	r := client.Request{
		Method: http.MethodPut, Path: []string{"bots", d.name, "tests"}, Query: url.Values{"version": {strconv.Itoa(version)}},
		Body: d.tests, Type: mediaType(d.testsPath, d.tests), Repeatable: true,
	}
	if err := w.ask(r, &w.came.Tests, &got); err != nil {
		return w.listed(d.testsPath, err)
	}
	w.list(d.testsPath, got.Warnings)
	w.say("Its tests are %s, which every publication has to pass.\n", plural(got.Cases, "case"))
	return nil
}

// channelInfo is what the server says of a channel.
type channelInfo struct {
	WaID          string      `json:"waId"`
	PhoneNumberID string      `json:"phoneNumberId"`
	Account       string      `json:"account"`
	Webhook       string      `json:"webhook"`
	GraphVersion  string      `json:"version"`
	Bot           *botVersion `json:"bot"`
	Publication   int         `json:"publication"`
	UpdatedAt     string      `json:"updatedAt"`
}

// liveWithin is how long the server may take to put something live: it plays tests for 45 s at most.
const liveWithin = time.Minute

// publication is what the server says of what was put live.
type publication struct {
	Bot         *botVersion `json:"bot"`
	Publication int         `json:"publication"`
}

// expects writes into a body what the server has to find live: what the person named, or what is live
// now, so that what is said to have been live is what was replaced. A definition that is no version
// cannot be named.
func (w *publisher) expects(e expectation, waID string, body map[string]any) (now *botVersion, err error) {
	live, given, err := e.read()
	if err != nil {
		return nil, err
	}
	var channel channelInfo
	if err := w.server.JSON(w.ctx, client.Get("channels", waID), &channel); err != nil {
		return nil, err
	}
	now = channel.Bot
	w.came.Was = indented(now)
	switch {
	case given:
		body["expected"] = live
	case now == nil:
		body["expected"] = nil
	case now.Version > 0:
		body["expected"] = liveBot{now.Name, now.Version}
	}
	return now, nil
}

// publish puts a version live. What a refusal lists is printed under where it stands.
func (w *publisher) publish(waID string, ref botRef, e expectation, where sources) error {
	body := map[string]any{"bot": ref.Name}
	if ref.Version > 0 {
		body["version"] = ref.Version
	}
	was, err := w.expects(e, waID, body)
	if err != nil {
		return err
	}
	r := client.Request{Method: http.MethodPut, Path: []string{"channels", waID, "bot"}, Body: indented(body), Repeatable: true, Within: liveWithin}
	var got publication
	if err := w.ask(r, &w.came.Live, &got); err != nil {
		return w.listedPublication(where, err)
	}
	w.sayLive(waID, was, got)
	return nil
}

// rollBack puts live what was live before.
func (w *publisher) rollBack(waID string, e expectation) error {
	body := map[string]any{}
	was, err := w.expects(e, waID, body)
	if err != nil {
		return err
	}
	// Without what is expected live, twice would be two steps back.
	_, once := body["expected"]
	r := client.Request{
		Method: http.MethodPost, Path: []string{"channels", waID, "bot", "rollback"}, Body: indented(body), Repeatable: once, Within: liveWithin,
	}
	var got publication
	if err := w.ask(r, &w.came.Live, &got); err != nil {
		return err
	}
	w.sayLive(waID, was, got)
	return nil
}

func (w *publisher) sayLive(waID string, was *botVersion, got publication) {
	if was.equal(got.Bot) {
		w.say("Channel %s: %s was live already; nothing has changed.\n", waID, got.Bot)
		return
	}
	w.say("Channel %s: %s was live, %s is live now (publication %d).\n", waID, was, got.Bot, got.Publication)
	w.say("Conversations that are open end on the version that they began with.\n")
}

// serverProblem is a problem as the server lists it.
type serverProblem struct {
	Level   string    `json:"level"`
	Code    tree.Code `json:"code"`
	Message string    `json:"message"`
	Line    int       `json:"line"`
	Column  int       `json:"column"`
}

// maxListed bounds a sentence of the server's lists, in characters.
const maxListed = 1000

// list prints what the server has found in a file, as bot check does.
func (w *publisher) list(path string, problems []serverProblem) {
	if w.json {
		return
	}
	all := make([]tree.Problem, len(problems))
	for i, found := range problems {
		all[i] = tree.Problem{
			Line: found.Line, Column: found.Column, Code: tree.Code(client.Clean(string(found.Code), maxListed)),
			Message: client.Clean(found.Message, maxListed), Warning: found.Level != "error",
		}
	}
	w.listProblems(path, all)
}

// listed prints the problems of a file that the server refused, and returns the error.
func (w *publisher) listed(path string, err error) error {
	if refused, ok := errors.AsType[*client.Refused](err); ok {
		var why struct{ Problems []serverProblem }
		if refused.Into(&why) {
			w.list(path, why.Problems)
		}
	}
	return err
}

// sources are the names under which a person finds a definition and its tests.
type sources struct{ bot, tests string }

// listedPublication prints why a publication was refused, and returns the error.
func (w *publisher) listedPublication(where sources, err error) error {
	refused, ok := errors.AsType[*client.Refused](err)
	if !ok {
		return err
	}
	var why struct {
		Failures []struct {
			Case    string `json:"case"`
			Line    int    `json:"line"`
			Problem string `json:"problem"`
		} `json:"failures"`
	}
	if refused.Into(&why) {
		for _, f := range why.Failures {
			w.say("%s:%d: the case %q fails: %s\n", where.tests, f.Line, client.Clean(f.Case, maxListed), client.Clean(f.Problem, maxListed))
		}
	}
	return w.listed(where.bot, err)
}
