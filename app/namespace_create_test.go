package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
)

func TestANamespaceIsCreatedOnceWithItsRetention(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]error{
		"a new one":         nil,
		"one that is there": serviceerror.NewNamespaceAlreadyExists("it is there"),
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{register: refusal}
			require.NoError(t, s.temporal().CreateNamespace(t.Context()))
			require.Equal(t, []string{"namespace talk 168h0m0s"}, s.changes)
		})
	}
}

func TestANamespaceIsNotCreatedUnderAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a b", "../x", "-a", "temporal-system", strings.Repeat("a", 3000)} {
		s := &server{}
		err := (&Temporal{s, name, "temporal:7233"}).CreateNamespace(t.Context())
		require.ErrorContains(t, err, "is no name for a namespace")
		require.Less(t, len(err.Error()), 400)
		require.Empty(t, s.changes)
	}
}

func TestALoginThatMayNotCreateANamespaceIsToldWhoCan(t *testing.T) {
	t.Parallel()
	s := &server{register: serviceerror.NewPermissionDenied("no", "")}
	err := s.temporal().CreateNamespace(t.Context())
	require.ErrorContains(t, err, "ask its administrator for `temporal operator namespace create --namespace talk --retention 168h`")
	require.False(t, MayPass(err))
}

func TestErrorsOfAServerThatStartsMayPass(t *testing.T) {
	t.Parallel()
	s := &server{describe: serviceerror.NewNamespaceNotFound("talk")}
	_, missing := s.temporal().CheckNamespace(t.Context())
	for _, err := range []error{missing, fmt.Errorf("dial: %w", serviceerror.NewUnavailable("starting")), serviceerror.NewDeadlineExceeded("late")} {
		require.True(t, MayPass(err), err)
	}
	for _, err := range []error{nil, errors.New("wrong type"), serviceerror.NewInvalidArgument("bad")} {
		require.False(t, MayPass(err), err)
	}
}
