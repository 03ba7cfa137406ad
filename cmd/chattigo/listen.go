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
	// farewell bounds what is done after Ctrl-C.
	farewell = 15 * time.Second
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

Ctrl-C ends it, and sets back what it has set. If it is killed, do that with PATCH /webhooks/outbound and {"waId": "56911110000", "delivery": "push"}. What was not taken within 24 hours becomes a dead letter, a close notice after 72.`
}

// Run pulls until Ctrl-C.
func (c listenCommand) Run(p *program) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(p.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	return p.withServer(func(server *client.Client) error {
		l := &listener{p: p, server: server, channel: c.WaID, forward: newForwarder(c.To)}
		defer l.forward.close()
		switched, err := l.pullFrom(ctx, c.Switch)
		if err != nil {
			return err
		}
		p.printf("Pulling the messages of %s from %s%s. Ctrl-C ends it.\n", c.WaID, server.URL(), choose(c.To == "", "", ", posting them to "+c.To))
		err = l.listen(ctx)
		if switched {
			err = errors.Join(err, l.setBack())
		}
		return err
	})
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

// pullFrom makes the channel one that is pulled, and reports whether it was none before.
func (l *listener) pullFrom(ctx context.Context, allowed bool) (switched bool, err error) {
	var now struct {
		URL      string `json:"externalWebhookIsvBot"`
		Delivery string
	}
	r := client.Get("webhooks", "outbound")
	r.Query = url.Values{"waId": {l.channel}}
	if err := l.server.JSON(ctx, r, &now); err != nil {
		return false, err
	}
	switch {
	case now.Delivery == "pull":
		return false, nil
	case now.URL != "" && !allowed:
		return false, fmt.Errorf("the messages of channel %s are posted to %s; --switch pulls them while this runs, and posts them there again at the end", l.channel, now.URL)
	}
	return true, l.set(ctx, "pull")
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

// setBack posts the channel's messages again.
func (l *listener) setBack() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.p.ctx), farewell)
	defer cancel()
	if err := l.set(ctx, "push"); err != nil {
		return fmt.Errorf(`channel %s is still pulled, because that could not be set back: send PATCH /webhooks/outbound with {"waId": "%s", "delivery": "push"}: %w`, l.channel, l.channel, err)
	}
	l.p.printf("The messages of %s are posted to its webhook again.\n", l.channel)
	return nil
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
