package pseudonym_test

import (
	"fmt"
	"strings"
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
	require.False(t, b.Full())
	require.NotEmpty(t, b.Text("Calle 999 numero, 34, 6993"))
	require.NotContains(t, b.Text("6993"), "6993")
}

// Whoever writes to a business decides how many values there are, and what it takes to replace them.
func TestABookLearnsNoMoreThanItCanReplaceInTime(t *testing.T) {
	for name, entry := range map[string]func(n int) string{
		"streets":   func(n int) string { return fmt.Sprintf(`{"street":"aaa %d"}`, n) },
		"names":     func(n int) string { return fmt.Sprintf(`{"name":{"formatted_name":"aaa b%d"}}`, n) },
		"numbers":   func(n int) string { return fmt.Sprintf(`{"name":{"formatted_name":"1 %d"}}`, n) },
		"birthdays": func(n int) string { return fmt.Sprintf(`{"birthday":"%04d-01-01"}`, n%10_000) },
		"links":     func(n int) string { return fmt.Sprintf(`{"url":"https://x.cl/%d"}`, n) },
		"phones":    func(n int) string { return fmt.Sprintf(`{"phone":"+569%08d"}`, n) },
		"emails":    func(n int) string { return fmt.Sprintf(`{"email":"a%d@x.cl"}`, n) },
		"texts":     func(n int) string { return fmt.Sprintf(`{"x":"+569%08d 1%07d"}`, n, n) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook()
			var all []string
			for n := range 9000 {
				all = append(all, entry(n))
			}
			b.LearnMessage([]byte(`{"type":"contacts","contacts":[`+strings.Join(all, ",")+`]}`), "")
			require.True(t, b.Full())
			require.Less(t, b.Size(), 5100)
			require.NotEmpty(t, b.Text("a"))
		})
	}
}
