package isv

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// keepMessages and keepBytes bound what the inbox keeps; the oldest messages are dropped first.
	keepMessages = 10_000
	keepBytes    = 64 << 20

	// maxWait bounds how long a request may wait for messages.
	maxWait = 30 * time.Second
	// lull is the silence that ends a turn of the bot: its messages come within milliseconds.
	lull = 300 * time.Millisecond
)

// Message is one delivery as it arrived.
type Message struct {
	// Index counts the deliveries since the start, from 1; it never repeats.
	Index int64 `json:"index"`
	// ReceivedAt is when the whole body had arrived.
	ReceivedAt time.Time `json:"receivedAt"`
	// Headers are the headers that the webhook's documentation names, with lower-case names.
	Headers map[string]string `json:"headers"`
	// Body is the body as it came; one that is not JSON is kept as a JSON string.
	Body json.RawMessage `json:"body"`
}

// Filter selects messages; the zero value selects all.
type Filter struct {
	// Contact and Conversation are compared with the headers of the same name.
	Contact, Conversation string
	// After is an index: only later messages are selected.
	After int64
}

func (f Filter) matches(m Message) bool {
	return m.Index > f.After &&
		(f.Contact == "" || f.Contact == m.Headers["chattigo-contact"]) &&
		(f.Conversation == "" || f.Conversation == m.Headers["chattigo-conversation"])
}

// Inbox keeps the newest deliveries. It is safe for concurrent use; make it with [NewInbox].
type Inbox struct {
	now          func() time.Time
	keepMessages int
	keepBytes    int
	routes       *http.ServeMux
	page         *template.Template

	mu       sync.RWMutex
	messages []Message
	bytes    int
	last     int64
	// arrived is closed and replaced whenever a message comes.
	arrived chan struct{}
}

// NewInbox returns an empty inbox.
func NewInbox() *Inbox {
	in := &Inbox{
		now:          time.Now,
		keepMessages: keepMessages,
		keepBytes:    keepBytes,
		routes:       http.NewServeMux(),
		arrived:      make(chan struct{}),
		page:         template.Must(template.New("page").Parse(pageHTML)),
	}
	in.routes.HandleFunc("POST /{$}", in.receive)
	in.routes.HandleFunc("GET /messages", in.list)
	in.routes.HandleFunc("GET /{$}", in.show)
	return in
}

// List returns the messages that match the filter, oldest first.
func (in *Inbox) List(filter Filter) []Message {
	found, _ := in.find(filter)
	return found
}

// Await is List that waits: first for a message that matches, then until no more have come for a
// moment, since a bot often sends several. It waits at most as long as wait, and until ctx ends.
func (in *Inbox) Await(ctx context.Context, filter Filter, wait time.Duration) []Message {
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	found, arrived := in.find(filter)
	quiet := time.NewTimer(lull)
	defer quiet.Stop()
	for {
		var enough <-chan time.Time
		if len(found) > 0 {
			enough = quiet.C
		}
		select {
		case <-arrived:
		case <-enough:
			return found
		case <-timeout.C:
			return found
		case <-ctx.Done():
			return found
		}
		before := len(found)
		if found, arrived = in.find(filter); len(found) != before {
			quiet.Reset(lull)
		}
	}
}

// find returns the messages that match, and a channel that is closed when the next one comes.
func (in *Inbox) find(filter Filter) ([]Message, <-chan struct{}) {
	in.mu.RLock()
	defer in.mu.RUnlock()
	found := []Message{}
	for _, m := range in.messages {
		if filter.matches(m) {
			found = append(found, m)
		}
	}
	return found, in.arrived
}

// keep adds a delivery and drops the oldest ones beyond the bounds.
func (in *Inbox) keep(header http.Header, body []byte) {
	m := Message{ReceivedAt: in.now().UTC(), Headers: keptHeaders(header), Body: jsonBody(body)}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.last++
	m.Index = in.last
	in.messages = append(in.messages, m)
	in.bytes += len(m.Body)
	for len(in.messages) > in.keepMessages || in.bytes > in.keepBytes {
		in.bytes -= len(in.messages[0].Body)
		in.messages[0] = Message{} // the array outlives the slice's start; its bytes must not
		in.messages = in.messages[1:]
	}
	close(in.arrived)
	in.arrived = make(chan struct{})
}

// keptHeaders are the headers that the webhook's documentation names. Others, such as those that a
// proxy adds, do not matter to an ISV.
func keptHeaders(header http.Header) map[string]string {
	kept := make(map[string]string)
	for name := range header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "webhook-") || strings.HasPrefix(lower, "chattigo-") ||
			lower == "content-type" || lower == "user-agent" {
			kept[lower] = header.Get(name)
		}
	}
	return kept
}

func jsonBody(body []byte) json.RawMessage {
	if json.Valid(body) && utf8.Valid(body) {
		return body
	}
	quoted, err := json.Marshal(string(body))
	if err != nil {
		return json.RawMessage("null") // a string always encodes
	}
	return quoted
}
