package api

import (
	"context"
	"fmt"
	"strings"
	"time"

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

// warnWait bounds how long a PATCH waits for a line in the log.
const warnWait = time.Second

// warnIfLacking logs that a channel has a bot live that says what the channel's new Graph version does
// not have. The ISV may set that version all the same; the next publish is refused.
func (p *publishing) warnIfLacking(ctx context.Context, channel store.Channel) {
	ctx, cancel := context.WithTimeout(ctx, warnWait)
	defer cancel()
	err := p.bots.work.do(ctx, channel.Account, func() error {
		row, err := p.store.Bot(ctx, channel.Bot)
		if err != nil {
			return err
		}
		loaded, err := definition.LoadStored(row.Source)
		if err == nil && tree.Fatal(loaded.Check(graphVersion(channel))) {
			p.log.WarnContext(ctx, "the Graph version of a channel does not have all that its bot says",
				"channel", channel.WaID, "version", channel.Version, "bot", loaded.Label())
		}
		return err
	})
	if err != nil {
		p.log.InfoContext(ctx, "cannot hold a bot against the new Graph version of its channel", "channel", channel.WaID, "error", err)
	}
}
