package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// behind is a terminal whose requests go through a function, which sees how each wants the messages to leave:
// pull, push, or nothing for other requests.
func (s *service) behind(t *testing.T, token string, see func(w http.ResponseWriter, delivery string, pass func())) *terminal {
	t.Helper()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		delivery := ""
		for _, d := range []string{"pull", "push"} {
			if r.Method == http.MethodPatch && bytes.Contains(body, []byte(d)) {
				delivery = d
			}
		}
		see(w, delivery, func() { s.Config.Handler.ServeHTTP(w, r) })
	}))
	t.Cleanup(front.Close)
	return newTerminal(t, "CHATTIGO_URL="+front.URL, "CHATTIGO_TOKEN="+token)
}

// tokenUntil is a token of acme's that ends at a time.
func (s *service) tokenUntil(t *testing.T, end time.Time) string {
	t.Helper()
	claims := jwt.MapClaims{}
	_, _, err := jwt.NewParser().ParseUnverified(s.token(t, "acme"), claims)
	require.NoError(t, err)
	claims["exp"] = end.Unix()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte("token-key-token-key-token-key-32"))
	require.NoError(t, err)
	return token
}

const setBackLine = "The messages of " + docsChannel + " are posted to its webhook again."

func TestListenSetsBackWhenInterruptedWhileItSwitches(t *testing.T) {
	t.Parallel()
	s := newService(t)
	started := make(chan *listening, 1)
	var switched, inOrder atomic.Bool
	tm := s.behind(t, s.token(t, "acme"), func(_ http.ResponseWriter, delivery string, pass func()) {
		switch delivery {
		case "pull":
			(<-started).interrupt()
		case "push":
			inOrder.Store(switched.Load())
		}
		pass()
		switched.CompareAndSwap(false, delivery == "pull")
	})
	l := tm.listen(t, docsChannel, "--switch")
	started <- l
	require.Zero(t, <-l.ended, &l.err)
	require.True(t, inOrder.Load(), "the switch was over before it was set back")
	require.False(t, s.isPulled(t, docsChannel))
	require.Equal(t, setBackLine+"\n", l.out.String())
}

func TestListenSetsBackWhenTheAnswersToItsSwitchesAreLost(t *testing.T) {
	t.Parallel()
	s := newService(t)
	var lost atomic.Int64
	tm := s.behind(t, s.token(t, "acme"), func(_ http.ResponseWriter, delivery string, pass func()) {
		pass()
		if delivery != "" && lost.Add(1) <= 2 { // one of each
			panic(http.ErrAbortHandler)
		}
	})
	l := tm.listen(t, docsChannel, "--switch")
	require.Equal(t, 1, <-l.ended)
	require.False(t, s.isPulled(t, docsChannel))
	require.Equal(t, setBackLine+"\n", l.out.String())
	require.Contains(t, l.err.String(), "trying again in 1s", "setting back goes on")
	require.EqualValues(t, 3, lost.Load())
}

func TestListenLeavesAChannelAloneWhoseSwitchIsRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	tm := s.behind(t, s.token(t, "acme"), func(w http.ResponseWriter, delivery string, pass func()) {
		if delivery != "" {
			http.Error(w, `{"message":"not `+delivery+`"}`, http.StatusForbidden)
			return
		}
		pass()
	})
	l := tm.listen(t, docsChannel, "--switch")
	require.Equal(t, 1, <-l.ended)
	require.Equal(t, "chattigo: not pull\n", l.err.String())
	require.Empty(t, l.out.String())
}

// The shell and the terminal may both say that they are gone. Not parallel: every command of this process hears it.
func TestListenSetsBackWhenItsTerminalIsGone(t *testing.T) {
	for _, gone := range []syscall.Signal{syscall.SIGHUP, syscall.SIGPIPE} {
		// The tests may run under nohup, where listen would leave the signal ignored.
		heard := make(chan os.Signal, 1)
		signal.Notify(heard, gone)
		t.Cleanup(func() { signal.Stop(heard) })
		s := newService(t)
		tm := s.behind(t, s.token(t, "acme"), func(_ http.ResponseWriter, delivery string, pass func()) {
			if delivery == "push" {
				_ = syscall.Kill(syscall.Getpid(), gone)
			}
			pass()
		})
		l := tm.listen(t, docsChannel, "--switch")
		l.await(t, func() bool { return strings.Contains(l.out.String(), "Ctrl-C ends it") })
		require.NoError(t, syscall.Kill(syscall.Getpid(), gone))
		require.Zero(t, <-l.ended, &l.err)
		require.False(t, s.isPulled(t, docsChannel))
		require.Contains(t, l.out.String(), setBackLine)
	}
}

func TestListenUnderNohupOutlivesItsTerminal(t *testing.T) {
	signal.Ignore(syscall.SIGHUP)
	t.Cleanup(func() { signal.Reset(syscall.SIGHUP) })
	ctx, stop := untilEnded(t.Context())
	defer stop()
	require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGHUP))
	require.NoError(t, ctx.Err())
	require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGTERM))
	<-ctx.Done()
	require.ErrorContains(t, context.Cause(ctx), syscall.SIGTERM.String())
}

func TestListenEndsBeforeItsTokenDoes(t *testing.T) {
	t.Parallel()
	s := newService(t)
	end := time.Now().Add(tokenSpare + 5*time.Second)
	tm := newTerminal(t, "CHATTIGO_URL="+s.URL, "CHATTIGO_TOKEN="+s.tokenUntil(t, end))
	l := tm.listen(t, docsChannel, "--switch")
	l.await(t, func() bool { return strings.Contains(l.out.String(), "Ctrl-C ends it") })
	require.True(t, s.isPulled(t, docsChannel))
	require.Equal(t, 1, <-l.ended)
	require.False(t, s.isPulled(t, docsChannel))
	require.Contains(t, l.out.String(), setBackLine)
	require.Equal(t, fmt.Sprintf("chattigo: the token ends at %s, and this command a minute before it, while the token still works; to go on: a token lives 8 hours; put a new one into CHATTIGO_TOKEN, and start it again\n",
		end.Local().Format("15:04:05")), l.err.String())
}

func TestListenDoesNotSwitchWithATokenThatIsAboutToEnd(t *testing.T) {
	t.Parallel()
	s := newService(t)
	var switched atomic.Bool
	tm := s.behind(t, s.tokenUntil(t, time.Now().Add(tokenSpare/2)), func(_ http.ResponseWriter, delivery string, pass func()) {
		switched.CompareAndSwap(false, delivery != "")
		pass()
	})
	l := tm.listen(t, docsChannel, "--switch")
	require.Equal(t, 1, <-l.ended)
	require.Empty(t, l.out.String())
	require.Contains(t, l.err.String(), "chattigo: the token ends at ")
	require.False(t, switched.Load())
}

func TestListenSaysHowToSetBackWhatItCouldNot(t *testing.T) {
	t.Parallel()
	s := newService(t)
	tm := s.behind(t, s.token(t, "acme"), func(w http.ResponseWriter, delivery string, pass func()) {
		if delivery == "push" {
			http.Error(w, `{"message":"JWT was invalid"}`, http.StatusUnauthorized)
			return
		}
		pass()
	})
	l := tm.listen(t, docsChannel, "--switch")
	l.await(t, func() bool { return strings.Contains(l.out.String(), "Ctrl-C ends it") })
	l.interrupt()
	require.Equal(t, 1, <-l.ended)
	require.Contains(t, l.err.String(), "channel 56911110000 may still be pulled, so that its webhook gets nothing, because it could not be set back (JWT was invalid: ")
	require.Regexp(t, `curl -X PATCH http://127\.0\.0\.1:\d+/webhooks/outbound -H "Authorization: \$TOKEN" -H 'Content-Type: application/json' -d '\{"waId":"56911110000","delivery":"push"\}' where TOKEN`, l.err.String())
}
