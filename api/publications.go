package api

import (
	"context"
	"strconv"

	"github.com/chattigo/api-isv/store"
)

type publicationsResponse struct {
	Publications []publicationView `json:"publications"`
	// Next is the cursor of the next page; empty on the last one.
	Next string `json:"next,omitempty"`
}

type publicationView struct {
	Number int `json:"number"`
	// Bot is nil for the starter.
	Bot      *liveBotView `json:"bot"`
	At       string       `json:"at"`
	By       string       `json:"by"`
	Rollback bool         `json:"rollback"`
}

// list handles GET /channels/{waId}/publications, the latest first.
func (p *publishing) list(ctx context.Context, req *request, _ struct{}) (publicationsResponse, error) {
	q, err := parseQuery(req.query, "limit", "cursor")
	if err != nil {
		return publicationsResponse{}, err
	}
	before, limit, err := q.numberedPage()
	if err != nil {
		return publicationsResponse{}, err
	}
	channel, err := p.channel(ctx, req)
	if err != nil {
		return publicationsResponse{}, err
	}
	rows, err := p.store.Publications(ctx, channel.WaID, before, limit+1)
	if err != nil {
		return publicationsResponse{}, errUnavailable(err)
	}
	rows, next := cutPage(rows, limit, func(row store.Publication) []string { return []string{strconv.Itoa(row.Number)} })
	response := publicationsResponse{make([]publicationView, len(rows)), next}
	for i, row := range rows {
		response.Publications[i] = publicationView{
			row.Number, showBot(row.Bot, row.Name, row.Version), stamp(row.At), row.By, row.Rollback,
		}
	}
	return response, nil
}
