package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"time"
)

const (
	// replyWithin bounds how long a turn of the bot may take, also on a slow machine.
	replyWithin = 20 * time.Second
	// quiet is the silence that ends a turn of the bot, and how long the demo watches that nothing
	// comes after the close notice.
	quiet = time.Second
	poll  = 50 * time.Millisecond
)

// demo is one conversation, as an ISV sees it.
type demo struct {
	client  *client
	screen  *screen
	contact string
	// ui is the address of the Temporal UI, which is only printed.
	ui    string
	quiet time.Duration
	// bots has the example bots and their tests.
	bots fs.FS

	conversation conversation
	// choices are the buttons or rows of the last menu that the bot sent.
	choices []choice
}

// run plays the conversation with a bot of the examples; without a name, with the one that is live.
func (d *demo) run(ctx context.Context, bot string) error {
	if bot != "" {
		return d.playBot(ctx, bot)
	}
	return d.play(ctx)
}

// play plays the whole conversation with the starter.
func (d *demo) play(ctx context.Context) error {
	if err := d.connect(ctx); err != nil {
		return err
	}
	d.screen.title("Contact "+d.contact, "Bot "+waID)
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return d.writes(ctx, "Hola") },
		func(ctx context.Context) error { return d.taps(ctx, 0) },
		func(ctx context.Context) error { return d.writes(ctx, "¿Cuánto pesa la luna?") },
		func(ctx context.Context) error { return d.taps(ctx, 1) },
		d.sendsPicture,
		func(ctx context.Context) error {
			d.screen.contact("salir")
			return d.lastTurn(ctx, textMessage("salir"))
		},
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	d.tellWhereToLook()
	return nil
}

func (d *demo) tellWhereToLook() {
	d.screen.note("The conversation closed with %d messages from the bot, in order, and its notice.", d.conversation.messages())
	d.screen.note("Where to look:\n"+
		"  Sample ISV    %s/?contact=%s\n"+
		"  Temporal UI   %s   the workflow with ChattigoContact %s",
		d.client.inbox, d.contact, d.ui, d.contact)
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
	return nil
}

// writes sends a text and waits for the bot's whole answer.
func (d *demo) writes(ctx context.Context, text string) error {
	d.screen.contact(text)
	return d.turn(ctx, textMessage(text))
}

// taps taps a button of the bot's last menu by its position: the demo does not know the titles.
func (d *demo) taps(ctx context.Context, position int) error {
	if position >= len(d.choices) {
		return fmt.Errorf("the bot offered %d buttons, and the demo wanted to tap number %d", len(d.choices), position+1)
	}
	tapped := d.choices[position]
	d.screen.contact("▸ " + tapped.Title)
	return d.turn(ctx, tapMessage(tapped))
}

// sendsPicture sends a message that the bot cannot read.
func (d *demo) sendsPicture(ctx context.Context) error {
	d.screen.contact("[a picture]")
	return d.turn(ctx, pictureMessage())
}

// turn sends one message and reads the replies until the bot is silent.
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

// lastTurn sends what ends the chat, and waits for the farewell and then the close notice, with nothing
// after them.
func (d *demo) lastTurn(ctx context.Context, message map[string]any) error {
	before := d.conversation.messages()
	if err := d.send(ctx, message); err != nil {
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

// listen reads replies until at least one has come, unfinished returns false, and the bot has been
// silent for a while.
func (d *demo) listen(ctx context.Context, unfinished func() bool) error {
	began := time.Now()
	heard := time.Time{}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for heard.IsZero() || unfinished() || time.Since(heard) < d.quiet {
		if time.Since(began) > replyWithin {
			return fmt.Errorf("the bot did not finish its answer within %s", replyWithin)
		}
		replies, err := d.client.replies(ctx, d.contact)
		if err != nil {
			return err
		}
		if len(replies) > 0 {
			heard = time.Now()
		}
		if err := d.show(replies); err != nil {
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

// show checks and prints replies.
func (d *demo) show(replies []reply) error {
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
		if found := body.choices(); len(found) > 0 {
			d.choices = found
		}
	}
	return nil
}

// randomContact is a number that has no conversation yet.
func randomContact() string {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "56900000002" // not reached: the system's randomness does not fail
	}
	return fmt.Sprintf("569%08d", n)
}
