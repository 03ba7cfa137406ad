// Command receive_go is a webhook for Chattigo: it verifies, drops repeats, and answers.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

type receiver struct {
	keys []*standardwebhooks.Webhook
	mu   sync.Mutex
	seen map[string]bool // in production: a table with a unique key
}

func (rc *receiver) signed(header http.Header, body []byte) bool {
	for _, key := range rc.keys {
		if key.Verify(body, header) == nil { // also refuses what is older than 5 minutes
			return true
		}
	}
	return false
}

func (rc *receiver) first(id string) bool {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	known := rc.seen[id]
	rc.seen[id] = true
	return !known
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20)) // the bytes as they came
	if err != nil || !rc.signed(r.Header, body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if id := r.Header.Get("webhook-id"); rc.first(id) {
		// Not for Graph: the test, which has chattigoTest, and the notice, {"chatBeenClosed":…}.
		fmt.Fprintln(os.Stdout, "new", id) // here: put the body into your own queue
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{}`)
}

func main() {
	rc := &receiver{seen: map[string]bool{}}
	for secret := range strings.FieldsSeq(os.Getenv("WEBHOOK_SECRETS")) { // two during a rotation
		key, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			panic("WEBHOOK_SECRETS cannot be read")
		}
		rc.keys = append(rc.keys, key)
	}
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: rc, ReadTimeout: 10 * time.Second}
	panic(server.ListenAndServe())
}
