package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// answersKept and answersAge bound what is remembered: Chattigo repeats a message for at most 72
	// hours by itself, and for 30 days when somebody asks it to.
	answersKept = 100_000
	answersAge  = 30 * 24 * time.Hour
	// maxAnswer bounds an answer of Graph's, in bytes; real ones have less than 2,000.
	maxAnswer = 64 << 10
)

// answer is what Chattigo is answered for a message.
type answer struct {
	Status int    `json:"status"`
	Body   []byte `json:"body"`
	// RetryAfter is Graph's header; empty if it had none.
	RetryAfter string `json:"-"`
	// Final is set if the message must not be posted again.
	Final bool `json:"-"`
}

// write answers with the answer.
func (a answer) write(w http.ResponseWriter) {
	if a.RetryAfter != "" {
		w.Header().Set("Retry-After", a.RetryAfter)
	}
	respond(w, a.Status, "application/json", a.Body)
}

// idHash stands for a webhook-id, which may have any length and any characters, also in a file's name.
type idHash [sha256.Size]byte

func (h idHash) name() string { return hex.EncodeToString(h[:]) + ".json" }

// answers remembers the final answer to each message, on disk, so that a repeat gets the same answer
// and Graph gets the message once. After a crash between Graph's answer and the writing of it Graph gets
// the message again: it offers nothing against that. It is safe for concurrent use.
type answers struct {
	folder *folder
	now    func() time.Time
	log    *slog.Logger
	kept   int

	mu    sync.Mutex
	known map[idHash]bool
	// order has the known ones, the oldest first.
	order []remembered
	// calls are the messages that are being posted.
	calls   map[idHash]*call
	running sync.WaitGroup
}

type remembered struct {
	id idHash
	at time.Time
}

// call is a message that is being posted. answer is set when done is closed.
type call struct {
	done   chan struct{}
	answer answer
	err    error
}

// openAnswers reads what was remembered before.
func openAnswers(dir string, now func() time.Time, log *slog.Logger) (*answers, error) {
	f, err := openFolder(dir, "answers")
	if err != nil {
		return nil, err
	}
	a := &answers{folder: f, now: now, log: log, kept: answersKept, known: map[idHash]bool{}, calls: map[idHash]*call{}}
	if err := a.load(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return a, nil
}

func (a *answers) load() error {
	files, err := a.folder.list()
	if err != nil {
		return err
	}
	for _, file := range files {
		var id idHash
		if n, err := hex.Decode(id[:], []byte(file.Name()[:min(len(file.Name()), 2*len(id))])); err != nil || n != len(id) || id.name() != file.Name() {
			continue
		}
		info, err := file.Info()
		if err != nil {
			return fmt.Errorf("read the directory: %w", err)
		}
		a.known[id] = true
		a.order = append(a.order, remembered{id, info.ModTime()})
	}
	slices.SortFunc(a.order, func(x, y remembered) int { return x.at.Compare(y.at) })
	return nil
}

// close waits for the messages that are being posted.
func (a *answers) close() error {
	a.running.Wait()
	return a.folder.close()
}

// do returns the remembered answer to a message, or that of post, which is called once however many ask
// at the same time. post goes on when ctx ends: Chattigo waits 3 s the first time, and its repeat then
// finds the answer.
func (a *answers) do(ctx context.Context, webhookID string, post func(context.Context) (answer, error)) (found answer, repeated bool, err error) {
	id := idHash(sha256.Sum256([]byte(webhookID)))
	a.mu.Lock()
	c, running := a.calls[id]
	if !running && a.known[id] {
		a.mu.Unlock()
		if found, err := a.read(id); err == nil {
			return found, true, nil
		}
		a.mu.Lock() // what cannot be read is not known
		c, running = a.calls[id]
	}
	if !running {
		c = &call{done: make(chan struct{})}
		a.calls[id] = c
		a.running.Go(func() { a.run(context.WithoutCancel(ctx), id, c, post) })
	}
	a.mu.Unlock()
	select {
	case <-c.done:
		return c.answer, running, c.err
	case <-ctx.Done():
		return answer{}, running, ctx.Err()
	}
}

func (a *answers) run(ctx context.Context, id idHash, c *call, post func(context.Context) (answer, error)) {
	defer close(c.done)
	c.answer, c.err = post(ctx)
	remember := c.err == nil && c.answer.Final
	if remember {
		if err := a.write(id, c.answer); err != nil {
			// Graph has the message: Chattigo must not be told otherwise.
			remember = false
			a.log.ErrorContext(ctx, "an answer cannot be written down: a repeat would be sent again", "error", err)
		}
	}
	a.mu.Lock()
	delete(a.calls, id)
	if remember && !a.known[id] {
		a.known[id] = true
		a.order = append(a.order, remembered{id, a.now()})
	}
	old := a.expire()
	a.mu.Unlock()
	for _, id := range old {
		_ = a.folder.remove(id.name()) // it is found again by the next start, and expires then
	}
}

// expire forgets what is beyond the bounds.
func (a *answers) expire() []idHash {
	var old []idHash
	for len(a.order) > a.kept || len(a.order) > 0 && a.now().Sub(a.order[0].at) > answersAge {
		old = append(old, a.order[0].id)
		delete(a.known, a.order[0].id)
		a.order = a.order[1:]
	}
	return old
}

func (a *answers) write(id idHash, found answer) error {
	data, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return a.folder.write(id.name(), data)
}

func (a *answers) read(id idHash) (answer, error) {
	data, err := a.folder.read(id.name(), 2*maxAnswer)
	if err != nil {
		return answer{}, err
	}
	var found answer
	if err := json.Unmarshal(data, &found); err != nil || found.Status < 200 || found.Status > 599 {
		return answer{}, errors.New("the remembered answer cannot be read")
	}
	found.Final = true
	return found, nil
}
