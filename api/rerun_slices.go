package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/store"
)

const (
	// slice is how long a re-run works before others have their turn, a step of a bot more or less.
	slice = 100 * time.Millisecond
	// rerunTime is how long a re-run may work, rerunElapsed how long it may take with its waits for others.
	rerunTime    = 5 * time.Minute
	rerunElapsed = 30 * time.Minute
	// progressEvery is the pause between lines of progress.
	progressEvery = time.Second
)

// slicedRerun is a re-run under way: it works in time slices, and its caller hears of it also while it
// waits. It is used by one goroutine.
type slicedRerun struct {
	*reruns
	account store.Account
	job     *job
	run     *archive.Rerun
	// send sends a line to the caller, shown is when the latest one was sent.
	send  func(any) error
	shown time.Time
	// began is when the re-run began, sliceBegan when its slice did, worked how long the earlier ones took.
	began, sliceBegan time.Time
	worked            time.Duration
}

// all runs all batches. It ends early when the caller has gone, when its account was shut out meanwhile,
// and when it takes too long. It reports whether older conversations are left.
func (r *slicedRerun) all(ctx context.Context, send func(any) error) (more bool, err error) {
	r.began = r.now()
	r.send, r.shown = send, r.began
	defer r.job.end()
	for more = true; more && r.run.Report().Conversations < maxReruns; {
		if err := r.nextSlice(ctx); err != nil {
			return false, err
		}
		if more, err = r.run.Next(ctx); err != nil {
			return false, err
		}
	}
	return more, nil
}

// pause is the re-run's [archive.Pause].
func (r *slicedRerun) pause(ctx context.Context) (waited time.Duration, err error) {
	now := r.now()
	if now.Sub(r.sliceBegan) < slice {
		return 0, nil
	}
	err = r.nextSlice(ctx)
	return r.sliceBegan.Sub(now), err
}

// nextSlice ends the slice, if there is one, and waits for the next.
func (r *slicedRerun) nextSlice(ctx context.Context) error {
	if r.job.running {
		r.worked += r.now().Sub(r.sliceBegan)
		r.job.end()
	}
	mayGoOn := func() error { return r.mayGoOn(ctx) }
	if err := mayGoOn(); err != nil {
		return err
	}
	err := r.job.begin(ctx, progressEvery, mayGoOn)
	r.sliceBegan = r.now()
	return err
}

// mayGoOn returns an error if the account has lost its access since the re-run began, if the re-run takes
// too long, or if its caller, who hears how far it is, has gone. A token that has only expired does not end
// what it began.
func (r *slicedRerun) mayGoOn(ctx context.Context) error {
	now := r.now()
	switch {
	case r.worked > rerunTime:
		return stopped("the re-run was stopped after %d minutes; ask for fewer days", rerunTime)
	case now.Sub(r.began) > rerunElapsed:
		return stopped("the re-run was stopped after %d minutes, most of which other re-runs took; ask again later, or for fewer days",
			rerunElapsed)
	}
	current, err := r.reruns.account(ctx, r.account.Name)
	if err != nil {
		return errUnavailable(err)
	}
	if current.Disabled || current.Generation != r.account.Generation {
		return errInvalidToken(nil)
	}
	if now.Sub(r.shown) < progressEvery {
		return nil
	}
	r.shown = now
	report := r.run.Report()
	return r.send(progressLine{progressView{report.Conversations, report.Same, report.Different}})
}

func stopped(format string, after time.Duration) error {
	return &apiError{Status: http.StatusUnprocessableEntity, Message: fmt.Sprintf(format, after/time.Minute)}
}
