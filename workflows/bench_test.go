package workflows

import (
	"fmt"
	"testing"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

// What every step of a conversation does for its operators: the last words, and the page. It has
// to be small beside the turn itself.
func BenchmarkDetails(b *testing.B) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	c := &conversation{in: ConversationInput{Channel: testChannel, WaID: testContact}}
	c.id, c.attributes = "cnv_1", attributes{label: "inicio@73db9cec", status: StatusWaitingWebhook}
	c.state = &bot.State{Started: at, Contact: bot.Contact{WaID: testContact, Name: "Ana"}, Ask: &bot.Ask{State: "menu"}}
	c.outbox = outbox{parked: []Parked{{Sequence: 3}}, trouble: "HTTP 500"}
	body := fmt.Appendf(nil, `{"from":%q,"id":"wamid.1","type":"text","text":{"body":"¿A qué hora abren mañana?"}}`, testContact)
	entry := Entry{At: at, Direction: store.In, ID: "wamid.1", Type: "text", Body: body}
	b.Run("words", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.transcript.addLine(entry)
		}
	})
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = newDetails(c).page()
		}
	})
}
