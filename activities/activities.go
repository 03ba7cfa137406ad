package activities

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// maxCompiledBots and maxCompiledSize bound the cache of compiled definitions; they are
	// immutable, so their age only frees memory. Compiled, a definition takes some 20 times its
	// text: 94 KiB for one of 7 KiB, 1.7 MiB for one of 90 KiB with 1,500 expressions.
	maxCompiledBots = 1000
	maxCompiledSize = 256 << 20
	compiledFactor  = 20
	compiledBotAge  = time.Hour
	// maxEndpoints bounds the caches of endpoints and of their signing keys.
	maxEndpoints = 10000
	// acceptedAge is for how long it is known that a webhook took a message: longer than any pause between
	// two attempts.
	acceptedAge = 24 * time.Hour
	// storeTimeout bounds what is written after an attempt, when the activity's own time may be over.
	storeTimeout = 3 * time.Second
)

// Store is what the activities need of the database.
type Store interface {
	Bot(ctx context.Context, hash string) (store.Bot, error)
	Channel(ctx context.Context, waID string) (store.Channel, error)

	OpenConversation(ctx context.Context, c store.Conversation) error
	SetHandedOff(ctx context.Context, id string, since time.Time) error
	SetContact(ctx context.Context, id, waID, userID string) error
	// LastGuard gives nil where nothing is remembered.
	LastGuard(ctx context.Context, workflowID, except string) ([]byte, error)
	KeepOverflow(ctx context.Context, owner string, from int, messages [][]byte, at time.Time) error
	Overflow(ctx context.Context, owner string, from, count, maxBytes int) ([][]byte, error)
	DropOverflow(ctx context.Context, owner string, below int) error
	DropOldOverflow(ctx context.Context, before time.Time) (int64, error)
	Conversation(ctx context.Context, id string) (store.Conversation, error)
	UnclosedConversations(ctx context.Context, q store.UnclosedQuery) ([]string, error)
	OpenConversations(ctx context.Context, q store.OpenQuery) ([]store.Conversation, error)
	SupersededConversations(ctx context.Context, before time.Time, limit int) ([]string, error)
	CloseConversation(ctx context.Context, c store.Closing) error
	EndConversation(ctx context.Context, c store.Closing) (bool, error)
	IsNewContact(ctx context.Context, q store.RecentQuery) (bool, error)
	RecentMessageIDs(ctx context.Context, q store.RecentQuery) ([]store.MessageID, bool, error)
	KnownMessages(ctx context.Context, q store.KnownQuery) ([]string, error)
	Contact(ctx context.Context, channel, waID, userID string) (store.Contact, error)
	SetPreferences(ctx context.Context, preferences []store.Preference) error
	VarsKept(ctx context.Context, channel, waID, userID, bot, conversation string) ([]byte, error)
	KeepVars(ctx context.Context, k store.KeptVars) error
	EventStore
	PutPage(ctx context.Context, p store.Page) error
	Pages(ctx context.Context, conversation string) ([]store.Page, error)

	Park(ctx context.Context, d []store.Delivery) error
	Delivery(ctx context.Context, id string) (store.Delivery, error)
	Attempts(ctx context.Context, delivery string) ([]store.Attempt, error)
	RecordAttempt(ctx context.Context, a store.Attempt, o store.Outcome) (store.Delivery, error)
	ClaimDelivery(ctx context.Context, id string, until, at time.Time) (store.Delivery, error)
	ReleaseDelivery(ctx context.Context, id string, until time.Time) error
	MarkDead(ctx context.Context, id, reason string, at time.Time) error
	MarkOthersDead(ctx context.Context, notice store.Delivery, reason string, at time.Time) (int64, error)
	NoticeOf(ctx context.Context, conversation string) (store.Delivery, error)
	MarkOverdueDead(ctx context.Context, madeBefore time.Time, reason string, at time.Time) (int64, error)
	NextToReplay(ctx context.Context, replay string, limit int) ([]store.Delivery, error)
	LeaveDead(ctx context.Context, id, replay string) error
	EndReplay(ctx context.Context, replay string) (int64, error)
	DropSettled(ctx context.Context, before time.Time, limit int) (int64, error)
	ArchiveStore
	LastSequence(ctx context.Context, conversation string) (int, error)
	WaitingConversations(ctx context.Context, channel, after string, limit int) ([]store.WaitingConversation, error)

	WebhookHealth(ctx context.Context, channel string) (store.WebhookHealth, error)
	RecordWebhookFailure(ctx context.Context, f store.WebhookFailure) (switchedOff bool, err error)
	RecordWebhookSuccess(ctx context.Context, channel, url string, at time.Time) error
}

// ArchiveStore deletes what is older than the archive is kept.
type ArchiveStore interface {
	DropConversations(ctx context.Context, before time.Time, limit int) (int64, error)
	DropEarlyPages(ctx context.Context, before time.Time, limit int) (int64, error)
	DropStatuses(ctx context.Context, before time.Time, limit int) (int64, error)
}

// EventStore keeps what the back offices of ISVs are told of.
type EventStore interface {
	Announce(ctx context.Context, all ...store.Event) error
	// NextEvent gives store.ErrNotFound if nothing waits.
	NextEvent(ctx context.Context, channel string) (store.Event, error)
	RecordEventAttempt(ctx context.Context, a store.EventAttempt) (switchedOff bool, err error)
	EventsHealth(ctx context.Context, channel string) (store.EventsHealth, error)
	TrimEvents(ctx context.Context, t store.EventsTrim) (dropped, dead int64, err error)
	DropUnwantedEvents(ctx context.Context, channel string) error
	DropOldEvents(ctx context.Context, before time.Time) (int64, error)
	ChannelsWithEvents(ctx context.Context, after string, limit int) ([]string, error)
}

// Poster makes one attempt to deliver.
type Poster interface {
	Post(ctx context.Context, r webhook.Request) webhook.Result
}

// Activities holds what the activities need. Make it with New.
type Activities struct {
	store     Store
	poster    Poster
	caller    Caller
	secrets   Secrets
	keys      Keys
	runs      Runs
	log       *slog.Logger
	now       func() time.Time
	jitter    func() float64
	step      chat.Stepper
	env       string
	bots      *ttlcache.Cache[string, *definition.Bot]
	endpoints *ttlcache.Cache[string, endpoint]
	signers   *ttlcache.Cache[string, signers]
	// accepted is when the webhook of a channel last took a message from this process.
	accepted *ttlcache.Cache[string, time.Time]
	// drained are the channels whose drain this process started just now.
	drained *ttlcache.Cache[string, struct{}]
	// announced are the channels whose events this process has just let be sent.
	announced *ttlcache.Cache[string, struct{}]
	// webhooks keeps the webhooks of ISVs apart, backOffices the URLs for their events: these have places of
	// their own, so that events take nothing from replies.
	webhooks, backOffices  *webhook.Endpoints
	metrics                *metrics.Metrics
	replays, eventSendings *turns
	limits                 limits
	retention              retention
}

// limits are what attempts to deliver, and the wait for a place in the fast lane, may take, and the pause
// between two messages of a replay.
type limits struct{ fastAttempt, fastTotal, fastWait, slowAttempt, replayPace time.Duration }

// Parts are what activities are made of.
type Parts struct {
	Store  Store
	Poster Poster
	// Endpoints keeps the webhooks of ISVs apart; nil is one with the default limits.
	Endpoints *webhook.Endpoints
	// Caller and Secrets are for the calls of bots.
	Caller  Caller
	Secrets Secrets
	// Keys sign what Poster posts.
	Keys Keys
	Runs Runs
	Log  *slog.Logger
	// Metrics counts attempts; nil counts for nobody.
	Metrics *metrics.Metrics
	// Env is what bots see as bot.env: "production" or "dev".
	Env string
	// ArchiveKept is how long conversations are kept after their end: at least 8 days, 0 for ever.
	ArchiveKept time.Duration
	// Step decides what is said; nil is bot.Step.
	Step chat.Stepper
}

// New makes the activities.
func New(p Parts) *Activities {
	if p.Step == nil {
		p.Step = bot.Step
	}
	if p.Endpoints == nil {
		p.Endpoints = webhook.NewEndpoints(webhook.DefaultEndpointLimits())
	}
	if p.Metrics == nil {
		p.Metrics = metrics.New()
	}
	return &Activities{
		store: p.Store, poster: p.Poster, caller: p.Caller, secrets: p.Secrets, keys: p.Keys, runs: p.Runs,
		log: p.Log, now: time.Now, jitter: rand.Float64, step: p.Step, env: p.Env,
		bots: ttlcache.New(
			ttlcache.WithTTL[string, *definition.Bot](compiledBotAge),
			ttlcache.WithCapacity[string, *definition.Bot](maxCompiledBots),
			ttlcache.WithMaxCost(maxCompiledSize, func(item ttlcache.CostItem[string, *definition.Bot]) uint64 {
				return compiledFactor * uint64(item.Value.Size()) //nolint:gosec // a length
			})),
		endpoints: ttlcache.New(
			ttlcache.WithTTL[string, endpoint](endpointAge),
			ttlcache.WithCapacity[string, endpoint](maxEndpoints),
			ttlcache.WithDisableTouchOnHit[string, endpoint]()),
		signers: newSigners(),
		accepted: ttlcache.New(
			ttlcache.WithTTL[string, time.Time](acceptedAge),
			ttlcache.WithCapacity[string, time.Time](maxEndpoints)),
		drained: ttlcache.New(
			ttlcache.WithTTL[string, struct{}](drainEvery),
			ttlcache.WithCapacity[string, struct{}](maxEndpoints),
			ttlcache.WithDisableTouchOnHit[string, struct{}]()),
		announced: ttlcache.New(
			ttlcache.WithTTL[string, struct{}](announceEvery),
			ttlcache.WithCapacity[string, struct{}](maxEndpoints),
			ttlcache.WithDisableTouchOnHit[string, struct{}]()),
		webhooks: p.Endpoints, backOffices: webhook.NewEndpoints(webhook.EventLimits()), metrics: p.Metrics,
		replays: newTurns(maxReplays, replaysPerAccount), eventSendings: newTurns(maxEventSendings, eventSendingsPerAccount),
		limits: limits{
			fastAttempt: fastAttempt, fastTotal: fastTotal, fastWait: fastWait, slowAttempt: slowAttempt, replayPace: replayPace,
		},
		retention: newRetention(p.ArchiveKept),
	}
}

// clock is the recorded time of this moment, to the millisecond like everything recorded.
func (a *Activities) clock() time.Time { return a.now().UTC().Truncate(time.Millisecond) }

// compiled returns the definition with that hash, ready to step.
func (a *Activities) compiled(ctx context.Context, hash string) (*definition.Bot, error) {
	if item := a.bots.Get(hash); item != nil {
		return item.Value(), nil
	}
	row, err := a.store.Bot(ctx, hash)
	if err != nil {
		return nil, err
	}
	compiled, err := definition.LoadStored(row.Source)
	if err != nil {
		return nil, err
	}
	a.bots.Set(hash, compiled, ttlcache.DefaultTTL)
	return compiled, nil
}

// detached is for what must be written although the activity's own time is over.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
}

// hasTime reports whether something that may take so long can still be begun.
func hasTime(ctx context.Context, long time.Duration) bool {
	deadline, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(deadline) >= long)
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }
