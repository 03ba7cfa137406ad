package workflows

import "go.temporal.io/sdk/temporal"

// SearchAttributes are the names by which operators find conversations; all are keywords. A
// conversation is started with them, and a namespace that lacks one refuses every start.
func SearchAttributes() []string {
	return []string{
		AttributeWaID().GetName(), AttributeContact().GetName(),
		AttributeBot().GetName(), AttributeStatus().GetName(),
	}
}

// AttributeWaID is the channel's waId. Each of these functions makes its key anew because a
// package holds no variables.
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
