package cluster

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/server/common/log/tag"
)

func TestServicesThatWaitForEachOtherAtTheStartAreNotLogged(t *testing.T) {
	var said bytes.Buffer
	logger := newQuietLogger(slog.New(slog.NewTextHandler(&said, nil)), nil)
	waiting := serviceerror.NewUnavailable("Frontend is not healthy yet")

	logger.Error("service failures", tag.NewStringTag("operation", "GetSystemInfo"), tag.Error(waiting))
	logger.With(tag.NewStringTag("service", "worker")).Warn("error creating sdk client", tag.Error(waiting))
	require.Empty(t, said.String())

	logger.Error("service failures", tag.Error(errors.New("the disk is full")))
	require.Contains(t, said.String(), "the disk is full")
}
