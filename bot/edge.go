package bot

// Edge is one way from a state to another, or a word of the bot's own on the way: what a graph
// draws and what a test can cover.
type Edge struct {
	// From is the state; empty for the start, triggers and defaults.error.
	From string `json:"from,omitempty"`
	// Via names the place of the definition: "start", "trigger 2", "defaults.error", "choice ID",
	// "choice *", "to", "to 2" (a branch), "goto", "goto 2", "run", "then", "return", "retry.else",
	// "idle 1", "on_error", "on_status 409", "on_timeout" and "on_resume". Branches, triggers and
	// the items of idle count from 1.
	Via string `json:"via"`
	// To is where it leads; empty for a reminder, which stays, and for a return.
	To string `json:"to,omitempty"`
}

// StateInfo is what a graph or a report says of a state.
type StateInfo struct {
	Name  string
	About string
	// Exit is ask, goto, run, return, handoff or close; Reason why it closes.
	Exit   string
	Reason string
	// Calls says that the state makes an HTTP call.
	Calls bool
	// Line is where it stands in the definition.
	Line int
}

// Edges are all edges of the definition: start and triggers first, then those of the states in
// the order of the text.
func (b *Bot) Edges() []Edge { return nil }

// States are the definition's states in the order of the text.
func (b *Bot) States() []StateInfo { return nil }
