package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"
)

const (
	// replyWithin is how long a reply may take on a slow machine.
	replyWithin = 20 * time.Second
	// quiet is how long the bot must be silent for its turn to be over, and how long
	// nothing may come after the close notice.
	quiet = time.Second
	poll  = 50 * time.Millisecond
)

// demo is one conversation, seen from the ISV.
type demo struct {
	client  *client
	screen  *screen
	contact string
	// ui is the address of the Temporal UI, to name it.
	ui    string
	quiet time.Duration

	conversation conversation
	// buttons are the ids and titles of the last menu that the bot sent.
	buttons []button
}

// play is the conversation.
func (d *demo) play(ctx context.Context) error {
	if err := d.connect(ctx); err != nil {
		return err
	}
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return d.writes(ctx, "Hola") },
		func(ctx context.Context) error { return d.taps(ctx, 0) },
		func(ctx context.Context) error { return d.writes(ctx, "¿Cuánto pesa la luna?") },
		func(ctx context.Context) error { return d.taps(ctx, 1) },
		d.sendsPicture,
		func(ctx context.Context) error { return d.saysGoodbye(ctx, "salir") },
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	d.screen.note("The conversation closed with %d messages from the bot, in order, and its notice.", d.conversation.messages())
	d.screen.note("Where to look:\n"+
		"  Sample ISV    %s/?contact=%s\n"+
		"  Temporal UI   %s   the workflow with ChattigoContact %s",
		d.client.inbox, d.contact, d.ui, d.contact)
	return nil
}

// connect logs in and points the channel's webhook at the sample ISV.
func (d *demo) connect(ctx context.Context) error {
	if err := d.client.login(ctx); err != nil {
		return err
	}
	if err := d.client.setWebhook(ctx); err != nil {
		return err
	}
	d.screen.note("Replies of channel %s now go to the sample ISV, %s/; PATCH /webhooks/outbound changes that.", waID, d.client.inbox)
	d.screen.title("Contact "+d.contact, "Bot "+waID)
	return nil
}

// writes sends a text and waits for the bot's whole answer.
func (d *demo) writes(ctx context.Context, text string) error {
	d.screen.contact(text)
	return d.turn(ctx, textMessage(text))
}

// taps presses a button of the bot's last menu, by its place: what it is called is the
// bot's business.
func (d *demo) taps(ctx context.Context, place int) error {
	if place >= len(d.buttons) {
		return fmt.Errorf("the bot offered %d buttons, and the demo wanted to tap number %d", len(d.buttons), place+1)
	}
	tapped := d.buttons[place]
	d.screen.contact("▸ " + tapped.Title)
	return d.turn(ctx, tapMessage(tapped))
}

// sendsPicture sends what a bot of words cannot read.
func (d *demo) sendsPicture(ctx context.Context) error {
	d.screen.contact("[a picture]")
	return d.turn(ctx, pictureMessage())
}

// turn sends one message and takes in what the bot says until it is silent.
func (d *demo) turn(ctx context.Context, message map[string]any) error {
	if err := d.send(ctx, message); err != nil {
		return err
	}
	if err := d.listen(ctx, func() bool { return false }); err != nil {
		return err
	}
	if d.conversation.closed {
		return errors.New("the bot closed the chat before it was told to")
	}
	return nil
}

// saysGoodbye sends the word that ends the chat and waits for farewell and notice, in
// this order, and for silence after them.
func (d *demo) saysGoodbye(ctx context.Context, text string) error {
	d.screen.contact(text)
	before := d.conversation.messages()
	if err := d.send(ctx, textMessage(text)); err != nil {
		return err
	}
	if err := d.listen(ctx, func() bool { return !d.conversation.closed }); err != nil {
		return err
	}
	if d.conversation.messages() == before {
		return errors.New("the chat was closed without a farewell")
	}
	return nil
}

func (d *demo) send(ctx context.Context, message map[string]any) error {
	return d.client.inbound(ctx, d.contact, message)
}

// listen takes in replies until at least one has come, unfinished says no, and the bot
// has been silent for a while.
func (d *demo) listen(ctx context.Context, unfinished func() bool) error {
	begun := time.Now()
	heard := time.Time{}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for heard.IsZero() || unfinished() || time.Since(heard) < d.quiet {
		if time.Since(begun) > replyWithin {
			return fmt.Errorf("the bot did not finish its answer within %s", replyWithin)
		}
		replies, err := d.client.replies(ctx, d.contact)
		if err != nil {
			return err
		}
		if len(replies) > 0 {
			heard = time.Now()
		}
		if err := d.take(replies); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("the demo was interrupted or took too long")
		}
	}
	return nil
}

// take checks and prints what came.
func (d *demo) take(replies []reply) error {
	for _, r := range replies {
		fresh, err := d.conversation.accept(r, d.contact)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		if d.conversation.closed {
			d.screen.notice(string(r.Body))
			continue
		}
		body := r.message()
		d.screen.bot(body.lines()...)
		if found := body.buttons(); len(found) > 0 {
			d.buttons = found
		}
	}
	return nil
}

// randomContact is a number that has no conversation yet.
func randomContact() string {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "56900000002" // the system's randomness never fails; a fixed number will do
	}
	return fmt.Sprintf("569%08d", n)
}
