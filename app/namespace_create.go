package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// namespaceName is what a new namespace may be called. The server takes more, such as spaces and slashes,
// which commands and addresses do not. What begins with serversOwn is the server's own.
var namespaceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)

const serversOwn = "temporal-"

// CreateNamespace makes the namespace, with the retention that conversations need, if there is none of
// that name. The server's parts know a new one after some seconds; until then other calls get errors
// for which [MayPass] is true.
func (t *Temporal) CreateNamespace(ctx context.Context) error {
	if !namespaceName.MatchString(t.namespace) || strings.HasPrefix(t.namespace, serversOwn) {
		return fmt.Errorf("%.80q is no name for a namespace: it begins with a letter or digit, has at most 200 letters, digits and . _ -, and not %s in front",
			t.namespace, serversOwn)
	}
	_, err := t.client.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: t.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); exists || err == nil {
		return nil
	}
	if isDenied(err) {
		return fmt.Errorf("this login may not create %s; ask its administrator for `%s` (Temporal Cloud: in the web console): %w",
			t, createAdvice(t.namespace), err)
	}
	return fmt.Errorf("create %s: %w", t, err)
}

// missingNamespaceError says that there is no such namespace, and how to make it.
type missingNamespaceError struct{ temporal *Temporal }

// Error says so on one line.
func (e *missingNamespaceError) Error() string {
	return fmt.Sprintf("there is no %s; make it first: chattigo temporal setup --create, or %s (Temporal Cloud: in the web console)",
		e.temporal, createAdvice(e.temporal.namespace))
}

func createAdvice(namespace string) string {
	return fmt.Sprintf("temporal operator namespace create --namespace %s --retention %s", namespace, hours())
}

// MayPass reports whether an error is one of a server that is still starting, or of a namespace that
// was created just now: the same call may succeed some seconds later.
func MayPass(err error) bool {
	var (
		unavailable *serviceerror.Unavailable
		late        *serviceerror.DeadlineExceeded
		unknown     *serviceerror.NamespaceNotFound
		missing     *missingNamespaceError
	)
	return errors.As(err, &unavailable) || errors.As(err, &late) || errors.As(err, &unknown) || errors.As(err, &missing) ||
		errors.Is(err, context.DeadlineExceeded)
}
