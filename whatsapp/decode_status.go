package whatsapp

// status reads one element of statuses[].
func (c *cursor) status() Status {
	var s Status
	outer := c.problem
	c.problem = ""
	start := c.Start()
	c.fields("", func(key []byte) {
		if into := s.text(string(key)); into != nil {
			c.text(string(key), into)
			return
		}
		c.statusPart(&s, key)
	})
	s.Raw, s.Problem = c.Since(start), c.problem
	c.problem = outer
	return s
}

// text is where a field that holds a string goes; nil for other fields.
func (s *Status) text(key string) *string {
	switch key {
	case "id":
		return &s.ID
	case "status":
		return &s.Status
	case "recipient_id":
		return &s.RecipientID
	case "recipient_type":
		return &s.RecipientType
	case "recipient_user_id":
		return &s.RecipientUserID
	case "recipient_parent_user_id", "parent_recipient_user_id":
		return &s.RecipientParentUserID
	case "recipient_participant_id":
		return &s.RecipientParticipantID
	case "participant_recipient_id":
		return &s.ParticipantRecipientID
	case "recipient_participant_user_id":
		return &s.RecipientParticipantUserID
	case "recipient_participant_parent_user_id":
		return &s.RecipientParticipantParentUserID
	case "recipient_identity_key_hash":
		return &s.RecipientIdentityKeyHash
	case "biz_opaque_callback_data":
		return &s.BizOpaqueCallbackData
	case "type":
		return &s.Type
	case "group_id":
		return &s.GroupID
	}
	return nil
}

func (c *cursor) statusPart(s *Status, key []byte) {
	switch string(key) {
	case "timestamp":
		s.Timestamp = unixTime(c.integer())
	case "conversation":
		s.Conversation = c.conversation()
	case "pricing":
		s.Pricing = c.pricing()
	case "errors":
		elements(c, "errors", &s.Errors, unpacked[Error]("errors"))
	default:
		c.Skip()
	}
}

func (c *cursor) conversation() *Conversation {
	if c.null() {
		return nil
	}
	v := &Conversation{}
	c.fields("conversation", func(key []byte) {
		switch string(key) {
		case "id":
			c.text("conversation.id", &v.ID)
		case "expiration_timestamp":
			v.ExpirationTimestamp = c.integer()
		case "origin":
			c.fields("conversation.origin", func(key []byte) {
				if string(key) == "type" {
					c.text("conversation.origin.type", &v.Origin.Type)
					return
				}
				c.Skip()
			})
		default:
			c.Skip()
		}
	})
	return v
}

func (c *cursor) pricing() *Pricing {
	if c.null() {
		return nil
	}
	v := &Pricing{}
	c.fields("pricing", func(key []byte) {
		switch string(key) {
		case "billable":
			c.flag("pricing.billable", &v.Billable)
		case "pricing_model":
			c.text("pricing.pricing_model", &v.PricingModel)
		case "category":
			c.text("pricing.category", &v.Category)
		case "type":
			c.text("pricing.type", &v.Type)
		default:
			c.Skip()
		}
	})
	return v
}
