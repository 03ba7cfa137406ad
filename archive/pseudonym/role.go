package pseudonym

import (
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/fold"
)

// role is what a text or a number is for in a message, as far as that tells whether it is personal.
type role int

const (
	roleText      role = iota // what somebody wrote
	roleTechnical             // says nothing of a person
	roleNamed                 // an id or an address that is replaced as far as it holds what was learned elsewhere
	roleForm                  // what was filled into a form, as JSON in a text
	roleName                  // of a person
	rolePhone
	roleUser // a business-scoped user id
	roleEmail
	roleDay     // of birth
	roleLine    // a line of an address, or of a card: all of it tells something
	roleDegrees // the latitude or the longitude of a place
	roleMedia   // the id of a file at WhatsApp
	roleFile    // the name of a file
	roleDigest  // what a file or an identity is recognised by
	roleClick   // the id of a click on an advertisement
	roleLink    // an address of the web that leads to something of the person
	roleAd      // an address of an advertisement: what follows its path may tell who has clicked
)

// media are the types of messages that are a file.
const media = " image video audio voice document sticker "

// rolesByKey are the roles of texts wherever they stand in a message.
var rolesByKey = map[string]role{
	"type": roleTechnical, "mime_type": roleTechnical, "currency": roleTechnical, "emoji": roleTechnical, "media_type": roleTechnical,
	"id": roleNamed, "payload": roleNamed, "message_id": roleNamed, "catalog_id": roleNamed, "product_retailer_id": roleNamed,
	"flow_token": roleNamed, "source_id": roleNamed,
	"response_json": roleForm, "sha256": roleDigest, "hash": roleDigest, "filename": roleFile, "ctwa_clid": roleClick,
	"source_url": roleAd, "image_url": roleAd, "video_url": roleAd, "thumbnail_url": roleAd, "url": roleLink, "link": roleLink,
	"wa_id": rolePhone, "new_wa_id": rolePhone, "phone": rolePhone, "phone_number": rolePhone, "from": rolePhone,
	"user_id": roleUser, "from_user_id": roleUser, "parent_user_id": roleUser, "username": roleName,
}

// roleOf is the role of what stands at a path of a message.
func roleOf(path []string) role {
	if len(path) == 0 {
		return roleTechnical
	}
	key := path[len(path)-1]
	switch {
	case path[0] == "contacts":
		return roleOnCard(path, key)
	case path[0] == "location" && (key == "latitude" || key == "longitude"):
		return roleDegrees
	case path[0] == "location" && (key == "name" || key == "address"):
		return roleLine
	case strings.Contains(media, " "+path[0]+" ") && key == "id":
		return roleMedia
	}
	return rolesByKey[key]
}

// roleOnCard is the role of what stands on a shared contact.
func roleOnCard(path []string, key string) role {
	switch {
	case slices.Contains(path, "name"):
		return roleName
	case key == "birthday":
		return roleDay
	case key == "email":
		return roleEmail
	case key == "country" || key == "country_code":
		return roleTechnical
	}
	if r := rolesByKey[key]; r != roleText {
		return r
	}
	return roleLine
}

// Words in the keys of a form under which stands what tells who somebody is.
const (
	nameWords    = " nombre nombres apellido apellidos name names surname lastname firstname fullname nome sobrenome "
	addressWords = " direccion domicilio calle address street endereco logradouro rua house floor tower building landmark "
	birthWords   = " nacimiento nascimento birth birthday birthdate dob "
)

// roleInForm is the role of what was filled in under a key of a form. Any text is kept that is not promised
// by its key to be personal, because it may be what was chosen.
func roleInForm(key string) role {
	for _, word := range fold.Words(fold.Text(key)) {
		switch word = " " + word + " "; {
		case strings.Contains(nameWords, word):
			return roleName
		case strings.Contains(birthWords, word):
			return roleDay
		case strings.Contains(addressWords, word):
			return roleLine
		}
	}
	return roleText
}
