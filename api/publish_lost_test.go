package api_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// spoiledPublishing is a fixture with two versions of a bot, and a store that can be spoiled.
func spoiledPublishing(t *testing.T) (*fixture, *spoiled) {
	t.Helper()
	var between *spoiled
	f := setUp(t, wrapped(func(s *spoiled) { between = s }))
	f.put(t, "isv", "uno", "dos")
	return f, between
}

func TestWhatIsCommittedIsAnsweredWith200(t *testing.T) {
	unreachable := errors.New("connection reset by peer")
	for name, spoil := range map[string]func(s *spoiled, end func()){
		"though nothing can be read any more": func(s *spoiled, _ func()) {
			s.afterCommit = func() error {
				s.publication = func() error { return unreachable }
				return nil
			}
		},
		"though the caller has gone": func(s *spoiled, end func()) {
			s.afterCommit = func() error { end(); return nil }
		},
		"though the time for publishing is over": func(s *spoiled, _ func()) {
			s.afterCommit = func() error { <-time.After(time.Minute); return nil }
		},
		"though the answer to the commit was lost": func(s *spoiled, _ func()) {
			s.afterCommit = func() error { return unreachable }
		},
		"though that was lost and the caller has gone": func(s *spoiled, end func()) {
			s.afterCommit = func() error { end(); return context.Canceled }
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				f, between := spoiledPublishing(t)
				do := func(method, path, body string) (int, string) {
					ctx, end := context.WithCancel(t.Context())
					defer end()
					spoil(between, end)
					request := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
					request.Header.Set("Authorization", f.token("isv"))
					response := httptest.NewRecorder()
					f.handler.ServeHTTP(response, request)
					between.afterCommit, between.publication = nil, nil
					return response.Code, response.Body.String()
				}
				status, body := do("PUT", publishPath, `{"bot":"clinica","version":1,"expected":null}`)
				require.Equal(t, []any{200, published(1, view(t, 1, "uno"))}, []any{status, body})
				status, body = do("POST", rollbackPath, `{"expected":{"bot":"clinica","version":1}}`)
				require.Equal(t, []any{200, published(2, "null")}, []any{status, body})
				require.Len(t, f.pages(t, "isv", "/channels/"+waID+"/publications?limit=9", "publications"), 2)
			})
		})
	}
}

func TestWhatIsNotCommittedIsAnsweredWith503(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f, between := spoiledPublishing(t)
		between.insteadOfPublish = errors.New("connection reset by peer")
		status, _ := f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1,"expected":null}`)
		require.Equal(t, 503, status)
		between.insteadOfPublish = nil
		require.Equal(t, published(1, view(t, 1, "uno")), f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1,"expected":null}`))
	})
}

// The answer of somebody else's change must not be taken for one's own.
func TestALostCommitIsNotTakenForThatOfSomebodyElse(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f, between := spoiledPublishing(t)
		between.beforePublish = func() {
			between.beforePublish = nil
			f.now = f.now.Add(time.Second)
			f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":2,"expected":null}`)
			between.insteadOfPublish = errors.New("connection reset by peer")
		}
		status, _ := f.as(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1,"expected":null}`)
		require.Equal(t, 503, status)
	})
}

func TestAPublishMayBeRepeatedAndARollbackDoesNotGoTwoStepsBack(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f, _ := spoiledPublishing(t)
		const first, second = `{"bot":"clinica","version":1,"expected":null}`, `{"bot":"clinica","version":2,"expected":{"bot":"clinica","version":1}}`
		for range 2 {
			require.Equal(t, published(1, view(t, 1, "uno")), f.ok(t, "isv", "PUT", publishPath, first))
		}
		for range 2 {
			require.Equal(t, published(2, view(t, 2, "dos")), f.ok(t, "isv", "PUT", publishPath, second))
		}
		status, _ := f.as(t, "isv", "PUT", publishPath, first)
		require.Equal(t, 409, status, "somebody else was there in between")

		const back = `{"expected":{"bot":"clinica","version":2}}`
		require.Equal(t, published(3, view(t, 1, "uno")), f.ok(t, "isv", "POST", rollbackPath, back))
		status, body := f.as(t, "isv", "POST", rollbackPath, back)
		require.Equal(t, 409, status)
		require.Equal(t, `{"message":"channel 56900000001 has clinica version 1 live, not version 2","live":{"bot":"clinica","version":1}}`, body)
		require.Len(t, f.pages(t, "isv", "/channels/"+waID+"/publications?limit=9", "publications"), 3)
	})
}

func TestARollbackToWhatIsForgottenSaysWhatToDo(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f, between := spoiledPublishing(t)
		f.ok(t, "isv", "PUT", publishPath, `{"bot":"clinica","version":1}`)
		between.insteadOfPublish = store.ErrForgotten
		status, body := f.as(t, "isv", "POST", rollbackPath, "")
		require.Equal(t, 409, status)
		require.Equal(t, `{"message":"channel 56900000001 has clinica version 1 live, and what was live before it is not among the latest 1000 publications, which are kept; `+
			`publish the version that shall be live","live":{"bot":"clinica","version":1}}`, body)
	})
}
