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
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// maxSignals is how many calls to Temporal one POST has in flight.
	maxSignals = 32

	// A repeated POST skips what is known to be stored. ISVs repeat within minutes; what is
	// forgotten here is recognised by the conversation itself.
	acceptedAge = 10 * time.Minute
	maxAccepted = 50_000

	// Definitions never change, so the age only bounds what lies around.
	labelAge  = time.Hour
	maxLabels = 1_000
)

// conversations hands messages to the conversations' workflows.
type conversations struct {
	temporal Signaler
	store    Store
	idKey    []byte
	starter  string
	// accepted holds what Temporal has stored: hashes of conversation and message id.
	accepted *ttlcache.Cache[[32]byte, struct{}]
	// labels are name@hash8 by hash.
	labels *ttlcache.Cache[string, string]
	// controls count handoffs and resumes by conversation.
	controls *ttlcache.Cache[string, *rate.Limiter]
	// paces bound the bytes that a conversation is signalled with, by workflow id.
	paces *ttlcache.Cache[string, *rate.Limiter]
}

func newConversations(deps Deps) *conversations {
	return &conversations{
		temporal: deps.Temporal,
		store:    deps.Store,
		idKey:    deps.IDKey,
		starter:  deps.StarterBot,
		accepted: ttlcache.New(
			ttlcache.WithTTL[[32]byte, struct{}](acceptedAge),
			ttlcache.WithCapacity[[32]byte, struct{}](maxAccepted),
			ttlcache.WithDisableTouchOnHit[[32]byte, struct{}](),
		),
		labels: ttlcache.New(
			ttlcache.WithTTL[string, string](labelAge),
			ttlcache.WithCapacity[string, string](maxLabels),
		),
		controls: ttlcache.New(
			ttlcache.WithTTL[string, *rate.Limiter](workflows.ControlsSpan),
			ttlcache.WithCapacity[string, *rate.Limiter](maxControls),
		),
		paces: newPaces(),
	}
}

// deliver signals every conversation of a POST. One that fails does not keep the others
// from it: what they accepted is skipped when the POST comes again.
func (c *conversations) deliver(ctx context.Context, groups []*group, now time.Time) error {
	at := signalTime(now)
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
	messages := c.fresh(id, g.messages)
	if len(messages) == 0 {
		return nil
	}
	bot := g.channel.Bot
	if bot == "" {
		bot = c.starter
	}
	options, err := c.startOptions(ctx, id, g, bot)
	if err != nil {
		return err
	}
	for _, envelope := range split(messages, at, bot) {
		if err := c.pace(ctx, id, sizeOf(envelope)); err != nil {
			return err
		}
		if err := c.signal(ctx, envelope, options, g.input()); err != nil {
			return err
		}
		for _, m := range envelope.Messages {
			c.accepted.Set(acceptedKey(id, m.ID), struct{}{}, ttlcache.DefaultTTL)
		}
	}
	return nil
}

// signal hands one envelope over; a message of the contact opens the conversation where none
// is open.
func (c *conversations) signal(ctx context.Context, envelope workflows.Envelope, options client.StartWorkflowOptions, input workflows.ConversationInput) error {
	if onlyEchoes(envelope) {
		return c.signalOpen(ctx, options.ID, envelope)
	}
	_, err := c.temporal.SignalWithStartWorkflow(ctx, options.ID, workflows.SignalInbound, envelope, options, workflows.ConversationType, input)
	return err
}

// fresh leaves out what an earlier POST brought already.
func (c *conversations) fresh(workflowID string, messages []sized) []sized {
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
			workflows.AttributeContact().ValueSet(g.input().Contact()),
			workflows.AttributeBot().ValueSet(label),
			workflows.AttributeStatus().ValueSet(workflows.StatusOpen),
		),
		StaticSummary: "WhatsApp " + g.channel.WaID + " with " + maskContact(g.input().Contact()),
	}, nil
}

// label names a bot for operators: name@hash8.
func (c *conversations) label(ctx context.Context, hash string) (string, error) {
	if item := c.labels.Get(hash); item != nil {
		return item.Value(), nil
	}
	bot, err := c.store.Bot(ctx, hash)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	label := cut(bot.Name) + "@" + hash[:min(len(hash), 8)]
	if err == nil {
		c.labels.Set(hash, label, ttlcache.DefaultTTL)
	}
	return label, nil
}

// maskContact keeps the last four characters of a contact, if that leaves enough hidden.
func maskContact(contact string) string {
	runes := []rune(contact)
	if len(runes) < 8 {
		return "…"
	}
	return "…" + string(runes[len(runes)-4:])
}
