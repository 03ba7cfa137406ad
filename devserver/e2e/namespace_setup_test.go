package e2e

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/worker"
)

// connectTo connects as the commands of the service do.
func connectTo(t *testing.T, namespace string) *app.Temporal {
	t.Helper()
	cfg := shared.stack.Config()
	cfg.TemporalNamespace = namespace
	connection, err := app.OpenTemporal(t.Context(), cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(connection.Close)
	return connection
}

// newNamespace makes one as an administrator does who has not read our documents. The server
// knows it a few seconds later.
func newNamespace(t *testing.T, name string) *app.Temporal {
	t.Helper()
	_, err := shared.temporal.WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(t, err)
	connection := connectTo(t, name)
	require.True(t, eventually(t, 30*time.Second, func() bool {
		_, err := connection.CheckNamespace(t.Context())
		return err == nil
	}), "the namespace is not known")
	return connection
}

func TestANamespaceThatIsMissingIsCreatedAndSetUp(t *testing.T) {
	t.Parallel()
	connection := connectTo(t, "created")
	_, err := connection.CheckNamespace(t.Context())
	require.ErrorContains(t, err, "chattigo temporal setup --create")
	require.True(t, app.MayPass(err))

	require.NoError(t, connection.CreateNamespace(t.Context()))
	var needs []app.Need
	require.True(t, eventually(t, 30*time.Second, func() bool {
		needs, err = connection.SetUpNamespace(t.Context())
		return !app.MayPass(err)
	}), "the namespace is not known")
	require.NoError(t, err)
	require.Equal(t, map[app.NeedState]int{app.NeedMet: 1, app.NeedDone: 4}, states(needs))
	require.NoError(t, connection.CreateNamespace(t.Context()), "it may be repeated")
}

func states(needs []app.Need) map[app.NeedState]int {
	found := make(map[app.NeedState]int)
	for _, need := range needs {
		found[need.State]++
	}
	return found
}

func TestANamespaceIsSetUpOnceAndThenLeftAlone(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "setup")
	for _, step := range []struct {
		name string
		do   func() ([]app.Need, error)
		want map[app.NeedState]int
	}{
		{"a check sees that all is missing", func() ([]app.Need, error) { return namespace.CheckNamespace(t.Context()) }, map[app.NeedState]int{app.NeedMissing: 5}},
		{"and changes nothing", func() ([]app.Need, error) { return namespace.CheckNamespace(t.Context()) }, map[app.NeedState]int{app.NeedMissing: 5}},
		{"what is missing is made", func() ([]app.Need, error) { return namespace.SetUpNamespace(t.Context()) }, map[app.NeedState]int{app.NeedDone: 5}},
		{"once", func() ([]app.Need, error) { return namespace.SetUpNamespace(t.Context()) }, map[app.NeedState]int{app.NeedMet: 5}},
		{"and stays", func() ([]app.Need, error) { return namespace.CheckNamespace(t.Context()) }, map[app.NeedState]int{app.NeedMet: 5}},
	} {
		needs, err := step.do()
		require.NoError(t, err, step.name)
		require.Equal(t, step.want, states(needs), "%s: %v", step.name, needs)
	}
}

func TestAnAttributeOfAnotherTypeIsLeftToPeople(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "setup-other-type")
	_, err := shared.temporal.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
		Namespace:        "setup-other-type",
		SearchAttributes: map[string]enumspb.IndexedValueType{"ChattigoBot": enumspb.INDEXED_VALUE_TYPE_TEXT},
	})
	require.NoError(t, err)
	require.True(t, eventually(t, 30*time.Second, func() bool {
		needs, err := namespace.CheckNamespace(t.Context())
		return err == nil && states(needs)[app.NeedWrong] == 1
	}), "a check does not see the type")

	needs, err := namespace.SetUpNamespace(t.Context())
	require.ErrorContains(t, err, "the search attribute ChattigoBot is Text, has to be Keyword")
	require.Equal(t, map[app.NeedState]int{app.NeedDone: 4, app.NeedWrong: 1}, states(needs), "%v", needs)
}

func TestAConversationOfTheServerIsReplayed(t *testing.T) {
	t.Parallel()
	server := connectTo(t, shared.stack.Config().TemporalNamespace)
	isv, hook := newISV(t, nil)
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)

	open, err := server.Run(t.Context(), isv.workflowID(ana), "")
	require.NoError(t, err)
	require.NoError(t, worker.Replay(open.History, app.Payloads()))
	require.Empty(t, open.Previous)
	isv.post(t, ana, text("salir"))
	end := isv.awaitEnd(t, ana)

	closed, err := server.Run(t.Context(), isv.workflowID(ana), open.ID)
	require.NoError(t, err)
	require.Equal(t, end.runID, closed.ID)
	require.Greater(t, len(closed.History.GetEvents()), len(open.History.GetEvents()))
	require.NoError(t, worker.Replay(closed.History, app.Payloads()))

	_, err = server.Run(t.Context(), "nobody", "")
	require.ErrorContains(t, err, `there is no such run of workflow "nobody" in namespace `)
}
