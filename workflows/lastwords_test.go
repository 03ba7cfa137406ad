package workflows

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

func newMerging(t *testing.T) (*world, *session) {
	t.Helper()
	w := newWorld(t)
	w.merges = true
	return w, newChat(t, w)
}

// requireOneEnd demands that the last post is the only one that tells the end, and in last words.
func requireOneEnd(t *testing.T, posts []post) post {
	t.Helper()
	require.NotEmpty(t, posts)
	last := posts[len(posts)-1]
	for i, p := range posts {
		require.Equal(t, p.ID == last.ID, tellsEnd(p), "%v", posts)
		require.Equal(t, posts[0].Conversation, p.Conversation)
		require.LessOrEqual(t, p.Sequence, i+1)
	}
	_, merged := chat.WithoutNotice([]byte(last.Body))
	require.True(t, merged, last.Body)
	return last
}

func TestLastWordsCarryTheNotice(t *testing.T) {
	w, c := newMerging(t)
	w.wamids = true
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.posts, 3, "greeting, menu, farewell")
	last := requireOneEnd(t, w.posts)
	require.Equal(t, 3, last.Sequence)
	require.Equal(t, "wamid.2", last.InReplyTo)
	require.Contains(t, visible(last.Body), "Gracias por escribirnos")

	archived := w.archived[0]
	require.Equal(t, []int{2, 3}, []int{archived.Messages, archived.Replies})
	entry := archived.Entries[len(archived.Entries)-1]
	require.Equal(t, last.ID, entry.ID)
	require.Equal(t, last.Body, string(entry.Body))
	require.Equal(t, store.InLedger, entry.Delivery)
	without, _ := chat.WithoutNotice(entry.Body)
	require.Equal(t, chat.MessageID(archived.Conversation, "wamid.2", 0, without), entry.Made)
	require.Equal(t, entry.ID, chat.MessageID(archived.Conversation, entry.Made, 0, entry.Body))
	require.Contains(t, archived.MessageIDs, store.MessageID{Hash: store.HashMessageID("wamid.out.3"), Timestamp: entry.At.Unix()}, "its echo is nobody's answer")
}

// What says nothing at the end has its notice apart, and what wants no notice has none.
func TestWithoutLastWordsTheNoticeIsApart(t *testing.T) {
	for _, tt := range []struct {
		name, bot string
		end       func(c *session)
		want      []string
	}{
		{
			"nothing is said", `{bot: v1, name: x, languages: [es], start: a, states: {a: {say: [hola], ask: {as: any, to: b}}, b: {close: {reason: resolved}}}}`,
			func(c *session) { c.says(time.Minute, "ya") },
			[]string{"hola", "[closed]"},
		},
		{
			"no notice is wanted", `{bot: v1, name: x, languages: [es], start: a, states: {a: {say: [hola], ask: {as: any, to: b}}, b: {say: [chao], close: {reason: resolved, notice: false}}}}`,
			func(c *session) { c.says(time.Minute, "ya") },
			[]string{"hola", "chao"},
		},
		{
			"several words", `{bot: v1, name: x, languages: [es], start: a, states: {a: {say: [hola], ask: {as: any, to: b}}, b: {say: [uno, dos], close: {reason: resolved}}}}`,
			func(c *session) { c.says(time.Minute, "ya") },
			[]string{"hola", "uno", "dos[closed]"},
		},
		{
			"the first words are the last", `{bot: v1, name: x, languages: [es], start: a, states: {a: {say: [chao], close: {reason: resolved}}}}`,
			func(*session) {},
			[]string{"chao[closed]"},
		},
		{
			"another conversation of the person goes on", `{bot: v1, name: x, languages: [es], start: a, states: {a: {say: [hola], ask: {as: any, to: a}}}}`,
			func(c *session) {
				c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, Envelope{At: c.Now(), Merged: true}) }, time.Minute)
			},
			[]string{"hola"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, c := newMerging(t)
			w.speaks(t, tt.bot)
			c.says(0, "Hola")
			tt.end(c)
			c.run(ConversationInput{})
			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, tt.want, w.words())
			for i, p := range w.posts {
				require.Equal(t, i+1, p.Sequence)
			}
		})
	}
}

// Neither the setting before the close counts, nor the one while its last words wait.
func TestTheSettingOfTheMomentOfTheCloseCounts(t *testing.T) {
	for _, merges := range []bool{true, false} {
		w, c := newMerging(t)
		w.merges = !merges
		w.refusing(0, 10*time.Minute)
		c.says(0, "Hola")
		c.RegisterDelayedCallback(func() { w.setMerges(merges) }, 50*time.Second)
		c.says(time.Minute, "salir")
		c.RegisterDelayedCallback(func() { w.setMerges(!merges) }, 2*time.Minute)
		c.run(ConversationInput{})
		require.NoError(t, c.GetWorkflowError())
		want := map[bool]int{true: 3, false: 4}
		require.Len(t, w.posts, want[merges])
		require.True(t, tellsEnd(w.posts[len(w.posts)-1]))
	}
}

// The last words wait until the replies before them were taken or given up.
func TestLastWordsComeAfterWhatWaits(t *testing.T) {
	w, c := newMerging(t)
	w.refusing(0, 10*time.Minute)
	c.says(0, "Hola")
	c.says(time.Minute, "horarios")
	c.says(2*time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 5, requireOneEnd(t, w.posts).Sequence)
	for i, p := range w.posts {
		require.Equal(t, i+1, p.Sequence)
	}
}

func TestRefusedLastWordsAreCarriedOnByAWorkflowOfTheirOwn(t *testing.T) {
	w, c := newMerging(t)
	w.noticeRefused = true
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.RegisterDelayedCallback(func() { w.noticeRefused = false }, 10*time.Hour)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	last := requireOneEnd(t, w.posts)
	require.Len(t, w.posts, 3)
	require.GreaterOrEqual(t, last.At.Sub(w.posts[0].At), 10*time.Hour)
	require.Less(t, w.archivedAt.Sub(w.posts[0].At), 5*time.Minute, "nobody waits for them")
}

func TestANewConversationWaitsForOneAttemptOfTheLastWordsAtMost(t *testing.T) {
	w, c := newMerging(t)
	w.noticeRefused = true
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.says(time.Minute+10*time.Second, "Hola otra vez")
	c.run(ConversationInput{})

	require.Len(t, c.carriedOn().Carried.Inbox, 1)
	require.Nil(t, c.carriedOn().Carried.Closing, "the next conversation has an end of its own")
	require.Less(t, w.archivedAt.Sub(w.posts[0].At), time.Minute+11*time.Second)
}

// A run that is full while they wait hands over their id, and no body.
func TestContinueAsNewCarriesTheLastWordsByTheirID(t *testing.T) {
	w, c := newMerging(t)
	w.noticeRefused = true
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.RegisterDelayedCallback(func() {
		c.SetContinueAsNewSuggested(true)
		c.SignalWorkflow(SignalInbound, Envelope{At: c.Now(), Retry: true})
	}, time.Minute+40*time.Second)
	c.run(ConversationInput{})
	next := c.carriedOn()
	require.Equal(t, 3, next.Carried.Closing.LastWords.Sequence)
	id := next.Carried.Closing.LastWords.ID

	w.noticeRefused = false
	second := newChat(t, w)
	second.run(next)
	require.NoError(t, second.GetWorkflowError())
	require.Equal(t, id, requireOneEnd(t, w.posts).ID)
	require.Len(t, w.posts, 3)
	require.Len(t, w.archived, 1)
}

func TestWaitingLastWordsAreRetriedWhenItIsAsked(t *testing.T) {
	for name, ask := range map[string]func(c *session){
		"by a signal": func(c *session) {
			c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, Envelope{At: c.Now(), Retry: true}) }, 70*time.Second)
		},
		"by an operator": func(c *session) { c.updates(70*time.Second, UpdateRetry, RetryRequest{}) },
	} {
		t.Run(name, func(t *testing.T) {
			w, c := newMerging(t)
			w.noticeRefused = true
			c.says(0, "Hola")
			c.says(time.Minute, "salir")
			c.RegisterDelayedCallback(func() { w.noticeRefused = false }, 65*time.Second)
			ask(c)
			c.run(ConversationInput{})
			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, 70*time.Second, w.postedAfter(2))
			require.Equal(t, []bool{false, true}, w.noticeRetries)
		})
	}
}

// The ledger is down while they are to be kept: nothing goes on before they are.
func TestLastWordsAreKeptBeforeAnythingGoesOn(t *testing.T) {
	w, c := newMerging(t)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { w.breakNext("Park", 200) }, 30*time.Second)
	c.says(time.Minute, "salir")
	c.RegisterDelayedCallback(func() { w.breakNext("Park", 0) }, 10*time.Minute)
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.GreaterOrEqual(t, requireOneEnd(t, w.posts).At.Sub(w.posts[0].At), 9*time.Minute)
}

func TestLastWordsThatAreGivenUpAreNoted(t *testing.T) {
	w, c := newMerging(t)
	c.OnActivity("Notice", mock.Anything, mock.Anything).Return(activities.SlowResult{State: store.DeliveryDead, At: c.Now()}, nil)
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{noteDead}, w.notes())
}

func TestCancellingAConversationSaysItsLastWordsWithTheNotice(t *testing.T) {
	w, c := newMerging(t)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(c.CancelWorkflow, time.Minute)
	c.run(ConversationInput{})
	var canceled *temporal.CanceledError
	require.ErrorAs(t, c.GetWorkflowError(), &canceled)
	require.Contains(t, visible(requireOneEnd(t, w.posts).Body), "Cerramos este chat")
}

// tellsEnd reports whether a message says that the conversation has ended.
func tellsEnd(p post) bool {
	_, merged := chat.WithoutNotice([]byte(p.Body))
	return merged || p.Body == noticeBody
}

// requireLastWords demands that the message which tells the end is in the transcript, and where it carries the
// notice, as itself.
func (l *life) requireLastWords(posts []post, transcript []Entry) {
	last := posts[len(posts)-1]
	i := slices.IndexFunc(transcript, func(e Entry) bool { return e.ID == last.ID })
	require.GreaterOrEqual(l.t, i, 0, "%v", last)
	require.Equal(l.t, last.Body, string(transcript[i].Body))
	require.Equal(l.t, last.Sequence, transcript[i].Sequence)
	require.Equal(l.t, last.Body == noticeBody, transcript[i].Made == "")
	apart, _ := activities.NoticeMessage(last.Conversation)
	require.Equal(l.t, last.Body == noticeBody, last.ID == apart)
}
