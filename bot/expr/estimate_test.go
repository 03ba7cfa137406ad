package expr

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// shop are the names of a bot with a cart, and with sizes.
func shop(t testing.TB) *Env {
	data, err := NewData(raw(`{"menu": [{"id": "a", "title": "Uno"}, {"id": "b", "title": "Dos", "tags": ["x", "y"]}], "prices": {"a": 1, "b": 2.5}, "name": "La Masa", "none": [], "whole": 2.0}`))
	require.NoError(t, err)
	return env(t, Names{
		Vars: map[string]Type{
			"cart": List, "ids": List, "page": Int, "note": String, "few": List, "code": String, "day": Date, "prefs": Map, "opts": Map, "n": Number,
		},
		Most:     map[string]int{"few": 20, "code": 8, "opts": 5},
		Data:     data,
		Timezone: true,
	})
}

// worstOf is the estimate of an expression.
func worstOf(t testing.TB, e *Env, source string, at Site) worst {
	c := &compilation{env: e, source: source, site: at}
	tree := c.parse()
	require.NotNil(t, tree, "%s: %v", source, c.problems)
	c.info = tree.SourceInfo()
	c.resolve(tree.Expr())
	checked := c.check(tree)
	require.NotNil(t, checked, "%s: %v", source, c.problems)
	return newEstimator(c, checked).of(checked.Expr())
}

func TestEstimatesKnowWhatBoundsThem(t *testing.T) {
	e := shop(t)
	for _, tt := range []struct {
		source string
		size   int
	}{
		// What is known of nothing.
		{"vars.cart", hintList},
		{"vars.note", hintText},
		{"vars.cart[0]", hintDyn},
		{"result.json.rows", hintDyn},
		// What is declared.
		{"vars.few", 20},
		{"vars.code", 8},
		{"vars.opts", 5},
		{"vars.day", 10},
		// What is taken of a list.
		{"first(vars.cart, 10)", 10},
		{"first(vars.few, 50)", 20},
		{"first(vars.cart, vars.page)", hintList},
		{"slice(vars.cart, 0, 10)", 10},
		{"slice(vars.cart, 95, 300)", hintList},
		{"slice(vars.cart, 8 * vars.page, 8 * vars.page + 8)", 8},
		{"slice(vars.cart, vars.page * 8, 8 * (vars.page + 1))", 8},
		{"slice(vars.cart, vars.page, 2 * vars.page)", hintList},
		{"slice(vars.cart, size(vars.few) - 3, size(vars.few))", 3},
		{"slice(vars.note, 0, 60)", 60},
		{"sort_by(vars.few, 'id')", 20},
		{"unique(vars.cart.map(c, c.id))", hintList},
		{"reverse(sort([3, 1, 2]))", 3},
		{"get(data.menu[0], 'title', 'none')", 4},
		{"vars.few.filter(x, x.ok)", 20},
		{"vars.few.map(x, x.ok)", 20},
		{"vars.few.map(x, x.ok, x.id)", 20},
		{"vars.few + first(vars.cart, 5) + [{'id': 'more'}]", 26},
		{"vars.page > 0 ? vars.few : []", 20},
		{"vars.page > 0 ? [1, 2] : [3]", 2},
		// What is written out.
		{"[1, 2, 3]", 3},
		{"['a', 'bcd'].map(x, x)[0]", 3},
		{"{'a': 'x', 'b': 'yz'}.b", 2},
		{"{'a': 'x', 'b': 'yz'}[vars.code]", 2},
		{"[{'id': 'choc', 'title': 'Chocolate'}, {'id': 'vain', 'title': 'Vainilla'}].filter(r, r.id != '')[0].title", 9},
		{"(vars.page > 0 ? {'a': 'x'} : {'a': 'xyz', 'b': ''}).a", 3},
		{"{'a': vars.note}.a", hintDyn},
		// Texts of other values.
		{"string(vars.page)", 20},
		{"string(true)", 5},
		{"string(now)", 35},
		{"string(vars.cart[0].n)", hintDyn},
		{"string(vars.page) + ' x ' + vars.code", 31},
		{"vars.few.map(x, string(vars.page)).join(', ')", 20 * 22},
		{"vars.code.split(',')", 9},
		{"fold(vars.code) + plain(vars.code)", 16},
		{"upper(vars.code) + add_days(vars.day, 1)", 18},
		{"vars.cart.map(x, vars.note).join()", hintList * hintDyn},
		// Constants.
		{"data.menu", 2},
		{"data.menu[0].title", 3},
		{"data.menu.map(m, m.title)[0]", 3},
		{"data.menu[1].tags", 2},
		{"data.prices", 2},
		{"data.name", 7},
		{"data.none", 0},
		{"data.menu + vars.few", 22},
	} {
		t.Run(tt.source, func(t *testing.T) {
			require.Equal(t, tt.size, worstOf(t, e, tt.source, Site{Scope: ResultScope}).size)
		})
	}
}

func TestWhatAuthorsWriteOverListsIsTaken(t *testing.T) {
	e := shop(t)
	for _, source := range []string{
		// A cart.
		"vars.cart + [{'n': vars.page, 'name': vars.code}]",
		"first(vars.cart, size(vars.cart) - 1)",
		"vars.cart.map(i, string(i.n) + ' × ' + i.name + '  ' + money(i.n * i.price, 'CLP')).join('\\n')",
		"vars.cart.exists(i, i.id == input.id) ? vars.cart.map(i, i.id == input.id ? {'id': i.id, 'n': i.n + 1} : i) : vars.cart + [{'id': input.id, 'n': 1}]",
		// Several choices.
		"[{'id': 'choc', 'title': 'Chocolate'}, {'id': 'vain', 'title': 'Vainilla'}, {'id': 'frut', 'title': 'Frutilla'}]" +
			".filter(r, !(r.id in vars.ids)) + (size(vars.ids) > 0 ? [{'id': 'listo', 'title': 'Listo ✅'}] : [])",
		// Pages.
		"first(vars.cart, 8 * vars.page + 8).filter(h, !(h.id in vars.ids)) + (size(vars.cart) > 8 * vars.page + 8 ? [{'id': 'more', 'title': 'Más'}] : []) + " +
			"(vars.page > 0 ? [{'id': 'less', 'title': 'Volver'}] : [])",
		"first(vars.cart, 8 * vars.page).map(h, h.id)",
		"slice(vars.cart, 8 * vars.page, 8 * vars.page + 8).map(h, {'id': h.id, 'title': h.title})",
		"sort_by(vars.cart, 'price').map(c, c.title + ' ' + money(c.price, 'CLP')).join('\\n')",
		"unique(vars.cart.map(c, c.category))",
		"vars.ids.map(id, data.menu.filter(m, m.id == id)[0].title).join(', ')",
		"sum(vars.cart.map(c, c.n * c.price)) * 1.19",
		"data.menu.filter(m, !(m.id in vars.ids)).map(m, {'id': m.id, 'title': m.title + ' ' + string(data.prices[m.id])})",
	} {
		compiles(t, e, source, Site{}, Any)
	}
}

func TestARefusalNamesThePartItsCostAndARemedyThatFits(t *testing.T) {
	e := shop(t)
	for _, tt := range []struct {
		name, source string
		offset       int
		message      string
	}{
		{
			"what is the same for each element", "vars.cart.exists(x, fold(x.title) == fold(input.text))", 41,
			"1259902 of 100000 units; 1229000 of them are for fold(input.text), done for each of 100 elements; " +
				"it is the same for each of them: compute it once, into a variable, before",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := e.Compile(tt.source, Site{}, Any)
			require.Equal(t, []Problem{{tt.offset, CodeCost, "the expression may do too much work: " + tt.message}}, problems)
		})
	}
}
