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

// PublicationStore is the part of [Store] for what is live on channels.
type PublicationStore interface {
	// Bot returns store.ErrNotFound for an unknown hash.
	Bot(ctx context.Context, hash string) (store.Bot, error)
	// LiveChannel returns store.ErrNotFound for an unknown number.
	LiveChannel(ctx context.Context, waID string) (store.LiveChannel, error)
	LiveChannels(ctx context.Context, account, after string, limit int) ([]store.LiveChannel, error)
	// Publish and RollBack return store.ErrChanged if the change was decided by what is no longer so.
	Publish(ctx context.Context, c store.Change) (store.Publication, error)
	RollBack(ctx context.Context, c store.Change) (store.Publication, error)
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
	return p.decide(ctx, req, func(ctx context.Context, channel store.LiveChannel, change store.Change) (store.Publication, error) {
		version, err := p.bots.find(ctx, channel.Account, in.bot, in.version)
		if err != nil {
			return store.Publication{}, err
		}
		if version.Hash == channel.Bot {
			return p.liveAlready(ctx, channel, in.expected)
		}
		if err := in.expected.check(channel); err != nil {
			return store.Publication{}, err
		}
		if err := p.mayGoLive(ctx, channel, version, &passed); err != nil {
			return store.Publication{}, err
		}
		change.Bot, change.Name, change.TestsRevision = version.Hash, version.Name, passed.revision
		return p.commit(ctx, change, p.store.Publish)
	})
}

// liveAlready is what is live, if it is expected. It also is if the caller expects what was there before
// it: that is the same publish once more, because the response to the first was lost.
func (p *publishing) liveAlready(ctx context.Context, channel store.LiveChannel, expected expectation) (store.Publication, error) {
	live, err := p.publication(ctx, channel, channel.Publication)
	if err != nil {
		return store.Publication{}, err
	}
	conflict := expected.check(channel)
	if conflict == nil || channel.Publication == 0 {
		return live, conflict
	}
	before, err := p.publication(ctx, channel, channel.Publication-1)
	if err != nil {
		return store.Publication{}, err
	}
	channel.Bot, channel.BotName, channel.BotVersion = before.Bot, before.Name, before.Version
	if expected.check(channel) != nil {
		return store.Publication{}, conflict
	}
	return live, nil
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
	return p.decide(ctx, req, func(ctx context.Context, channel store.LiveChannel, change store.Change) (store.Publication, error) {
		if err := expected.check(channel); err != nil {
			return store.Publication{}, err
		}
		live, err := p.commit(ctx, change, p.store.RollBack)
		switch {
		case errors.Is(err, store.ErrNothingBefore):
			err = errNoWayBack(channel, "nothing before it to go back to")
		case errors.Is(err, store.ErrForgotten):
			err = errNoWayBack(channel, fmt.Sprintf("what was live before it is not among the latest %d publications, which are kept; publish the version that shall be live", store.MaxPublications))
		}
		return live, err
	})
}

func errNoWayBack(channel store.LiveChannel, why string) error {
	message := fmt.Sprintf("channel %s has %s live, and %s", channel.WaID, liveOn(channel), why)
	return &apiError{Status: http.StatusConflict, Message: message, Body: conflictBody{message, liveOn(channel)}}
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
