package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/chattigo/api-isv/store"
)

type channelAdd struct {
	Account       string `required:"" help:"The account that owns the number."`
	WaID          string `name:"wa-id" required:"" help:"The number's digits, with country code: the waId of the API."`
	PhoneNumberID string `name:"phone-number-id" required:"" help:"WhatsApp's id of the number: phone_number_id in its webhooks."`
	NoLoopGuard   bool   `name:"no-loop-guard" help:"Let the bot answer also what seems to be another bot. See channel set."`
}

// Run adds a channel.
func (c channelAdd) Run(p *program) error {
	if !regexp.MustCompile(`^[0-9]{5,20}$`).MatchString(c.WaID) {
		return &usageError{"--wa-id must be 5 to 20 digits"}
	}
	if !regexp.MustCompile(`^[0-9]{1,32}$`).MatchString(c.PhoneNumberID) {
		return &usageError{"--phone-number-id must be 1 to 32 digits"}
	}
	return p.withStore(func(s *store.Store) error {
		owner, err := s.Account(p.ctx, c.Account)
		if err := unknownAccount(err, c.Account); err != nil {
			return err
		}
		if owner.Operator {
			return fmt.Errorf("%s is an operator, and operators own no channels", c.Account)
		}
		at := now()
		err = s.AddChannel(p.ctx, store.Channel{
			WaID: c.WaID, PhoneNumberID: c.PhoneNumberID, Account: c.Account, LoopGuard: !c.NoLoopGuard, CreatedAt: at, UpdatedAt: at,
		})
		if errors.Is(err, store.ErrExists) {
			return errors.New("there is a channel with that wa-id or phone-number-id already")
		}
		if err != nil {
			return err
		}
		p.printf("Channel %s of %s was added; its replies wait for the first PATCH /webhooks/outbound.\n", c.WaID, c.Account)
		return nil
	})
}

type channelSet struct {
	WaID      string `arg:"" name:"wa-id" help:"The channel's number."`
	LoopGuard string `required:"" enum:"on,off" help:"on: the bot keeps still for 10 minutes when more than 20 messages come in a minute, or 5 equal ones to one question: two bots would talk for ever. off: it answers everything, for load tests and the like. Conversations that are open keep what they opened with."`
}

// Run changes a setting of a channel.
func (c channelSet) Run(p *program) error {
	return p.withStore(func(s *store.Store) error {
		err := s.SetLoopGuard(p.ctx, c.WaID, c.LoopGuard == "on", now())
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no channel %s; `chattigo channel list` shows all", c.WaID)
		}
		if err != nil {
			return err
		}
		p.printf("The loop guard of channel %s is %s, for conversations that open from now on.\n", c.WaID, c.LoopGuard)
		return nil
	})
}

type channelList struct {
	Account string `help:"Only those of one account."`
}

// Run prints channels.
func (c channelList) Run(p *program) error {
	return p.withStore(func(s *store.Store) error {
		channels, err := s.Channels(p.ctx, c.Account)
		if err != nil {
			return err
		}
		rows := make([][]string, len(channels))
		for i, ch := range channels {
			rows[i] = []string{ch.WaID, ch.PhoneNumberID, ch.Account, orElse(withoutQuery(ch.WebhookURL), "-"), orElse(ch.Version, "newest"), orElse(shortHash(ch.Bot), "starter"), choose(ch.LoopGuard, "on", "off"), day(ch.CreatedAt)}
		}
		return p.table([]string{"WA-ID", "PHONE-NUMBER-ID", "ACCOUNT", "WEBHOOK", "VERSION", "BOT", "LOOP-GUARD", "SINCE"}, rows)
	})
}

// withoutQuery shortens a URL to what tells endpoints apart: vendors put tokens behind
// the question mark.
func withoutQuery(url string) string {
	before, _, cut := strings.Cut(url, "?")
	return before + choose(cut, "?…", "")
}

func orElse(s, otherwise string) string { return choose(s != "", s, otherwise) }

func shortHash(hash string) string { return hash[:min(len(hash), 8)] }
