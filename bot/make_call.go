package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
)

// MaxCall bounds a call, in bytes: it stands in histories, and new runs have to hold it.
const MaxCall = 32 << 10

// makeCall asks for the HTTP call of a state, and waits for its result. A call whose address or headers lack
// what data do not have is not made: it goes on as after a call that failed.
func (t *walker) makeCall(st *definition.State) error {
	if err := t.countUnattended(); err != nil {
		return err
	}
	c, err := t.renderCall(st)
	switch {
	case expr.IsMissingKey(err):
		t.trace("call not made: " + err.Error())
		next, err := t.follow(st.Name, definition.LeadsTo("on_error", st.Call.OnError))
		if err != nil {
			return err
		}
		return t.enter(next)
	case err != nil:
		return fmt.Errorf("state %q: %w", st.Name, err)
	}
	t.clear(TimerIdle, TimerCollect)
	t.state.Pending = &Pending{Call: c.ID, State: st.Name}
	t.emitNumbered(Effect{Kind: EffectCall, Call: &c})
	return nil
}

func (t *walker) renderCall(st *definition.State) (Call, error) {
	c := Call{ID: t.actID(), State: st.Name, Method: st.Call.Method, Timeout: st.Call.Timeout, Retries: st.Call.Retries}
	var err error
	if c.URL, err = t.renderURL(st.Call); err != nil {
		return Call{}, err
	}
	for _, h := range st.Call.Headers {
		parts, err := h.Value.Parts(t.values())
		if err != nil {
			return Call{}, fmt.Errorf("header %s: %w", h.Name, err)
		}
		c.Headers = append(c.Headers, Header{Name: h.Name, Value: append([]HeaderPart{}, parts...)})
	}
	if st.Call.Body != nil {
		if c.Body, err = fill(st.Call.Body, t.values(), keepValue); err != nil {
			return Call{}, err
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return Call{}, err
	}
	if len(raw) > MaxCall {
		return Call{}, errCallSize
	}
	return c, nil
}

// renderURL escapes every value, so that none can become another path, parameter or host.
func (t *walker) renderURL(c *definition.Call) (string, error) {
	address, err := c.URL.URL(t.values())
	if err != nil {
		return "", fmt.Errorf("the URL: %w", err)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", errURL
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return "", errURL // a server may go up in its tree
		}
	}
	query := []string{}
	if u.RawQuery != "" {
		query = append(query, u.RawQuery)
	}
	for _, q := range c.Query {
		text, err := q.Value.Query(t.values())
		if err != nil {
			return "", fmt.Errorf("query %s: %w", q.Name, err)
		}
		query = append(query, expr.Escape(q.Name)+"="+expr.Escape(text))
	}
	u.RawQuery = strings.Join(query, "&")
	return u.String(), nil
}

// actID is the id of the call that is about to be made: the same on every attempt, and in
// every repetition of this event.
func (t *walker) actID() string {
	sum := sha256.Sum256([]byte(t.state.Conversation + "\x00" + t.cause + "\x00" + strconv.Itoa(t.acts)))
	return "call_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// handleResult goes on in the state that made the call. A result of any other call changes nothing.
func (t *step) handleResult(r *CallResult) error {
	if t.state.Pending == nil || t.state.Pending.Call != r.Call || t.state.Muted() {
		t.trace("result ignored")
		return nil
	}
	st := t.bot.State(t.state.Pending.State)
	t.state.Pending = nil
	if st == nil || st.Call == nil {
		return errState
	}
	t.trace("result " + resultName(r))
	out := t.exitOfResult(st, r)
	if out.Leads() {
		next, err := t.follow(st.Name, out)
		if err != nil {
			return err
		}
		return t.enter(next)
	}
	next, err := t.finishState(st)
	if err != nil {
		return err
	}
	return t.enter(next)
}

func resultName(r *CallResult) string {
	if r.Error != "" {
		return r.Error
	}
	return strconv.Itoa(r.Status)
}

// exitOfResult is the exit that a result takes; one that does not lead anywhere goes on in the
// state itself. Only such a response is saved: those of on_status mean something else than what
// `save` was written for.
func (t *walker) exitOfResult(st *definition.State, r *CallResult) definition.Exit {
	onError := definition.LeadsTo("on_error", st.Call.OnError)
	if r.Error != "" {
		return onError
	}
	for _, s := range st.Call.OnStatus {
		if s.Status == r.Status {
			return definition.LeadsTo("on_status "+strconv.Itoa(s.Status), s.To)
		}
	}
	if r.Status < 200 || r.Status > 299 {
		return onError
	}
	if err := t.saveResult(st, r); err != nil {
		t.trace("error: " + err.Error())
		return onError
	}
	return definition.Exit{}
}

// saveResult saves the response in variables, as `save` of the call says.
func (t *walker) saveResult(st *definition.State, r *CallResult) error {
	v := t.values()
	v.Result = expr.Result{Status: r.Status, Text: trimByteOrderMark(r.Body)}
	if raw := []byte(v.Result.Text); json.Valid(raw) {
		v.Result.JSON = raw
	}
	return t.assign(st.Call.Save)
}
