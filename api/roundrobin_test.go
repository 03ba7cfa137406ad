package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

func admit(t *testing.T, r *roundRobin, account string) *job {
	t.Helper()
	j, err := r.admit(account)
	require.NoError(t, err)
	return j
}

// pass lets time pass, within a bubble of synctest.
func pass(d time.Duration) { <-time.After(d) }

// silent waits without a word.
func silent() error { return nil }

// waits begins a slice in the background, and returns what comes of it.
func waits(ctx context.Context, j *job, waiting func() error) chan error {
	began := make(chan error, 1)
	go func() { began <- j.begin(ctx, progressEvery, waiting) }()
	synctest.Wait()
	return began
}

// An account with three jobs gets no more than one with one, and its jobs share what it gets.
func TestAccountsTakeTurnsHoweverManyJobsTheyHave(t *testing.T) {
	for _, processors := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			r := newRoundRobin(processors)
			counts, until := map[string]int{}, time.Now().Add(10*time.Minute)
			var mu sync.Mutex
			var running sync.WaitGroup
			for i, name := range []string{"one 1", "one 2", "one 3", "two 1", "three 1"} {
				account, _, _ := strings.Cut(name, " ")
				j := admit(t, r, account)
				lengths := rand.New(rand.NewPCG(uint64(i), 1)) // #nosec G404 -- slices are seldom equally long
				running.Go(func() {
					defer j.leave()
					for time.Now().Before(until) {
						if j.begin(t.Context(), progressEvery, silent) != nil {
							return
						}
						mu.Lock()
						counts[name]++
						counts[account]++
						mu.Unlock()
						pass(slice + time.Duration(lengths.Int64N(int64(slice))))
						j.end()
					}
				})
			}
			running.Wait()
			all := float64(counts["one"] + counts["two"] + counts["three"])
			for _, account := range []string{"one", "two", "three"} {
				require.InEpsilon(t, all/3, counts[account], 0.1, account)
			}
			for _, name := range []string{"one 1", "one 2", "one 3"} {
				require.InEpsilon(t, all/9, counts[name], 0.1, name)
			}
			require.Equal(t, processors, r.idle)
			require.Empty(t, r.accounts)
			require.Zero(t, r.jobs)
		})
	}
}

func TestWhoWaitsIsNotTurnedAwayAndTellsItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoundRobin(1)
		first, second, third := admit(t, r, "first"), admit(t, r, "second"), admit(t, r, "third")
		require.NoError(t, first.begin(t.Context(), progressEvery, silent))
		before := waits(t.Context(), second, silent)
		told := 0
		began := waits(t.Context(), third, func() error { told++; return nil })
		pass(time.Hour + time.Millisecond)
		first.end()
		require.NoError(t, <-before)
		pass(time.Hour)
		second.end()
		require.NoError(t, <-began)
		require.Equal(t, 7200, told)
	})
}

func TestWhoIsBusyWithItsCallerIsPassedOverAndComesNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoundRobin(1)
		first, second, third := admit(t, r, "first"), admit(t, r, "second"), admit(t, r, "third")
		require.NoError(t, first.begin(t.Context(), progressEvery, silent))
		read := 10 * time.Second
		stuck := waits(t.Context(), second, func() error {
			pass(read)
			read = 0
			return nil
		})
		other := waits(t.Context(), third, silent)
		pass(1500 * time.Millisecond) // second tells its caller, who does not read
		first.end()
		again := waits(t.Context(), first, silent)
		require.NoError(t, <-other)
		pass(time.Minute)
		third.end()
		require.NoError(t, <-stuck)
		require.Empty(t, again)
		second.end()
		require.NoError(t, <-again)
	})
}

func TestJobsAreBoundedAndWhoGivesUpLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoundRobin(1)
		jobs := []*job{}
		for i := range maxJobs {
			jobs = append(jobs, admit(t, r, fmt.Sprint(i/maxOwnJobs)))
		}
		_, err := r.admit("0")
		require.ErrorIs(t, err, errOwnJobs)
		_, err = r.admit("new")
		require.ErrorIs(t, err, errGateFull)

		require.NoError(t, jobs[0].begin(t.Context(), progressEvery, silent))
		ctx, cancel := context.WithCancel(t.Context())
		gone := waits(ctx, jobs[4], silent)
		failed := waits(t.Context(), jobs[8], func() error { return errOwnJobs })
		cancel()
		require.ErrorIs(t, <-gone, context.Canceled)
		require.ErrorIs(t, <-failed, errOwnJobs)
		for _, j := range jobs {
			j.leave() // the first one in its slice
		}
		require.Equal(t, 1, r.idle)
		require.Empty(t, r.ready)
		require.Empty(t, r.accounts)
		require.Zero(t, r.jobs)
	})
}

// sliced is a re-run whose account is read by account.
func sliced(t *testing.T, r *roundRobin, account func() (store.Account, error)) (*slicedRerun, *[]any) {
	sent := &[]any{}
	reruns := &reruns{turns: r, now: time.Now, account: func(context.Context, string) (store.Account, error) { return account() }}
	s := &slicedRerun{reruns: reruns, account: store.Account{Name: "waits"}, job: admit(t, r, "waits"), began: time.Now(), shown: time.Now()}
	s.run = archive.NewRerun(nil, &definition.Bot{}, archive.Query{}, s.pause)
	s.send = func(line any) error {
		*sent = append(*sent, line)
		return nil
	}
	return s, sent
}

func TestARerunThatWaitsTellsItsCallerAndEndsWithItsAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoundRobin(1)
		long := admit(t, r, "long")
		require.NoError(t, long.begin(t.Context(), progressEvery, silent))
		account := store.Account{Name: "waits"}
		s, sent := sliced(t, r, func() (store.Account, error) { return account, nil })

		done := make(chan error, 1)
		go func() { done <- s.nextSlice(t.Context()) }()
		pass(time.Minute + time.Millisecond)
		synctest.Wait()
		require.Len(t, *sent, 60)
		require.Equal(t, progressLine{}, (*sent)[0])
		long.end()
		require.NoError(t, <-done)

		waited, err := s.pause(t.Context())
		require.NoError(t, err)
		require.Zero(t, waited, "its slice has just begun")
		pass(slice)
		began := waits(t.Context(), long, silent)
		go func() {
			defer long.end()
			if <-began == nil {
				pass(time.Minute)
			}
		}()
		waited, err = s.pause(t.Context())
		require.NoError(t, err)
		require.Equal(t, time.Minute, waited)

		pass(slice)
		account.Disabled = true
		_, err = s.pause(t.Context())
		require.Equal(t, errInvalidToken(nil), err)
		require.False(t, s.job.running, "others have its place")
	})
}

func TestARerunThatWaitsTooLongIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoundRobin(1)
		long := admit(t, r, "long")
		require.NoError(t, long.begin(t.Context(), progressEvery, silent))
		s, _ := sliced(t, r, func() (store.Account, error) { return store.Account{}, nil })
		err := s.nextSlice(t.Context())
		require.ErrorContains(t, err, "stopped after 30 minutes, most of which other re-runs took")
		require.Less(t, time.Since(s.began), rerunElapsed+2*progressEvery)
		s.send = func(any) error { return errors.New("the caller has gone") }
		s.began = time.Now()
		require.ErrorContains(t, s.nextSlice(t.Context()), "the caller has gone")
	})
}

func TestOneRerunTooManyIsRefused(t *testing.T) {
	r := &reruns{turns: newRoundRobin(1)}
	for range maxOwnJobs {
		_, err := r.admit("own")
		require.NoError(t, err)
	}
	_, err := r.admit("own")
	refused := asError(err)
	require.Equal(t, http.StatusTooManyRequests, refused.Status)
	require.Equal(t, "4 re-runs of this account are under way; please send it again later", refused.Message)
	require.Equal(t, rerunDone, refused.RetryAfter)
	for i := range maxJobs - maxOwnJobs {
		_, err := r.admit(fmt.Sprint(i))
		require.NoError(t, err)
	}
	_, err = r.admit("new")
	require.Equal(t, http.StatusServiceUnavailable, asError(err).Status)
}
