package main

import (
	"cmp"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
)

type botChannels struct {
	WaID string `arg:"" optional:"" name:"wa-id" help:"One channel: show who put what live on it, and when."`
	accountFlag
	howMany
	listFormat
}

// Help is what --help shows above the flags.
func (botChannels) Help() string {
	return `Lists your channels and what is live on each; of one channel, who put what live and when.

  chattigo bot channels
  chattigo bot channels 56911110000

A channel without a publication is answered by the starter. (chattigo channel is something else: it changes channels in the database, and is for those who run the service.)`
}

// Run prints the channels, or the publications of one.
func (c botChannels) Run(p *program) error {
	if c.WaID != "" {
		return c.publications(p)
	}
	all, more, done, err := readList[channelInfo](p, c.listFormat, list{"channels", []string{"channels"}, c.Limit, c.Account})
	if done || err != nil {
		return err
	}
	if len(all) == 0 {
		p.printf("This account has no channels: whoever runs the service adds them.\n")
		return nil
	}
	rows := make([][]string, len(all))
	for i, ch := range all {
		name, version := ch.Bot.columns()
		rows[i] = []string{ch.WaID, name, version, strconv.Itoa(ch.Publication), ch.GraphVersion, cmp.Or(ch.Webhook, "-")}
	}
	return p.tableOf([]string{"WA-ID", "BOT", "VERSION", "PUBLICATION", "GRAPH", "WEBHOOK"}, rows, more)
}

// publicationInfo is one line of what was put live on a channel.
type publicationInfo struct {
	Number   int         `json:"number"`
	Bot      *botVersion `json:"bot"`
	At       time.Time   `json:"at"`
	By       string      `json:"by"`
	Rollback bool        `json:"rollback"`
}

func (c botChannels) publications(p *program) error {
	all, more, done, err := readList[publicationInfo](p, c.listFormat, list{"publications", []string{"channels", c.WaID, "publications"}, c.Limit, ""})
	if done || err != nil {
		return err
	}
	if len(all) == 0 {
		p.printf("Nothing was ever put live on channel %s; the starter answers.\n", c.WaID)
		return nil
	}
	rows := make([][]string, len(all))
	for i, one := range all {
		name, version := one.Bot.columns()
		rows[i] = []string{strconv.Itoa(one.Number), name, version, minute(one.At), one.By, choose(one.Rollback, "rollback", "publish")}
	}
	return p.tableOf([]string{"PUBLICATION", "BOT", "VERSION", "AT", "BY", "HOW"}, rows, more)
}

// columns are the name and the version of a bot in a table.
func (v *botVersion) columns() (name, version string) {
	switch {
	case v == nil:
		return starterRef, "-"
	case v.Version == 0:
		return definition.Label(v.Name, v.Hash), "-"
	}
	return v.Name, strconv.Itoa(v.Version)
}
