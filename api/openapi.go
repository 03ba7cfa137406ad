package api

import _ "embed"

// openapi describes every route, for people and tools. It is written by hand; the tests check it against the
// route table, and check their requests and responses against it.
//
//go:embed openapi.yaml
var openapi string

func openAPI() []byte { return []byte(openapi) }
