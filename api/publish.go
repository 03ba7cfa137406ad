package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/store"
)

// publishTries bounds how often a publish is decided anew because the channel or the tests have changed
// while it was.
const publishTries = 5

// publishWait bounds a publish with its tests, and the waits for them and for other publishes.
const publishWait = 45 * time.Second

// settleTime is a little more than the age of what a process remembers of a channel.
const settleTime = channelAge + 10*time.Millisecond

// PublicationStore is the part of [Store] for what is live on channels.
type PublicationStore interface {
	// Bot returns store.ErrNotFound for an unknown hash.
	Bot(ctx context.Context, hash string) (store.Bot, error)
	// LiveChannel returns store.ErrNotFound for an unknown number.
	LiveChannel(ctx context.Context, waID string) (store.LiveChannel, error)
	LiveChannels(ctx context.Context, account, after string, limit int) ([]store.LiveChannel, error)
	// Publish and RollBack return store.ErrChanged if the change was decided by what is no longer so.
	Publish(ctx context.Context, c store.Change) (number int, err error)
	RollBack(ctx context.Context, c store.Change) (number int, err error)
	// Publication returns store.ErrNotFound for an unknown one.
	Publication(ctx context.Context, channel string, number int) (store.Publication, error)
	Publications(ctx context.Context, channel string, before, limit int) ([]store.Publication, error)
}

// publishing puts versions of bots live on channels.
type publishing struct {
	store    PublicationStore
	bots     *bots
	channels *channels
	log      *slog.Logger
	now      func() time.Time
}

// ofPublishing makes an action of the server of one of its publishing.
func ofPublishing[In, Out any](do func(*publishing, context.Context, *request, In) (Out, error)) action[In, Out] {
	return func(s *server, ctx context.Context, req *request, in In) (Out, error) {
		return do(s.publishing, ctx, req, in)
	}
}

type publishRequest struct {
	bot string
	// version is empty for the newest.
	version  string
	expected expectation
}

func decodePublish(body []byte) (publishRequest, error) {
	fields, err := decodeObject(body)
	if err != nil {
		return publishRequest{}, err
	}
	var in publishRequest
	if err := fields.texts(text{"bot", &in.bot}); err != nil {
		return publishRequest{}, err
	}
	if in.version, err = fields.version("version"); err != nil {
		return publishRequest{}, err
	}
	in.expected, err = fields.expectation()
	return in, err
}

type publishedView struct {
	WaID string `json:"waId"`
	// Bot is nil for the starter.
	Bot         *liveBotView `json:"bot"`
	Publication int          `json:"publication"`
	PublishedAt string       `json:"publishedAt"`
	PublishedBy string       `json:"publishedBy"`
}

// publish handles PUT /channels/{waId}/bot. A version that is live already is not published again.
func (p *publishing) publish(ctx context.Context, req *request, in publishRequest) (publishedView, error) {
	var passed passedTests
	return p.decide(ctx, req, func(ctx context.Context, channel store.LiveChannel, change store.Change) (int, error) {
		if err := in.expected.check(channel); err != nil {
			return 0, err
		}
		version, err := p.bots.find(ctx, channel.Account, in.bot, in.version)
		if err != nil {
			return 0, err
		}
		if version.Hash == channel.Bot {
			return channel.Publication, nil
		}
		if err := p.mayGoLive(ctx, channel, version, &passed); err != nil {
			return 0, err
		}
		change.Bot, change.Name, change.TestsRevision = version.Hash, version.Name, passed.revision
		return p.store.Publish(ctx, change)
	})
}

func decodeRollback(body []byte) (expectation, error) {
	fields, err := decodeOptional(body)
	if err != nil {
		return expectation{}, err
	}
	return fields.expectation()
}

// rollback handles POST /channels/{waId}/bot/rollback: what was live before the latest publication is
// live again. It runs no tests: it must work when something is wrong.
func (p *publishing) rollback(ctx context.Context, req *request, expected expectation) (publishedView, error) {
	return p.decide(ctx, req, func(ctx context.Context, channel store.LiveChannel, change store.Change) (int, error) {
		if err := expected.check(channel); err != nil {
			return 0, err
		}
		number, err := p.store.RollBack(ctx, change)
		if errors.Is(err, store.ErrNothingBefore) {
			message := fmt.Sprintf("channel %s has %s live, and nothing before it to go back to", channel.WaID, liveOn(channel))
			err = &apiError{Status: http.StatusConflict, Message: message, Body: conflictBody{message, liveOn(channel)}}
		}
		return number, err
	})
}

// decide changes what is live on the channel in the path, again if something that it was decided by has
// changed meanwhile. change returns the number of the publication that is live then.
func (p *publishing) decide(ctx context.Context, req *request,
	change func(context.Context, store.LiveChannel, store.Change) (int, error),
) (publishedView, error) {
	ctx, cancel := context.WithTimeout(ctx, publishWait)
	defer cancel()
	for range publishTries {
		channel, err := p.channel(ctx, req)
		if err != nil {
			return publishedView{}, err
		}
		number, err := change(ctx, channel, store.Change{
			Channel: channel.WaID, Seen: channel.Channel, At: p.now(), By: req.account.Name,
		})
		if errors.Is(err, store.ErrChanged) {
			continue
		}
		if err != nil {
			return publishedView{}, orUnavailable(err)
		}
		return p.settled(ctx, channel, number)
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

// settled waits until every process knows what is live, and returns it. The next message that is
// accepted then is answered by it: no process remembers a channel for longer.
func (p *publishing) settled(ctx context.Context, channel store.LiveChannel, number int) (publishedView, error) {
	timer := time.NewTimer(settleTime)
	defer timer.Stop()
	p.channels.forget(channel.Channel)
	found, err := p.store.Publication(ctx, channel.WaID, number)
	if errors.Is(err, store.ErrNotFound) && number == 0 {
		// What is live came with the channel, and was never published.
		found = store.Publication{Bot: channel.Bot, Name: channel.BotName, Version: channel.BotVersion}
	} else if err != nil {
		return publishedView{}, errUnavailable(err)
	}
	if number != channel.Publication {
		p.log.InfoContext(ctx, "another bot is live on a channel", "channel", channel.WaID, "bot", found.Name,
			"version", found.Version, "rollback", found.Rollback, "account", found.By)
	}
	select {
	case <-timer.C:
	case <-ctx.Done():
		return publishedView{}, errUnavailable(ctx.Err())
	}
	return publishedView{
		channel.WaID, showBot(found.Bot, found.Name, found.Version), number, stamp(found.At), found.By,
	}, nil
}

// passedTests remembers which tests a definition has passed, so that they are played again only if they
// were changed.
type passedTests struct {
	hash     string
	revision int
}

// mayGoLive returns an error if a version must not be published on a channel: the channel cannot carry
// it, or it fails the stored tests.
func (p *publishing) mayGoLive(ctx context.Context, channel store.LiveChannel, version store.BotVersion, passed *passedTests) error {
	tests, err := p.bots.store.Tests(ctx, version.Account, version.Name)
	if err != nil {
		return errNotRead(err, version.Name)
	}
	return p.bots.work.do(ctx, version.Account, func() error {
		loaded, err := loadStored(version)
		if err != nil {
			return err
		}
		if err := errLacks(channel, version, loaded); err != nil {
			return err
		}
		now := passedTests{version.Hash, tests.Revision}
		if tests.Revision > 0 && *passed != now {
			results, err := p.bots.playStored(ctx, version, loaded, tests)
			if err != nil {
				return err
			}
			if err := errFailedTests(version, results); err != nil {
				return err
			}
		}
		*passed = now
		return nil
	})
}

type failedCaseView struct {
	Case    string `json:"case"`
	Line    int    `json:"line"`
	Problem string `json:"problem"`
}

type failuresBody struct {
	Message  string           `json:"message"`
	Failures []failedCaseView `json:"failures"`
}

// maxFailures bounds how many failed cases a response lists.
const maxFailures = 100

// errFailedTests returns nil if all cases passed.
func errFailedTests(version store.BotVersion, results []*script.Result) error {
	body := failuresBody{}
	for _, r := range results {
		if !r.Passed() && len(body.Failures) < maxFailures {
			body.Failures = append(body.Failures, failedCaseView{r.Case.Name, r.Failure.Line, r.Failure.Problem})
		}
	}
	if len(body.Failures) == 0 {
		return nil
	}
	first := body.Failures[0]
	problem, _, _ := strings.Cut(first.Problem, "\n")
	body.Message = fmt.Sprintf("%s is not published: case %q of the stored tests fails at line %d: %s",
		versionLabel(version), cut(first.Case), first.Line, cut(problem))
	return &apiError{Status: http.StatusUnprocessableEntity, Message: body.Message, Body: body}
}
