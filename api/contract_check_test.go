package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// checkContract fails a test whose request or response is not as openapi.yaml says. A benchmark measures the
// service alone.
func checkContract(t testing.TB, r *http.Request, body io.Reader, got *httptest.ResponseRecorder) {
	t.Helper()
	if _, measures := t.(*testing.B); measures {
		return
	}
	c, err := theContract()
	if err == nil {
		err = c.check(r, sentBy(body), got)
	}
	if err != nil {
		t.Errorf("not as in openapi.yaml: %v", err) // not FailNow: requests are also made in goroutines
	}
}

// sentBy is the body that was read from a reader, nil if that cannot be told any more.
func sentBy(body io.Reader) []byte {
	if body == nil {
		return []byte{}
	}
	again, ok := body.(io.ReadSeeker)
	if !ok {
		return nil
	}
	if _, err := again.Seek(0, io.SeekStart); err != nil {
		return nil
	}
	sent, err := io.ReadAll(again)
	if err != nil {
		return nil
	}
	return sent
}

// check returns an error if a request that was accepted, or a response, is not as the document says. sent is
// the body of the request, nil if it is not known.
func (c *contract) check(r *http.Request, sent []byte, got *httptest.ResponseRecorder) error {
	o, allowed := c.find(r)
	if !o.exists() {
		return c.checkNoRoute(allowed, got)
	}
	response := o.get("responses", strconv.Itoa(got.Code))
	if !response.exists() {
		return fmt.Errorf("%s %s: status %d is not documented: %s", o.method, o.path, got.Code, got.Body)
	}
	err := errors.Join(checkHeaders(response, got.Header()), checkBody(response, got))
	if got.Code < http.StatusBadRequest {
		err = errors.Join(err, o.checkRequest(r, sent))
	}
	if err != nil {
		return fmt.Errorf("%s %s, status %d: %w", o.method, o.path, got.Code, err)
	}
	return nil
}

// checkNoRoute checks the response to a request that is no operation's: that the document describes in its
// introduction.
func (c *contract) checkNoRoute(allowed []string, got *httptest.ResponseRecorder) error {
	header, wanted := got.Header().Clone(), http.StatusNotFound
	if len(allowed) > 0 {
		wanted = http.StatusMethodNotAllowed
		if header.Get("Allow") == "" {
			return errors.New("405 without the methods that are allowed")
		}
		header.Del("Allow")
	}
	if got.Code != wanted {
		return fmt.Errorf("status %d of a route that is not documented: %s", got.Code, got.Body)
	}
	like := c.root.get("components", "responses", "BadRequest")
	return errors.Join(checkHeaders(like, header), checkBody(like, got))
}

// transport are headers that no document lists.
func transport() []string { return []string{"Content-Type", "Content-Length", "Connection"} }

// checkHeaders checks that all headers are documented, and that the required ones are there.
func checkHeaders(response node, got http.Header) error {
	var errs []error
	headers := response.get("headers")
	known := map[string]node{}
	for _, name := range headers.keys() {
		header := headers.get(name)
		known[http.CanonicalHeaderKey(name)] = header
		if header.get("required").isTrue() && got.Get(name) == "" {
			errs = append(errs, fmt.Errorf("the header %s is missing", name))
		}
	}
	for name, values := range got {
		if slices.Contains(transport(), name) {
			continue
		}
		header, ok := known[name]
		if !ok {
			errs = append(errs, fmt.Errorf("the header %s is not documented", name))
			continue
		}
		errs = append(errs, checkText(header.get("schema"), values[0]))
	}
	return errors.Join(errs...)
}

// checkText checks the value of a header or of a parameter, which is a text, a number or a boolean.
func checkText(schema node, text string) error {
	var value any = text
	if schema.get("type").text() == "integer" {
		value = json.Number(text)
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return fmt.Errorf("%s: %q is no number", schema.place, text)
		}
	}
	if err := schema.check(strict, value); err != nil {
		return fmt.Errorf("%q: %w", text, err)
	}
	return nil
}

// checkBody checks the body of a response by its type.
func checkBody(response node, got *httptest.ResponseRecorder) error {
	content := response.get("content")
	body := got.Body.Bytes()
	if !content.exists() {
		if len(body) > 0 || got.Header().Get("Content-Type") != "" {
			return fmt.Errorf("a body that is not documented: %s", body)
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(got.Header().Get("Content-Type"))
	if err != nil {
		return err
	}
	schema := content.get(media, "schema")
	if !schema.exists() {
		return fmt.Errorf("the type %s is not documented", media)
	}
	switch {
	case media == "application/x-ndjson":
		return checkLines(schema, body)
	case media == "application/json", media == "application/schema+json":
		if err := schema.checkJSON(strict, withoutMark(body)); err != nil {
			return fmt.Errorf("%.2000s: %w", body, err)
		}
	case len(body) == 0:
		return errors.New("the body is empty")
	}
	return nil
}

// withoutMark is a text without the byte order mark with which some clients begin.
func withoutMark(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }

func checkLines(schema node, body []byte) error {
	for line := range bytes.Lines(body) {
		if err := schema.checkJSON(strict, line); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

// checkRequest checks a request that was accepted.
func (o operation) checkRequest(r *http.Request, sent []byte) error {
	if !o.isOpen() && r.Header.Get("Authorization") == "" {
		return errors.New("a token is documented as needed, and was not")
	}
	return errors.Join(o.checkQuery(r.URL.RawQuery), o.checkSent(r, sent))
}

func (o operation) checkQuery(raw string) error {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return err
	}
	var errs []error
	for _, parameter := range o.parameters("query") {
		name := parameter.get("name").text()
		switch {
		case values.Has(name):
			errs = append(errs, checkText(parameter.get("schema"), values.Get(name)))
		case parameter.get("required").isTrue():
			errs = append(errs, fmt.Errorf("%s is documented as required in the query, and was not", name))
		}
		values.Del(name)
	}
	if len(values) > 0 && len(o.parameters("query")) > 0 {
		errs = append(errs, fmt.Errorf("the query %s is not documented", values.Encode()))
	}
	return errors.Join(errs...)
}

// checkSent checks the body of a request. A definition or a test file is checked by the service alone.
func (o operation) checkSent(r *http.Request, sent []byte) error {
	body := o.get("requestBody")
	if sent == nil || !body.exists() { // nothing of it is read
		return nil
	}
	sent = bytes.TrimSpace(withoutMark(sent))
	switch {
	case len(sent) == 0:
		if body.get("required").isTrue() {
			return errors.New("a body is documented as required, and was not")
		}
		return nil
	case body.get("content", "application/yaml").exists():
		return nil
	}
	if err := body.get("content", "application/json", "schema").checkJSON(asWritten, sent); err != nil {
		return fmt.Errorf("the body of the request %.2000s: %w", sent, err)
	}
	if media := r.Header.Get("Content-Type"); strings.Contains(media, "yaml") {
		return fmt.Errorf("the type %s was accepted", media)
	}
	return nil
}
