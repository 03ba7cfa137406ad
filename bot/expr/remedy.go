package expr

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/parser"
)

// reportCost says which part of an expression costs most, and what would help.
func (c *compilation) reportCost(checked *ast.AST) {
	s := newEstimator(c, checked)
	s.costs, s.times = map[int64]int{}, map[int64]int{}
	all := s.of(checked.Expr()).cost
	h := s.heaviest()
	message := fmt.Sprintf("the expression may do too much work: %d of %d units", all, maxEstimate)
	if h.part != checked.Expr() {
		message += fmt.Sprintf("; %d of them are for %s", s.weight(h), c.shown(h.part))
	}
	if h.times > 1 {
		message += fmt.Sprintf(", done for each of %d elements", h.times)
	}
	c.addAt(h.part.ID(), CodeCost, message+"; "+s.remedy(h))
}

// heavy is the part of an expression that costs most.
type heavy struct {
	part ast.Expr
	// times is how often it is evaluated, for the elements named in around.
	times  int
	around []string
}

func (s *estimator) weight(h heavy) int { return min(s.costs[h.part.ID()]*h.times, mostCost) }

// heaviest looks for the smallest part that costs most of what the expression does; or for the largest that
// is done again for each element and is the same for all.
func (s *estimator) heaviest() heavy {
	at := heavy{part: s.checked.Expr(), times: 1}
	found := at
	for {
		next := s.heavierPart(at)
		if next.part == nil || s.weight(next)*2 < s.weight(at) {
			return found
		}
		at = next
		if !buildsResult(at.part) {
			found = at
		}
		if at.isSame() {
			return at
		}
	}
}

// isSame reports whether a part is the same for each of the elements for which it is evaluated.
func (h heavy) isSame() bool { return h.times > 1 && !mentions(h.part, h.around...) }

// heavierPart is the part inside of another that costs most; none inside of a name or a literal.
func (s *estimator) heavierPart(of heavy) (most heavy) {
	for _, part := range parts(of.part) {
		h := heavy{part, of.times, of.around}
		if of.part.Kind() == ast.ComprehensionKind && part == of.part.AsComprehension().LoopStep() {
			h.times *= max(s.times[of.part.ID()], 1)
			h.around = append(slices.Clip(of.around), of.part.AsComprehension().IterVar())
		}
		if most.part == nil || s.weight(h) > s.weight(most) {
			most = h
		}
	}
	return most
}

// buildsResult reports whether an expression is what CEL has made of a loop, and no author has written.
func buildsResult(e ast.Expr) bool {
	if e.Kind() == ast.ComprehensionKind {
		return buildsResult(e.AsComprehension().IterRange())
	}
	return isResult(e) || slices.ContainsFunc(parts(e), buildsResult)
}

// mentions reports whether a name stands in an expression.
func mentions(e ast.Expr, names ...string) bool {
	found := false
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		for _, name := range names {
			found = found || e.Kind() == ast.IdentKind && e.AsIdent() == name
		}
	}))
	return found
}

// What a remedy proposes: it is shown only where it is enough.
const (
	fewElements = 20
	shortText   = 200
	// maxTries bounds the variables for which it is tried whether a declared size would be enough.
	maxTries = 5
)

// remedy is what an author can do about a part that costs too much.
func (s *estimator) remedy(h heavy) string {
	if h.isSame() {
		return "it is the same for each of them: compute it once, into a variable, before"
	}
	if names := s.bounding(); len(names) > 0 {
		return "say how large " + strings.Join(names, " and ") + " may become, as in " + s.declaration(names[0])
	}
	if s.isEnough(nil, fewElements) {
		return fmt.Sprintf("take fewer elements before, as in first(list, %d)", fewElements)
	}
	return "do it in several steps, each into a variable of its own"
}

// bounding are the variables whose sizes are not declared and which would make the expression cheap
// enough if they were: one of them, if that is enough.
func (s *estimator) bounding() []string {
	var names []string
	all := map[string]int{}
	for _, name := range s.unbounded() {
		if s.isEnough(map[string]int{name: s.proposal(name)}, hintList) {
			return []string{"vars." + name}
		}
		names = append(names, "vars."+name)
		all[name] = s.proposal(name)
	}
	if s.isEnough(all, hintList) {
		return names
	}
	return nil
}

// unbounded are the variables in the expression whose sizes could be declared, in the order of the text.
func (s *estimator) unbounded() []string {
	var names []string
	seen := map[string]bool{}
	ast.PreOrderVisit(s.checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.IdentKind {
			return
		}
		name, isVar := strings.CutPrefix(e.AsIdent(), "vars.")
		if isVar && !seen[name] && s.env.vars[name].Sized() && s.env.names.Most[name] == 0 && len(names) < maxTries {
			seen[name] = true
			names = append(names, name)
		}
	}))
	return names
}

// isEnough reports whether the expression would be cheap enough with these sizes.
func (s *estimator) isEnough(most map[string]int, elements int) bool {
	trial := newEstimator(s.compilation, s.checked)
	trial.most, trial.elements = maps.Clone(most), elements
	return trial.of(s.checked.Expr()).cost <= maxEstimate
}

// proposal is a usual size of a variable.
func (s *estimator) proposal(name string) int {
	if s.env.vars[name] == String {
		return shortText
	}
	return fewElements
}

// declaration is how an author declares the size of a variable.
func (s *estimator) declaration(name string) string {
	name = strings.TrimPrefix(name, "vars.")
	return fmt.Sprintf("%s: {type: %s, max: %d}", name, s.env.vars[name], s.proposal(name))
}

// maxShown bounds an expression in a message, in characters.
const maxShown = 60

// shown is a part of the expression as an author would write it, cut where it is long.
func (c *compilation) shown(e ast.Expr) string {
	text, err := parser.Unparse(e, c.info, parser.WrapOnColumn(maxSource*4))
	if err != nil {
		return "this part"
	}
	return shortened(strings.ReplaceAll(text, "\n", " "))
}

// shortened is a text that is not longer than what a message shows.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown-1]) + "…"
	}
	return text
}
