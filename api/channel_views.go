package api

import (
	"context"
	"net/url"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

type channelsResponse struct {
	Channels []channelView `json:"channels"`
	// Next is the cursor of the next page; empty on the last one.
	Next string `json:"next,omitempty"`
}

// channelView is a channel with what is live on it.
type channelView struct {
	WaID          string `json:"waId"`
	PhoneNumberID string `json:"phoneNumberId"`
	Account       string `json:"account"`
	// Webhook is without its query, which may hold a secret.
	Webhook string `json:"webhook"`
	// Version is the Graph version, which bounds what a bot may say.
	Version string `json:"version"`
	// Bot is nil while the starter answers.
	Bot         *liveBotView `json:"bot"`
	Publication int          `json:"publication"`
	UpdatedAt   string       `json:"updatedAt"`
}

// liveBotView is a version that is or was live. Version is 0 for a definition that is no version of the
// account.
type liveBotView struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Hash    string `json:"hash"`
}

// showBot returns nil for the starter.
func showBot(hash, name string, version int) *liveBotView {
	if hash == "" {
		return nil
	}
	return &liveBotView{name, version, hash}
}

// listChannels handles GET /channels: those of the tenant, for an operator those of all tenants or of
// one.
func (p *publishing) listChannels(ctx context.Context, req *request, _ struct{}) (channelsResponse, error) {
	q, owner, err := ownerQuery(req, "limit", "cursor")
	if err != nil {
		return channelsResponse{}, err
	}
	wanted, err := q.page(maxListed, 1)
	if err != nil {
		return channelsResponse{}, err
	}
	rows, err := p.store.LiveChannels(ctx, owner, wanted.after[0], wanted.limit+1)
	if err != nil {
		return channelsResponse{}, errUnavailable(err)
	}
	rows, next := cutPage(rows, wanted.limit, func(c store.LiveChannel) []string { return []string{c.WaID} })
	response := channelsResponse{make([]channelView, len(rows)), next}
	for i, row := range rows {
		response.Channels[i] = showChannel(row)
	}
	return response, nil
}

// getChannel handles GET /channels/{waId}.
func (p *publishing) getChannel(ctx context.Context, req *request, _ struct{}) (channelView, error) {
	row, err := p.channel(ctx, req)
	return showChannel(row), err
}

// channel reads the channel in the path, past any cache. It is unknown to all but its tenant and
// operators.
func (p *publishing) channel(ctx context.Context, req *request) (store.LiveChannel, error) {
	return p.channelOf(ctx, req.account, req.vars["waId"])
}

func (p *publishing) channelOf(ctx context.Context, account store.Account, waID string) (store.LiveChannel, error) {
	row, err := p.store.LiveChannel(ctx, waID)
	if err != nil {
		return store.LiveChannel{}, errNotRead(err, waID)
	}
	if row.Account != account.Name && !account.Operator {
		return store.LiveChannel{}, errUnknownObject(waID)
	}
	return row, nil
}

func showChannel(c store.LiveChannel) channelView {
	return channelView{
		WaID: c.WaID, PhoneNumberID: c.PhoneNumberID, Account: c.Account,
		Webhook: withoutQuery(c.WebhookURL), Version: graphVersion(c.Channel).String(),
		Bot: showBot(c.Bot, c.BotName, c.BotVersion), Publication: c.Publication, UpdatedAt: stamp(c.UpdatedAt),
	}
}

// withoutQuery leaves out what may hold a secret.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment = nil, "", false, ""
	return u.String()
}

// graphVersion is the version by which a channel's bot is judged.
func graphVersion(c store.Channel) whatsapp.Version {
	v, _, err := whatsapp.LookupVersion(c.Version)
	if err != nil {
		return whatsapp.NewestVersion() // not reached: only what can be looked up is stored
	}
	return v
}
