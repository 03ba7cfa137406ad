package api

import "context"

// schemaOf handles GET /schemas/…: editors fetch a schema to complete and check what an author writes.
func schemaOf(text func() []byte) action[struct{}, document] { return textOf(typeSchema, text) }

// textOf handles a GET of a text that is the same for everybody.
func textOf(contentType string, text func() []byte) action[struct{}, document] {
	return func(*server, context.Context, *request, struct{}) (document, error) {
		return document{contentType: contentType, text: text()}, nil
	}
}
