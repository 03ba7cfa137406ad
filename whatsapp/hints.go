package whatsapp

// InboundHints are the spellings that a version is known for. Nothing is refused by them:
// the shape follows from the version of the app's subscription, which may be another than
// the declared one.
type InboundHints struct {
	// FlatErrors: details stand beside the code, not in error_data, and there is no message.
	FlatErrors bool
	// OldCategories: business_initiated and the like, gone since 1 June 2023.
	OldCategories bool
	// NewWaID: a new number comes as new_wa_id, as in Meta's collection of June 2022.
	NewWaID bool
	// NoConversation: statuses have none, but for free entry points.
	NoConversation bool
}

// Inbound are the hints of the version.
func (p Profile) Inbound() InboundHints {
	return InboundHints{
		FlatErrors:     p.Version.Major <= 15,
		OldCategories:  p.Version.Major <= 16,
		NewWaID:        p.Version.Major <= 14,
		NoConversation: p.Version.Major >= 24,
	}
}

// Unexpected says where a value does not look like the declared version, for an operator to
// see that the subscription has another one. Each line is a path and what was found there;
// no line holds anything of the value.
func (p Profile) Unexpected(v *Value) []string {
	d := &differences{hints: p.Inbound()}
	d.errors("", v.Errors)
	for i := range v.Messages {
		m, path := &v.Messages[i], item("messages", i)
		d.errors(path+".", m.Errors)
		if m.System != nil && m.System.NewWaID != "" && !d.hints.NewWaID {
			d.add(path + ".system.new_wa_id: of an older version")
		}
	}
	for i := range v.Statuses {
		s, path := &v.Statuses[i], item("statuses", i)
		d.errors(path+".", s.Errors)
		d.conversation(path+".conversation", s.Conversation)
	}
	return d.lines
}

type differences struct {
	hints InboundHints
	lines []string
}

func (d *differences) add(line string) { d.lines = append(d.lines, line) }

func (d *differences) errors(path string, list []Error) {
	for i, e := range list {
		flat, nested := e.Details != "", e.Data.Details != ""
		if flat && !d.hints.FlatErrors || nested && d.hints.FlatErrors {
			d.add(item(path+"errors", i) + ": details of another version")
		}
	}
}

func (d *differences) conversation(path string, c *Conversation) {
	if c == nil {
		return
	}
	if d.hints.NoConversation && c.Origin.Type != "referral_conversion" {
		d.add(path + ": of an older version")
	}
	if oldCategory(c.Origin.Type) && !d.hints.OldCategories {
		d.add(path + ".origin.type: of an older version")
	}
}

func oldCategory(category string) bool {
	switch category {
	case "business_initiated", "user_initiated", "customer_initiated":
		return true
	}
	return false
}
