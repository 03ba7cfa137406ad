package whatsapp

import (
	"encoding/json"
	"time"
)

// Message is one inbound message. The payload stands in the field of its type; a type
// that is not known here has none and is only in Raw. A payload of the wrong shape reads
// as an empty one, and Problem says so.
type Message struct {
	// From is the sender's phone number (wa_id); missing for senders who hide it.
	From string `json:"from"`
	// FromUserID is the sender's business-scoped user id.
	FromUserID string `json:"from_user_id"`
	// To and ToUserID name the other side of an echo; what a person sent has none.
	To       string `json:"to"`
	ToUserID string `json:"to_user_id"`
	// GroupID is set for messages of a group.
	GroupID string `json:"group_id"`
	// ID is opaque; "wamid." and base64 in practice.
	ID string `json:"id"`
	// Timestamp is Meta's time, in whole seconds; the zero time when missing or unreadable.
	Timestamp time.Time `json:"-"`
	// Type is an open set; inferred from the payload where it is missing. The old "voice" reads as "audio".
	Type string `json:"type"`

	Context  *Context  `json:"context"`
	Referral *Referral `json:"referral"`

	Text        *Text             `json:"text"`
	Image       *Media            `json:"image"`
	Audio       *Media            `json:"audio"`
	Video       *Media            `json:"video"`
	Document    *Media            `json:"document"`
	Sticker     *Media            `json:"sticker"`
	Location    *Location         `json:"location"`
	Contacts    []ContactCard     `json:"contacts"`
	Reaction    *Reaction         `json:"reaction"`
	Interactive *InteractiveReply `json:"interactive"`
	Button      *Button           `json:"button"`
	Order       *Order            `json:"order"`
	System      *System           `json:"system"`
	Unsupported *Unsupported      `json:"unsupported"`
	Edit        *Edit             `json:"edit"`
	Revoke      *Revoke           `json:"revoke"`
	Errors      []Error           `json:"errors"`

	// Raw is the message as it came.
	Raw json.RawMessage `json:"-"`
	// Problem says what could not be read; empty when all could. It holds no value of the message.
	Problem string `json:"-"`
}

// Context tells what a message refers to.
type Context struct {
	ID string `json:"id"`
}

// Referral is the advertisement or post that led the sender here. Bots see all of it, as it is
// marshalled.
type Referral struct {
	SourceURL    string `json:"source_url"`
	SourceID     string `json:"source_id"`
	SourceType   string `json:"source_type"`
	Headline     string `json:"headline"`
	Body         string `json:"body"`
	MediaType    string `json:"media_type"`
	ImageURL     string `json:"image_url"`
	VideoURL     string `json:"video_url"`
	ThumbnailURL string `json:"thumbnail_url"`
	CtwaClid     string `json:"ctwa_clid"`
	// WelcomeMessage is what the advertisement had typed for the sender.
	WelcomeMessage *Welcome `json:"welcome_message"`
}

// Welcome is the text of an advertisement's greeting.
type Welcome struct {
	Text string `json:"text"`
}

// Text is a typed message.
type Text struct {
	Body string `json:"body"`
}

// Media is the payload of image, audio, video, document and sticker.
type Media struct {
	ID       string `json:"id"`
	MimeType string `json:"mime_type"`
	Caption  string `json:"caption"`
	Filename string `json:"filename"`
}

// Location is a place, in degrees.
type Location struct {
	Latitude  FlexFloat `json:"latitude"`
	Longitude FlexFloat `json:"longitude"`
	Name      string    `json:"name"`
	Address   string    `json:"address"`
}
