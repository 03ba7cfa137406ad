package bridge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// errFull says that no more webhooks may wait.
var errFull = errors.New("the queue is full")

// asideFiles bounds the webhooks that were set aside, besides the bytes that they may have; the oldest are
// removed first.
const asideFiles = 10_000

// queue keeps webhooks on disk, one file each, until Chattigo has them. Names are numbers of our own in
// the order of arrival: nothing that Meta or anybody else sends becomes a part of a name. It is safe for
// concurrent use, with one reader.
type queue struct {
	waiting, aside *folder
	maxFiles       int
	// maxBytes bounds what waits and, apart from that, what was set aside.
	maxBytes int64

	mu sync.Mutex
	// entries are on disk, in order. files and bytes also count those that are being written.
	entries []entry
	files   int
	bytes   int64
	last    uint64
	// refused were set aside, the oldest first.
	refused []entry
	// arrived holds a value when something came since it was last read.
	arrived chan struct{}
}

// entry is a webhook that waits, or that was set aside.
type entry struct {
	number uint64
	size   int64
}

func (e entry) name() string { return fileName(e.number) }

func fileName(number uint64) string { return fmt.Sprintf("%020d.json", number) }

// openQueue reads what waits from the last time.
func openQueue(dir string, maxFiles int, maxBytes int64) (*queue, error) {
	q := &queue{maxFiles: maxFiles, maxBytes: maxBytes, arrived: make(chan struct{}, 1)}
	var err error
	if q.waiting, err = openFolder(dir, "waiting"); err != nil {
		return nil, err
	}
	if q.aside, err = openFolder(dir, "refused"); err != nil {
		return nil, errors.Join(err, q.waiting.close())
	}
	if err := q.load(); err != nil {
		return nil, errors.Join(err, q.close())
	}
	return q, nil
}

func (q *queue) load() error {
	waiting, err := numbered(q.waiting)
	if err != nil {
		return err
	}
	refused, err := numbered(q.aside)
	if err != nil {
		return err
	}
	for _, e := range waiting {
		q.bytes += e.size
	}
	q.entries, q.files = waiting, len(waiting)
	q.refused = refused
	for _, e := range slices.Concat(waiting, refused) {
		q.last = max(q.last, e.number)
	}
	return nil
}

// numbered lists the files with a number, in order. What else is there is somebody else's.
func numbered(f *folder) ([]entry, error) {
	files, err := f.list()
	if err != nil {
		return nil, err
	}
	var found []entry
	for _, file := range files {
		number, err := strconv.ParseUint(strings.TrimSuffix(file.Name(), ".json"), 10, 64)
		if err != nil || fileName(number) != file.Name() {
			continue
		}
		info, err := file.Info()
		if err != nil {
			return nil, fmt.Errorf("read the directory: %w", err)
		}
		found = append(found, entry{number, info.Size()})
	}
	slices.SortFunc(found, func(a, b entry) int { return cmp.Compare(a.number, b.number) })
	return found, nil
}

func (q *queue) close() error { return errors.Join(q.waiting.close(), q.aside.close()) }

// put writes a webhook down. It is on disk when put returns nil; errFull if there is no room.
func (q *queue) put(body []byte) error {
	e := entry{size: int64(len(body))}
	q.mu.Lock()
	if q.files >= q.maxFiles || q.bytes+e.size > q.maxBytes {
		q.mu.Unlock()
		return errFull
	}
	q.files++
	q.bytes += e.size
	q.last++
	e.number = q.last
	q.mu.Unlock()

	err := q.waiting.write(e.name(), body) // many are written at once: a disk syncs them together

	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		q.files--
		q.bytes -= e.size
		return err
	}
	at, _ := slices.BinarySearchFunc(q.entries, e, func(a, b entry) int { return cmp.Compare(a.number, b.number) })
	q.entries = slices.Insert(q.entries, at, e)
	select {
	case q.arrived <- struct{}{}:
	default:
	}
	return nil
}

// first returns the webhook that has waited longest; false if none waits.
func (q *queue) first() (entry, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.entries) == 0 {
		return entry{}, false
	}
	return q.entries[0], true
}

func (q *queue) read(e entry) ([]byte, error) { return q.waiting.read(e.name(), maxWebhook) }

// remove forgets a webhook. One whose file cannot be removed comes again after a restart, which does no
// harm.
func (q *queue) remove(e entry) error {
	q.drop(e)
	return q.waiting.remove(e.name())
}

func (q *queue) drop(e entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.entries, e)
	if at < 0 {
		return
	}
	q.entries = slices.Delete(q.entries, at, at+1)
	q.files--
	q.bytes -= e.size
}

// setAside keeps a webhook, or what is left of it, for a person to look at.
func (q *queue) setAside(e entry, body []byte) error {
	if err := q.aside.write(e.name(), body); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	// After a crash it may have been set aside before, with another size.
	q.refused = slices.DeleteFunc(q.refused, func(old entry) bool { return old.number == e.number })
	q.refused = append(q.refused, entry{e.number, int64(len(body))})
	return nil
}

// trimAside removes the oldest of those that were set aside beyond the bounds, and returns how many. The
// newest stays, whatever its size. A file that cannot be removed is counted again after a restart.
func (q *queue) trimAside() (removed int, err error) {
	oldest := q.excess()
	for _, e := range oldest {
		if failed := q.aside.remove(e.name()); failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		removed++
	}
	return removed, err
}

// excess takes what is beyond the bounds out of those that were set aside.
func (q *queue) excess() []entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	var bytes int64
	for _, e := range q.refused {
		bytes += e.size
	}
	n := 0
	for left := len(q.refused); left > 1 && (left > asideFiles || bytes > q.maxBytes); left-- {
		bytes -= q.refused[n].size
		n++
	}
	oldest := slices.Clone(q.refused[:n])
	q.refused = slices.Delete(q.refused, 0, n)
	return oldest
}

// sizes are how much waits and how much was set aside.
func (q *queue) sizes() (waiting, refused int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.files, len(q.refused)
}
