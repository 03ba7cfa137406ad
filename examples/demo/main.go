// Command demo is `make demo`: it plays one conversation through the public API of a
// running `make run`, reads the bot's replies from the sample ISV, checks them, and
// prints both sides as a chat. It exits with status 1 when anything is not as it should be.
//
// With a BOT it puts one of examples/bots on the channel first, plays the case "demo" of that bot's
// tests, and puts back what was live before.
//
// It imports nothing of ours: everything it does, an ISV can do. Start reading at
// [demo.play], which is the conversation, and at [demo.playBot]; the client of the two HTTP services
// is in client.go, what a reply must look like in reply.go.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// botsDir is where the example bots are, from the top of the checkout, where make runs.
const botsDir = "examples/bots"

// limit bounds the whole conversation.
const limit = 2 * time.Minute

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Getenv, os.Stdout, os.Stderr)
	cancel()
	os.Exit(status)
}

// run plays the conversation and returns the exit status.
func run(ctx context.Context, getenv func(string) string, out, errOut io.Writer) int {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	d := &demo{
		client: newClient(
			"http://"+cmp.Or(getenv("CHATTIGO_HTTP_ADDR"), "127.0.0.1:8080"),
			"http://"+cmp.Or(getenv("CHATTIGO_INBOX_ADDR"), "127.0.0.1:8090"),
		),
		screen:  newScreen(out, getenv("NO_COLOR") != ""),
		contact: randomContact(),
		ui:      "http://" + cmp.Or(getenv("CHATTIGO_TEMPORAL_UI_ADDR"), "127.0.0.1:8233"),
		quiet:   quiet,
		bots:    os.DirFS(botsDir),
	}
	d.client.webhook = cmp.Or(getenv("DEMO_WEBHOOK"), d.client.webhook)
	if err := d.run(ctx, getenv("BOT")); err != nil {
		fmt.Fprintf(errOut, "\nThe demo failed: %v\n", err)
		return 1
	}
	return 0
}
