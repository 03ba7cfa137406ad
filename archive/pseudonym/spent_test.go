package pseudonym_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// There are fewer numbers of three digits than a hostile response may hold. What is left over stays as it
// is: it is the others' replacement no less.
func TestWhereAllNumbersAreTakenNothingHangs(t *testing.T) {
	b := newBook()
	for n := range 1000 {
		b.LearnPrivate([]byte(fmt.Sprintf(`["Calle %d numero", %d]`, n, n*7)))
	}
	require.NotEmpty(t, b.Text("Calle 999 numero, 34, 6993"))
	require.NotContains(t, b.Text("6993"), "6993")
}
