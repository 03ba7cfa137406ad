package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jellydator/ttlcache/v3"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// maxSignals is how many requests to Temporal one POST has in flight.
	maxSignals = 32

	// A repeated POST skips messages that are stored already. ISVs repeat within minutes; duplicates
	// that are not remembered here any more are recognised by the conversation itself.
	acceptedAge = 10 * time.Minute
	maxAccepted = 50_000

	// Knowing the run only saves work, so the age only frees memory: an entry takes 330 bytes.
	runAge  = time.Hour
	maxRuns = 50_000

	// Definitions never change, so the age only frees memory.
	botNameAge  = time.Hour
	maxBotNames = 1_000
)

// conversations signals, queries and updates the workflows of conversations.
type conversations struct {
	temporal Signaler
	idKey    []byte
	starter  string
	// accepted holds the messages that Temporal has stored, as hashes of conversation and message id.
	accepted *ttlcache.Cache[[32]byte, struct{}]
	// runs are the ids of the runs that were signalled last, by workflow id.
	runs *ttlcache.Cache[string, string]
	// botNames are names of bots by the hash of their definition.
	botNames *cached[string, string]
	// controls limit handoffs and resumes by conversation.
	controls *limiters
	// waiting lists the conversations of a channel of which something waits for its webhook.
	waiting func(ctx context.Context, channel, after string, limit int) ([]store.WaitingConversation, error)
	// retries limit how often the same is tried again.
	retries *limiters
	// paces limit the bytes that a conversation is signalled with, by workflow id.
	paces *limiters
}

func newConversations(deps Deps) *conversations {
	return &conversations{
		temporal: deps.Temporal,
		idKey:    deps.IDKey,
		starter:  deps.StarterBot,
		waiting: func(ctx context.Context, channel, after string, limit int) ([]store.WaitingConversation, error) {
			return deps.Store.WaitingConversations(ctx, channel, after, limit)
		},
		accepted: newValues[[32]byte, struct{}](maxAccepted, acceptedAge),
		runs:     newValues[string, string](maxRuns, runAge),
		botNames: newCached(maxBotNames, botNameAge, func(ctx context.Context, hash string) (string, error) {
			bot, err := deps.Store.Bot(ctx, hash)
			return cut(bot.Name), err
		}),
		controls: newLimiters(maxControls, workflows.ControlsSpan, rate.Every(controlEvery), workflows.MaxControls),
		retries:  newLimiters(maxRetries, time.Minute, rate.Every(retryEvery), 1),
		paces:    newLimiters(maxPaces, paceAge, paceRate, paceBurst),
	}
}

// deliver signals every conversation of a POST. A failure does not stop the others: messages that were
// stored are skipped when the POST comes again.
func (c *conversations) deliver(ctx context.Context, groups []*group, now time.Time) error {
	at := signalTime(now)
	if len(groups) == 1 { // most POSTs: a goroutine of its own would grow its stack anew for the request
		return c.deliverOne(ctx, groups[0], at)
	}
	var pool errgroup.Group
	pool.SetLimit(maxSignals)
	var failed atomic.Int64
	for _, g := range groups {
		pool.Go(func() error {
			err := c.deliverOne(ctx, g, at)
			if err != nil {
				failed.Add(1)
			}
			return err
		})
	}
	if err := pool.Wait(); err != nil {
		return fmt.Errorf("%d of %d conversations were not signalled: %w", failed.Load(), len(groups), err)
	}
	return nil
}

// deliverOne signals one conversation, one envelope after the other.
func (c *conversations) deliverOne(ctx context.Context, g *group, at time.Time) error {
	id := workflows.WorkflowID(c.idKey, g.channel.WaID, g.with.key)
	messages := c.withoutAccepted(id, g.messages)
	if len(messages) == 0 {
		return nil
	}
	bot := g.channel.Bot
	if bot == "" {
		bot = c.starter
	}
	for _, envelope := range split(messages, at, bot) {
		if err := c.pace(ctx, id, sizeOf(envelope)); err != nil {
			return err
		}
		if err := c.signal(ctx, id, envelope, g, bot); err != nil {
			return err
		}
		for _, m := range envelope.Messages {
			c.accepted.Set(acceptedKey(id, m.ID), struct{}{}, ttlcache.DefaultTTL)
		}
	}
	return nil
}

// signal signals one envelope. A message of the contact opens a conversation if none is open.
func (c *conversations) signal(ctx context.Context, id string, envelope workflows.Envelope, g *group, bot string) error {
	if onlyEchoes(envelope) {
		_, err := c.signalOpen(ctx, id, "", envelope)
		return err
	}
	// For a run it knows, Temporal neither looks up the latest one nor reads and checks how to start one.
	if run := c.runs.Get(id); run != nil {
		if open, err := c.signalOpen(ctx, id, run.Value(), envelope); open || err != nil {
			return err
		}
	}
	return c.signalWithStart(ctx, id, envelope, g, bot)
}

// signalOpen signals a run of a conversation, the latest if none is given, and reports whether it is open.
func (c *conversations) signalOpen(ctx context.Context, id, runID string, envelope workflows.Envelope) (open bool, err error) {
	err = c.temporal.SignalWorkflow(ctx, id, runID, workflows.SignalInbound, envelope)
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return false, nil
	}
	return err == nil, err
}

// signalWithStart signals the run of a conversation that is open, or else a new one, and remembers it.
func (c *conversations) signalWithStart(ctx context.Context, id string, envelope workflows.Envelope, g *group, bot string) error {
	options, err := c.startOptions(ctx, id, g, bot)
	if err != nil {
		return err
	}
	run, err := c.temporal.SignalWithStartWorkflow(ctx, id, workflows.SignalInbound, envelope, options, workflows.ConversationType, g.startInput())
	if err != nil {
		return err
	}
	c.runs.Set(id, run.GetRunID(), ttlcache.DefaultTTL)
	return nil
}

// withoutAccepted leaves out the messages that an earlier POST brought already.
func (c *conversations) withoutAccepted(workflowID string, messages []sized) []sized {
	fresh := make([]sized, 0, len(messages))
	for _, m := range messages {
		if !c.accepted.Has(acceptedKey(workflowID, m.ID)) {
			fresh = append(fresh, m)
		}
	}
	return fresh
}

// acceptedKey has a fixed size, whatever the id's.
func acceptedKey(workflowID, messageID string) [32]byte {
	return sha256.Sum256([]byte(workflowID + "\x00" + messageID))
}

func (c *conversations) startOptions(ctx context.Context, id string, g *group, bot string) (client.StartWorkflowOptions, error) {
	label, err := c.label(ctx, bot)
	if err != nil {
		return client.StartWorkflowOptions{}, err
	}
	return client.StartWorkflowOptions{
		ID:        id,
		TaskQueue: workflows.TaskQueue,
		// A contact who comes back after the end opens a new conversation under the same id.
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.AttributeWaID().ValueSet(g.channel.WaID),
			workflows.AttributeContact().ValueSet(g.startInput().Contact()),
			workflows.AttributeBot().ValueSet(label),
			workflows.AttributeStatus().ValueSet(workflows.StatusOpen),
		),
		// Where the server shares its queues fairly, accounts are what they are shared between. All that
		// the conversation schedules inherits it.
		Priority:      temporal.Priority{FairnessKey: fairnessKey(g.channel.Account)},
		StaticSummary: "WhatsApp " + g.channel.WaID + " with " + maskContact(g.startInput().Contact()),
	}, nil
}

// fairnessKey is an account's name, as far as a key may be long; the server takes 64 bytes.
func fairnessKey(account string) string { return cutAt(account, 64) }

// label returns the name of a bot for operators: name@hash8.
func (c *conversations) label(ctx context.Context, hash string) (string, error) {
	name, err := c.botNames.get(ctx, hash)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	return name + "@" + hash[:min(len(hash), 8)], nil
}

// maskContact hides all but the last four characters of a contact, and all of a short one.
func maskContact(contact string) string {
	runes := []rune(contact)
	if len(runes) < 8 {
		return "…"
	}
	return "…" + string(runes[len(runes)-4:])
}
