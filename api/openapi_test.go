package api_test

import (
	"cmp"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
)

func readDocument(t testing.TB) *contract {
	t.Helper()
	c, err := theContract()
	require.NoError(t, err)
	return c
}

func TestTheOpenAPIDocumentDescribesEveryRouteAndNoOther(t *testing.T) {
	c := readDocument(t)
	var documented []api.Route
	for _, o := range c.operations {
		documented = append(documented, api.Route{
			Method: o.method, Path: o.path, Role: roleOf(t, o), Versioned: o.isVersioned(), MaxBody: o.get("requestBody", "x-max-bytes").number(),
		})
	}
	routes := api.Routes()
	byPath := func(a, b api.Route) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) }
	slices.SortFunc(documented, byPath)
	slices.SortFunc(routes, byPath)
	require.Equal(t, routes, documented)
}

// roleOf is who may use an operation; what the document says of one alternative it says of all.
func roleOf(t *testing.T, o operation) string {
	t.Helper()
	security := o.get("security")
	switch {
	case !security.exists():
		require.Len(t, o.of.root.get("security").keys(), 2)
		return "member"
	case len(security.keys()) == 0:
		return ""
	}
	for _, alternative := range security.parts() {
		require.Len(t, alternative.keys(), 1)
		require.True(t, o.of.root.get("components", "securitySchemes", alternative.keys()[0]).exists())
		require.Equal(t, []any{"tenant"}, alternative.parts()[0].value)
	}
	return "tenant"
}

func TestEveryOperationOfTheOpenAPIDocumentIsWhole(t *testing.T) {
	c := readDocument(t)
	tags := map[string]bool{}
	for _, tag := range c.root.get("tags").parts() {
		tags[tag.get("name").text()] = true
	}
	ids := map[string]bool{}
	for _, o := range slices.Concat(c.operations, c.webhooks()) {
		id := o.get("operationId").text()
		require.NotEmpty(t, id, o.path)
		require.False(t, ids[id], id)
		ids[id] = true
		require.NotEmpty(t, o.get("summary").text(), id)
		require.NotEmpty(t, o.get("responses").keys(), id)
		require.Len(t, o.get("tags").keys(), 1, id)
		require.True(t, tags[o.get("tags", "0").text()], id)
		var variables []string
		for _, parameter := range o.parameters("path") {
			variables = append(variables, "{"+parameter.get("name").text()+"}")
			require.True(t, parameter.get("required").isTrue(), id)
		}
		for part := range strings.SplitSeq(o.path, "/") {
			if strings.HasPrefix(part, "{") {
				require.Contains(t, variables, part, id)
			}
		}
		require.Len(t, variables, strings.Count(o.path, "{"), id)
		o.requireCommonErrors(t)
	}
}

// requireCommonErrors checks that an operation has the errors that follow from what it is.
func (o operation) requireCommonErrors(t *testing.T) {
	t.Helper()
	if o.item.place != "#" && strings.HasPrefix(o.item.place, "#/webhooks") {
		return
	}
	id := o.get("operationId").text()
	require.Equal(t, !o.isOpen(), o.get("responses", "401").exists(), id)
	body := o.get("requestBody").exists()
	require.Equal(t, o.method != http.MethodGet, body, id)
	for _, status := range []string{"400", "408", "413", "415", "500", "503"} {
		require.True(t, !body || o.get("responses", status).exists(), "%s has no %s", id, status)
	}
}

// References lead somewhere, and every component is used.
func TestTheOpenAPIDocumentHoldsTogether(t *testing.T) {
	c := readDocument(t)
	used := map[string]bool{}
	c.root.walk(func(n node) {
		ref, ok := asObject(n.value)["$ref"].(string)
		if !ok {
			return
		}
		require.True(t, n.followed().exists(), "%s leads nowhere", ref)
		used[ref] = true
	})
	for _, kind := range c.root.get("components").keys() {
		if kind == "securitySchemes" {
			continue
		}
		for _, name := range c.root.get("components", kind).keys() {
			require.True(t, used["#/components/"+kind+"/"+name], "nothing uses %s %s", kind, name)
		}
	}
}

// walk visits a part and all below it.
func (n node) walk(visit func(node)) {
	visit(n)
	for _, key := range n.keys() {
		n.child(key).walk(visit)
	}
}

// Each media type, header and parameter with examples has them valid, and each JSON body has one at least.
func TestTheExamplesOfTheOpenAPIDocumentFitTheirSchemas(t *testing.T) {
	c := readDocument(t)
	checked := 0
	c.root.walk(func(n node) {
		schema := n.get("schema")
		if !schema.exists() || strings.HasSuffix(n.place, "/properties") {
			return
		}
		for _, example := range n.get("examples").parts() {
			require.NoError(t, schema.check(strict, example.get("value").value), example.place)
			checked++
		}
		if example := n.child("example"); example.exists() {
			require.NoError(t, schema.check(strict, example.value), example.place)
			checked++
		}
		if strings.HasSuffix(n.place, "/content/application~1json") && schema.place != "#/components/schemas/BotDefinition" && schema.place != "#/components/schemas/BotTests" {
			require.NotEmpty(t, n.get("examples").keys(), "%s has no example", n.place)
		}
	})
	require.Greater(t, checked, 100)
	for _, schema := range c.root.get("components", "schemas").parts() {
		for _, example := range schema.get("examples").parts() {
			require.NoError(t, schema.check(strict, example.value), example.place)
		}
		_, err := c.schema(strict + schema.place)
		require.NoError(t, err, schema.place)
	}
}

func TestTheOpenAPIDocumentIsServed(t *testing.T) {
	written, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	response := setUp(t).do(t, http.MethodGet, "/openapi.yaml", nil, nil)
	require.Equal(t, http.StatusOK, response.Code)
	require.Equal(t, "application/yaml", response.Header().Get("Content-Type"))
	require.Equal(t, string(written), response.Body.String())
}
