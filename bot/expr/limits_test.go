package expr

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/stretchr/testify/require"
)

func TestHostileExpressionsAreStopped(t *testing.T) {
	e := hostileEnv(t)
	for _, source := range hostile() {
		x := unchecked(t, e, source)
		v := hostileValues()
		start := cpu(t)
		_, err := x.Eval(v)
		// One call may overshoot the limit: fold of the longest ligatures costs 614,400.
		require.Less(t, v.spent, uint64(maxCost+650_000+decodeCost*400_000), source)
		// Fifty times what limits.go says, for a slow machine and the race detector.
		require.Less(t, cpu(t)-start, int64(3e9), source)
		if err != nil {
			require.NotContains(t, err.Error(), broken, source)
		}
	}
}

func TestAnExpressionThatCostsTooMuchFails(t *testing.T) {
	v := hostileValues()
	_, err := unchecked(t, hostileEnv(t), "vars.many.map(i, vars.many) == vars.many.map(i, vars.many)").Eval(v)
	require.ErrorIs(t, err, ErrCost)
}

func TestTheExpressionsOfAnEventShareABudget(t *testing.T) {
	e := hostileEnv(t)
	costly := unchecked(t, e, "vars.many.map(i, vars.many) == vars.many.map(i, vars.many)")
	cheap := compiles(t, e, "1 + 1", Site{}, Any)
	v := hostileValues()
	var err error
	for n := 0; err == nil || n < 10; n++ {
		_, err = cheap.Eval(v)
		if err == nil {
			_, _ = costly.Eval(v)
		}
	}
	require.ErrorIs(t, err, ErrBudget)
	require.Less(t, v.spent, uint64(maxEventCost+maxCost))
}

func TestValuesStayBounded(t *testing.T) {
	e := hostileEnv(t)
	for source, message := range map[string]string{
		"vars.s + vars.s":                       "a text becomes too long",
		"vars.texts.join() + vars.texts.join()": "a text becomes too long",
		"[vars.s, vars.s].join()":               "a text becomes too long",
		"vars.many + [1]":                       "a list becomes too long",
		"vars.s.split('')":                      "a list becomes too long",
		"{vars.s: 1}":                           "a key of a map is too long",
		"fmt(now, vars.s)":                      "fmt: the pattern is too long",
		"vars.m[vars.s]":                        "there is no such key",
		"unique(" + manyTimes + ")":             "unique: an element of the list is too large",
	} {
		_, err := unchecked(t, e, source).Eval(hostileValues())
		require.EqualError(t, err, message, source)
	}
}

func TestWhatIsWrittenCanBeReadAgain(t *testing.T) {
	deep := func(n int) ref.Val {
		val := ref.Val(types.Int(1))
		for range n {
			val = newList([]ref.Val{val})
		}
		return val
	}
	v := &Values{}
	written, err := v.json(deep(maxDepth), false)
	require.NoError(t, err)
	_, err = decode(written, Any)
	require.NoError(t, err)
	_, err = v.json(deep(maxDepth+1), false)
	require.EqualError(t, err, "the value has too many lists and maps inside one another")
}

func TestAListThatHoldsItselfManyTimesIsNotWritten(t *testing.T) {
	x := unchecked(t, hostileEnv(t), manyTimes)
	_, err := x.Assign(hostileValues(), List)
	require.ErrorIs(t, err, ErrSize)
}

// TestTheEstimateIsNotBelowTheCost holds for values of the size that the estimate takes for granted.
func TestTheEstimateIsNotBelowTheCost(t *testing.T) {
	e := hostileEnv(t)
	hundred := make([]string, hintList)
	for i := range hundred {
		hundred[i] = strings.Repeat("a", hintDyn-2) + "é"
	}
	list, err := json.Marshal(hundred)
	require.NoError(t, err)
	v := hostileValues()
	text := raw(`"` + strings.Repeat("a", hintText) + `"`)
	v.Vars = map[string]json.RawMessage{"many": list, "few": list, "texts": list, "s": text, "u": text}
	for _, source := range append(hostile(), "vars.texts.map(t, t.split('a').join('b'))", "first(vars.many, 9) + [{'a': vars.s}]",
		"vars.s == vars.u || vars.s + 'a' == vars.u + 'b' || fold(vars.s) == plain(vars.u) || vars.s.contains(vars.u)") {
		if strings.Contains(source, "vars.deep") || strings.Contains(source, "vars.accents") || strings.Contains(source, "vars.ligatures") ||
			strings.Contains(source, ".map(a,") || strings.Contains(source, "map(i, vars.s)") || strings.Contains(source, "vars.s : vars.u") {
			continue
		}
		x, problems := e.Compile(source, Site{}, Any)
		if len(problems) > 0 {
			continue
		}
		c := &compilation{env: e, source: source}
		checked := c.check(c.parse())
		_, _ = x.Eval(v) // decodes
		v.spent = 0
		_, _ = x.Eval(v)
		require.LessOrEqual(t, v.spent, uint64(newEstimator(c, checked).of(checked.Expr()).cost), source)
	}
}

func TestFiveHundredStatesAreCheckedInASecond(t *testing.T) {
	names := clinic()
	for i := range 92 {
		names.Vars[fmt.Sprintf("otra%d", i)] = String
	}
	e := env(t, names)
	start := cpu(t)
	for i := range 2000 {
		site := Site{Scope: Scope(i % 3)}
		compiles(t, e, fmt.Sprintf("input.text == 'hola%d' && vars.otra%d != '' || size(vars.horas) > 3", i, i%92), site, Bool)
	}
	// 0.2 s where this was written; the rest is for a slow machine.
	require.Less(t, cpu(t)-start, int64(2e9))
}
