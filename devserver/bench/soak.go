package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Soak says how long to load the service, and how often to look at its processes.
type Soak struct {
	Duration, Every time.Duration
	// Share is the part of what the service can do at most that is asked of it.
	Share float64
	// Growth is how much more a process may use in the last quarter than in the second: 0.25 is a quarter
	// more. The first quarter is left to caches that fill.
	Growth float64
}

// LongSoak is the plan of `make soak`.
func LongSoak() Soak {
	return Soak{Duration: 30 * time.Minute, Every: 15 * time.Second, Share: 0.5, Growth: 0.25}
}

// messagesPerContact is how many messages a contact of a soak sends; then the conversation is closed, and
// another contact takes the place.
const messagesPerContact = 20

// usage is what a process used at one look.
type usage struct{ memory, goroutines float64 }

// soaking is a soak that runs.
type soaking struct {
	plan Soak
	site *site
	rate int // messages a second
	// turns has a place for every message that is due; missed counts those that found nobody free.
	turns  chan struct{}
	missed int

	mu        sync.Mutex
	latencies []time.Duration
	errs      []error
	looks     map[string][]usage
}

// Run loads the place at a share of what it can do. The text says what came out; the error, what is not as it
// should be: a message that was not answered, or a process that grows.
func (plan Soak) Run(ctx context.Context, start Opener, say func(format string, args ...any)) (text string, err error) {
	err = at(ctx, start, func(s *site) error {
		say("%s: how much it can do", s.place.Name)
		most, err := s.capacity(ctx)
		if err != nil {
			return err
		}
		rate := max(1, int(most*plan.Share))
		say("%.0f messages a second at most; %d a second for %s", most, rate, plan.Duration)
		k := &soaking{plan: plan, site: s, rate: rate, turns: make(chan struct{}, rate), looks: map[string][]usage{}}
		k.run(ctx, say)
		text = k.text()
		return k.judge()
	})
	return text, err
}

// The measurement of the capacity.
const (
	capacityContacts = 100
	capacityWarmUp   = 10 * time.Second
	capacityTime     = 30 * time.Second // beyond the warm-up
)

// capacity is how many messages a second the place answers when contacts write as in the soak, each as
// soon as it has its reply. A burst would say more: messages that wait together cost less, and no
// conversation begins or ends in it.
func (s *site) capacity(ctx context.Context) (float64, error) {
	var answered atomic.Int64
	timed, cancel := context.WithTimeout(ctx, capacityWarmUp+capacityTime)
	defer cancel()
	warm := time.AfterFunc(capacityWarmUp, func() { answered.Store(0) })
	defer warm.Stop()
	writing, ctx := errgroup.WithContext(ctx)
	for range capacityContacts {
		writing.Go(func() error {
			for timed.Err() == nil {
				if err := s.converse(ctx, timed, &answered); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := writing.Wait()
	return float64(answered.Load()) / capacityTime.Seconds(), err
}

// converse is one conversation of a new contact, which counts its replies until the time is over.
func (s *site) converse(ctx, timed context.Context, answered *atomic.Int64) error {
	contact := s.load.newContacts(1)[0]
	for range messagesPerContact {
		if _, err := s.load.chat(ctx, s.ours, contact, 1); err != nil {
			return err
		}
		if timed.Err() != nil {
			break
		}
		answered.Add(1)
	}
	return s.ours.post(ctx, contact, endWord, "end-"+contact)
}

// run ends when the time is over and every message that was sent is answered, or has failed.
func (k *soaking) run(ctx context.Context, say func(format string, args ...any)) {
	timed, cancel := context.WithTimeout(ctx, k.plan.Duration)
	defer cancel()
	var group sync.WaitGroup
	group.Go(func() { k.watch(timed, say) })
	for range 4 * k.rate { // as many as write at once if a reply takes 4 s
		group.Go(func() { k.contacts(ctx) })
	}
	tick := time.NewTicker(time.Second / time.Duration(k.rate))
	defer tick.Stop()
	for timed.Err() == nil {
		select {
		case <-timed.Done():
		case <-tick.C:
			select {
			case k.turns <- struct{}{}:
			default:
				k.missed++
			}
		}
	}
	close(k.turns)
	group.Wait()
}

// contacts lets one contact after the other write whenever it is its turn.
func (k *soaking) contacts(ctx context.Context) {
	for {
		contact := k.site.load.newContacts(1)[0]
		for range messagesPerContact {
			if _, more := <-k.turns; !more {
				return
			}
			all, err := k.site.load.chat(ctx, k.site.ours, contact, 1)
			k.note(all, err)
		}
		if err := k.site.ours.post(ctx, contact, endWord, "end-"+contact); err != nil {
			k.note(nil, err)
		}
	}
}

func (k *soaking) note(all []exchange, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range all {
		k.latencies = append(k.latencies, e.latency())
	}
	if err != nil {
		k.errs = append(k.errs, err)
	}
}

// watch looks at the processes until ctx ends, and says every minute how it goes.
func (k *soaking) watch(ctx context.Context, say func(format string, args ...any)) {
	tick := time.NewTicker(k.plan.Every)
	defer tick.Stop()
	for looked := 1; ; looked++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		k.look(ctx)
		if k.plan.Every*time.Duration(looked)%time.Minute == 0 {
			k.mu.Lock()
			say("%d answered, %d errors", len(k.latencies), len(k.errs))
			k.mu.Unlock()
		}
	}
}

// look reads what every process uses.
func (k *soaking) look(ctx context.Context) {
	for name, url := range k.site.place.Metrics {
		found, err := readUsage(ctx, url)
		k.mu.Lock()
		if err == nil {
			k.looks[name] = append(k.looks[name], found)
		} else if ctx.Err() == nil {
			k.errs = append(k.errs, fmt.Errorf("the metrics of %s: %w", name, err))
		}
		k.mu.Unlock()
	}
}

var (
	memoryLine     = regexp.MustCompile(`(?m)^process_resident_memory_bytes (\S+)$`)
	goroutinesLine = regexp.MustCompile(`(?m)^go_goroutines (\S+)$`)
)

// maxMetrics bounds what is read of a process's metrics, in bytes.
const maxMetrics = 4 << 20

func readUsage(ctx context.Context, url string) (usage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return usage{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return usage{}, err
	}
	page, err := io.ReadAll(io.LimitReader(response.Body, maxMetrics))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return usage{}, err
	}
	memory, err := valueOf(memoryLine, page)
	if err != nil {
		return usage{}, err
	}
	goroutines, err := valueOf(goroutinesLine, page)
	return usage{memory / (1 << 20), goroutines}, err
}

func valueOf(line *regexp.Regexp, page []byte) (float64, error) {
	found := line.FindSubmatch(page)
	if found == nil {
		return 0, fmt.Errorf("there is no line %s", line)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
