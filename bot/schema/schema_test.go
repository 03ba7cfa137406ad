package schema_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/schema"
)

// compile makes a schema ready for use. It must be one itself, with all its references inside.
func compile(t *testing.T, src []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("urn:test", document))
	compiled, err := c.Compile("urn:test")
	require.NoError(t, err)
	return compiled
}

// read turns YAML into what JSON would hold. Keys and times are texts as they stand, as the
// loaders read them: `no: x` has the key "no".
func read(t *testing.T, src []byte) any {
	t.Helper()
	var root yaml.Node
	require.NoError(t, yaml.Unmarshal(src, &root))
	return value(t, root.Content[0])
}

func value(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			object[n.Content[i].Value] = value(t, n.Content[i+1])
		}
		return object
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			list = append(list, value(t, item))
		}
		return list
	}
	if n.Tag == "!!str" || n.Tag == "!!timestamp" {
		return n.Value
	}
	var scalar any
	require.NoError(t, n.Decode(&scalar))
	return scalar
}

// files are all of the repository with an ending, but for those whose problems are a golden file.
func files(t *testing.T, ending string) []string {
	t.Helper()
	var all []string
	require.NoError(t, filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." {
			return filepath.SkipDir
		}
		stem, found := strings.CutSuffix(path, ending)
		if _, wrong := os.Stat(stem + ".problems.txt"); found && wrong != nil {
			all = append(all, path)
		}
		return err
	}))
	return all
}

func TestFilesOfTheRepositoryFitTheirSchema(t *testing.T) {
	for _, tt := range []struct {
		ending string
		schema []byte
		one    string // that must be among them
	}{
		{".bot.yaml", schema.Bot(), "../../examples/bots/clinica.bot.yaml"},
		{".test.yaml", schema.Test(), "../../examples/bots/clinica.test.yaml"},
	} {
		s, all := compile(t, tt.schema), files(t, tt.ending)
		require.Contains(t, all, tt.one)
		for _, path := range all {
			t.Run(path, func(t *testing.T) {
				src, err := os.ReadFile(path)
				require.NoError(t, err)
				require.NoError(t, s.Validate(read(t, src)))
			})
		}
	}
}

// change is a definition or test that is good until one text in it is replaced.
type change struct{ name, old, replacement string }

func refuses(t *testing.T, src []byte, path string, changes []change) {
	t.Helper()
	s := compile(t, src)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, string(good), c.old)
			require.Error(t, s.Validate(read(t, []byte(strings.Replace(string(good), c.old, c.replacement, 1)))))
		})
	}
}

func TestBotRefusesMistakes(t *testing.T) {
	refuses(t, schema.Bot(), "../../examples/bots/clinica.bot.yaml", []change{
		{"an unknown key", "start: saludo", "start: saludo\ncolor: red"},
		{"no start", "start: saludo", ""},
		{"another version", "bot: v1", "bot: v2"},
		{"a language that is a name", "[es-CL]", "[Español]"},
		{"an unknown type of variable", "rut:              {type: string", "rut:              {type: text"},
		{"a span that the clock does not have", "09:00-13:00", "09:00-25:00"},
		{"a day that is not one", "mon-fri", "lun-vie"},
		{"a misspelt key of a state", "    goto: menu", "    got: menu"},
		{"two exits", "    goto: menu", "    goto: menu\n    close: {reason: resolved}"},
		{"no exit", "    goto: menu", ""},
		{"a trigger without a condition", "{choice: [recordatorio_confirmar],                  to: confirmada}", "{to: confirmada}"},
		{"a trigger without a state", "{choice: [recordatorio_confirmar],                  to: confirmada}", "{choice: [recordatorio_confirmar]}"},
		{"an unknown way to read an answer", "as: rut", "as: rutt"},
		{"a question that leads nowhere", "choices: {agendar: especialidad, info: info, derivar: derivar}", "save: {rut: answer.value}"},
		{"a call without a way out", "on_error: derivar\n    goto: lista", "goto: lista"},
		{"a call over plain http", "post: https://", "post: http://"},
		{"two methods", "        post: https", "        get: https://a.test\n        post: https"},
		{"a duration in words", "timeout: 30m", "timeout: 30 minutos"},
		{"an item of idle with both", "{after: 15m, to: cierre_inactividad}", "{after: 15m, to: cierre_inactividad, say: [x]}"},
		{"a message without content", `- location: {latitude: -33.4372`, `- lokation: {latitude: -33.4372`},
		{"a message with two contents", `- location: {latitude: -33.4372`, "- text: {body: x}\n        location: {latitude: -33.4372"},
		{"four buttons", `- {type: reply, reply: {id: info,    title: "Horarios y dirección"}}`, "- {}\n              - {}"},
		{"an unknown kind of interactive message", "type: button", "type: buttons"},
		{"a row without a title", `{id: trauma,    title: "Traumatología"}`, "{id: trauma}"},
		{"a person who is waited for without an end", "      on_timeout: sin_nadie\n", ""},
		{"a referral with an unknown key", "{choice: [recordatorio_confirmar],                  to: confirmada}", "{referral: {source: ad}, to: confirmada}"},
		{"a reason in words", "{reason: timeout}", `{reason: "no answer"}`},
	})
}

func TestTestRefusesMistakes(t *testing.T) {
	refuses(t, schema.Test(), "../../examples/bots/clinica.test.yaml", []change{
		{"an unknown key", "cases:", "colour: red\ncases:"},
		{"no cases", "cases:", "case:"},
		{"a time without a zone", "10:00:00-03:00", "10:00:00"},
		{"a phone number with a plus", "56911112222", "+56911112222"},
		{"a call without a method", "match: GET https", "match: https"},
		{"a mock with an unknown key", "json: {codigo: CS-123}", "jsn: {codigo: CS-123}"},
		{"a case without a name", "- name: baja", "- nombre: baja"},
		{"an unknown step", "- user: Hola", "- usr: Hola"},
		{"two steps in one", "- user: Hola", "- user: Hola\n        tap: agendar"},
		{"json without call", "call: POST https://api.clinicasur.example/reservas", "state: confirmar"},
		{"a wait in words", "wait: 5m", "wait: 5 minutos"},
		{"an unknown part of a message", "as: lista_vieja", "like: lista_vieja"},
		{"an unknown part of the end", "closed: {reason: optout}", "closed: {why: optout}"},
	})
}
