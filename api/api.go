package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/tracing"
)

// Store is the part of *store.Store that this package uses.
type Store interface {
	// Account returns store.ErrNotFound for an unknown name.
	Account(ctx context.Context, name string) (store.Account, error)
	// Channel and ChannelByPhoneNumberID return store.ErrNotFound for unknown numbers.
	Channel(ctx context.Context, waID string) (store.Channel, error)
	ChannelByPhoneNumberID(ctx context.Context, phoneNumberID string) (store.Channel, error)
	ConfigureWebhook(ctx context.Context, waID string, settings store.WebhookSettings, at time.Time) error
	// WebhookHealth returns the zero value for a webhook that works.
	WebhookHealth(ctx context.Context, channel string) (store.WebhookHealth, error)
	// EventsHealth returns the zero value for an events URL that works.
	EventsHealth(ctx context.Context, channel string) (store.EventsHealth, error)
	CountWaitingEvents(ctx context.Context, channel string, limit int) (int, error)
	// ContactLinks returns all links of the persons to whom one of the identities belongs.
	ContactLinks(ctx context.Context, channel string, identities []string) ([]store.ContactLink, error)

	// Conversation returns store.ErrNotFound for an unknown id.
	Conversation(ctx context.Context, id string) (store.Conversation, error)
	Conversations(ctx context.Context, q store.ConversationQuery) ([]store.Conversation, error)
	// Page returns one page of a transcript, and the number of the last.
	Page(ctx context.Context, conversation string, number int) (store.Page, int, error)
	// DeliveriesOf and Statuses return no entry for an unknown id.
	DeliveriesOf(ctx context.Context, conversation string, ids []string) (map[string]store.DeliveryProgress, error)
	Statuses(ctx context.Context, channel string, wamids []string) (map[string]store.MessageStatus, error)

	// These write what a POST holds beside messages. All are idempotent, and nothing older replaces
	// anything newer.
	LinkContacts(ctx context.Context, links []store.ContactLink) error
	ReportPreferences(ctx context.Context, preferences []store.Preference) error
	LinkUserIDs(ctx context.Context, changes []store.IdentityChange) error
	MoveNumbers(ctx context.Context, changes []store.NumberChange) error
	RecordVoiceCalls(ctx context.Context, calls []store.VoiceCall) error
	SaveStatuses(ctx context.Context, statuses []store.MessageStatus) error

	// Transcripts returns the transcripts of several conversations, as far as they fit.
	Transcripts(ctx context.Context, ids []string, most int) (map[string][]store.Page, error)
	// PagesUpTo returns the whole transcript of a conversation, or store.ErrTooLarge.
	PagesUpTo(ctx context.Context, conversation string, most int) ([]store.Page, error)
	BotStore
	PublicationStore
	DeliveryStore
}

// Signaler is the part of Temporal's client.Client that this package uses.
type Signaler interface {
	SignalWithStartWorkflow(ctx context.Context, workflowID, signalName string, signalArg any,
		options client.StartWorkflowOptions, workflow any, workflowArgs ...any) (client.WorkflowRun, error)
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
	SignalWorkflow(ctx context.Context, workflowID, runID, signalName string, arg any) error
	DescribeWorkflowExecution(ctx context.Context, workflowID, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
	QueryWorkflowWithOptions(ctx context.Context, request *client.QueryWorkflowWithOptionsRequest) (*client.QueryWorkflowWithOptionsResponse, error)
	UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error)
}

// Deps are the parts that the API is made of. All are needed, except Metrics, Traces, Dev, and those of which it says what
// none, nil or 0 means.
type Deps struct {
	Store Store
	Keys  Keys
	// Poster makes the tests of webhooks, as the workers' one makes deliveries.
	Poster   Poster
	Temporal Signaler
	// Ready returns why a message cannot be accepted now; its context has 2 s.
	Ready func(context.Context) error
	// TokenKey signs tokens, and those that were signed with one of TokenKeysOld are accepted as well.
	TokenKey     []byte
	TokenKeysOld [][]byte
	// IDKey keys workflow ids and is never rotated.
	IDKey []byte
	// StarterBot is the hash of the bot for channels without a bot of their own.
	StarterBot string
	// PullLease is how long a message that was pulled is kept from others; 0 is a minute.
	PullLease time.Duration
	// Stopping is closed when the process stops: what waits for a message ends then. nil never is.
	Stopping <-chan struct{}
	// TrustedProxies are the networks of proxies, whose X-Forwarded-For says who the client is; none is believed
	// without.
	TrustedProxies []netip.Prefix
	// AccountRate is how many requests a second an account may make, after a burst of twice as many; 0 is no limit.
	AccountRate int
	// Dev allows webhooks on this machine.
	Dev    bool
	Logger *slog.Logger
	// Metrics counts requests; nil counts for nobody.
	Metrics *metrics.Metrics
	// Traces follows requests; nil follows none.
	Traces *tracing.Tracer
	// Now is the clock, of tokens and of what is stored.
	Now func() time.Time
}

func (d Deps) check() error {
	var missing []error
	need := func(present bool, name string) {
		if !present {
			missing = append(missing, errors.New("api: "+name+" is missing"))
		}
	}
	need(d.Store != nil, "Store")
	need(d.Keys != nil, "Keys")
	need(d.Poster != nil, "Poster")
	need(d.Temporal != nil, "Temporal")
	need(d.Ready != nil, "Ready")
	need(len(d.TokenKey) >= 32, "TokenKey of at least 32 bytes")
	for _, key := range d.TokenKeysOld {
		need(len(key) >= 32, "TokenKeysOld of at least 32 bytes each")
	}
	need(len(d.IDKey) >= 32, "IDKey of at least 32 bytes")
	need(d.StarterBot != "", "StarterBot")
	need(d.Logger != nil, "Logger")
	need(d.Now != nil, "Now")
	return errors.Join(missing...)
}

// server holds the parts that the routes share.
type server struct {
	store         Store
	keys          Keys
	poster        Poster
	trials        *trials
	pulls         *pulls
	log           *slog.Logger
	metrics       *metrics.Metrics
	traces        *tracing.Tracer
	now           func() time.Time
	ready         func(context.Context) error
	dev           bool
	tokens        tokens
	admissions    *admissions
	logins        *logins
	proxies       *proxies
	limits        accountLimits
	bodies        bodies
	channels      *channels
	conversations *conversations
	bots          *bots
	publishing    *publishing
	recording     *recording
	reruns        *reruns
	// lingering has a slot for each connection that is read on after its refusal.
	lingering chan struct{}
}

// New makes the handler of all routes. It starts no goroutines of its own and needs no
// closing.
func New(deps Deps) (http.Handler, error) {
	if err := deps.check(); err != nil {
		return nil, err
	}
	if deps.Metrics == nil {
		deps.Metrics = metrics.New()
	}
	known := newChannels(deps.Store)
	owned := &bots{store: deps.Store, now: deps.Now, work: newWorkshop()}
	live := &publishing{store: deps.Store, bots: owned, channels: known, log: deps.Logger, now: deps.Now}
	s := &server{
		store:         deps.Store,
		keys:          deps.Keys,
		poster:        deps.Poster,
		trials:        newTrials(),
		pulls:         newPulls(deps),
		log:           deps.Logger,
		metrics:       deps.Metrics,
		traces:        deps.Traces,
		now:           deps.Now,
		ready:         deps.Ready,
		dev:           deps.Dev,
		tokens:        newTokens(deps),
		admissions:    newAdmissions(deps.Now),
		logins:        newLogins(deps.Now),
		proxies:       newProxies(deps),
		limits:        newAccountLimits(deps.AccountRate, deps.Now),
		channels:      known,
		conversations: newConversations(deps),
		bots:          owned,
		publishing:    live,
		reruns: &reruns{
			archive: deps.Store, account: deps.Store.Account, bots: owned, publishing: live, now: deps.Now,
			turns: newRoundRobin(workPlaces()),
		},
		recording: &recording{store: deps.Store, channels: known, work: owned.work},
		lingering: make(chan struct{}, maxLingering),
	}
	return s.middleware(s.router()), nil
}
