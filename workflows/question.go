package workflows

import (
	"slices"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// reasonUnsaid says in the transcript why a question is not open any more.
const reasonUnsaid = "its question was not delivered"

// askDelivered keeps that a question has reached the ISV; 0 is none.
func (c *conversation) askDelivered(ask int) { c.Asked = max(c.Asked, ask) }

// askLost tells the bot that its open question was given up: what the contact says next is no
// answer to it. A question of which one message was delivered, or may still be, was said.
func (c *conversation) askLost(lost Parked) {
	if lost.Ask == 0 || lost.Ask == c.Asked || c.State == nil || c.State.Ask == nil || c.State.Ask.No != lost.Ask {
		return
	}
	if slices.ContainsFunc(c.Outbox, func(p Parked) bool { return p.Ask == lost.Ask }) {
		return
	}
	c.wish(activities.Wish{Control: bot.ControlUnsaid, Ask: lost.Ask, Reason: reasonUnsaid}, "unsaid:"+lost.ID)
}
