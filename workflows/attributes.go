package workflows

import (
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// SearchAttributes are the names by which operators find conversations; all are keywords. A
// conversation is started with them, and a namespace that lacks one refuses every start.
func SearchAttributes() []string {
	return []string{
		AttributeWaID().GetName(), AttributeContact().GetName(),
		AttributeBot().GetName(), AttributeStatus().GetName(),
	}
}

// QueryNaming is a list filter that finds nothing and names attributes: every kind of server refuses it while
// it does not know one of them.
func QueryNaming(attributes ...string) string {
	return strings.Join(attributes, ` = "-" AND `) + ` = "-"`
}

// AttributeWaID is the channel's waId.
func AttributeWaID() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoWaId")
}

// AttributeContact is the contact's phone number, or its user id when the phone is not known.
func AttributeContact() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoContact")
}

// AttributeBot is name@hash8 of the bot that answers.
func AttributeBot() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoBot")
}

// AttributeStatus is one of the Status values.
func AttributeStatus() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("ChattigoStatus")
}

// attributes are the values of the search attributes that change while a conversation lives. Each
// change is an event in the history, so they are set only when they differ.
type attributes struct{ status, label string }

func (a *attributes) setStatus(x *executor, status string) {
	if status != a.status {
		a.status = status
		x.upsert(AttributeStatus().ValueSet(status))
	}
}

// setLabel sets the bot's name@hash8, which the run that opens a conversation has been started with.
func (a *attributes) setLabel(x *executor, label string) {
	if label == a.label {
		return
	}
	a.label = label
	if was, _ := workflow.GetTypedSearchAttributes(x.ctx).GetKeyword(AttributeBot()); was != label {
		x.upsert(AttributeBot().ValueSet(label))
	}
}
