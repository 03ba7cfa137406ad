package expr

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCompiledExpressionsAreShared evaluates the same expressions in many goroutines; the race
// detector looks on. It includes the errors that CEL keeps in variables of its own.
func TestCompiledExpressionsAreShared(t *testing.T) {
	e := env(t, clinic())
	var all []*Expr
	for _, source := range []string{
		"vars.horas.map(h, {'id': h.id + 'x'}) == [] || vars.pedido.matches('^P')", "result.json + 1", "timestamp('9999-12-31T00:00:00Z') + (now - conv.started)",
		"fold(vars.pedido) == t('hola')", "[1, 2, 3].exists(x, x == vars.cuantos)", "{'a': vars.cuantos}.b",
	} {
		all = append(all, compiles(t, e, source, Site{Scope: ResultScope}, Any))
	}
	want := make([]string, len(all))
	run := func(v *Values, x *Expr) string {
		out, err := x.Assign(v, Any)
		if err != nil {
			return err.Error()
		}
		return string(out)
	}
	for i, x := range all {
		want[i] = run(chat(t), x)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			v := chat(t)
			for range 50 {
				v.spent = 0
				for i, x := range all {
					if got := run(v, x); got != want[i] {
						t.Errorf("%q is not %q", got, want[i])
					}
				}
			}
		})
	}
	group.Wait()
	require.NotEmpty(t, want)
}
