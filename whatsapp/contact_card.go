package whatsapp

// ContactCard is one shared contact.
type ContactCard struct {
	Name      ContactName      `json:"name"`
	Phones    []ContactPhone   `json:"phones"`
	Emails    []ContactEmail   `json:"emails"`
	Addresses []ContactAddress `json:"addresses"`
	Org       ContactOrg       `json:"org"`
	URLs      []ContactURL     `json:"urls"`
	Birthday  string           `json:"birthday"`
	VCard     string           `json:"vcard"`
	Origin    string           `json:"origin"`
}

// ContactName is the name on a card.
type ContactName struct {
	FormattedName string `json:"formatted_name"`
	FirstName     string `json:"first_name"`
	LastName      string `json:"last_name"`
	MiddleName    string `json:"middle_name"`
	Prefix        string `json:"prefix"`
	Suffix        string `json:"suffix"`
}

// ContactPhone is a phone number on a card; WaID is set when it is on WhatsApp.
type ContactPhone struct {
	Phone string `json:"phone"`
	WaID  string `json:"wa_id"`
	Type  string `json:"type"`
}

// ContactEmail is an address on a card.
type ContactEmail struct {
	Email string `json:"email"`
	Type  string `json:"type"`
}

// ContactAddress is a postal address on a card.
type ContactAddress struct {
	Street      string `json:"street"`
	City        string `json:"city"`
	State       string `json:"state"`
	Zip         string `json:"zip"`
	Country     string `json:"country"`
	CountryCode string `json:"country_code"`
	Type        string `json:"type"`
}

// ContactOrg is the company on a card.
type ContactOrg struct {
	Company    string `json:"company"`
	Department string `json:"department"`
	Title      string `json:"title"`
}

// ContactURL is a web address on a card.
type ContactURL struct {
	URL  string `json:"url"`
	Type string `json:"type"`
}
