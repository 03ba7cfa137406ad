package main

import (
	"cmp"
	"encoding/json"
	"slices"
)

// body has the fields of a WhatsApp message that the demo shows.
type body struct {
	Product     string      `json:"messaging_product"`
	To          string      `json:"to"`
	Type        string      `json:"type"`
	Text        content     `json:"text"`
	Image       content     `json:"image"`
	Video       content     `json:"video"`
	Location    content     `json:"location"`
	Reaction    content     `json:"reaction"`
	Interactive interactive `json:"interactive"`
}

// content is what people see of a message that is not interactive, or of a part of one that is.
type content struct {
	Text    string `json:"text"`
	Body    string `json:"body"`
	Caption string `json:"caption"`
	Name    string `json:"name"`
	Address string `json:"address"`
	Emoji   string `json:"emoji"`
}

type interactive struct {
	Header content `json:"header"`
	Body   content `json:"body"`
	Footer content `json:"footer"`
	Action struct {
		Buttons []struct {
			Reply choice `json:"reply"`
		} `json:"buttons"`
		Sections []struct {
			Rows []choice `json:"rows"`
		} `json:"sections"`
		Parameters struct {
			Text string `json:"display_text"`
			URL  string `json:"url"`
		} `json:"parameters"`
	} `json:"action"`
}

// choice is a reply button or a row of a list.
type choice struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`

	row bool
}

// message decodes the body. An unexpected body gives empty fields; accept has refused it before.
func (r reply) message() body {
	var decoded body
	_ = json.Unmarshal(r.Body, &decoded)
	return decoded
}

// choices are what can be tapped.
func (b body) choices() []choice {
	var found []choice
	for _, one := range b.Interactive.Action.Buttons {
		found = append(found, one.Reply)
	}
	for _, section := range b.Interactive.Action.Sections {
		for _, one := range section.Rows {
			one.row = true
			found = append(found, one)
		}
	}
	return found
}

// lines is the message as text.
func (b body) lines() []string {
	switch b.Type {
	case "text":
		return []string{b.Text.Body}
	case "interactive":
		return b.Interactive.lines(b.choices())
	case "image", "video":
		return seen("["+b.Type+"]", cmp.Or(b.Image.Caption, b.Video.Caption))
	case "location":
		return seen("[location]", b.Location.Name, b.Location.Address)
	case "reaction":
		return []string{b.Reaction.Emoji}
	default:
		return []string{"[" + b.Type + "]"}
	}
}

func (i interactive) lines(choices []choice) []string {
	lines := seen(i.Header.Text, i.Body.Text, i.Footer.Text)
	for _, one := range choices {
		line := "[" + one.Title + "]"
		if one.Description != "" {
			line += " " + one.Description
		}
		lines = append(lines, line)
	}
	if link := i.Action.Parameters; link.URL != "" {
		lines = append(lines, "["+link.Text+"] "+link.URL)
	}
	return lines
}

// seen leaves out the lines that are empty.
func seen(lines ...string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}
