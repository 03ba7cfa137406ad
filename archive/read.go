package archive

import (
	"encoding/json"
	"fmt"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
)

// typeNotice is the type of the transcript's entry for the close notice, which no bot says.
const typeNotice = "notice"

// MaxTranscript bounds, in bytes, the transcript of a conversation that is read here.
const MaxTranscript = 8 << 20

// Read returns a conversation as it can be run again. The error is of a transcript that cannot be read;
// what is missing in it is found by [rerun.Run].
func Read(row store.Conversation, pages []store.Page) (rerun.Conversation, error) {
	c := sized(pages)
	c.ID, c.Bot = row.ID, row.Bot
	for _, page := range pages {
		for _, e := range page.Entries {
			if err := add(&c, e); err != nil {
				return c, fmt.Errorf("cannot read page %d of conversation %s: %w", page.Number, row.ID, err)
			}
		}
	}
	return c, nil
}

// sized is a conversation that has room for what the pages hold.
func sized(pages []store.Page) rerun.Conversation {
	counts := map[store.Direction]int{}
	for _, page := range pages {
		for i := range page.Entries {
			counts[page.Entries[i].Direction]++
		}
	}
	return rerun.Conversation{
		Turns: make([]chat.Recorded, 0, counts[store.Turn]), Said: make([]rerun.Said, 0, counts[store.Out]),
		Messages: make(map[string]rerun.Message, counts[store.In]+counts[store.Human]),
	}
}

// saidIn is the message of an entry as the bot said it, without the close notice that was put into it.
func saidIn(e store.Entry) rerun.Said {
	if body, merged := chat.WithoutNotice(e.Body); merged && e.Made != "" {
		return rerun.Said{ID: e.Made, Body: body}
	}
	return rerun.Said{ID: e.ID, Body: e.Body}
}

func add(c *rerun.Conversation, e store.Entry) error {
	switch e.Direction {
	case store.In, store.Human:
		c.Messages[e.ID] = rerun.Message{At: e.At, Timestamp: e.Timestamp, Body: e.Body}
	case store.Out:
		if e.Type != typeNotice {
			c.Said = append(c.Said, saidIn(e))
		}
	case store.Turn:
		var turn chat.Recorded
		if err := json.Unmarshal(e.Body, &turn); err != nil {
			return err
		}
		c.Turns = append(c.Turns, turn)
	}
	return nil
}
