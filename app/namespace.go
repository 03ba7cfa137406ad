package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/chattigo/api-isv/workflows"
)

const (
	// retention is the least time for which a namespace has to keep closed workflows.
	retention = 7 * 24 * time.Hour
	// knownTimeout bounds how long a new search attribute may take to be usable: the server's caches
	// are 10 s old at most.
	knownTimeout = 30 * time.Second
	knownPause   = 200 * time.Millisecond
)

// NeedState is the state of a [Need].
type NeedState string

// The states of a need: met before, done now, missing, or present in a wrong form.
const (
	NeedMet     NeedState = "ok"
	NeedDone    NeedState = "done"
	NeedMissing NeedState = "missing"
	NeedWrong   NeedState = "wrong"
)

// Need is something that a namespace must have before conversations can run in it.
type Need struct {
	Name  string
	State NeedState
	// Detail is the present value, or the required one if it is missing.
	Detail string
}

// Met reports whether nothing is left to be done.
func (n Need) Met() bool { return n.State == NeedMet || n.State == NeedDone }

const needRetention = "retention"

// CheckNamespace returns the state of everything that the namespace needs. It changes nothing.
func (t *Temporal) CheckNamespace(ctx context.Context) ([]Need, error) {
	described, err := t.client.WorkflowService().DescribeNamespace(ctx,
		&workflowservice.DescribeNamespaceRequest{Namespace: t.namespace})
	if err != nil {
		return nil, t.undescribed(err)
	}
	kept := described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
	need := Need{needRetention, NeedMet, days(kept)}
	if kept < retention {
		need.State, need.Detail = NeedMissing, fmt.Sprintf("%s, has to be at least %s", days(kept), days(retention))
	}
	attributes, err := t.attributes(ctx)
	return append([]Need{need}, attributes...), err
}

func days(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}

// attributes checks the search attributes. Not every login may list them; every login of the service
// may use them in a query.
func (t *Temporal) attributes(ctx context.Context) ([]Need, error) {
	listed, err := t.client.OperatorService().ListSearchAttributes(ctx,
		&operatorservice.ListSearchAttributesRequest{Namespace: t.namespace})
	if isDenied(err) {
		return t.probeAttributes(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("list the search attributes of %s: %w", t, err)
	}
	var needs []Need
	for _, name := range workflows.SearchAttributes() {
		need := Need{name, NeedMissing, keyword().String()}
		if found, ok := listed.GetCustomAttributes()[name]; ok && found == keyword() {
			need.State = NeedMet
		} else if ok {
			need.State, need.Detail = NeedWrong, fmt.Sprintf("is %s, has to be %s", found, keyword())
		}
		needs = append(needs, need)
	}
	return needs, nil
}

func keyword() enumspb.IndexedValueType { return enumspb.INDEXED_VALUE_TYPE_KEYWORD }

func (t *Temporal) probeAttributes(ctx context.Context) ([]Need, error) {
	var needs []Need
	for _, name := range workflows.SearchAttributes() {
		need := Need{name, NeedMet, "is there; this login may not see its type"}
		err := probe(ctx, t.client, t.namespace, name)
		if _, unknown := errors.AsType[*serviceerror.InvalidArgument](err); unknown {
			need.State, need.Detail = NeedMissing, keyword().String()
		} else if err != nil {
			return nil, fmt.Errorf("look for the search attribute %s in %s: %w", name, t, err)
		}
		needs = append(needs, need)
	}
	return needs, nil
}

// SetUpNamespace adds what the namespace lacks and returns the state of everything, also with an
// error. It may be repeated.
func (t *Temporal) SetUpNamespace(ctx context.Context) ([]Need, error) {
	needs, err := t.CheckNamespace(ctx)
	if err != nil {
		return needs, err
	}
	return needs, errors.Join(t.raiseRetention(ctx, needs), t.addAttributes(ctx, needs), t.wrong(needs))
}

func (t *Temporal) raiseRetention(ctx context.Context, needs []Need) error {
	missing := pick(needs, func(n Need) bool { return n.Name == needRetention && n.State == NeedMissing })
	if len(missing) == 0 {
		return nil
	}
	_, err := t.client.WorkflowService().UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: t.namespace,
		Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)},
	})
	if err != nil {
		return t.refused("raise the retention", err, retentionAdvice(t.namespace))
	}
	done(missing, days(retention))
	return nil
}

func (t *Temporal) addAttributes(ctx context.Context, needs []Need) error {
	missing := pick(needs, func(n Need) bool { return n.Name != needRetention && n.State == NeedMissing })
	if len(missing) == 0 {
		return nil
	}
	added := make(map[string]enumspb.IndexedValueType, len(missing))
	var names []string
	for _, need := range missing {
		added[need.Name] = keyword()
		names = append(names, need.Name)
	}
	_, err := t.client.OperatorService().AddSearchAttributes(ctx,
		&operatorservice.AddSearchAttributesRequest{Namespace: t.namespace, SearchAttributes: added})
	if err != nil {
		return t.refused("add search attributes", err, attributesAdvice(t.namespace, names))
	}
	if err := t.awaitKnown(ctx, names); err != nil {
		return fmt.Errorf("the search attributes were added, but %s does not know them yet; look again with --check: %w", t, err)
	}
	done(missing, keyword().String())
	return nil
}

// awaitKnown waits until the search attributes can be used in a query, as readiness demands.
func (t *Temporal) awaitKnown(ctx context.Context, names []string) error {
	ctx, cancel := context.WithTimeout(ctx, knownTimeout)
	defer cancel()
	tick := time.NewTicker(knownPause)
	defer tick.Stop()
	for {
		err := probe(ctx, t.client, t.namespace, names...)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}

// wrong returns an error for search attributes of another type. No program should change them by
// itself: others may search by them.
func (t *Temporal) wrong(needs []Need) error {
	var found []string
	for _, need := range pick(needs, func(n Need) bool { return n.State == NeedWrong }) {
		found = append(found, need.Name+" "+need.Detail)
	}
	if len(found) == 0 {
		return nil
	}
	return fmt.Errorf("in %s the search attribute %s: rename or remove it if nothing else uses it, or take another namespace",
		t, strings.Join(found, ", "))
}

func pick(needs []Need, wanted func(Need) bool) []*Need {
	var found []*Need
	for i := range needs {
		if wanted(needs[i]) {
			found = append(found, &needs[i])
		}
	}
	return found
}

func done(needs []*Need, detail string) {
	for _, need := range needs {
		need.State, need.Detail = NeedDone, detail
	}
}
