package app

import (
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/api/serviceerror"
)

// isDenied reports whether the server does not do this for this login, or for nobody: Temporal Cloud
// has another way for it.
func isDenied(err error) bool {
	var denied *serviceerror.PermissionDenied
	var unimplemented *serviceerror.Unimplemented
	return errors.As(err, &denied) || errors.As(err, &unimplemented)
}

// undescribed converts the error of describing the namespace.
func (t *Temporal) undescribed(err error) error {
	var unknown *serviceerror.NamespaceNotFound
	switch {
	case errors.As(err, &unknown):
		return &missingNamespaceError{t}
	case isDenied(err):
		return fmt.Errorf("this login may not read %s: %w", t, err)
	}
	return fmt.Errorf("describe %s: %w", t, err)
}

// advice holds the commands with which an administrator does what was refused.
type advice struct{ selfHosted, cloud string }

func retentionAdvice(namespace string) advice {
	return advice{
		fmt.Sprintf("temporal operator namespace update --namespace %s --retention %s", namespace, hours()),
		fmt.Sprintf("tcld namespace retention set --namespace %s --retention-days %d", namespace, int(retention.Hours()/24)),
	}
}

func attributesAdvice(namespace string, names []string) advice {
	var byHand, byCloud strings.Builder
	fmt.Fprintf(&byHand, "temporal operator search-attribute create --namespace %s", namespace)
	fmt.Fprintf(&byCloud, "tcld namespace search-attributes add --namespace %s", namespace)
	for _, name := range names {
		fmt.Fprintf(&byHand, " --name %s --type %s", name, keyword())
		fmt.Fprintf(&byCloud, " --search-attribute %s=%s", name, keyword())
	}
	return advice{byHand.String(), byCloud.String()}
}

func hours() string { return fmt.Sprintf("%dh", int(retention.Hours())) }

// refused converts the error of a change. If it was denied, the message says what to ask the
// administrator for.
func (t *Temporal) refused(what string, err error, by advice) error {
	if !isDenied(err) {
		return fmt.Errorf("%s of %s: %w", what, t, err)
	}
	return fmt.Errorf(
		"the server does not let this login %s of %s; ask its administrator for: %s (Temporal Cloud: %s, or its web console)",
		what, t, by.selfHosted, by.cloud)
}
