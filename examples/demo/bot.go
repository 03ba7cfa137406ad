package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// restoreWithin bounds putting back what was live before, also after an interrupt. The service may
// take a moment until every process of it knows.
const restoreWithin = 15 * time.Second

// live is a bot on a channel, as the API shows it and takes it for expected.
type live struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// channel is what the API says of a channel.
type channel struct {
	// Bot is nil while the starter is live.
	Bot *live `json:"bot"`
	// Publication counts what was put live.
	Publication int `json:"publication"`
}

func (c channel) String() string {
	if c.Bot == nil {
		return "the starter"
	}
	return fmt.Sprintf("%s version %d", c.Bot.Name, c.Bot.Version)
}

// playBot puts a bot of the examples on the channel, plays its demo, and puts back what was there.
func (d *demo) playBot(ctx context.Context, name string) (err error) {
	bot, err := loadExample(d.bots, name)
	if err != nil {
		return err
	}
	if err := d.connect(ctx); err != nil {
		return err
	}
	before, err := d.client.channel(ctx)
	if err != nil {
		return err
	}
	version, err := d.client.putBot(ctx, name, bot.source)
	if err != nil {
		return err
	}
	published := live{name, version}
	defer func() { err = errors.Join(err, d.restore(ctx, before, published)) }()
	if err := d.client.publish(ctx, published, before.Bot); err != nil {
		return err
	}
	d.screen.note("Channel %s now has %s version %d live; %s comes back at the end.", waID, name, version, before)
	d.screen.title("Contact "+d.contact, "Bot "+name)
	if err := d.playSteps(ctx, bot.steps); err != nil {
		return err
	}
	d.tellWhereToLook()
	return nil
}

// restore rolls back to what was live before the demo published its bot. It looks first: the
// publication may have failed, may have come to nothing because the bot was live already, or somebody
// else may have published since.
func (d *demo) restore(ctx context.Context, before channel, published live) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreWithin)
	defer cancel()
	now, err := d.client.channel(ctx)
	switch {
	case err != nil:
	case now.Publication == before.Publication:
		return nil
	case now.Bot == nil || *now.Bot != published:
		d.screen.note("Channel %s has %s live, which somebody else put there meanwhile; the demo leaves it.", waID, now)
		return nil
	default:
		now, err = d.client.rollback(ctx, published)
	}
	if err != nil {
		return fmt.Errorf("%s may still be live on channel %s; POST /channels/%s/bot/rollback puts %s back: %w",
			published.Name, waID, waID, before, err)
	}
	d.screen.note("Channel %s has %s live again.", waID, now)
	return nil
}

// playSteps does what the contact of the demo does. The last step ends the chat.
func (d *demo) playSteps(ctx context.Context, steps []step) error {
	for i, s := range steps {
		message := s.message
		if s.tap != "" {
			tapped, err := d.offered(s.tap)
			if err != nil {
				return err
			}
			message = tapMessage(tapped)
			d.screen.contact("▸ " + tapped.Title)
		} else {
			d.screen.contact(s.shown)
		}
		turn := d.turn
		if i == len(steps)-1 {
			turn = d.lastTurn
		}
		if err := turn(ctx, message); err != nil {
			return err
		}
	}
	return nil
}

// offered finds a choice of the bot's last menu by the id that the bot's file gives it. The id may
// carry the tag of its question.
func (d *demo) offered(id string) (choice, error) {
	for _, c := range d.choices {
		if plain, _, _ := strings.Cut(c.ID, "~"); plain == id {
			return c, nil
		}
	}
	return choice{}, fmt.Errorf("the bot did not offer %q, which the demo wanted to tap", id)
}

// channel reads what is live.
func (c *client) channel(ctx context.Context) (found channel, err error) {
	return found, c.call(ctx, http.MethodGet, c.api+"/channels/"+waID, nil, &found)
}

// putBot stores a definition, and returns the number of its version.
func (c *client) putBot(ctx context.Context, name string, source []byte) (version int, err error) {
	var answer struct {
		Version int `json:"version"`
	}
	err = c.do(ctx, http.MethodPut, c.api+"/bots/"+name, "application/yaml", source, &answer)
	return answer.Version, err
}

// publish puts a bot live, if what is expected still is. A definition that is no version of the account
// cannot be expected.
func (c *client) publish(ctx context.Context, bot live, expected *live) error {
	sent := map[string]any{"bot": bot.Name, "version": bot.Version}
	if expected == nil || expected.Version > 0 {
		sent["expected"] = reference(expected)
	}
	return c.call(ctx, http.MethodPut, c.api+"/channels/"+waID+"/bot", sent, nil)
}

// rollback puts back what was live before a bot, if that is still live, and returns it.
func (c *client) rollback(ctx context.Context, from live) (now channel, err error) {
	sent := map[string]any{"expected": reference(&from)}
	return now, c.call(ctx, http.MethodPost, c.api+"/channels/"+waID+"/bot/rollback", sent, &now)
}

// reference is a bot as a request names it; nil stands for the starter.
func reference(bot *live) any {
	if bot == nil {
		return nil
	}
	return map[string]any{"bot": bot.Name, "version": bot.Version}
}

// exampleNames are the bots that can be played.
func exampleNames(bots fs.FS) []string {
	const ending = ".bot.yaml"
	files, _ := fs.Glob(bots, "*"+ending) // the pattern is good
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(file, ending)
	}
	return names
}
