package whatsapp

// SendContact is one card that is shared. Name is needed; by Meta's older documentation
// with one more part beside the formatted name.
type SendContact struct {
	Addresses []SendAddress `json:"addresses,omitempty"`
	// Birthday is yyyy-mm-dd.
	Birthday string      `json:"birthday,omitempty"`
	Emails   []SendEmail `json:"emails,omitempty"`
	Name     SendName    `json:"name"`
	Org      *SendOrg    `json:"org,omitempty"`
	Phones   []SendPhone `json:"phones,omitempty"`
	URLs     []SendURL   `json:"urls,omitempty"`
}

// SendName is the name on a card.
type SendName struct {
	FormattedName string `json:"formatted_name"`
	FirstName     string `json:"first_name,omitempty"`
	LastName      string `json:"last_name,omitempty"`
	MiddleName    string `json:"middle_name,omitempty"`
	Suffix        string `json:"suffix,omitempty"`
	Prefix        string `json:"prefix,omitempty"`
}

// SendPhone is a number on a card. Without WaID the card invites to WhatsApp.
type SendPhone struct {
	Phone string `json:"phone,omitempty" send:"number"`
	Type  string `json:"type,omitempty"`
	WaID  string `json:"wa_id,omitempty" send:"number"`
}

// SendEmail is an address on a card.
type SendEmail struct {
	Email string `json:"email,omitempty"`
	Type  string `json:"type,omitempty"`
}

// SendURL is a web address on a card.
type SendURL struct {
	URL  string `json:"url,omitempty"`
	Type string `json:"type,omitempty"`
}

// SendAddress is a postal address on a card.
type SendAddress struct {
	Street      string `json:"street,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Zip         string `json:"zip,omitempty" send:"number"`
	Country     string `json:"country,omitempty"`
	CountryCode string `json:"country_code,omitempty"`
	Type        string `json:"type,omitempty"`
}

// SendOrg is the company on a card.
type SendOrg struct {
	Company    string `json:"company,omitempty"`
	Department string `json:"department,omitempty"`
	Title      string `json:"title,omitempty"`
}
