package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Machine is where and with what was measured.
type Machine struct {
	When time.Time
	// Facts are lines such as "2 cores, AMD EPYC".
	Facts []string
}

// Report writes docs/benchmarks.md.
func Report(m Machine, results []*Result, scaling *Scaling, took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

`+"`make bench`"+` wrote this page on %s, in %s. Run it where it matters to you: the ratios carry over to
another machine better than the figures do.

`, m.When.Format("2 January 2006"), took.Round(time.Minute))
	for _, fact := range m.Facts {
		fmt.Fprintf(&b, "- %s\n", fact)
	}
	b.WriteString(howItIsMeasured)
	for _, r := range results {
		r.write(&b)
	}
	scaling.write(&b)
	return b.String()
}

const howItIsMeasured = `
Four ways to answer a message take turns on the same Temporal server, and each gets its messages as an ISV
posts them and answers with one POST to the same webhook:

- **ours**: this service with a bot that echoes, and all that it does for a message: checks, de-duplication,
  order, transcript, retries;
- **plain**: a workflow with one regular activity for the reply and one for the POST, and nothing else;
- **floor**: a workflow with one local activity that does both, and nothing else. Plain and floor hand every
  message to Temporal by a signal with start, as samples do;
- **floor, known run**: the same workflow, but a contact's second message and those after it signal the run that
  the first one started, as ours does. Below it is only Temporal.

Burst: 100 contacts send 10 messages each as fast as they are accepted. Steady: 20 messages a second from 50
contacts with open conversations. A latency is the time from the POST to the arrival of the reply. Figures
are the median of the rounds, with the least and the most; ratios are of the two in the same round.
`

func (r *Result) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n", r.place.Name)
	r.comparison.write(b)
	r.writeCosts(b)
	r.neighbours.write(b)
	fmt.Fprintf(b, "\n%d contacts who write for the first time, at once, beside %d open conversations: %s conversations a second were opened and answered; "+
		"half of the replies came within %s ms, 99 %% within %s ms, the last after %s ms.\n",
		r.first.contacts, r.first.open, figure(r.first.perSecond), figure(r.first.p50), figure(r.first.p99), figure(r.first.last))
	r.writeMemory(b)
}

func (c *comparison) write(b *strings.Builder) {
	table := [][]string{{"", "burst, messages/s", "steady, p50 ms", "steady, p99 ms"}}
	for _, name := range []string{"ours", "plain", "floor", "floor, known run"} {
		table = append(table, []string{name, c.burst[name].spread(""), c.p50[name].spread(""), c.p99[name].spread("")})
	}
	for _, other := range []string{"plain", "floor", "floor, known run"} {
		table = append(table, []string{
			"ours : " + other, ratio(c.burst["ours"], c.burst[other]).spread("x"),
			ratio(c.p50["ours"], c.p50[other]).spread("x"), ratio(c.p99["ours"], c.p99[other]).spread("x"),
		})
	}
	writeTable(b, table)
}

func (r *Result) writeCosts(b *strings.Builder) {
	b.WriteString("\nWhat one message costs, where a conversation has so many, each after the reply to the one before:\n\n")
	table := [][]string{{"", "messages", "history events", "billable actions", "bytes of history"}}
	for _, c := range r.costs {
		table = append(table, []string{c.target, fmt.Sprint(c.messages), figure(c.events), figure(c.actions), fmt.Sprintf("%.0f", c.bytes)})
	}
	writeTable(b, table)
}

func (n *neighbours) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n%d messages a second of contacts with open conversations, beside %d first messages a second of an "+
		"account whose webhook works, or takes every request and never answers:\n\n", healthyRate, neighbourRate)
	writeTable(b, [][]string{
		{"the other webhook", "p50 ms", "p99 ms"},
		{"works", n.wellP50.spread(""), n.wellP99.spread("")},
		{"is dead", n.deadP50.spread(""), n.deadP99.spread("")},
		{"dead : works", ratio(n.deadP50, n.wellP50).spread("x"), ratio(n.deadP99, n.wellP99).spread("x")},
	})
}

func (r *Result) writeMemory(b *strings.Builder) {
	if len(r.memory) == 0 {
		return
	}
	b.WriteString("\nMemory with so many open conversations, in MiB:\n\n")
	names := slices.Sorted(maps.Keys(r.memory[0].processes))
	table := [][]string{append([]string{"open"}, names...)}
	for _, m := range r.memory {
		row := []string{fmt.Sprint(m.open)}
		for _, name := range names {
			row = append(row, fmt.Sprintf("%.0f", m.processes[name]))
		}
		table = append(table, row)
	}
	writeTable(b, table)
}

func (s *Scaling) write(b *strings.Builder) {
	if s == nil {
		return
	}
	b.WriteString("\n## More workers\n\nThe burst on two api and PostgreSQL, with more and more worker processes on the same cores:\n\n")
	table := [][]string{{"workers", "burst, messages/s"}}
	for i, n := range s.workers {
		table = append(table, []string{fmt.Sprint(n), s.burst[i].spread("")})
	}
	writeTable(b, table)
}

func writeTable(b *strings.Builder, rows [][]string) {
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
}
