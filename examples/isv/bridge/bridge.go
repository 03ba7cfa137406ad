package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

const (
	// maxBodies bounds the bodies that are in memory, in bytes, maxSenders the messages on their way to
	// Graph: Chattigo sends at most 20 at once from each of its processes.
	maxBodies  = 256 << 20
	maxSenders = 128
)

// Bridge is an [http.Handler] with what stands behind it. [Open] makes it.
type Bridge struct {
	settings Settings
	log      *slog.Logger
	routes   *http.ServeMux

	lock      *dirLock
	state     *folder
	queue     *queue
	answers   *answers
	keys      *keyring
	api       *client
	numbers   *numbers
	graph     *graph
	forwarder *forwarder
	bodies    budget
	// senders holds a value for each that is busy.
	senders chan struct{}
}

// Open opens the data directory, which no other bridge may use, and goes on where it stood.
func Open(s Settings, log *slog.Logger) (*Bridge, error) {
	return open(s, log, newTransport())
}

func newTransport() http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert,errcheck // it is one
	transport.MaxIdleConnsPerHost = maxSenders
	transport.ResponseHeaderTimeout = requestTimeout
	return transport
}

func open(s Settings, log *slog.Logger, transport http.RoundTripper) (*Bridge, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	b := &Bridge{
		settings: s, log: log, routes: http.NewServeMux(),
		bodies: budget{limit: maxBodies}, senders: make(chan struct{}, maxSenders),
	}
	if err := b.openFiles(s); err != nil {
		return nil, errors.Join(fmt.Errorf("data directory: %w", err), b.Close())
	}
	web := &http.Client{
		Transport: transport,
		// A redirect would carry the tokens elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	b.api = &client{base: strings.TrimSuffix(s.APIURL, "/"), user: s.User, password: s.Password, http: web, now: time.Now}
	b.numbers = &numbers{fixed: s.PhoneNumberID, api: b.api, now: time.Now, known: map[string]number{}}
	b.graph = &graph{base: strings.TrimSuffix(s.GraphURL, "/") + "/" + s.GraphVersion, token: s.GraphToken, http: web}
	b.forwarder = &forwarder{queue: b.queue, api: b.api, log: log}
	b.keys.load = b.api.keySet
	b.routes.HandleFunc("GET /meta", b.verifyWebhook)
	b.routes.HandleFunc("POST /meta", b.takeWebhook)
	b.routes.HandleFunc("POST /chattigo", b.receive)
	b.routes.HandleFunc("GET /healthz", b.health)
	return b, nil
}

func (b *Bridge) openFiles(s Settings) (err error) {
	if b.state, err = openFolder(s.DataDir, "state"); err != nil {
		return err
	}
	if b.lock, err = lockDir(s.DataDir); err != nil {
		return err
	}
	if b.queue, err = openQueue(s.DataDir, s.QueueFiles, s.QueueBytes); err != nil {
		return err
	}
	if b.answers, err = openAnswers(s.DataDir, time.Now, b.log); err != nil {
		return err
	}
	b.keys, err = newKeyring(s, b.state, time.Now, b.log)
	return err
}

// ServeHTTP takes the requests of Meta and of Chattigo.
func (b *Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.routes.ServeHTTP(w, r) }

// Run hands the queue to Chattigo until ctx ends.
func (b *Bridge) Run(ctx context.Context) {
	b.forwarder.trim(ctx) // the bounds may have been wider the last time
	waiting, refused := b.queue.sizes()
	b.log.InfoContext(ctx, "forwarding to Chattigo", "waiting", waiting, "refused", refused)
	b.forwarder.run(ctx)
}

// Close waits for the messages that are on their way to Graph, and closes the files. No request may come
// any more, and Run must have ended.
func (b *Bridge) Close() error {
	var errs []error
	if b.answers != nil {
		errs = append(errs, b.answers.close())
	}
	if b.queue != nil {
		errs = append(errs, b.queue.close())
	}
	if b.state != nil {
		errs = append(errs, b.state.close())
	}
	return errors.Join(append(errs, b.lock.release())...)
}

// health answers GET /healthz: 200 while the bridge takes webhooks, with what waits.
func (b *Bridge) health(w http.ResponseWriter, _ *http.Request) {
	waiting, refused := b.queue.sizes()
	found := struct {
		Status string `json:"status"`
		// Waiting are the webhooks that Chattigo does not have yet, Refused those that it does not want.
		Waiting int `json:"waiting"`
		Refused int `json:"refused"`
	}{"ok", waiting, refused}
	status := http.StatusOK
	switch {
	case waiting >= b.settings.QueueFiles:
		found.Status, status = "full", http.StatusServiceUnavailable
	case b.forwarder.failing.Load():
		found.Status = "waiting for Chattigo"
	}
	respond(w, status, "application/json", encode(found))
}

func respond(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // JSON or plain text, not to be sniffed; it can only fail if the caller is gone
}

// refuse answers with a sentence.
func refuse(w http.ResponseWriter, status int, message string) {
	body, err := json.Marshal(map[string]string{"message": message})
	if err != nil {
		body = nil // a string always encodes
	}
	respond(w, status, "application/json", body)
}

// unavailable asks the caller to send again, in so many seconds if they are given.
func unavailable(w http.ResponseWriter, seconds string) {
	if seconds != "" {
		w.Header().Set("Retry-After", seconds)
	}
	refuse(w, http.StatusServiceUnavailable, "this cannot be taken now; please send it again")
}
