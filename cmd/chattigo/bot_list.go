package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// listFormat is how a list is printed.
type listFormat struct {
	JSON bool `name:"json" help:"Print the list as JSON, as the server has it, for tools."`
}

// botInfo is a bot, or a version of one, in a list of the server.
type botInfo struct {
	Name      string    `json:"name"`
	Version   int       `json:"version"`
	Hash      string    `json:"hash"`
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy string    `json:"createdBy"`
	Channels  []string  `json:"channels"`
	Tests     int       `json:"tests"`
	Open      int       `json:"open"`
}

// accountFlag is for operators, who read what all tenants have.
type accountFlag struct {
	Account string `placeholder:"NAME" help:"Whose; for operators, who read what all accounts have."`
}

type botList struct {
	accountFlag
	howMany
	listFormat
}

// Help is what --help shows above the flags.
func (botList) Help() string {
	return `Lists the bots on the server with their newest versions, how many cases their tests have, and the channels on which some version of them is live.

  chattigo bot list
  chattigo bot list --json | jq -r '.bots[].name'`
}

// Run prints the bots.
func (c botList) Run(p *program) error {
	all, more, done, err := readList[botInfo](p, c.listFormat, list{"bots", []string{"bots"}, c.Limit, c.Account})
	if done || err != nil {
		return err
	}
	if len(all) == 0 {
		p.printf("There are no bots yet: chattigo bot push puts one there.\n")
		return nil
	}
	rows := make([][]string, len(all))
	for i, b := range all {
		rows[i] = []string{b.Name, strconv.Itoa(b.Version), shortHash(b.Hash), minute(b.CreatedAt), b.CreatedBy, strconv.Itoa(b.Tests), joined(b.Channels)}
	}
	return p.tableOf([]string{"NAME", "NEWEST", "HASH", "AT", "BY", "TESTS", "LIVE ON"}, rows, more)
}

func joined(texts []string) string { return cmp.Or(strings.Join(texts, " "), "-") }

// howMany bounds a list that may be longer than anybody wants to see.
type howMany struct {
	Limit int `default:"20" placeholder:"N" help:"How many lines, at most 1000; 20 if not given. What has numbers comes newest first."`
}

// maxListLimit is the largest --limit.
const maxListLimit = 1000

// Validate is called when the command line is parsed.
func (h howMany) Validate() error {
	if h.Limit < 1 || h.Limit > maxListLimit {
		return fmt.Errorf("--limit is a number from 1 to %d", maxListLimit)
	}
	return nil
}

type botVersions struct {
	Name string `arg:"" help:"The bot."`
	accountFlag
	howMany
	listFormat
}

// Help is what --help shows above the flags.
func (botVersions) Help() string {
	return `Lists the versions of a bot: who put them there and when, how many conversations are still open on each, and where each is live.

  chattigo bot versions clinica
  chattigo bot versions clinica --limit 100 --json`
}

// Run prints the versions, newest first.
func (c botVersions) Run(p *program) error {
	if _, err := parseBotRef(c.Name); err != nil {
		return err
	}
	all, more, done, err := readList[botInfo](p, c.listFormat, list{"versions", []string{"bots", c.Name, "versions"}, c.Limit, c.Account})
	if done || err != nil {
		return err
	}
	rows := make([][]string, len(all))
	for i, v := range all {
		rows[i] = []string{strconv.Itoa(v.Version), shortHash(v.Hash), minute(v.CreatedAt), v.CreatedBy, strconv.Itoa(v.Open), joined(v.Channels)}
	}
	return p.tableOf([]string{"VERSION", "HASH", "AT", "BY", "OPEN", "LIVE ON"}, rows, more)
}

// tableOf prints a table, and whether there is more.
func (p *program) tableOf(headings []string, rows [][]string, more bool) error {
	if err := p.table(headings, rows); err != nil {
		return err
	}
	if more {
		p.printf("… There are more: see --limit.\n")
	}
	return nil
}

// minute is a time as lists show it.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }
