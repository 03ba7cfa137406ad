package outbound

// headerRule tells which header an interactive message may have.
type headerRule int

const (
	headerNone headerRule = iota
	headerAny
	headerLink // any, but a medium by link only
	headerText
	headerTextNeeded
	headerImage
	headerUndocumented // not mentioned by Meta: it may be refused
)

// partRule tells whether a message may have a body, or a footer.
type partRule int

const (
	partNone partRule = iota
	partOptional
	partNeeded
	partUndocumented
)

// shape tells which parts a type of interactive message has, by Meta's reference.
type shape struct {
	header       headerRule
	body, footer partRule
}

func shapeOf(kind string) (s shape, ok bool) {
	switch kind {
	case InteractiveButton, InteractiveFlow:
		return shape{headerAny, partNeeded, partOptional}, true
	case InteractiveList:
		return shape{headerText, partNeeded, partOptional}, true
	case InteractiveCTAURL:
		return shape{headerLink, partNeeded, partOptional}, true
	case InteractiveProduct:
		return shape{headerNone, partOptional, partOptional}, true
	case InteractiveProductList:
		return shape{headerTextNeeded, partNeeded, partOptional}, true
	case InteractiveCatalog:
		return shape{headerNone, partNeeded, partOptional}, true
	case InteractiveLocationRequest, InteractiveCarousel:
		return shape{headerNone, partNeeded, partNone}, true
	case InteractiveAddress:
		return shape{headerUndocumented, partNeeded, partOptional}, true
	case InteractiveContactInfoRequest:
		return shape{headerUndocumented, partNeeded, partUndocumented}, true
	case InteractiveCallPermission:
		return shape{headerNone, partOptional, partNone}, true
	case InteractiveVoiceCall:
		return shape{headerAny, partNeeded, partOptional}, true
	case InteractiveOrderDetails, InteractiveOrderStatus:
		return shape{headerImage, partNeeded, partOptional}, true
	}
	return shape{}, false
}

// InteractiveTypes are the types of interactive messages.
func InteractiveTypes() []string {
	return []string{
		InteractiveButton, InteractiveList, InteractiveCTAURL, InteractiveFlow, InteractiveProduct, InteractiveProductList,
		InteractiveCatalog, InteractiveLocationRequest, InteractiveCarousel, InteractiveAddress, InteractiveContactInfoRequest,
		InteractiveCallPermission, InteractiveVoiceCall, InteractiveOrderDetails, InteractiveOrderStatus,
	}
}

func checkInteractive(c *checker, in *Interactive) {
	if in == nil {
		c.required("interactive")
		return
	}
	s, known := shapeOf(in.Type)
	if !known {
		c.value("interactive.type", "a type of interactive message")
		s = shape{headerAny, partNeeded, partOptional}
	}
	checkHeader(c, "interactive.header", in.Header, s.header)
	limit := maxBody
	if in.Type == InteractiveList {
		limit = maxListBody
	}
	checkBodyOrFooter(c, "interactive.body", in.Body, s.body, limit)
	checkBodyOrFooter(c, "interactive.footer", in.Footer, s.footer, maxFooter)
	if in.Action == nil {
		c.required("interactive.action")
		return
	}
	checkAction(c, in)
}

// checkBodyOrFooter checks a body or footer.
func checkBodyOrFooter(c *checker, path string, t *Text, rule partRule, limit int) {
	switch {
	case t == nil && rule == partNeeded:
		c.required(path)
	case t == nil:
	case rule == partNone:
		c.leftOut(true, path, " here")
	default:
		if rule == partUndocumented {
			c.warn(path, "left out here")
		}
		c.needed(path+".text", t.Text, limit)
	}
}

func checkHeader(c *checker, path string, h *Header, rule headerRule) {
	if h == nil {
		if rule == headerTextNeeded {
			c.required(path)
		}
		return
	}
	switch rule {
	case headerNone:
		c.leftOut(true, path, " here")
		return
	case headerUndocumented:
		c.warn(path, "left out here")
	}
	if !checkHeaderType(c, path, h, rule) {
		return
	}
	switch h.Type {
	case "text":
		c.needed(path+".text", h.Text, maxHeader)
	case "image":
		checkMedia(c, path+".image", h.Image, mediaRule{linkOnly: rule == headerLink})
	case "video":
		checkMedia(c, path+".video", h.Video, mediaRule{linkOnly: rule == headerLink})
	case "document":
		checkMedia(c, path+".document", h.Document, mediaRule{linkOnly: rule == headerLink, filename: true})
	}
}

// checkHeaderType checks that a header has the field of its type, and no other. It is false for a type
// that this message may not have.
func checkHeaderType(c *checker, path string, h *Header, rule headerRule) bool {
	want := []string{"text", "image", "video", "document"}
	switch rule {
	case headerText, headerTextNeeded:
		want = want[:1]
	case headerImage:
		want = want[1:2]
	}
	before := len(c.problems)
	c.oneOf(path+".type", h.Type, want...)
	if len(c.problems) > before {
		return false
	}
	for _, part := range []struct {
		name string
		set  bool
	}{{"text", h.Text != ""}, {"image", h.Image != nil}, {"video", h.Video != nil}, {"document", h.Document != nil}} {
		if part.set && part.name != h.Type {
			c.leftOut(true, path+"."+part.name, " unless the header's type is "+part.name)
		}
	}
	return true
}
