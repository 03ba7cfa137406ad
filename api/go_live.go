package api

import (
	"context"
	"errors"
	"time"

	"github.com/chattigo/api-isv/store"
)

const (
	// publishTries bounds how often a publish is decided anew because the channel or the tests have
	// changed while it was.
	publishTries = 5
	// publishWait bounds a publish up to its commit: its tests, and the waits for them and for other
	// publishes. With confirmWait and settleTime it stays below the 60 s of a response.
	publishWait = 45 * time.Second
	// confirmWait bounds the question whether a change was committed.
	confirmWait = 3 * time.Second
	// settleTime is a little more than the age of what a process remembers of a channel.
	settleTime = channelAge + 10*time.Millisecond
)

// decide changes what is live on the channel in the path, again if something that it was decided by has
// changed meanwhile. change returns the publication that is live then.
func (p *publishing) decide(ctx context.Context, req *request,
	change func(context.Context, store.LiveChannel, store.Change) (store.Publication, error),
) (publishedView, error) {
	bounded, cancel := context.WithTimeout(ctx, publishWait)
	defer cancel()
	for range publishTries {
		channel, err := p.channel(bounded, req)
		if err != nil {
			return publishedView{}, err
		}
		live, err := change(bounded, channel, store.Change{
			Channel: channel.WaID, Seen: channel.Channel, At: p.now(), By: req.account.Name,
		})
		if errors.Is(err, store.ErrChanged) {
			continue
		}
		if err != nil {
			return publishedView{}, orUnavailable(err)
		}
		return p.settled(ctx, channel, live), nil
	}
	return publishedView{}, errConflict("the channel or the tests were changed by somebody else again and again; look at them, and try again", nil)
}

// orUnavailable turns an error of the store into the response to it.
func orUnavailable(err error) error {
	if _, ours := errors.AsType[*apiError](err); ours {
		return err
	}
	return errUnavailable(err)
}

// publication finds a publication of a channel. Number 0 is what came with the channel, which is only
// written down once something else is published.
func (p *publishing) publication(ctx context.Context, channel store.LiveChannel, number int) (store.Publication, error) {
	found, err := p.store.Publication(ctx, channel.WaID, number)
	if errors.Is(err, store.ErrNotFound) && number == 0 && channel.Publication == 0 {
		return store.Publication{Bot: channel.Bot, Name: channel.BotName, Version: channel.BotVersion}, nil
	}
	return found, err
}

// commit makes a change. An error that can come after the commit, as that of a broken connection, is
// none if the change is found in the store: the caller must not be asked to send it again.
func (p *publishing) commit(ctx context.Context, c store.Change,
	change func(context.Context, store.Change) (store.Publication, error),
) (store.Publication, error) {
	live, err := change(ctx, c)
	if err == nil || errors.Is(err, store.ErrChanged) || errors.Is(err, store.ErrNothingBefore) || errors.Is(err, store.ErrForgotten) {
		return live, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), confirmWait)
	defer cancel()
	found, notFound := p.store.Publication(ctx, c.Channel, c.Seen.Publication+1)
	asWanted := found.Bot == c.Bot || c.Bot == "" && found.Rollback
	if notFound == nil && asWanted && found.By == c.By && found.At.UnixMilli() == c.At.UnixMilli() {
		p.log.WarnContext(ctx, "publishing failed after its commit", "channel", c.Channel, "error", err)
		return found, nil
	}
	return live, err
}

// settled waits until every process knows what is live, and shows it. The next message that is accepted
// then is answered by it: no process remembers a channel for longer. It waits also for a caller who has
// gone, and whose time is over: what is committed is never answered with an error.
func (p *publishing) settled(ctx context.Context, channel store.LiveChannel, live store.Publication) publishedView {
	p.channels.forget(channel.Channel)
	if live.Number != channel.Publication {
		p.log.InfoContext(ctx, "another bot is live on a channel", "channel", channel.WaID, "bot", live.Name,
			"version", live.Version, "rollback", live.Rollback, "account", live.By)
	}
	<-time.After(settleTime)
	return publishedView{channel.WaID, showBot(live.Bot, live.Name, live.Version), live.Number, stamp(live.At), live.By}
}
