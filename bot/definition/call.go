package definition

import (
	"time"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// Call is an HTTP call that a bot makes in a state.
type Call struct {
	place tree.Place // of the key
	// Method is in capitals, as in "GET".
	Method  string
	URL     *expr.Template
	Query   []Pair // added to the query of the URL
	Headers []Pair
	// Body is JSON; nil without one.
	Body []Segment
	// Timeout bounds one attempt, Retries how many attempts may follow the first.
	Timeout time.Duration
	Retries int
	// Save is assigned after a response of 200 to 299.
	Save []Assignment
	// OnStatus are exits for single statuses, in the order of the text.
	OnStatus []StatusExit
	// OnError is the exit for everything else that is no success.
	OnError Ref
}

// Pair is a query parameter or a header.
type Pair struct {
	Name  string
	Value *expr.Template
}

// StatusExit leads to a state when the response has a status.
type StatusExit struct {
	Status int // 100 to 599
	To     Ref
}
