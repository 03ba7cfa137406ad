package api

import "context"

// schemaOf handles GET /schemas/…: editors fetch a schema to complete and check what an author writes.
func schemaOf(text func() []byte) action[struct{}, document] {
	return func(*server, context.Context, *request, struct{}) (document, error) {
		return document{contentType: typeSchema, text: text()}, nil
	}
}
