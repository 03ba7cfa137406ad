package whatsapp

// status reads one element of statuses[].
func (c *cursor) status() Status {
	var s Status
	outer := c.problem
	c.problem = ""
	c.fields("", func(key []byte) {
		if into := s.stringField(string(key)); into != nil {
			c.text(string(key), into)
			return
		}
		c.statusPart(&s, key)
	})
	s.Problem = c.problem
	c.problem = outer
	return s
}

// stringField is the field of a key whose value is a string; nil for other keys.
func (s *Status) stringField(key string) *string {
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
	case "errors":
		elements(c, "errors", &s.Errors, unpacked[Error]("errors"))
	default:
		c.Skip()
	}
}
