package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// The types of bodies and of responses that are no JSON of ours.
const (
	typeJSON   = "application/json"
	typeYAML   = "application/yaml"
	typeSchema = "application/schema+json"
	typeJUnit  = "application/junit+xml"
)

// document is a response that goes out as it is.
type document struct {
	contentType string
	// etag names the text; empty sends none.
	etag string
	text []byte
}

func writeDocument(w http.ResponseWriter, d document) {
	if d.etag != "" {
		w.Header().Set("ETag", `"`+d.etag+`"`)
	}
	write(w, http.StatusOK, d.contentType, d.text)
}

// handleText is handle for a body in YAML or JSON that is kept as it is.
func handleText[Out any](do action[[]byte, Out]) func(*server, route) http.Handler {
	return handleBody(checkTextType, decodeText, do)
}

func decodeText(body []byte) ([]byte, error) { return body, nil }

// checkTextType accepts a missing type and the types that clients give to YAML, JSON and plain text.
func checkTextType(header http.Header) error {
	media, err := mediaType(header)
	if err != nil {
		return err
	}
	switch media {
	case "", typeYAML, "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain":
		return nil
	}
	if isJSON(media) {
		return nil
	}
	return errUnsupportedType("the body must be application/yaml or application/json")
}

// saidToBeJSON reports whether the type of a body says that it is JSON.
func saidToBeJSON(header http.Header) bool {
	media, err := mediaType(header)
	return err == nil && isJSON(media)
}

// typeOfText is the type under which a text is kept: what its own type says, else what it is.
func typeOfText(header http.Header, text []byte) string {
	media, err := mediaType(header)
	yaml := err == nil && strings.HasSuffix(media, "yaml")
	if !yaml && isValidJSON(text) {
		return typeJSON
	}
	return typeYAML
}

func isValidJSON(text []byte) bool { return json.Valid(bytes.TrimPrefix(text, []byte("\ufeff"))) }
