package whatsapp

// ContactCard is a contact that a person or a bot shares. The fields are written in the order of this
// struct. A card that is sent needs a name; by Meta's older documentation with one more part beside
// the formatted name. Texts tagged `parse:"number"` may be written as numbers in a message to send.
type ContactCard struct {
	Addresses []ContactAddress `json:"addresses,omitempty"`
	// Birthday is yyyy-mm-dd.
	Birthday string         `json:"birthday,omitempty"`
	Emails   []ContactEmail `json:"emails,omitempty"`
	Name     ContactName    `json:"name"`
	Org      *ContactOrg    `json:"org,omitempty"`
	Phones   []ContactPhone `json:"phones,omitempty"`
	URLs     []ContactURL   `json:"urls,omitempty"`
}

// ContactName is the name on a card.
type ContactName struct {
	FormattedName string `json:"formatted_name"`
	FirstName     string `json:"first_name,omitempty"`
	LastName      string `json:"last_name,omitempty"`
	MiddleName    string `json:"middle_name,omitempty"`
	Suffix        string `json:"suffix,omitempty"`
	Prefix        string `json:"prefix,omitempty"`
}

// ContactPhone is a phone number on a card. WaID is set when it is on WhatsApp; without it a card that
// is sent invites to WhatsApp.
type ContactPhone struct {
	Phone string `json:"phone,omitempty" parse:"number"`
	Type  string `json:"type,omitempty"`
	WaID  string `json:"wa_id,omitempty" parse:"number"`
}

// ContactEmail is an address on a card.
type ContactEmail struct {
	Email string `json:"email,omitempty"`
	Type  string `json:"type,omitempty"`
}

// ContactURL is a web address on a card.
type ContactURL struct {
	URL  string `json:"url,omitempty"`
	Type string `json:"type,omitempty"`
}

// ContactAddress is a postal address on a card.
type ContactAddress struct {
	Street      string `json:"street,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Zip         string `json:"zip,omitempty" parse:"number"`
	Country     string `json:"country,omitempty"`
	CountryCode string `json:"country_code,omitempty"`
	Type        string `json:"type,omitempty"`
}

// ContactOrg is the company on a card.
type ContactOrg struct {
	Company    string `json:"company,omitempty"`
	Department string `json:"department,omitempty"`
	Title      string `json:"title,omitempty"`
}
