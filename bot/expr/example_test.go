package expr_test

import (
	"encoding/json"
	"fmt"

	"github.com/chattigo/api-isv/bot/expr"
)

// A definition's names are declared once; its expressions and texts are compiled when it is
// loaded and evaluated in each conversation.
func Example() {
	env, err := expr.New(expr.Names{Vars: map[string]expr.Type{"horas": expr.List, "pedido": expr.String}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, problems := env.Compile("vars.pedid == ''", expr.Site{}, expr.Bool)
	fmt.Println(problems[0].Message)

	empty, _ := env.Compile("size(vars.horas) == 0", expr.Site{}, expr.Bool)
	text, _ := env.Template("Hola ${contact.name}: ${vars.horas.map(h, h.title).join(', ')}", expr.Site{})
	values := &expr.Values{
		Vars:    map[string]json.RawMessage{"horas": json.RawMessage(`[{"title":"9:00"},{"title":"9:30"}]`)},
		Contact: expr.Contact{Name: "Ana"},
	}
	fmt.Println(empty.Bool(values))
	fmt.Println(text.Text(values))
	// Output:
	// there is no variable "pedid"; declare it under vars; did you mean "pedido"?
	// false <nil>
	// Hola Ana: 9:00, 9:30 <nil>
}
