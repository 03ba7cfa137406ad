package main

import (
	"cmp"
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
	if err := checkPhoneNumberID(c.PhoneNumberID); err != nil {
		return err
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
			return errors.New("there is a channel with that wa-id or phone-number-id already; `chattigo channel list` shows all")
		}
		if err != nil {
			return err
		}
		p.printf("Channel %s of %s was added; its replies wait for the first PATCH /webhooks/outbound.\n", c.WaID, c.Account)
		return nil
	})
}

func checkPhoneNumberID(id string) error {
	if !regexp.MustCompile(`^[0-9]{1,32}$`).MatchString(id) {
		return &usageError{"--phone-number-id must be 1 to 32 digits"}
	}
	return nil
}

type channelSet struct {
	WaID          string  `arg:"" name:"wa-id" help:"The channel's number."`
	LoopGuard     *string `enum:"on,off" help:"on: the bot keeps still for 10 minutes when more than 20 messages come in a minute, or 5 equal ones to one question: two bots would talk for ever. off: it answers everything, for load tests and the like. Conversations that are open keep what they opened with."`
	PhoneNumberID *string `name:"phone-number-id" help:"WhatsApp's id of the number: phone_number_id in its webhooks. It changes when a number moves to another WhatsApp Business Account."`
}

// Validate is called when the command line is parsed.
func (c channelSet) Validate() error {
	if c.LoopGuard == nil && c.PhoneNumberID == nil {
		return errors.New("one of --loop-guard and --phone-number-id is needed")
	}
	return nil
}

// Run changes settings of a channel.
func (c channelSet) Run(p *program) error {
	if c.PhoneNumberID != nil {
		if err := checkPhoneNumberID(*c.PhoneNumberID); err != nil {
			return err
		}
	}
	return p.withStore(func(s *store.Store) error {
		if err := c.setPhoneNumberID(p, s); err != nil {
			return err
		}
		return c.setLoopGuard(p, s)
	})
}

func (c channelSet) setPhoneNumberID(p *program, s *store.Store) error {
	if c.PhoneNumberID == nil {
		return nil
	}
	err := s.SetPhoneNumberID(p.ctx, c.WaID, *c.PhoneNumberID, now())
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("another channel has the phone-number-id %s; `chattigo channel list` shows all", *c.PhoneNumberID)
	}
	if err := unknownChannel(err, c.WaID); err != nil {
		return err
	}
	p.printf("The phone-number-id of channel %s is %s; a running API knows it within seconds.\n", c.WaID, *c.PhoneNumberID)
	return nil
}

func (c channelSet) setLoopGuard(p *program, s *store.Store) error {
	if c.LoopGuard == nil {
		return nil
	}
	if err := unknownChannel(s.SetLoopGuard(p.ctx, c.WaID, *c.LoopGuard == "on", now()), c.WaID); err != nil {
		return err
	}
	p.printf("The loop guard of channel %s is %s, for conversations that open from now on.\n", c.WaID, *c.LoopGuard)
	return nil
}

// unknownChannel turns "not found" into an error for a person.
func unknownChannel(err error, waID string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no channel %s; `chattigo channel list` shows all", waID)
	}
	return err
}

type channelRemove struct {
	WaID string `arg:"" name:"wa-id" help:"The channel's number."`
}

// Help is what --help shows above the flags.
func (channelRemove) Help() string {
	return `This is for a channel that was added by mistake, such as under a mistyped number: its number and its phone-number-id can be given to another channel afterwards. Its secrets go with it. A channel that has had a conversation stays, because conversations are read through it.`
}

// Run forgets a channel.
func (c channelRemove) Run(p *program) error {
	return p.withStore(func(s *store.Store) error {
		if err := knownChannel(p, s, c.WaID); err != nil {
			return err
		}
		err := s.RemoveChannel(p.ctx, c.WaID)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("channel %s has had conversations and stays; `chattigo account disable` shuts its account out", c.WaID)
		}
		if err != nil {
			return err
		}
		p.printf("Channel %s was removed.\n", c.WaID)
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
			rows[i] = []string{ch.WaID, ch.PhoneNumberID, ch.Account, cmp.Or(withoutQuery(ch.WebhookURL), "-"), cmp.Or(ch.Version, "newest"), cmp.Or(shortHash(ch.Bot), "starter"), choose(ch.LoopGuard, "on", "off"), day(ch.CreatedAt)}
		}
		return p.table([]string{"WA-ID", "PHONE-NUMBER-ID", "ACCOUNT", "WEBHOOK", "VERSION", "BOT", "LOOP-GUARD", "SINCE"}, rows)
	})
}

// withoutQuery hides the query of a URL: vendors put tokens there.
func withoutQuery(url string) string {
	before, _, cut := strings.Cut(url, "?")
	return before + choose(cut, "?…", "")
}

func shortHash(hash string) string { return hash[:min(len(hash), 8)] }

// knownChannel returns an error if there is no such channel.
func knownChannel(p *program, s *store.Store, waID string) error {
	_, err := s.Channel(p.ctx, waID)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no channel %q; `chattigo channel list` shows all", waID)
	}
	return err
}
