package main

import (
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

// pageSize is how much of a list is asked for at once.
const pageSize = 100

// list is one that the server has in pages.
type list struct {
	// key names it in the answer.
	key  string
	path []string
	most int
	// account is whose entries an operator wants; empty where that does not matter.
	account string
}

// readList reads a list until it has most of it; more says that there is more. With --json it is
// printed, and done says so.
func readList[T any](p *program, f listFormat, l list) (all []T, more, done bool, err error) {
	err = p.withServer(func(server *client.Client) error {
		var raw []json.RawMessage
		if raw, more, err = l.read(p, server); err != nil {
			return err
		}
		if f.JSON {
			p.printf("%s\n", indented(map[string]any{l.key: raw}))
			return nil
		}
		all = make([]T, len(raw))
		for i := range raw {
			if err := json.Unmarshal(raw[i], &all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return all, more, f.JSON, err
}

// read reads one page after the other.
func (l list) read(p *program, server *client.Client) (all []json.RawMessage, more bool, err error) {
	all = []json.RawMessage{} // not null as JSON
	for cursor := ""; len(all) < l.most; {
		r := client.Get(l.path...)
		r.Query = url.Values{"limit": {strconv.Itoa(min(l.most-len(all), pageSize))}}
		for key, value := range map[string]string{"cursor": cursor, "account": l.account} {
			if value != "" {
				r.Query.Set(key, value)
			}
		}
		var page map[string]json.RawMessage
		if err := server.JSON(p.ctx, r, &page); err != nil {
			return nil, false, err
		}
		var found []json.RawMessage
		if err := json.Unmarshal(page[l.key], &found); err != nil {
			return nil, false, err
		}
		all = append(all, found...)
		if cursor = nextPage(page); cursor == "" || len(found) == 0 {
			return all, false, nil
		}
	}
	return all, true, nil
}

// nextPage is the cursor of the next page; empty behind the last.
func nextPage(page map[string]json.RawMessage) (cursor string) {
	_ = json.Unmarshal(page["next"], &cursor) // missing or null: there is none
	return cursor
}
