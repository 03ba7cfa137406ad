package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/workflows"
)

// Namespaces hold these names and open conversations carry them: a change is a migration.
func TestTheNamesOfTheSearchAttributesStay(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"ChattigoWaId", "ChattigoContact", "ChattigoBot", "ChattigoStatus"}, workflows.SearchAttributes())
}
