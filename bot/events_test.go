package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// talkTo is a conversation with a bot of which only what matters is written.
func talkTo(t testing.TB, src string) *chat {
	t.Helper()
	return newChat(t, load(t, "bot: v1\nname: small\n"+src))
}

// presses is a tap on the quick reply of a template, which carries no tag of ours.
func (c *chat) presses(payload, text string) {
	c.t.Helper()
	c.receive("<"+text+">", fmt.Sprintf(`{"from":"56911112222","id":"wamid.x","type":"button","button":{"payload":%s,"text":%s}}`,
		quoted(payload), quoted(text)))
}

func (c *chat) reacts() {
	c.t.Helper()
	c.receive("(👍)", `{"type":"reaction","id":"wamid.r","reaction":{"message_id":"m","emoji":"👍"}}`)
}

// fires is the timer of this id, due now, whether or not it is set.
func (c *chat) fires(id string) {
	c.t.Helper()
	c.step(bot.Event{Kind: bot.EventTimer, At: c.now, Timer: id})
}

// call is the one that the latest event made; nil when it made none.
func (c *chat) call() *bot.Call {
	for _, f := range c.effects {
		if f.Call != nil {
			return f.Call
		}
	}
	return nil
}

// answers is an answer of the server to the call that is out.
func (c *chat) answers(status int, body string) {
	c.t.Helper()
	c.result(bot.CallResult{Status: status, Body: body})
}

// fails is a call that is out and comes to nothing.
func (c *chat) fails(why string) {
	c.t.Helper()
	c.result(bot.CallResult{Error: why})
}

func (c *chat) result(r bot.CallResult) {
	c.t.Helper()
	require.NotNil(c.t, c.state.Pending, "no call is out")
	r.Call = c.state.Pending.Call
	fmt.Fprintf(&c.script, "server: %d %s%s\n", r.Status, r.Error, r.Body)
	c.step(bot.Event{Kind: bot.EventResult, At: c.now, Cause: r.Call, Result: &r})
}

// traces are all rules that the latest event applied.
func (c *chat) traces() []string {
	var all []string
	for _, f := range c.effects {
		if f.Kind == bot.EffectTrace && f.Edge == nil {
			all = append(all, f.Trace)
		}
	}
	return all
}

// ways are the edges that the latest event took.
func (c *chat) ways() []string {
	var all []string
	for _, f := range c.effects {
		if f.Edge != nil {
			all = append(all, strings.TrimSpace(f.Edge.From+" "+f.Edge.Via+" > "+f.Edge.To))
		}
	}
	return all
}

// kinds are the kinds of the effects that the shell acts on, in order.
func (c *chat) kinds() []bot.EffectKind {
	var all []bot.EffectKind
	for _, f := range c.effects {
		if f.Kind != bot.EffectTrace {
			all = append(all, f.Kind)
		}
	}
	return all
}

// ended is how the latest event closed the conversation; nil when it did not.
func (c *chat) ended() *bot.Close {
	for _, f := range c.effects {
		if f.Close != nil {
			return f.Close
		}
	}
	return nil
}

// asking is the state whose question is open; empty when none is.
func (c *chat) asking() string {
	if c.state.Ask == nil {
		return ""
	}
	return c.state.Ask.State
}

// value is a variable as JSON; empty when it is not set.
func (c *chat) value(name string) string { return string(c.state.Vars[name]) }

// message is the body of the latest event's nth send.
func (c *chat) message(n int) outbound.Message {
	c.t.Helper()
	bodies := c.bodies()
	require.Greater(c.t, len(bodies), n, c.script.String())
	var s outbound.Message
	require.NoError(c.t, json.Unmarshal([]byte(bodies[n]), &s))
	return s
}
