package bot_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// clinic is the example of a whole bot.
func clinic(t testing.TB) *definition.Bot {
	t.Helper()
	src, err := os.ReadFile("../examples/bots/clinica.bot.yaml")
	require.NoError(t, err)
	return load(t, string(src))
}

// offered is what the clinic's server answers: as many hours as a list has room for.
func offered(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"id": "h%d", "texto": "mié 11 %02d:00", "profesional": "Dra. Soto"}`, i, 8+i))
	}
	return `{"horas": [` + strings.Join(all, ", ") + `]}`
}

// BenchmarkStep is what one event takes, with all that is said for it.
func BenchmarkStep(b *testing.B) {
	definition := clinic(b)
	for _, bench := range []struct {
		name  string
		until func(*chat)
		event func(*chat)
	}{
		{"menu", func(*chat) {}, func(c *chat) { c.says("hola") }},
		{"tap", func(c *chat) { c.says("hola") }, func(c *chat) { c.taps("agendar") }},
		{"refused", func(c *chat) { c.says("hola") }, func(c *chat) { c.says("no sé qué decir") }},
		{"call", toRUT, func(c *chat) { c.says("12.345.678-5") }},
		{"list of ten from a call", func(c *chat) { toRUT(c); c.says("12.345.678-5") }, func(c *chat) { c.answers(200, offered(9)) }},
		{"reminder", func(c *chat) { c.says("hola") }, func(c *chat) { c.fires(c.armed.ID) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := newChat(b, definition)
			bench.until(c)
			state := c.state
			bench.event(c)
			e := c.last
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := bot.Step(definition, state, e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// toRUT brings a conversation with the clinic to where it asks for an identity number.
func toRUT(c *chat) {
	c.says("hola")
	c.taps("agendar")
	c.taps(c.button("derma"))
	require.Equal(c.t, "rut", c.asking())
}

// large is a definition of n states and one, each with a question and four of the 2,000 expressions
// that a definition may have.
func large(n int) string {
	var b strings.Builder
	b.WriteString("bot: v1\nname: large\nstart: s0\nvars: {step: {type: int}, name: {type: string}}\nstates:\n")
	for i := range n {
		next, other := (i+1)%n, (i*7+3)%n
		fmt.Fprintf(&b, `  s%d:
    set: {step: "vars.step + %d"}
    say:
      - "Paso ${vars.step} de %d"
      - interactive: {type: button, body: {text: "¿Seguimos, ${vars.name}?"}, action: {buttons: [{type: reply, reply: {id: a, title: "Sí"}}, {type: reply, reply: {id: b, title: "No"}}]}}
    ask:
      choices: {a: s%d}
      to: [{if: "vars.step > %d", to: s%d}, {to: s%d}]
`, i, i, n, next, i, other, next)
	}
	b.WriteString("triggers: [{text: {any: [persona]}, to: person}]\n")
	return strings.Replace(b.String(), "  s0:", "  person: {handoff: {to: desk}}\n  s0:", 1)
}

func BenchmarkLoad(b *testing.B) {
	for _, bench := range []struct{ name, src string }{
		{"starter", string(definition.Starter())}, {"clinic", string(clinic(b).Source())}, {"500 states", large(499)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := definition.Load([]byte(bench.src)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The largest definition takes some 0.3 s; nobody waits for a second. The bound leaves room for a
// busy machine and the race detector.
func TestTheLargestDefinitionLoadsInTime(t *testing.T) {
	src := large(499)
	require.Less(t, len(src), 256<<10)
	began := time.Now()
	b := load(t, src)
	require.Less(t, time.Since(began), 20*time.Second)
	require.Empty(t, b.Warnings())
	require.Len(t, b.States(), 500)
}
