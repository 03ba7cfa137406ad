package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

const (
	// listenWait is how long one request waits for a message, in seconds.
	listenWait = 30
	// listenFirst is the pause after something failed, doubled up to listenMost.
	listenFirst = time.Second
	listenMost  = 20 * time.Second
	// leaseSpare is how long before the end of its lease a message is not forwarded again, but pulled anew.
	leaseSpare = 5 * time.Second
	// farewell bounds each thing that is done although Ctrl-C came.
	farewell = 15 * time.Second
	// tokenSpare is how long before the end of its token this ends: enough for each farewell.
	tokenSpare = time.Minute
)

type listenCommand struct {
	WaID   string `arg:"" name:"wa-id" help:"The channel: its number's digits."`
	To     string `help:"Where to post the messages, such as http://localhost:3000. Without it they are only shown." placeholder:"URL"`
	Switch bool   `help:"Pull the messages of a channel that has a webhook while this runs, and post them there again at the end."`
}

// Help is what --help shows above the flags.
func (listenCommand) Help() string {
	return `Brings the messages of a channel to this machine, where no webhook can reach: it pulls them from the server that you are logged in at, and posts each to a local address, with the headers, the signature and the body that a webhook gets.

  chattigo listen 56911110000 --to http://localhost:3000
  chattigo listen 56911110000

Each message is a line: when, to whom, what it is, and how the local address answered. A 2xx takes it. After anything else it is posted again, later each time, and the messages behind it wait: so you can stop your server, mend it and start it, and nothing is lost or out of order. Without --to a message is taken when it has been shown.

A channel posts its messages to its webhook or has them pulled, not both. One without a webhook is pulled while this runs. For one that has a webhook say so with --switch: ITS ISV GETS NOTHING MEANWHILE.

  chattigo listen 56911110000 --to http://localhost:3000 --switch

Ctrl-C ends it, and sets back what it has set. So does closing the terminal, and it ends by itself a minute before your token does, which lives 8 hours. If it is killed, set it back with PATCH /webhooks/outbound and {"waId": "56911110000", "delivery": "push"}. What was not taken within 24 hours becomes a dead letter, a close notice after 72.`
}

// Run pulls until Ctrl-C, or until the token ends.
func (c listenCommand) Run(p *program) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, stop := untilEnded(p.ctx)
	defer stop()
	return p.withServer(func(server *client.Client) error {
		l := &listener{p: p, server: server, channel: c.WaID, forward: newForwarder(c.To)}
		defer l.forward.close()
		return l.whileTokenWorks(ctx, func(ctx context.Context) error { return l.run(ctx, c.Switch) })
	})
}

// untilEnded returns a context that is done after Ctrl-C, or when the terminal or what reads the output is gone.
func untilEnded(parent context.Context) (context.Context, context.CancelFunc) {
	gone := []os.Signal{syscall.SIGPIPE}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		gone = append(gone, syscall.SIGHUP)
	}
	// These stay caught to the end: the shell and the terminal may both say that they are gone.
	ctx, stopGone := signal.NotifyContext(parent, gone...)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	return ctx, func() {
		stop()
		stopGone()
	}
}

func (c listenCommand) check() error {
	if c.To == "" {
		return nil
	}
	u, err := url.Parse(c.To)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return &usageError{"--to must be a URL such as http://localhost:3000"}
	}
	return nil
}

// listener pulls the messages of a channel.
type listener struct {
	p       *program
	server  *client.Client
	channel string
	forward *forwarder
}

// whileTokenWorks lets do end while the token can still set something back, and says then why. A token that
// has ended by the clock of this machine is left to the server, whose clock counts.
func (l *listener) whileTokenWorks(ctx context.Context, do func(context.Context) error) error {
	end := l.server.TokenEnd()
	if !time.Now().Before(end) {
		return do(ctx)
	}
	ending := fmt.Errorf("the token ends at %s, and this command a minute before it, while the token still works; to go on: %s, and start it again",
		end.Local().Format("15:04:05"), l.server.Renew())
	ctx, cancel := context.WithDeadlineCause(ctx, end.Add(-tokenSpare), ending)
	defer cancel()
	err := do(ctx)
	if errors.Is(context.Cause(ctx), ending) {
		return errors.Join(ending, err)
	}
	return err
}

// run pulls until ctx is done, and sets back what it has set, however it ends.
func (l *listener) run(ctx context.Context, allowed bool) error {
	switched, err := l.pullFrom(ctx, allowed)
	if err == nil && ctx.Err() == nil {
		l.p.printf("Pulling the messages of %s from %s%s. Ctrl-C ends it.\n", l.channel, l.server.URL(), choose(l.forward.to == "", "", ", posting them to "+l.forward.to))
		err = l.listen(ctx)
	}
	if switched {
		err = errors.Join(err, l.setBack())
	}
	return err
}

// pullFrom makes the channel one that is pulled, and reports whether it was none before. It does nothing once
// ctx is done.
func (l *listener) pullFrom(ctx context.Context, allowed bool) (switched bool, err error) {
	var now struct {
		URL      string `json:"externalWebhookIsvBot"`
		Delivery string
	}
	r := client.Get("webhooks", "outbound")
	r.Query = url.Values{"waId": {l.channel}}
	err = l.server.JSON(ctx, r, &now)
	switch {
	case isDone(ctx): // that something failed then is no news
		return false, nil
	case err != nil:
		return false, err
	case now.Delivery == "pull":
		return false, nil
	case now.URL != "" && !allowed:
		return false, fmt.Errorf("the messages of channel %s are posted to %s; --switch pulls them while this runs, and posts them there again at the end", l.channel, now.URL)
	}
	return l.switchToPull(ctx)
}

func isDone(ctx context.Context) bool { return ctx.Err() != nil }

// switchToPull reports true also if it failed without a refusal: the server may have done it. Ctrl-C does not
// interrupt it: what sets it back could overtake a request that the server is still at.
func (l *listener) switchToPull(ctx context.Context) (switched bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	err = l.set(ctx, "pull")
	return !isFinal(err), err
}

// set sets how the channel's messages leave.
func (l *listener) set(ctx context.Context, delivery string) error {
	body, err := json.Marshal(map[string]string{"waId": l.channel, "delivery": delivery})
	if err != nil {
		return err
	}
	_, err = l.server.Do(ctx, client.Request{Method: http.MethodPatch, Path: []string{"webhooks", "outbound"}, Body: body, Repeatable: true})
	return err
}

// setBack posts the channel's messages again. It goes on until the server has done it, for as long as farewell.
func (l *listener) setBack() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.p.ctx), farewell)
	defer cancel()
	for failed := 1; ; failed++ {
		err := l.set(ctx, "push")
		switch {
		case err == nil:
			l.p.printf("The messages of %s are posted to its webhook again.\n", l.channel)
			return nil
		case isFinal(err), ctx.Err() != nil:
			return fmt.Errorf("channel %s may still be pulled, so that its webhook gets nothing, because it could not be set back (%w). Set it back with %s where TOKEN is the access_token of a new POST /login",
				l.channel, err, l.wayBack())
		}
		l.rest(ctx, failed, err.Error())
	}
}

// wayBack is a command that does what setBack could not do.
func (l *listener) wayBack() string {
	return fmt.Sprintf(`curl -X PATCH %s/webhooks/outbound -H "Authorization: $TOKEN" -H 'Content-Type: application/json' -d '{"waId":"%s","delivery":"push"}'`,
		l.server.URL(), l.channel)
}

// listen takes one message after the other, until ctx is done or the server wants no more.
func (l *listener) listen(ctx context.Context) error {
	failed := 0
	for ctx.Err() == nil {
		m, err := l.next(ctx)
		if err == nil && m != nil {
			err = l.take(ctx, m)
		}
		switch {
		case ctx.Err() != nil:
		case err == nil:
			failed = 0
			continue
		case isFinal(err):
			return err
		default:
			failed++
			l.rest(ctx, failed, err.Error())
		}
	}
	return nil
}

// isFinal reports whether the server would answer the same again.
func isFinal(err error) bool {
	refused, ok := errors.AsType[*client.Refused](err)
	return ok && refused.Status/100 == 4 && refused.Status != http.StatusTooManyRequests && refused.Status != http.StatusRequestTimeout
}

// rest says what failed and waits, longer each time.
func (l *listener) rest(ctx context.Context, failed int, why string) {
	wait := min(listenFirst<<min(failed-1, 10), listenMost)
	l.p.sayWaiting(wait, client.Clean(why, maxShown))
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// next pulls a message; nil if none came.
func (l *listener) next(ctx context.Context) (*pulledMessage, error) {
	r := client.Get("deliveries", "next")
	r.Repeatable = false // this command waits itself
	r.Query = url.Values{"channel": {l.channel}, "wait": {fmt.Sprint(listenWait)}}
	r.Within = (listenWait + 20) * time.Second
	began := time.Now()
	got, err := l.server.Do(ctx, r)
	if err != nil || len(got.Body) == 0 {
		return nil, err
	}
	m := &pulledMessage{until: began.Add(time.Minute)}
	if err := json.Unmarshal(got.Body, m); err != nil || m.ID == "" {
		return nil, fmt.Errorf("%s answers something that is no message", l.server.URL())
	}
	return m, nil
}

// take forwards a message until it is taken, then acknowledges it. Before its lease ends it leaves it, to pull
// it again with a signature of then.
func (l *listener) take(ctx context.Context, m *pulledMessage) error {
	for failed := 1; ; failed++ {
		answer := l.forward.post(ctx, m)
		if answer.taken() {
			l.p.printf("%s\n", m.line(answer))
			return l.acknowledge(ctx, m, answer)
		}
		if ctx.Err() == nil {
			l.p.printf("%s\n", m.line(answer))
			l.rest(ctx, failed, answer.why())
		}
		if m.isOver(ctx) {
			return nil
		}
	}
}

// acknowledge says that a message was taken, also when Ctrl-C came meanwhile. It goes on until the server
// knows it: what it does not know it hands out again.
func (l *listener) acknowledge(ctx context.Context, m *pulledMessage, answer localAnswer) error {
	r := client.Request{Method: http.MethodPost, Path: []string{"deliveries", m.ID, "ack"}, Body: answer.graph(), Repeatable: true}
	for failed := 1; ; failed++ {
		last, cancel := ctx, context.CancelFunc(func() {})
		if ctx.Err() != nil {
			last, cancel = context.WithTimeout(context.WithoutCancel(ctx), farewell)
		}
		_, err := l.server.Do(last, r)
		cancel()
		refused, ok := errors.AsType[*client.Refused](err)
		switch {
		case err == nil:
			return nil
		case ok && refused.Status == http.StatusConflict: // it was given up meanwhile
			l.p.printf("%s was not acknowledged: %s\n", m.ID, strings.TrimSpace(err.Error()))
			return nil
		case isFinal(err), last != ctx:
			return err
		case ctx.Err() == nil:
			l.rest(ctx, failed, err.Error())
		}
	}
}
