package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/workflows"
)

// service is the service's own API over a database, without workflows behind it.
type service struct {
	*httptest.Server

	store    *store.Store
	temporal *mailbox
}

// mailbox takes messages for conversations, and holds none.
type mailbox struct {
	api.Signaler

	mu   sync.Mutex
	took []workflows.Envelope
}

func (m *mailbox) SignalWithStartWorkflow(_ context.Context, _, _ string, arg any, _ client.StartWorkflowOptions, workflow any, _ ...any) (client.WorkflowRun, error) {
	if workflow == workflows.DrainType {
		return nil, nil //nolint:nilnil // nobody looks at the run
	}
	return onlyRun{}, m.take(arg)
}

// onlyRun is the run of every workflow.
type onlyRun struct{ client.WorkflowRun }

func (onlyRun) GetRunID() string { return "run" }

func (m *mailbox) take(arg any) error {
	envelope, ok := arg.(workflows.Envelope)
	if !ok {
		return fmt.Errorf("unexpected signal %T", arg)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.took = append(m.took, envelope)
	return nil
}

// SignalWorkflow knows every workflow, and takes the messages to one that was started.
func (m *mailbox) SignalWorkflow(_ context.Context, _, runID, _ string, arg any) error {
	if runID == "" {
		return nil
	}
	return m.take(arg)
}

// The channels of the service: two of acme's, of which the second one uses an old version of the Graph
// API, and one of another account's. The account eva is an operator.
const (
	docsChannel    = "56911110000"
	docsOldChannel = "56911110001"
	othersChannel  = "56922220000"
)

func newService(t *testing.T) *service {
	t.Helper()
	ctx := t.Context()
	s := storetest.SQLite(t)
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	hash, err := api.HashPassword(sitePassword)
	require.NoError(t, err)
	for _, name := range []string{"acme", "other", "eva"} {
		require.NoError(t, s.AddAccount(ctx, store.Account{Name: name, PasswordHash: hash, Generation: 1, Operator: name == "eva", CreatedAt: at}))
	}
	for i, waID := range []string{docsChannel, docsOldChannel, othersChannel} {
		require.NoError(t, s.AddChannel(ctx, store.Channel{
			WaID: waID, PhoneNumberID: fmt.Sprintf("10000000000000%d", i), Account: choose(waID == othersChannel, "other", "acme"), LoopGuard: true, CreatedAt: at, UpdatedAt: at,
		}))
	}
	require.NoError(t, s.SetWebhook(ctx, docsChannel, "https://hooks.acme.example/chattigo", "v23.0", at))
	require.NoError(t, s.SetWebhook(ctx, docsOldChannel, "https://hooks.acme.example/old", "v14.0", at))
	starter, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	require.NoError(t, s.PutBot(ctx, store.Bot{Hash: starter.Hash, Name: starter.Name, Source: starter.Source(), CreatedAt: at}))
	vault, err := s.Vault(bytes.Repeat([]byte{1}, store.SealKeyBytes))
	require.NoError(t, err)
	poster := webhook.NewClient("test", webhook.NewGuard())
	t.Cleanup(poster.Close)
	temporal := &mailbox{}
	handler, err := api.New(api.Deps{
		Store: s, Keys: vault, Poster: poster, Temporal: temporal, Ready: func(context.Context) error { return nil },
		TokenKey: []byte("token-key-token-key-token-key-32"), IDKey: []byte("id-key-id-key-id-key-id-key-id-32"),
		StarterBot: starter.Hash, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return at },
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &service{server, s, temporal}
}

// token logs in as one of the accounts.
func (s *service) token(t *testing.T, account string) string {
	t.Helper()
	p := &program{ctx: t.Context()}
	token, err := p.requestToken(login{URL: s.URL, User: account}, sitePassword)
	require.NoError(t, err)
	return token
}

// terminal is one at which one of the accounts is logged in.
func (s *service) terminal(t *testing.T, account string) *terminal {
	t.Helper()
	return newTerminal(t, "CHATTIGO_URL="+s.URL, "CHATTIGO_TOKEN="+s.token(t, account))
}

// page is a page of the documentation.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	require.NoError(t, err)
	return string(text)
}

// TestTheRefusalsOfThePagesAreWhatIsSaid provokes each refusal that the pages list.
func TestTheRefusalsOfThePagesAreWhatIsSaid(t *testing.T) {
	t.Parallel()
	s := newService(t)
	acme, dir := s.terminal(t, "acme"), t.TempDir()
	draft := func(text string) string {
		return write(t, dir, "clinica.bot.yaml", "bot: v1\nname: clinica\nstart: a\nstates:\n  a: {say: ["+text+"], close: {reason: done}}\n")
	}
	for _, text := range []string{"uno", "dos", "tres", "cuatro"} {
		code, _, errOut := acme.run(t, "", "bot", "push", draft(text))
		require.Zero(t, code, errOut)
	}
	code, _, errOut := acme.run(t, "", "bot", "publish", "clinica@4", "--channel", docsChannel, "--expected", "starter")
	require.Zero(t, code, errOut)
	for _, tt := range []struct {
		account string
		args    []string
		want    string
	}{
		{"acme", []string{"publish", "clinica@1", "--channel", docsChannel, "--expected", "clinica@2"}, "channel 56911110000 has clinica version 4 live, not version 2"},
		{"acme", []string{"rollback", "--channel", docsChannel, "--expected", "starter"}, "channel 56911110000 has clinica version 4 live, not the starter"},
		{"eva", []string{"publish", "clinica@1", "--channel", docsChannel}, "unauthorized Access: this account may not do that"},
		{"other", []string{"publish", "clinica@1", "--channel", docsChannel}, "unsupported get request. Object with ID '56911110000' does not exist"},
		{"other", []string{"publish", "clinica@1", "--channel", othersChannel}, "unsupported get request. Object with ID 'clinica' does not exist"},
		{"other", []string{"rollback", "--channel", docsChannel}, "unsupported get request. Object with ID '56911110000' does not exist"},
		{"other", []string{"versions", "clinica"}, "unsupported get request. Object with ID 'clinica' does not exist"},
		{"other", []string{"channels", docsChannel}, "unsupported get request. Object with ID '56911110000' does not exist"},
		{"acme", []string{"publish", "clinica@9", "--channel", docsChannel}, "unsupported get request. Object with ID '9' does not exist"},
		{"acme", []string{"rollback", "--channel", docsOldChannel}, "channel 56911110001 has the starter live, and nothing before it to go back to"},
	} {
		code, out, errOut := s.terminal(t, tt.account).run(t, "", append([]string{"bot"}, tt.args...)...)
		require.Equal(t, 1, code, tt.args)
		require.Empty(t, out)
		require.Equal(t, "chattigo: "+tt.want+"\n", errOut)
	}
	ended := newTerminal(t, "CHATTIGO_URL="+s.URL, "CHATTIGO_TOKEN=a.b.c")
	_, _, errOut = ended.run(t, "", "bot", "list")
	require.Contains(t, errOut, "JWT was invalid: ")
	for _, name := range []string{"publishing-bots.md", "publicar-bots.md"} {
		for _, sentence := range []string{
			"`channel 56911110000 has clinica version 4 live, not version 2`", "`unauthorized Access: this account may not do that`",
			"`… Object with ID '…' does not exist`", "`JWT was invalid: run chattigo login again`",
		} {
			require.Contains(t, page(t, name), sentence)
		}
	}
}

// TestAnOperatorReadsTheBotsOfTenants looks at acme's bots as eva does.
func TestAnOperatorReadsTheBotsOfTenants(t *testing.T) {
	t.Parallel()
	s := newService(t)
	code, _, errOut := s.terminal(t, "acme").run(t, tiny, "bot", "publish", "-", "--channel", docsChannel)
	require.Zero(t, code, errOut)
	eva := s.terminal(t, "eva")
	for _, command := range [][]string{{"list"}, {"list", "--account", "acme"}, {"versions", "tiny", "--account", "acme"}, {"channels"}, {"channels", docsChannel}} {
		code, out, errOut := eva.run(t, "", append([]string{"bot"}, command...)...)
		require.Zero(t, code, errOut)
		require.Contains(t, out, choose(command[0] == "versions", docsChannel, "tiny"))
	}
	_, out, _ := eva.run(t, "", "bot", "list", "--account", "other")
	require.Equal(t, "There are no bots yet: chattigo bot push puts one there.\n", out)
	code, _, errOut = eva.run(t, "", "bot", "versions", "tiny")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "account is missing: an operator names the account of the bot")
}

// TestAFileOfLongAgoIsPublishedWithItsTests goes back as one does with git: with both files of then.
func TestAFileOfLongAgoIsPublishedWithItsTests(t *testing.T) {
	t.Parallel()
	s := newService(t)
	acme, dir := s.terminal(t, "acme"), t.TempDir()
	for _, tt := range []struct{ state, want string }{
		{"a", "the starter was live, tiny version 1 is live now (publication 1)"},
		{"b", "tiny version 1 was live, tiny version 2 is live now (publication 2)"},
		{"a", "tiny version 2 was live, tiny version 1 is live now (publication 3)"},
	} {
		path := write(t, dir, "tiny.bot.yaml", strings.NewReplacer("start: a", "start: "+tt.state, "  a: {", "  "+tt.state+": {").Replace(tiny))
		write(t, dir, "tiny.test.yaml", "cases: [{name: says hi, steps: [{user: x}, {bot: {state: "+tt.state+"}}, {closed: true}]}]\n")
		code, out, errOut := acme.run(t, "", "bot", "publish", path, "--channel", docsChannel)
		require.Zero(t, code, out+errOut)
		require.Contains(t, out, tt.want)
	}
}

// TestOnlyWhoKnowsWhatIsLivePublishes lets two people publish at once.
func TestOnlyWhoKnowsWhatIsLivePublishes(t *testing.T) {
	t.Parallel()
	s := newService(t)
	acme := s.terminal(t, "acme")
	code, _, errOut := acme.run(t, tiny, "bot", "push", "-")
	require.Zero(t, code, errOut)
	code, _, errOut = acme.run(t, strings.Replace(tiny, "say: [hi]", "say: [hello]", 1), "bot", "push", "-")
	require.Zero(t, code, errOut)
	codes := make([]int, 2)
	var both sync.WaitGroup
	for i := range codes {
		both.Go(func() {
			codes[i], _, _ = acme.run(t, "", "bot", "publish", fmt.Sprintf("tiny@%d", i+1), "--channel", docsChannel, "--expected", "starter")
		})
	}
	both.Wait()
	require.ElementsMatch(t, []int{0, 1}, codes)
	_, out, _ := acme.run(t, "", "bot", "channels", docsChannel)
	require.Equal(t, 2, strings.Count(out, "\n"), "a heading, and one publication:\n%s", out)
}
