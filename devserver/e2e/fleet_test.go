package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/fleet"
	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/store/storetest"
)

// fleetTests are run against a fleet as well: what an ISV and its contacts see, in the order in which the
// packages' documents tell it.
var fleetTests = []string{
	"TestWholeConversationFromGreetingToNotice",
	"TestSamePostThreeTimesIsAnsweredOnce",
	"TestSamePostAtTheSameTimeIsAnsweredOnce",
	"TestSamePostAfterTheEndSaysNothing",
	"TestChannelWithoutWebhookAcceptsAndDeliversAfterTheFirstPatch",
	"TestOnePostForTwoHundredContactsAnswersEach",
	"TestCancelledWorkflowClosesProperly",
	"TestMessageDuringTheEndOpensANewConversation",
	"TestWebhookThatFailsFourTimesGetsEverythingInOrder",
	"TestSettingTheWebhookDeliversWhatWaits",
	"TestLastWordsCarryTheNoticeInOnePost",
	"TestSwitchingLosesAndRepeatsNothing",
	"TestAPersonTakesOverGivesBackAndCloses",
	"TestAPublishedVersionIsUsedByTheFirstMessageAcceptedAfterIt",
	"TestATokenOfOneAPIIsGoodAtTheOther",
	"TestAWebhookThatIsSetAtOneAPIIsSoonTheOthers",
	"TestMessagesOfOneContactThroughTwoAPIsAreOneConversation",
	"TestDemoPlaysToTheNotice",
}

// The core of these tests holds as well with the processes of a production on PostgreSQL. This program runs
// once more for it, with a fleet in the place of the stack. The test is not parallel, as it takes the whole
// machine.
func TestTheCoreHoldsWithProcessesOnPostgreSQL(t *testing.T) {
	storetest.RequirePrograms(t)
	began := time.Now()
	tests := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.timeout=10m", "-fleet",
		"-test.run=^("+strings.Join(fleetTests, "|")+")$")
	tests.SysProcAttr = dieWithParent()
	said, err := tests.CombinedOutput()
	require.NoError(t, err, "%s", said)
	for _, name := range fleetTests {
		require.Contains(t, string(said), "\n--- PASS: "+name+" ", "it did not run")
	}
	t.Logf("%d tests against a fleet took %s", len(fleetTests), time.Since(began).Round(time.Second))
}

// startFleet builds the real binary and starts a fleet on free ports, with its data in a new directory
// below dir. Without a network all processes live on 127.0.0.1.
func startFleet(ctx context.Context, dir string, continueAfter int, network fleet.Network) (*fleet.Fleet, error) {
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL runs as another account if we are root
		return nil, err
	}
	binary := filepath.Join(dir, "chattigo")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/chattigo")
	build.Dir = filepath.Join("..", "..")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	cfg, err := stack.FreeConfig(filepath.Join(dir, "fleet"))
	if err != nil {
		return nil, err
	}
	return fleet.Start(ctx, fleet.Options{
		Config: cfg, Binary: binary, WithoutUI: true, Forgetful: true, ContinueAfter: continueAfter, Network: network,
		Say: func(what string) { fmt.Fprintln(os.Stderr, "fleet: "+what) },
	})
}
