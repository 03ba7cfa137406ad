package bot

import (
	"fmt"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
)

// maxLookedAt bounds the elements of a list of which one is looked for that a message is said for: as
// many as the loops of expressions are made for.
const maxLookedAt = 100

// sayEach says a message for each element of its list for which its conditions hold, at most
// [definition.MaxEach].
func (t *speaker) sayEach(m *definition.Message, name string, no int, offered *offer) error {
	v := t.values()
	defer func() { v.Each = expr.Each{} }()
	chosen, more, err := t.elementsOf(m)
	if err != nil {
		return fmt.Errorf("state %q: %w", name, err)
	}
	for _, v.Each = range chosen {
		if err := t.sayOne(m, name, no, offered); err != nil {
			return err
		}
	}
	if more {
		t.trace(fmt.Sprintf("each: the first %d elements only", len(chosen)))
		t.addNote(fmt.Sprintf("in state %s only the first %d elements of a list were said", name, len(chosen)))
	}
	return nil
}

// elementsOf are the elements of its list for which a message is said; more reports whether there are
// others behind them.
func (t *speaker) elementsOf(m *definition.Message) (chosen []expr.Each, more bool, err error) {
	v := t.values()
	defer func() { v.Each = expr.Each{} }()
	items, size, err := m.Each.Elements(v, maxLookedAt)
	if err != nil {
		return nil, false, err
	}
	for i, item := range items {
		v.Each = expr.Each{Item: item, No: i + 1}
		holds, err := t.conditionsHold(m)
		switch {
		case err != nil:
			return nil, false, err
		case !holds:
		case len(chosen) == definition.MaxEach:
			return chosen, true, nil
		default:
			chosen = append(chosen, v.Each)
		}
	}
	return chosen, size > len(items), nil
}

// isSaid reports whether a message is said at all now.
func (t *speaker) isSaid(m *definition.Message) (bool, error) {
	if m.Each == nil {
		return t.conditionsHold(m)
	}
	chosen, _, err := t.elementsOf(m)
	return len(chosen) > 0, err
}
