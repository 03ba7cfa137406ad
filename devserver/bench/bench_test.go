package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

func TestAShortRunMeasuresEverythingOnTheEmbeddedServer(t *testing.T) {
	result, err := Run(t.Context(), Embedded, Short(), t.Logf)
	require.NoError(t, err)
	for _, figures := range []map[string]sample{result.comparison.burst, result.comparison.p50, result.comparison.p99} {
		for _, name := range []string{"ours", "plain", "floor", "floor, known run"} {
			require.Len(t, figures[name], 1)
			require.Positive(t, figures[name][0])
		}
	}
	require.Len(t, result.costs, 6)
	byTarget := map[string]cost{}
	for _, c := range result.costs {
		if c.messages == 5 {
			byTarget[c.target] = c
		}
	}
	require.Less(t, byTarget["ours"].events, byTarget["plain"].events)
	const start = 1.0 / 5 // of the start of the workflow, which is an action, too
	require.InDelta(t, 2+start, byTarget["floor"].actions, 0.01, "a signal and a local activity")
	require.InDelta(t, 3+start, byTarget["plain"].actions, 0.01, "a signal and two activities")
	require.Len(t, result.neighbours.wellP50, 1)
	require.Len(t, result.neighbours.deadP99, 1)
	require.Positive(t, result.neighbours.deadP50[0])
	require.Equal(t, 50, result.first.contacts)
	require.Len(t, result.memory, 2)

	page := Report(Machine{When: time.Unix(0, 0).UTC(), Facts: []string{"a test"}}, []*Result{result}, &Scaling{workers: []int{1, 2}, burst: []sample{{100}, {150}}}, time.Minute)
	require.Contains(t, page, "## One process, SQLite")
	require.Contains(t, page, "| ours : plain | ")
	require.Contains(t, page, "| ours : floor, known run | ")
	require.Contains(t, page, "| dead : works | ")
	require.Contains(t, page, "| 2 | 150 (150–150) |")
}

func TestTheFilesOfARunThatFailedAreKept(t *testing.T) {
	for _, run := range []struct {
		name  string
		fails func(end context.CancelFunc) error
		kept  int
	}{
		{"a reply is lost", func(context.CancelFunc) error { return errors.New("no reply") }, 1},
		{"it succeeds", func(context.CancelFunc) error { return nil }, 0},
		{"it is interrupted", func(end context.CancelFunc) error { end(); return context.Canceled }, 0},
	} {
		t.Run(run.name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			ctx, end := context.WithCancel(t.Context())
			defer end()
			err := at(ctx, Embedded, func(*site) error { return run.fails(end) })
			kept, _ := filepath.Glob(filepath.Join(os.TempDir(), "chattigo-bench-*"))
			require.Len(t, kept, run.kept)
			for _, dir := range kept {
				require.ErrorContains(t, err, "kept in "+dir)
			}
		})
	}
}

func TestSamplesAreComparedRoundByRound(t *testing.T) {
	slow, fast := sample{10, 20, 30}, sample{5, 10, 10}
	require.InDelta(t, 20, slow.median(), 0)
	require.Equal(t, sample{2, 2, 3}, ratio(slow, fast))
	require.Equal(t, "2.00x (2.00–3.00)", ratio(slow, fast).spread("x"))
	require.Equal(t, "—", sample{}.spread("x"))
	require.InDelta(t, 15, sample{10, 20}.median(), 0)
}

func TestAQuantileIsTheLatencyThatAShareDoesNotExceed(t *testing.T) {
	var latencies []time.Duration
	for i := range 100 {
		latencies = append(latencies, time.Duration(100-i)*time.Millisecond)
	}
	require.InDelta(t, 51, quantile(latencies, 0.5), 0)
	require.InDelta(t, 100, quantile(latencies, 0.99), 0)
	require.InDelta(t, 100, quantile(latencies, 1), 0)
	require.Zero(t, quantile(nil, 0.5))
}

func TestLocalActivitiesOfOneTaskAreOneAction(t *testing.T) {
	marker := func(task int64) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_MARKER_RECORDED,
			Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{
				MarkerName: "LocalActivity", WorkflowTaskCompletedEventId: task,
			}},
		}
	}
	last := int64(-1)
	total := 0.0
	for _, event := range []*historypb.HistoryEvent{
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED},
		marker(4), marker(4), marker(9),
	} {
		total += actions(event, &last)
	}
	require.InDelta(t, 4, total, 0)
}
