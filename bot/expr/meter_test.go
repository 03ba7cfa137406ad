package expr

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manyTimes is a list that holds the same lists again and again: 16 million numbers, 240 bytes
// of source and hardly any memory.
const manyTimes = "[1].map(a,[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a]).map(a,[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a])" +
	".map(a,[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a]).map(a,[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a])" +
	".map(a,[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a]).map(a,[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a])"

// hostile are expressions that do as much as they can for what they are charged. The figures
// in limits.go come from the benchmark over them.
func hostile() []string { return append(hostileOperators(), hostileFunctions()...) }

// hostileFunctions are those of our own functions over lists, numbers and days, and of loops inside loops.
func hostileFunctions() []string {
	return []string{
		"sort(vars.texts) == []",
		"sort(vars.accents) == []",
		"sort(vars.many) == []",
		"sort(vars.many.map(i, vars.s)) == []",
		"sort(vars.many.map(i, i % 2 == 0 ? vars.s : vars.u)) == []",
		"sort(vars.few.map(i, i % 2 == 0 ? vars.s : vars.u)) == []",
		"vars.many.exists(i, sort(vars.few) == [])",
		"sort_by(vars.texts.map(t, {'k': t}), 'k') == []",
		"sort_by(vars.few.map(i, {'k': i % 2 == 0 ? vars.s : vars.u}), 'k') == []",
		"vars.many.exists(i, sort_by(vars.few.map(j, {'k': j}), 'k') == [])",
		"vars.many.exists(i, unique(vars.many) == [])",
		"unique(vars.many.map(i, vars.m)) == []",
		"unique(vars.many.map(i, vars.s)) == []",
		"unique(" + manyTimes + ") == []",
		"vars.many.exists(i, slice(vars.s, 0, 59999) == '')",
		"vars.many.exists(i, slice(vars.many, 1, 9999) == [])",
		"vars.many.exists(i, sum(vars.many) == -1)",
		"vars.many.exists(i, reverse(vars.many) == [])",
		"vars.many.exists(i, get(vars.m, vars.s, 1) == 2)",
		"vars.many.exists(i, get(vars.many, i, 1) == -1)",
		"vars.many.exists(i, upper(vars.s) == '')",
		"vars.accents.map(t, upper(t)) == []",
		"vars.many.exists(i, round(1.5, 2) == 2.0)",
		"vars.many.exists(i, i * 1.5 == -1.0)",
		"vars.many.exists(i, add_days(now, i) == now)",
		"vars.many.exists(i, add_months('2026-01-31', i) == '')",
		"vars.many.exists(i, days_between(now, '2026-01-01') == -1)",
		"vars.many.exists(i, date(now) == '')",
		"vars.many.exists(i, date('2026-01-01T00:00:00Z') == '')",
		"vars.many.map(i, vars.many.map(j, j)) == []",
		"vars.texts.map(t, vars.texts.filter(u, u == t)) == []",
		"vars.few.map(i, vars.few.map(j, vars.few.map(k, [i, j, k]))) == []",
		"vars.m.map(k, vars.m[k]) == []",
		"vars.many.exists(i, vars.m.exists(k, k == ''))",
	}
}

func hostileOperators() []string {
	nest := func(open, inner, closing string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(closing, n)
	}
	return []string{
		"vars.many.exists(i, vars.s < vars.u)",
		"vars.many.exists(i, size(vars.s) == 1)",
		"vars.many.exists(i, vars.s == vars.u)",
		"vars.many.exists(i, vars.s.contains(vars.u))",
		"vars.many.exists(i, vars.s.contains('b'))",
		"vars.many.exists(i, vars.s.endsWith('b'))",
		"vars.many.exists(i, vars.m[vars.s] == 1)",
		"vars.many.exists(i, vars.s in vars.m)",
		"vars.many.exists(i, vars.s in vars.texts)",
		"vars.many.exists(i, i == -1)",
		"vars.many.exists(i, [i, i, i, i, i, i, i, i, i, i] == [])",
		"vars.many.exists(i, {'a': i, 'b': i, 'c': i, 'd': i} == {})",
		"vars.many.exists(i, false || false || false || false || false || false || false || false)",
		"vars.many.exists(i, " + nest("(true ? ", "false", " : false)", 40) + ")",
		"vars.many.exists(i, " + nest("!", "false", "", 100) + ")",
		"vars.many.map(i, vars.many).exists(x, x == vars.many)",
		"vars.many.map(i, vars.many) == vars.many.map(i, vars.many)",
		manyTimes + " == " + manyTimes,
		manyTimes + " in [" + manyTimes + "]",
		"vars.texts" + strings.Repeat(".map(a, a + a)", 10) + " == []",
		strings.Repeat("vars.many + ", 60) + "[] == []",
		"(" + strings.Repeat("vars.few + ", 60) + "[]).exists(i, i == -1)",
		"vars.texts.map(t, t.split('a')) == []",
		"vars.texts.map(t, t.split('')) == []",
		"vars.texts.map(t, t.trim()) == []",
		"vars.texts.map(t, plain(t)) == []",
		"vars.texts.map(t, digits(t)) == []",
		"vars.texts.map(t, fold(t)) == []",
		"vars.accents.map(t, fold(t)) == []",
		"fold(vars.ligatures) == ''",
		"vars.texts.map(t, t.matches('(a?){50}a{50}b')) == []",
		"vars.texts.map(t, t.matches('^[a-z]+$')) == []",
		"vars.many.exists(i, now.getHours() == 99)",
		"vars.many.exists(i, string(now) == '')",
		"vars.many.exists(i, timestamp('2026-01-01T00:00:00Z') > now)",
		"vars.many.exists(i, duration('1h') > duration('2h'))",
		"vars.many.exists(i, string(i) == 'x')",
		"vars.many.exists(i, double(string(i)) < 0.0)",
		"vars.many.exists(i, bucket('a', 10) == 10)",
		"vars.many.exists(i, t('k') == '')",
		"vars.many.exists(i, first(vars.many, 5000) == [])",
		"vars.many.exists(i, vars.texts.join() == '')",
		"vars.texts.join(',') == ''",
		"vars.deep == vars.deep",
		"vars.many.exists(i, vars.deep != vars.deep)",
		"vars.many.exists(i, vars.m == {})",
		"vars.many.filter(i, i > 0).map(i, {'id': string(i)}) == []",
		"vars.many.exists(i, type(i) == string)",
		"vars.many.exists(i, vars.deep[0][0][0][0] == 1)",
		"vars.many.exists(i, vars.u.matches('^a$'))",
		"[" + strings.Repeat("[1],", 200) + "[1]].map(i, " + nest("[", "i", "]", 20) + ") == []",
	}
}

func hostileValues() *Values {
	raw := func(v any) json.RawMessage {
		b, _ := json.Marshal(v)
		return b
	}
	texts := func(s string) (all []string) {
		for range 15 {
			all = append(all, strings.Repeat(s, 4096/len(s)))
		}
		return all
	}
	many, few := make([]int, 10_000), make([]int, 100)
	m := map[string]int{strings.Repeat("k", 512): 1}
	for i := range 2000 {
		m[fmt.Sprintf("key%d", i)] = i
	}
	var deep any = []int{1, 2, 3}
	for range 10 {
		deep = []any{deep, deep}
	}
	return &Values{
		Vars: map[string]json.RawMessage{
			"many": raw(many), "few": raw(few), "m": raw(m), "deep": raw(deep),
			"s": raw(strings.Repeat("a", 60_000)), "u": raw(strings.Repeat("a", 59_999) + "b"),
			"texts": raw(texts("a")), "accents": raw(texts("ñ")), "ligatures": raw(strings.Repeat("ﷺ", 4096)),
		},
		Now: time.Unix(1_780_000_000, 0), Strings: func(string) (string, bool) { return "x", true },
	}
}

func hostileEnv(t testing.TB) *Env {
	return env(t, Names{
		Vars: map[string]Type{
			"many": List, "few": List, "m": Map, "deep": List, "s": String, "u": String,
			"texts": List, "accents": List, "ligatures": String,
		},
		Strings: func(string) bool { return true }, Timezone: true,
	})
}

// unchecked compiles without the estimate, so that the limit of evaluation shows.
func unchecked(t testing.TB, e *Env, source string) *Expr {
	x, problems := e.Compile(source, Site{}, Any)
	if x == nil && len(problems) == 1 && problems[0].Code == CodeCost {
		c := compilation{env: e, source: source, want: Any}
		x = c.run()
	}
	if x == nil {
		t.Fatalf("%s: %v", source, problems)
	}
	return x
}

// cpu is the time that the process has computed, in ns: the machine may be busy otherwise.
func cpu(t testing.TB) int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// BenchmarkHostile measures how long a unit of cost takes, in ns: each expression runs until it ends
// or is stopped.
func BenchmarkHostile(b *testing.B) {
	e := hostileEnv(b)
	v := hostileValues()
	for _, source := range hostile() {
		x, problems := e.Compile(source, Site{}, Any)
		if x == nil && problems[0].Code != CodeCost {
			continue
		}
		x = unchecked(b, e, source)
		name := source
		if len(name) > 60 {
			name = name[:60]
		}
		b.Run(name, func(b *testing.B) {
			_, _ = x.Eval(v) // decodes
			var cost uint64
			start := cpu(b)
			for b.Loop() {
				v.spent = 0
				_, _ = x.Eval(v)
				cost += v.spent
			}
			b.ReportMetric(float64(cpu(b)-start)/float64(cost), "ns/unit")
			b.ReportMetric(float64(cost)/float64(b.N), "units")
		})
	}
}
