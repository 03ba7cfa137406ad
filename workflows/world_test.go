package workflows

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

const (
	testChannel = "56900000001"
	testContact = "56911112222"
)

// world is everything around a conversation, on the test environment's clock: a database in
// memory, and an ISV whose webhook can be told to fail. The bot's part is the real one.
type world struct {
	*activities.Activities // Reply
	mu                     sync.Mutex
	now                    func() time.Time
	// refuse says whether the ISV refuses an attempt now; nil takes everything.
	refuse func(seq int, body string) bool
	// failure is how the fast lane fails; nil is with a status of 500.
	failure *activities.Failure
	// noticeRefused makes the ISV refuse notices.
	noticeRefused bool
	// step decides what the bot says.
	step chat.Stepper
	// api is what bots call, the attempts of one call counted from 1; nil answers everything.
	api    func(in activities.CallInput, attempt int) (bot.CallResult, error)
	called []string
	// broken fails that many calls of an activity, by name.
	broken map[string]int

	posts    []post
	ledger   map[string]*parked
	rows     map[string]store.Conversation
	archived []activities.ArchiveInput
	pages    []activities.PageInput
	bots     map[string]store.Bot
	hash     string
	// preferences are what contacts said of notices.
	preferences []store.Preference
	// unclosed are rows that other conversations left open, handedOff is what the row says.
	unclosed, recovered, givenUp []string
	handedOff, archivedAt        time.Time
	// overflow are messages that wait in the database, by owner and number.
	overflow map[string][]byte
	// wamids makes the ISV answer with the ids that WhatsApp gave, wamid.out. and the sequence.
	wamids bool
	// onReply and onDeliverSlow are called at the beginning of these activities; nil for nothing.
	onReply, onDeliverSlow func()
	// recent bounds how many message ids of earlier conversations a new one is given; 0 is all.
	recent int
	// guarded says that the channel has a loop guard.
	guarded bool
	// pause is how long the slow lane waits after a refusal; 0 is 30 s.
	pause time.Duration
	// noticeRetries says for each attempt of a notice whether it was asked for.
	noticeRetries []bool
	// drainPages is how many pages of conversations wait, drained after which each was asked for.
	drainPages int
	drained    []string
	// eventPages are what SendEvents returns, looked when it was called, and probed with which wish.
	eventPages []activities.SendEventsResult
	looked     []time.Time
	probed     []bool
	// eventsURL is the channel's; announced is what was announced.
	eventsURL string
	announced []activities.AnnounceInput
	// merges puts the close notice into the last words.
	merges bool
	// parts are what the parts of a replay do, one after the other; replayed are their inputs.
	parts    []activities.ReplayResult
	replayed []activities.ReplayInput
	// leftDead counts the ends of replays.
	leftDead int
	// well says that recovered conversations need nobody.
	well bool
}

type post struct {
	ID           string
	Conversation string
	Sequence     int
	InReplyTo    string
	Body         string
	At           time.Time
}

type parked struct {
	to       activities.Address
	message  activities.Outgoing
	attempts int
}

func newWorld(t require.TestingT) *world {
	starter, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	w := &world{
		broken: map[string]int{}, ledger: map[string]*parked{}, rows: map[string]store.Conversation{},
		overflow: map[string][]byte{},
		bots:     map[string]store.Bot{}, hash: starter.Hash, step: stepWithCalls,
	}
	w.bots[starter.Hash] = store.Bot{Hash: starter.Hash, Source: definition.Starter()}
	w.Activities = activities.New(activities.Parts{Store: w.memory(), Log: slog.New(slog.DiscardHandler), Step: func(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		return w.step(b, s, e)
	}})
	return w
}

// speaks publishes a definition of the test's own.
func (w *world) speaks(t require.TestingT, source string) {
	definition, err := definition.Load([]byte(source))
	require.NoError(t, err)
	w.bots[definition.Hash] = store.Bot{Hash: definition.Hash, Source: []byte(source)}
	w.hash = definition.Hash
}

// breakNext makes an activity fail so often from now on; it may be called while the conversation runs.
func (w *world) breakNext(name string, times int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken[name] = times
}

// setMerges changes the channel's setting; it may be called while the conversation runs.
func (w *world) setMerges(merges bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.merges = merges
}

func (w *world) breaks(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken[name] == 0 {
		return nil
	}
	w.broken[name]--
	return errors.New(name + " is broken")
}

func (w *world) Reply(ctx context.Context, in activities.ReplyInput) (activities.ReplyResult, error) {
	if w.onReply != nil {
		w.onReply()
	}
	if err := w.breaks("Reply"); err != nil {
		return activities.ReplyResult{}, err
	}
	return w.Activities.Reply(ctx, in)
}

func (w *world) Deliver(_ context.Context, in activities.DeliverInput) (activities.DeliverResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	result := activities.DeliverResult{At: w.now()}
	for _, m := range in.Messages {
		if !w.take(in.Address, m) {
			result.Failure = cmp.Or(w.failure, &activities.Failure{Class: "status", Status: 500, Attempted: true})
			break
		}
		result.Delivered++
		if w.wamids {
			result.WAMIDs = append(result.WAMIDs, wamidOf(m.Sequence))
		}
	}
	return result, nil
}

func (w *world) take(to activities.Address, m activities.Outgoing) bool {
	if w.refuse != nil && w.refuse(m.Sequence, string(m.Body)) {
		return false
	}
	w.posts = append(w.posts, post{
		ID: m.ID, Conversation: to.Conversation, Sequence: m.Sequence, InReplyTo: m.InReplyTo, Body: string(m.Body), At: w.now(),
	})
	return true
}

func wamidOf(sequence int) string { return fmt.Sprint("wamid.out.", sequence) }

func (w *world) Park(_ context.Context, in activities.ParkInput) error {
	if err := w.breaks("Park"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range in.Messages {
		if w.ledger[m.ID] == nil {
			w.ledger[m.ID] = &parked{to: in.Address, message: m}
		}
	}
	return nil
}

func (w *world) DeliverSlow(_ context.Context, in activities.SlowInput) (activities.SlowResult, error) {
	if w.onDeliverSlow != nil {
		w.onDeliverSlow()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	result, err := w.deliverWaiting(in.ID)
	if err != nil {
		return result, err
	}
	for _, id := range in.Next {
		next, err := w.deliverWaiting(id)
		if err != nil {
			break
		}
		result.Next = append(result.Next, next)
	}
	return result, nil
}

func (w *world) deliverWaiting(id string) (activities.SlowResult, error) {
	row := w.ledger[id]
	if row == nil {
		return activities.SlowResult{State: store.DeliveryDead, At: w.now()}, nil
	}
	row.attempts++
	if w.take(row.to, row.message) {
		result := activities.SlowResult{State: store.DeliveryDelivered, At: w.now()}
		if w.wamids {
			result.WAMID = wamidOf(row.message.Sequence)
		}
		return result, nil
	}
	if w.now().After(row.message.At.Add(24 * time.Hour)) {
		return activities.SlowResult{State: store.DeliveryDead, At: w.now()}, nil
	}
	return activities.SlowResult{}, comeAgain(cmp.Or(w.pause, 30*time.Second))
}

// RetryWaiting has pages of one conversation.
func (w *world) RetryWaiting(_ context.Context, in activities.RetryWaitingInput) (activities.RetryWaitingResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	page := 1
	if _, err := fmt.Sscanf(in.After, "cnv_%d", &page); err == nil {
		page++
	}
	w.drained = append(w.drained, in.After)
	result := activities.RetryWaitingResult{Retried: 1}
	if page < w.drainPages {
		result.Last = fmt.Sprint("cnv_", page)
	}
	return result, nil
}

func (w *world) Notice(_ context.Context, in activities.NoticeInput) (activities.SlowResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noticeRetries = append(w.noticeRetries, in.Retry)
	id, body := activities.NoticeMessage(in.Conversation)
	m := activities.Outgoing{Send: chat.Send{ID: id, At: in.MadeAt, Body: body}, Sequence: in.Sequence}
	if in.ID != "" {
		id, m = in.ID, w.ledger[in.ID].message
	}
	if !w.noticeRefused && w.take(in.Address, m) {
		result := activities.SlowResult{State: store.DeliveryDelivered, At: w.now()}
		if w.wamids && in.ID != "" {
			result.WAMID = wamidOf(m.Sequence)
		}
		return result, nil
	}
	row := w.ledger[id]
	if row == nil {
		row = &parked{to: in.Address, message: m}
		w.ledger[id] = row
	}
	row.attempts++
	switch {
	case !in.Carried && (in.Once || row.attempts >= 5):
		return activities.SlowResult{State: store.DeliveryWaiting, At: w.now()}, nil
	case in.Carried && w.now().After(in.MadeAt.Add(72*time.Hour)):
		return activities.SlowResult{State: store.DeliveryDead, At: w.now()}, nil
	}
	if in.Carried {
		return activities.SlowResult{}, comeAgain(time.Hour)
	}
	return activities.SlowResult{}, comeAgain(30 * time.Second)
}

func (w *world) GiveUp(_ context.Context, in activities.NoticeInput) (activities.SlowResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.givenUp = append(w.givenUp, in.Conversation)
	return activities.SlowResult{State: store.DeliveryDead, At: w.now()}, nil
}

func (w *world) Recover(_ context.Context, in activities.RecoverInput) (activities.RecoverResult, error) {
	if err := w.breaks("Recover"); err != nil {
		return activities.RecoverResult{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.well {
		return activities.RecoverResult{}, nil
	}
	w.recovered = append(w.recovered, in.Conversation)
	to := activities.Address{Conversation: in.Conversation, Channel: testChannel, Contact: testContact}
	return activities.RecoverResult{Recovered: true, Notice: &activities.NoticeInput{Address: to, Sequence: 9, MadeAt: w.now()}}, nil
}

func (w *world) FindUnclosed(context.Context, activities.FindInput) (activities.FindResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return activities.FindResult{Conversations: w.unclosed}, nil
}

func comeAgain(after time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("refused", "HTTP 500", temporal.ApplicationErrorOptions{NextRetryDelay: after})
}

func (w *world) WritePage(_ context.Context, in activities.PageInput) error {
	if err := w.breaks("WritePage"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages = append(w.pages, in)
	return nil
}

func (w *world) Archive(_ context.Context, in activities.ArchiveInput) error {
	if err := w.breaks("Archive"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.archived = append(w.archived, in)
	w.archivedAt = w.now()
	return nil
}

// words are the visible texts of what was posted.
func (w *world) words() []string {
	var words []string
	for _, p := range w.posts {
		words = append(words, visible(p.Body))
	}
	return words
}

func visible(body string) string {
	var m struct {
		Text        struct{ Body string }
		Interactive struct{ Body struct{ Text string } }
		Closed      *struct{} `json:"chatBeenClosed"`
	}
	_ = json.Unmarshal([]byte(body), &m)
	words := m.Text.Body + m.Interactive.Body.Text
	if m.Closed != nil {
		words += "[closed]"
	}
	return words
}
