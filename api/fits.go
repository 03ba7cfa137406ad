package api

import (
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// errLacks returns nil if the channel can carry the bot. Else it names the first feature that it cannot,
// and what to do.
func errLacks(channel store.LiveChannel, version store.BotVersion, b *definition.Bot) error {
	current := graphVersion(channel.Channel)
	problems := b.Check(current)
	if !tree.Fatal(problems) {
		return nil
	}
	var first tree.Problem
	for _, problem := range problems {
		if !problem.Warning {
			first = problem
			break
		}
	}
	_, feature, found := strings.Cut(first.Message, ": ")
	if !found {
		feature = first.Message
	}
	return errUnprocessable(fmt.Sprintf(
		"%s is not published: channel %s uses %s of the Graph API, which cannot carry %s (line %d); %sor take it out of the bot",
		versionLabel(version), channel.WaID, current, feature, first.Line, upgrade(current, b)), problems...)
}

// upgrade says under which version the bot could be carried; empty if under none.
func upgrade(current whatsapp.Version, b *definition.Bot) string {
	for v := current; v.Compare(whatsapp.NewestVersion()) <= 0; v.Major++ {
		if !tree.Fatal(b.Check(v)) {
			return fmt.Sprintf("set the webhook with PATCH /%s/webhooks/outbound or a later version, ", v)
		}
	}
	return ""
}
