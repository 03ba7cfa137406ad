package bot_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert/yaml"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update to write it")
	require.Equal(t, string(want), got)
}

func load(t testing.TB, src string) *definition.Bot {
	t.Helper()
	b, err := definition.Load([]byte(src))
	require.NoError(t, err)
	return b
}

var opened = time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC)

// chat is a conversation with a clock and what a shell would hold for it.
type chat struct {
	t       testing.TB
	bot     *definition.Bot
	state   bot.State
	now     time.Time
	effects []bot.Effect // of the latest event
	// timers are those that are set, armed is the one that fires next; nil when none is.
	timers map[bot.TimerKind]*bot.Timer
	armed  *bot.Timer
	events int
	last   bot.Event
	script strings.Builder
}

func newChat(t testing.TB, b *definition.Bot) *chat {
	t.Helper()
	contact := bot.Contact{WaID: "56911112222", Name: "Ana"}
	return &chat{
		t: t, bot: b, state: bot.NewState(b, "cnv_1", contact, opened), now: opened,
		timers: map[bot.TimerKind]*bot.Timer{},
	}
}

func (c *chat) step(e bot.Event) {
	c.t.Helper()
	if c.events++; e.Cause == "" {
		e.Cause = fmt.Sprintf("event %d", c.events)
	}
	c.last = e
	before := encode(c.t, c.state)
	state, effects, err := bot.Step(c.bot, c.state, e)
	require.NoError(c.t, err)
	require.Equal(c.t, before, encode(c.t, c.state), "Step must not change its arguments")
	c.state, c.effects = state, effects
	for _, f := range effects {
		c.apply(f)
	}
	c.rearm()
}

// rearm finds the timer that fires next.
func (c *chat) rearm() {
	c.armed = nil
	for _, kind := range []bot.TimerKind{bot.TimerIdle, bot.TimerCollect, bot.TimerHandoff} {
		if t := c.timers[kind]; t != nil && (c.armed == nil || t.At.Before(c.armed.At)) {
			c.armed = t
		}
	}
}

func (c *chat) apply(f bot.Effect) {
	switch f.Kind {
	case bot.EffectTrace:
		if f.Edge != nil {
			return // the rule that was applied says enough
		}
		fmt.Fprintf(&c.script, "        (%s)\n", f.Trace)
	case bot.EffectSend:
		for line := range strings.SplitSeq(c.shown(f.Send.Body), "\n") {
			fmt.Fprintf(&c.script, "bot:    %s\n", line)
		}
	case bot.EffectTimerSet:
		c.timers[f.Timer.Kind] = f.Timer
		fmt.Fprintf(&c.script, "        timer %s in %s\n", f.Timer.ID, f.Timer.At.Sub(c.now))
	case bot.EffectTimerClear:
		delete(c.timers, f.Timer.Kind)
		c.script.WriteString("        timer cleared\n")
	case bot.EffectClose:
		fmt.Fprintf(&c.script, "        closed: %s, notice %t\n", f.Close.Reason, f.Close.Notice)
	}
}

// shown is a body as a person would see it.
func (c *chat) shown(raw []byte) string {
	var s outbound.Message
	require.NoError(c.t, json.Unmarshal(raw, &s))
	if s.Text != nil {
		return s.Text.Body
	}
	if s.Interactive == nil {
		return "<" + s.Type + ">"
	}
	var text string
	if s.Interactive.Body != nil {
		text = s.Interactive.Body.Text
	}
	if s.Interactive.Footer != nil {
		text += "\n_" + s.Interactive.Footer.Text + "_"
	}
	for _, choice := range s.Choices() {
		text += "\n[" + choice.Title + "]"
	}
	return text
}

func (c *chat) receive(said, raw string) {
	c.t.Helper()
	fmt.Fprintf(&c.script, "person: %s\n", said)
	m := whatsapp.DecodeMessage(json.RawMessage(raw))
	c.step(bot.Event{Kind: bot.EventInbound, At: c.now, Message: &m})
}

func (c *chat) says(text string) {
	c.t.Helper()
	c.receive(text, fmt.Sprintf(`{"from":"56911112222","id":"wamid.x","type":"text","text":{"body":%s}}`, quoted(text)))
}

func (c *chat) sends(kind string) {
	c.t.Helper()
	c.receive("<"+kind+">", fmt.Sprintf(`{"from":"56911112222","id":"wamid.x","type":%q,%q:{"id":"1"}}`, kind, kind))
}

func (c *chat) taps(id string) {
	c.t.Helper()
	plain, _, _ := strings.Cut(id, "~")
	c.receive("["+plain+"]", fmt.Sprintf(
		`{"from":"56911112222","type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":%s,"title":"x"}}}`, quoted(id)))
}

// button is the tagged id of a button in the latest effects.
func (c *chat) button(id string) string {
	c.t.Helper()
	for _, f := range c.effects {
		if f.Send == nil {
			continue
		}
		for _, b := range buttons(c.t, f.Send.Body) {
			if strings.HasPrefix(b, id+"~") || b == id {
				return b
			}
		}
	}
	require.Failf(c.t, "no such button", "%s in\n%s", id, c.script.String())
	return ""
}

func buttons(t testing.TB, raw []byte) []string {
	t.Helper()
	var s outbound.Message
	require.NoError(t, json.Unmarshal(raw, &s))
	var ids []string
	for _, choice := range s.Choices() {
		ids = append(ids, choice.ID)
	}
	return ids
}

// waits lets time pass and fires the timers that are due, one after the other.
func (c *chat) waits(d time.Duration) {
	c.t.Helper()
	fmt.Fprintf(&c.script, "... %s later\n", d)
	end := c.now.Add(d)
	for c.armed != nil && !c.armed.At.After(end) {
		due := c.armed
		delete(c.timers, due.Kind)
		c.now = due.At
		c.step(bot.Event{Kind: bot.EventTimer, At: due.At, Timer: due.ID})
	}
	c.now = end
}

func (c *chat) closes(reason string) {
	c.t.Helper()
	c.script.WriteString("operator: close\n")
	c.step(bot.Event{Kind: bot.EventControl, At: c.now, Control: bot.ControlClose, Reason: reason})
}

// trace is the rule that the latest event applied.
func (c *chat) trace() string {
	c.t.Helper()
	for _, f := range c.effects {
		if f.Kind == bot.EffectTrace && f.Edge == nil {
			return f.Trace
		}
	}
	require.Fail(c.t, "no trace")
	return ""
}

// texts are the visible texts of the latest event.
func (c *chat) texts() []string {
	var all []string
	for _, f := range c.effects {
		if f.Send != nil {
			all = append(all, strings.ReplaceAll(c.shown(f.Send.Body), "\n", " "))
		}
	}
	return all
}

func encode(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

func quoted(text string) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text)
	return strings.TrimSpace(buf.String())
}

func problems(t testing.TB, src string) definition.Problems {
	t.Helper()
	_, err := definition.Load([]byte(src))
	var ps definition.Problems
	require.ErrorAs(t, err, &ps)
	require.NotEmpty(t, ps.Error())
	return ps
}

// asJSON writes a YAML tree as JSON, with other escapes, order and number spelling.
func asJSON(t *testing.T, src string) string {
	t.Helper()
	var tree map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(src), &tree))
	raw, err := json.MarshalIndent(tree, "", "\t")
	require.NoError(t, err)
	out := strings.ReplaceAll(string(raw), "👋", `\ud83d\udc4b`)
	return strings.ReplaceAll(out, `"max": 2`, `"max": 2.0e0`)
}

// found is what Load says of a definition, warnings too.
func found(t testing.TB, src string) []string {
	t.Helper()
	b, err := definition.Load([]byte(src))
	if err == nil {
		return problemsOf(b.Warnings())
	}
	return problemsOf(problems(t, src))
}

const buttonX = "interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}"
