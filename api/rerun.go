package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

const (
	// maxRerun bounds the body of a re-run: a definition, escaped as a JSON text.
	maxRerun = 2*maxText + maxForm
	// defaultDays and maxDays are how far back a re-run goes.
	defaultDays = 14
	maxDays     = 366
	// maxReruns is how many conversations one re-run runs, the newest first.
	maxReruns = 20_000
	// rerunDone is when to ask again for a re-run that was one too many.
	rerunDone = 10 * time.Second
)

// reruns runs archived conversations again.
type reruns struct {
	archive archive.Source
	// account reads an account past any cache.
	account    func(ctx context.Context, name string) (store.Account, error)
	bots       *bots
	publishing *publishing
	// turns divides half of the processors between the re-runs of all accounts.
	turns *roundRobin
	now   func() time.Time
}

// rerunRequest says what is run: a definition, or a version of the bot in the path, the newest if none is
// named; and through what: the conversations of a channel that were opened in the last days.
//
// A draft need not be the text of a version, nor its bot be known.
type rerunRequest struct {
	channel    string
	days       int
	version    string
	definition string
}

func decodeRerun(body []byte) (rerunRequest, error) {
	in := rerunRequest{days: defaultDays}
	o, err := decodeObject(body)
	if err != nil {
		return in, err
	}
	if err := o.texts(text{"channel", &in.channel}); err != nil {
		return in, err
	}
	if err := o.optional(text{"definition", &in.definition}); err != nil {
		return in, err
	}
	if in.version, err = o.version("version"); err != nil {
		return in, err
	}
	if in.version != "" && in.definition != "" {
		return in, errBadRequest("version and definition exclude each other: name a version, or send a text")
	}
	if raw, ok := o["days"]; ok {
		in.days, err = decodeDays(raw)
	}
	return in, err
}

func decodeDays(raw json.RawMessage) (int, error) {
	days, err := strconv.Atoi(string(raw))
	if err != nil || days < 1 || days > maxDays {
		return 0, errBadRequest(fmt.Sprintf("days must be a number from 1 to %d", maxDays))
	}
	return days, nil
}

// progressLine is sent about once a second, reportLine at the end.
type progressLine struct {
	Progress progressView `json:"progress"`
}

type progressView struct {
	Conversations int `json:"conversations"`
	Same          int `json:"same"`
	Different     int `json:"different"`
}

type reportLine struct {
	Report reportView `json:"report"`
}

type reportView struct {
	Bot     string `json:"bot"`
	Hash    string `json:"hash"`
	Channel string `json:"channel"`
	Since   string `json:"since"`
	*archive.Report
	// More reports that there are older conversations which the bound left out.
	More bool `json:"more,omitempty"`
}

// ofReruns makes an action of the server of one of its re-runs.
func ofReruns[In, Out any](do func(*reruns, context.Context, *request, In) (Out, error)) action[In, Out] {
	return func(s *server, ctx context.Context, req *request, in In) (Out, error) {
		return do(s.reruns, ctx, req, in)
	}
}

// start handles POST /bots/{name}/rerun: it runs the archived conversations of a channel through a bot.
func (r *reruns) start(ctx context.Context, req *request, in rerunRequest) (stream, error) {
	channel, err := r.publishing.channelOf(ctx, req.account, in.channel)
	if err != nil {
		return nil, err
	}
	b, err := r.load(ctx, req, in)
	if err != nil {
		return nil, err
	}
	since := r.now().Add(-time.Duration(in.days) * 24 * time.Hour)
	sliced := &slicedRerun{reruns: r, account: req.account}
	sliced.run = archive.NewRerun(r.archive, b, archive.Query{Channel: channel.WaID, Since: since, Limit: maxReruns}, sliced.pause)
	if sliced.job, err = r.admit(req.account.Name); err != nil {
		return nil, err
	}
	return func(send func(any) error) error {
		defer sliced.job.leave()
		more, err := sliced.all(ctx, send)
		if err != nil {
			return rerunError(err)
		}
		return send(reportLine{reportView{
			Bot: b.Name, Hash: b.Hash, Channel: channel.WaID, Since: stamp(since), Report: sliced.run.Report(), More: more,
		}})
	}, nil
}

// admit admits a re-run: it works and waits from now on, and others may be one too many.
func (r *reruns) admit(account string) (*job, error) {
	job, err := r.turns.admit(account)
	switch {
	case errors.Is(err, errOwnJobs):
		return nil, &apiError{
			Status: http.StatusTooManyRequests, RetryAfter: rerunDone, cause: err,
			Message: fmt.Sprintf("%d re-runs of this account are under way; please send it again later", maxOwnJobs),
		}
	case err != nil:
		return nil, errUnavailable(err)
	}
	return job, nil
}

// load loads the definition that was sent, or the version that was named.
func (r *reruns) load(ctx context.Context, req *request, in rerunRequest) (*definition.Bot, error) {
	if in.definition != "" {
		return r.bots.load(ctx, req.account, []byte(in.definition), definition.Load)
	}
	version, err := r.bots.find(ctx, req.account.Name, req.vars["name"], in.version)
	if err != nil {
		return nil, err
	}
	return r.bots.load(ctx, req.account, version.Source, definition.LoadStored)
}

// rerunError keeps the errors that have words for the caller; all others are of the database.
func rerunError(err error) error {
	if e := asError(err); e.Status != http.StatusInternalServerError {
		return err
	}
	return errUnavailable(err)
}
