package archive

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// The pages on testing show what this conversation with the clinic is recorded as.
func TestThePagesOnTestingShowARecordedConversation(t *testing.T) {
	b := loadBot(t, string(read(t, "../examples/bots/clinica.bot.yaml")))
	zone := b.Zone
	k := &keeper{t: t}
	p := k.player(b, script.Setup{
		Now: time.Date(2026, 3, 10, 10, 0, 0, 0, zone), Contact: bot.Contact{WaID: "56987654321", Name: "Carmen Díaz"}, LoopGuard: true,
	}, nil)
	say := func(wait time.Duration, messages ...json.RawMessage) {
		for _, m := range messages {
			require.NoError(t, p.Wait(wait))
			require.NoError(t, p.Receive(m))
		}
	}
	say(0, script.NewText("quiero una hora"))
	say(9*time.Second, script.NewTap(script.Choice{Kind: script.KindListReply, ID: "pediatria", Title: "Pediatría", Sent: script.Choices(k.open.Said[0].Body)[1].Sent}))
	say(21*time.Second, script.NewText("12.345.678-9, soy carmen"), script.NewText("no lo tengo, mi fono es +56 9 8765 4321"), script.NewText("humano"))

	text, err := Record(b, *k.open, "clinica.bot.yaml", "recorded")

	require.NoError(t, err)
	requirePasses(t, b, text)
	for _, page := range []string{"testing-bots.md", "probar-bots.md"} {
		require.Contains(t, string(read(t, "../docs/"+page)), "```yaml\n"+string(text)+"```\n", page)
	}
}
