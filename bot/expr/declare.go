package expr

import (
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
)

// declaration is a function of ours, or one of CEL's with an overload of ours.
type declaration struct {
	name      string
	overloads []decls.FunctionOpt
}

func declare(name string, overloads ...decls.FunctionOpt) declaration {
	return declaration{name, overloads}
}

// overload declares f as name(args), by the types of its result and its arguments.
func overload(id string, f functions.FunctionOp, result *types.Type, args ...*types.Type) decls.FunctionOpt {
	return decls.Overload(id, args, result, decls.FunctionBinding(f))
}

// member declares f as target.name(args), by the types of its result, its target and its arguments.
func member(id string, f functions.FunctionOp, result *types.Type, args ...*types.Type) decls.FunctionOpt {
	return decls.MemberOverload(id, args, result, decls.FunctionBinding(f))
}

// nodeOverload declares name(args) whose work is done by a node of ours: see nodes.go.
func nodeOverload(id string, result *types.Type, args ...*types.Type) decls.FunctionOpt {
	return decls.Overload(id, args, result)
}

// lateOverload declares name(args) whose implementation is looked up when it is evaluated.
func lateOverload(id string, result *types.Type, args ...*types.Type) decls.FunctionOpt {
	return decls.Overload(id, args, result, decls.LateFunctionBinding())
}
