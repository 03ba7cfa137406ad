package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/store"
)

// maxText bounds a definition and a test file, in bytes.
const maxText = 256 << 10

// BotStore is the part of [Store] for the bots of accounts.
type BotStore interface {
	// PutVersion stores a version, or returns the one with the same hash.
	PutVersion(ctx context.Context, v store.BotVersion) (stored store.BotVersion, created bool, err error)
	// Version returns store.ErrNotFound for an unknown one; number 0 is the newest.
	Version(ctx context.Context, account, name string, number int) (store.BotVersion, error)
	Versions(ctx context.Context, account, name string, before, limit int) ([]store.BotVersion, error)
	// OwnedBot returns store.ErrNotFound for an unknown name.
	OwnedBot(ctx context.Context, account, name string) (store.OwnedBot, error)
	OwnedBots(ctx context.Context, q store.OwnedBotQuery) ([]store.OwnedBot, error)
	// LiveVersions lists which versions of the accounts are live, and where.
	LiveVersions(ctx context.Context, accounts []string) ([]store.LiveVersion, error)
	// OpenByBot counts open conversations by the hash of their bot.
	OpenByBot(ctx context.Context, account string) (map[string]int, error)
	// PutTests and Tests return store.ErrNotFound for an unknown bot.
	PutTests(ctx context.Context, account, name string, t store.BotTests) error
	Tests(ctx context.Context, account, name string) (store.BotTests, error)
}

// bots are the bots of accounts: their versions and their tests.
type bots struct {
	store BotStore
	now   func() time.Time
	work  *workshop
}

// ofBots makes an action of the server of one of its bots.
func ofBots[In, Out any](do func(*bots, context.Context, *request, In) (Out, error)) action[In, Out] {
	return func(s *server, ctx context.Context, req *request, in In) (Out, error) {
		return do(s.bots, ctx, req, in)
	}
}

type putVersionResponse struct {
	Name      string        `json:"name"`
	Version   int           `json:"version"`
	Hash      string        `json:"hash"`
	Created   bool          `json:"created"`
	CreatedAt string        `json:"createdAt"`
	CreatedBy string        `json:"createdBy"`
	Warnings  []problemView `json:"warnings"`
}

// put handles PUT /bots/{name}: it stores a definition as a new version. One with the hash of a version
// that exists is that version.
func (b *bots) put(ctx context.Context, req *request, text []byte) (putVersionResponse, error) {
	loaded, err := b.loadNamed(ctx, req, text)
	if err != nil {
		return putVersionResponse{}, err
	}
	stored, created, err := b.store.PutVersion(ctx, store.BotVersion{
		Account: req.account.Name, Name: loaded.Name, Hash: loaded.Hash, Source: text,
		ContentType: typeOfText(req.header, text), CreatedAt: b.now(), CreatedBy: req.account.Name,
	})
	switch {
	case errors.Is(err, store.ErrTooManyBots):
		return putVersionResponse{}, errConflict(fmt.Sprintf("the account has %d bots, and may not have more", store.MaxBots), nil)
	case errors.Is(err, store.ErrTooManyBytes):
		return putVersionResponse{}, errTooManyBytes()
	case errors.Is(err, store.ErrTooManyVersions):
		return putVersionResponse{}, errConflict(fmt.Sprintf("%s has %d versions, and may not have more; put it under another name", loaded.Name, store.MaxVersions), nil)
	case err != nil:
		return putVersionResponse{}, errUnavailable(err)
	}
	return putVersionResponse{
		stored.Name, stored.Number, stored.Hash, created, stamp(stored.CreatedAt), stored.CreatedBy, showProblems(loaded.Warnings()),
	}, nil
}

// errTooManyBytes is for a text with which those of the account would be more than are kept.
func errTooManyBytes() error {
	return &apiError{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("the definitions and tests of the account may take %d MiB together, "+
		"and this text does not fit any more; make tests shorter, or ask whoever runs the service for another account", store.MaxBotBytes>>20)}
}

// loadNamed loads the definition in the body of a request, which must have the name in the path.
func (b *bots) loadNamed(ctx context.Context, req *request, text []byte) (*definition.Bot, error) {
	loaded, err := b.load(ctx, req.account, text, definition.Load)
	if err != nil {
		return nil, err
	}
	if saidToBeJSON(req.header) && !isValidJSON(text) {
		return nil, errNotJSON()
	}
	if name := cut(req.vars["name"]); loaded.Name != name {
		message := fmt.Sprintf("the definition is named %q and the path names the bot %q; both must be the same", loaded.Name, name)
		place := placeOfName(text)
		return nil, errUnprocessable(message, tree.Problem{Line: place.Line, Column: place.Column, Code: tree.CodeValue, Message: message})
	}
	return loaded, nil
}

// load loads a definition within the workshop.
func (b *bots) load(ctx context.Context, account store.Account, text []byte, load loader) (loaded *definition.Bot, err error) {
	err = b.work.do(ctx, account.Name, func() error {
		loaded, err = loadDefinition(text, load)
		return err
	})
	return loaded, err
}

// loader is [definition.Load], or [definition.LoadStored] for what is stored.
type loader func([]byte) (*definition.Bot, error)

func loadDefinition(text []byte, load loader) (*definition.Bot, error) {
	loaded, err := load(text)
	if problems, ok := errors.AsType[definition.Problems](err); ok {
		return nil, errProblems("the definition", problems)
	}
	return loaded, err
}

func errNotJSON() error {
	const message = "the text is YAML, and its type says that it is JSON; send YAML as " + typeYAML
	return errUnprocessable(message, tree.Problem{Line: 1, Column: 1, Code: tree.CodeSyntax, Message: message})
}

// placeOfName is where a definition says its name.
func placeOfName(text []byte) tree.Place {
	const depth = 64 // of a definition, which was loaded, less
	root, _ := tree.Parse(text, tree.Kind{Name: "bot", Bytes: maxText, Depth: depth})
	if root == nil {
		return tree.Place{Line: 1, Column: 1}
	}
	return tree.PlaceOf(tree.Child(root, "name"))
}

type botsResponse struct {
	Bots []botView `json:"bots"`
	// Next is the cursor of the next page; empty on the last one.
	Next string `json:"next,omitempty"`
}

// botView is a bot with its newest version.
type botView struct {
	Account   string `json:"account"`
	Name      string `json:"name"`
	Version   int    `json:"version"`
	Hash      string `json:"hash"`
	CreatedAt string `json:"createdAt"`
	CreatedBy string `json:"createdBy"`
	// Channels are those on which any version of the bot is live.
	Channels []string `json:"channels"`
	// Tests is how many cases the stored tests have.
	Tests int `json:"tests"`
}

// list handles GET /bots: those of the tenant, for an operator those of all tenants or of one.
func (b *bots) list(ctx context.Context, req *request, _ struct{}) (botsResponse, error) {
	q, owner, err := ownerQuery(req, "limit", "cursor")
	if err != nil {
		return botsResponse{}, err
	}
	wanted, err := q.page(maxListed, 2)
	if err != nil {
		return botsResponse{}, err
	}
	rows, err := b.store.OwnedBots(ctx, store.OwnedBotQuery{
		Account: owner, AfterAccount: wanted.after[0], AfterName: wanted.after[1], Limit: wanted.limit + 1,
	})
	if err != nil {
		return botsResponse{}, errUnavailable(err)
	}
	rows, next := cutPage(rows, wanted.limit, func(o store.OwnedBot) []string { return []string{o.Account, o.Name} })
	views, err := b.show(ctx, rows)
	return botsResponse{views, next}, err
}

// get handles GET /bots/{name}.
func (b *bots) get(ctx context.Context, req *request, _ struct{}) (botView, error) {
	_, owner, err := oneOwnerQuery(req)
	if err != nil {
		return botView{}, err
	}
	row, err := b.store.OwnedBot(ctx, owner, req.vars["name"])
	if err != nil {
		return botView{}, errNotRead(err, req.vars["name"])
	}
	views, err := b.show(ctx, []store.OwnedBot{row})
	if err != nil {
		return botView{}, err
	}
	return views[0], nil
}

// show makes the views of bots, with the channels on which they are live.
func (b *bots) show(ctx context.Context, rows []store.OwnedBot) ([]botView, error) {
	type key struct{ account, name string }
	var accounts []string
	for _, row := range rows {
		if !slices.Contains(accounts, row.Account) {
			accounts = append(accounts, row.Account)
		}
	}
	live, err := b.store.LiveVersions(ctx, accounts)
	if err != nil {
		return nil, errUnavailable(err)
	}
	channels := map[key][]string{}
	for _, v := range live {
		channels[key{v.Account, v.Name}] = append(channels[key{v.Account, v.Name}], v.Channel)
	}
	views := make([]botView, len(rows))
	for i, row := range rows {
		views[i] = botView{
			Account: row.Account, Name: row.Name, Version: row.Newest, Hash: row.Hash,
			CreatedAt: stamp(row.CreatedAt), CreatedBy: row.CreatedBy,
			Channels: notNull(channels[key{row.Account, row.Name}]), Tests: row.Cases,
		}
	}
	return views, nil
}

// notNull makes a list that is missing an empty one in JSON.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ownerQuery reads the query of a list and says whose entries are meant: the tenant's; for an operator
// those of the account that is named, or of all accounts if none is.
func ownerQuery(req *request, known ...string) (q query, owner string, err error) {
	if !req.account.Operator {
		q, err = parseQuery(req.query, known...)
		return q, req.account.Name, err
	}
	q, err = parseQuery(req.query, append(known, "account")...)
	return q, q["account"], err
}

// oneOwnerQuery is ownerQuery for one bot: accounts may have bots of the same name.
func oneOwnerQuery(req *request, known ...string) (q query, owner string, err error) {
	q, owner, err = ownerQuery(req, known...)
	if err == nil && owner == "" {
		err = errBadRequest("account is missing: an operator names the account of the bot, as in ?account=acme")
	}
	return q, owner, err
}

// errNotRead is for what could not be read from the store: it is unknown, or the store cannot be used.
func errNotRead(err error, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return errUnknownObject(id)
	}
	return errUnavailable(err)
}
