package bench

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// quarters are the medians of the second and of the last quarter of a process's looks.
func quarters(looks []usage, of func(usage) float64) (second, last float64) {
	values := make(sample, len(looks))
	for i, u := range looks {
		values[i] = of(u)
	}
	n := len(values) / 4
	return values[n : 2*n].median(), values[3*n:].median()
}

func memoryOf(u usage) float64     { return u.memory }
func goroutinesOf(u usage) float64 { return u.goroutines }

// text is what came out, for a person.
func (k *soaking) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d messages answered, %d errors, %d messages were due and found no contact free.\n", len(k.latencies), len(k.errs), k.missed)
	fmt.Fprintf(&b, "From POST to reply: half within %s ms, 99 %% within %s ms.\n\n", figure(quantile(k.latencies, 0.5)), figure(quantile(k.latencies, 0.99)))
	table := [][]string{{"process", "MiB, second quarter", "MiB, last quarter", "goroutines, second quarter", "goroutines, last quarter"}}
	for _, name := range slices.Sorted(maps.Keys(k.looks)) {
		row := []string{name}
		for _, of := range []func(usage) float64{memoryOf, goroutinesOf} {
			second, last := quarters(k.looks[name], of)
			row = append(row, figure(second), figure(last))
		}
		table = append(table, row)
	}
	writeTable(&b, table)
	return b.String()
}

// judge returns everything that is not as it should be.
func (k *soaking) judge() error {
	var all []error
	if len(k.errs) > 0 {
		all = append(all, fmt.Errorf("%d errors; the first: %w", len(k.errs), k.errs[0]))
	}
	if len(k.latencies) == 0 {
		all = append(all, errors.New("nothing was answered"))
	}
	for _, name := range slices.Sorted(maps.Keys(k.looks)) {
		all = append(all, k.grows(name, "memory", memoryOf), k.grows(name, "number of goroutines", goroutinesOf))
	}
	return errors.Join(all...)
}

// grows returns an error if a process used more and more.
func (k *soaking) grows(name, what string, of func(usage) float64) error {
	if len(k.looks[name]) < 4 {
		return fmt.Errorf("%s was looked at %d times, which says nothing about its growth", name, len(k.looks[name]))
	}
	second, last := quarters(k.looks[name], of)
	if last <= second*(1+k.plan.Growth) {
		return nil
	}
	return fmt.Errorf("the %s of %s grows: %s in the second quarter, %s in the last", what, name, figure(second), figure(last))
}
