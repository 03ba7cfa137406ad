package api

import (
	"context"
	"strconv"

	"github.com/chattigo/api-isv/store"
)

// newestVersion is the name of the newest version in a path.
const newestVersion = "latest"

type versionsResponse struct {
	Versions []versionView `json:"versions"`
	// Next is the cursor of the next page; empty on the last one.
	Next string `json:"next,omitempty"`
}

type versionView struct {
	Version   int    `json:"version"`
	Hash      string `json:"hash"`
	CreatedAt string `json:"createdAt"`
	CreatedBy string `json:"createdBy"`
	// Channels are those on which the version is live.
	Channels []string `json:"channels"`
	// Open is how many conversations with it are open, on any channel of the account.
	Open int `json:"open"`
}

// versions handles GET /bots/{name}/versions, newest first.
func (b *bots) versions(ctx context.Context, req *request, _ struct{}) (versionsResponse, error) {
	q, owner, err := oneOwnerQuery(req, "limit", "cursor")
	if err != nil {
		return versionsResponse{}, err
	}
	before, limit, err := q.numberedPage()
	if err != nil {
		return versionsResponse{}, err
	}
	name := req.vars["name"]
	if _, err := b.store.OwnedBot(ctx, owner, name); err != nil {
		return versionsResponse{}, errNotRead(err, name)
	}
	rows, err := b.store.Versions(ctx, owner, name, before, limit+1)
	if err != nil {
		return versionsResponse{}, errUnavailable(err)
	}
	rows, next := cutPage(rows, limit, func(v store.BotVersion) []string { return []string{strconv.Itoa(v.Number)} })
	views, err := b.showVersions(ctx, owner, name, rows)
	return versionsResponse{views, next}, err
}

// showVersions makes the views of versions of one bot.
func (b *bots) showVersions(ctx context.Context, owner, name string, rows []store.BotVersion) ([]versionView, error) {
	open, err := b.store.OpenByBot(ctx, owner)
	if err != nil {
		return nil, errUnavailable(err)
	}
	live, err := b.store.LiveVersions(ctx, []string{owner})
	if err != nil {
		return nil, errUnavailable(err)
	}
	channels := map[int][]string{}
	for _, v := range live {
		if v.Name == name {
			channels[v.Number] = append(channels[v.Number], v.Channel)
		}
	}
	views := make([]versionView, len(rows))
	for i, row := range rows {
		views[i] = versionView{
			row.Number, row.Hash, stamp(row.CreatedAt), row.CreatedBy, notNull(channels[row.Number]), open[row.Hash],
		}
	}
	return views, nil
}

// text handles GET /bots/{name}/versions/{number}: the definition as it was put.
func (b *bots) text(ctx context.Context, req *request, _ struct{}) (document, error) {
	_, owner, err := oneOwnerQuery(req)
	if err != nil {
		return document{}, err
	}
	wanted := req.vars["number"]
	if wanted == newestVersion {
		wanted = ""
	}
	found, err := b.find(ctx, owner, req.vars["name"], wanted)
	return document{found.ContentType, found.Hash, found.Source}, err
}

// find finds a version by its number as a caller wrote it; empty means the newest. The error names
// the bot if the account has none of that name, else the number.
func (b *bots) find(ctx context.Context, owner, name, number string) (store.BotVersion, error) {
	if number == "" {
		newest, err := b.store.Version(ctx, owner, name, 0)
		if err != nil {
			return store.BotVersion{}, errNotRead(err, name)
		}
		return newest, nil
	}
	if _, err := b.store.OwnedBot(ctx, owner, name); err != nil {
		return store.BotVersion{}, errNotRead(err, name)
	}
	n, ok := parseNumber(number)
	if !ok {
		return store.BotVersion{}, errUnknownObject(number)
	}
	found, err := b.store.Version(ctx, owner, name, n)
	if err != nil {
		return store.BotVersion{}, errNotRead(err, number)
	}
	return found, nil
}
