package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
)

// unset is the value of a variable that is not set, in a Frame.
const unset = "null"

// leaveSubroutines forgets the subroutines that are under way, and a digression: nothing comes back to
// what runs them. Their arguments stay: whoever goes on from here may want to name them.
func (t *walker) leaveSubroutines() {
	t.state.Stack, t.state.Frames, t.state.Aside, t.leaving = nil, nil, nil, false
}

// leaveFor leaves the subroutines that are under way if entering a state means that: it is one to which
// they are left, or one from which no return can follow.
func (t *walker) leaveFor(st *definition.State) {
	if t.leaving && !st.Passing() || !st.MayReturn() {
		t.leaveSubroutines()
	}
}

// runSubroutine returns the first state of a subroutine, and remembers where to go on after it.
func (t *walker) runSubroutine(st *definition.State) (string, error) {
	if len(t.state.Stack) >= maxStack {
		return "", fmt.Errorf("state %q: %w", st.Name, errStack)
	}
	if len(st.Run.With) > 0 || st.Run.Failed.Name != "" {
		t.pushFrame(st)
	}
	t.state.Stack = append(slices.Clone(t.state.Stack), st.Run.Then.Name)
	if err := t.assign(st.Run.With); err != nil {
		return "", fmt.Errorf("state %q: with: %w", st.Name, err)
	}
	t.traceEdge(st.Name, "run", st.Run.State.Name)
	return st.Run.State.Name, nil
}

// pushFrame keeps what the subroutine that is about to begin comes back to.
func (t *walker) pushFrame(st *definition.State) {
	frames := make([]Frame, len(t.state.Stack)+1)
	copy(frames, t.state.Frames)
	top := &frames[len(t.state.Stack)]
	if st.Run.Failed.Name != "" {
		top.Caller = st.Name
	}
	for _, argument := range st.Run.With {
		if top.Vars == nil {
			top.Vars = make(map[string]json.RawMessage, len(st.Run.With))
		}
		top.Vars[argument.Name] = json.RawMessage(unset)
		if value := t.state.Vars[argument.Name]; value != nil {
			top.Vars[argument.Name] = value
		}
	}
	t.state.Frames = frames
}

// popFrame takes the innermost subroutine off the stack, and gives its arguments the values back that
// they had before.
func (t *walker) popFrame() (then string, top Frame) {
	depth := len(t.state.Stack)
	then = t.state.Stack[depth-1]
	t.state.Stack = slices.Clone(t.state.Stack[:depth-1])
	if len(t.state.Frames) == depth {
		top = t.state.Frames[depth-1]
		t.state.Frames = slices.Clone(t.state.Frames[:depth-1])
	}
	if len(top.Vars) > 0 {
		vars := make(map[string]json.RawMessage, len(t.state.Vars)+len(top.Vars))
		maps.Copy(vars, t.state.Vars)
		maps.Copy(vars, top.Vars)
		maps.DeleteFunc(vars, func(_ string, value json.RawMessage) bool { return bytes.Equal(value, []byte(unset)) })
		t.replaceVars(vars)
	}
	return then, top
}

// framesSize is what the values of arguments that wait for a return take, in bytes.
func (t *core) framesSize() (size int) {
	for _, frame := range t.state.Frames {
		size += varsSize(frame.Vars)
	}
	return size
}

// comeBack returns the state to go on with after the innermost subroutine; none after a digression
// that gives its question back.
func (t *walker) comeBack(st *definition.State) (string, error) {
	depth := len(t.state.Stack)
	if aside := t.state.Aside; aside != nil && aside.Depth == depth {
		return t.endAside(st)
	}
	if depth == 0 {
		return "", fmt.Errorf("state %q: %w", st.Name, errReturn)
	}
	t.leaving = false
	next, top := t.popFrame()
	if !st.Fails {
		t.traceEdge(st.Name, "return", next)
		return next, nil
	}
	return t.fail(st, top.Caller)
}

// fail returns the state to go on with after a subroutine that has failed, which a state has run.
func (t *walker) fail(st *definition.State, caller string) (string, error) {
	by := t.bot.State(caller)
	if by == nil || by.Run == nil || by.Run.Failed.Name == "" {
		return "", fmt.Errorf("state %q: %w", st.Name, errFailed) // the loader sees to it that there is one
	}
	next := by.Run.Failed.Name
	t.traceEdge(st.Name, "return", next)
	t.traceEdge(caller, "failed", next)
	return next, nil
}
