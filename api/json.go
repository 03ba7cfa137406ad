package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/chattigo/api-isv/store"
)

// bodyWait bounds the reading of a request's body.
const bodyWait = 20 * time.Second

// request is an HTTP request without its body, as routes see it.
type request struct {
	account store.Account
	version version
	// vars are the variables of the path, query is the raw query.
	vars   map[string]string
	query  string
	header http.Header
	// client is the address of whoever asks.
	client netip.Addr
}

// action is what a route does with a decoded body.
type action[In, Out any] func(*server, context.Context, *request, In) (Out, error)

// handle makes the handler of a route that takes JSON: identity, content type, body, decoding with
// validation, the action, and the response. An error of any step becomes the response.
func handle[In, Out any](decode func([]byte) (In, error), do action[In, Out]) func(*server, route) http.Handler {
	return handleBody(checkContentType, decode, do)
}

// handleBody is handle with another check of the body's type.
func handleBody[In, Out any](check func(http.Header) error, decode func([]byte) (In, error), do action[In, Out]) func(*server, route) http.Handler {
	return func(s *server, rt route) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			response, err := serve(s, rt, w, r, check, decode, do)
			if err != nil {
				s.writeError(w, r, err)
				return
			}
			switch response := any(response).(type) {
			case document:
				writeDocument(w, response)
				return
			case asset:
				writeAsset(w, response)
				return
			case stream:
				s.writeStream(w, r, response)
				return
			case answered:
				s.writeAnswer(w, r, response)
				return
			case cacheable:
				w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", response.age/time.Second))
				s.writeJSON(w, r, http.StatusOK, response.body)
				return
			}
			s.writeJSON(w, r, http.StatusOK, response)
		})
	}
}

func serve[In, Out any](s *server, rt route, w http.ResponseWriter, r *http.Request,
	check func(http.Header) error, decode func([]byte) (In, error), do action[In, Out],
) (response Out, err error) {
	record := recordOf(r.Context())
	record.route = rt.path
	req, err := s.identify(rt, w.Header(), r)
	if err != nil {
		return response, err
	}
	record.account, record.version = req.account.Name, req.version
	held := &heldBody{of: &s.bodies, account: req.account.Name}
	defer held.giveBack()
	body, err := readBody(rt, check, w, r, held)
	if err != nil {
		return response, err
	}
	in, err := decode(body)
	if err != nil {
		return response, err
	}
	return do(s, r.Context(), req, in)
}

// identify authenticates a request, and counts it, before anything of its body is read.
func (s *server) identify(rt route, response http.Header, r *http.Request) (*request, error) {
	req := &request{version: versionOf(r), vars: mux.Vars(r), query: r.URL.RawQuery, header: r.Header, client: s.proxies.clientOf(r)}
	if rt.permission == anyone {
		return req, nil
	}
	admitted, err := s.admit(rt, response, r)
	if err != nil {
		return nil, err
	}
	if !rt.permission.allows(admitted.account) {
		return nil, errUnauthorized()
	}
	req.account = admitted.account
	return req, nil
}

// readBody reads a body within the route's bounds, and those of all bodies together.
func readBody(rt route, check func(http.Header) error, w http.ResponseWriter, r *http.Request, held *heldBody) ([]byte, error) {
	if rt.maxBody == 0 {
		return nil, nil
	}
	if err := check(r.Header); err != nil {
		return nil, err
	}
	if r.ContentLength > rt.maxBody {
		return nil, errTooLarge(rt.maxBody)
	}
	var reader io.Reader = http.MaxBytesReader(w, r.Body, rt.maxBody)
	if rt.maxBody > maxForm {
		reader = countedBody{reader, held}
	}
	body, err := readAll(reader, r.ContentLength)
	var tooLarge *http.MaxBytesError
	var noRoom *apiError
	switch {
	case errors.As(err, &noRoom):
		return nil, noRoom
	case errors.As(err, &tooLarge):
		return nil, errTooLarge(rt.maxBody)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &apiError{Status: http.StatusRequestTimeout, Message: fmt.Sprintf("the body did not arrive within %d seconds", bodyWait/time.Second)}
	case err != nil:
		return nil, &apiError{Status: http.StatusBadRequest, Message: "the body could not be read to its end", cause: err}
	}
	// A deadline that is still armed while the request is served would cancel it.
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	return body, nil
}

// readAll reads to the end, with one allocation when a length was announced that is small.
func readAll(body io.Reader, announced int64) ([]byte, error) {
	var buffer bytes.Buffer
	if announced > 0 {
		buffer.Grow(int(min(announced, firstRead)) + bytes.MinRead)
	}
	_, err := buffer.ReadFrom(body)
	return buffer.Bytes(), err
}

// checkContentType accepts a missing type and all types that clients give to JSON.
func checkContentType(header http.Header) error {
	media, err := mediaType(header)
	if err != nil || media == "" || isJSON(media) || media == "text/plain" {
		return err
	}
	return errUnsupportedType("the body must be application/json")
}

func isJSON(media string) bool {
	return media == typeJSON || media == "text/json" || strings.HasSuffix(media, "+json")
}

// mediaType returns the type of a body without its parameters, in lower case; empty if none is named. It
// returns an error for a body that is compressed.
func mediaType(header http.Header) (string, error) {
	for _, encoding := range header.Values("Content-Encoding") {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return "", errUnsupportedType("the body must not be compressed")
		}
	}
	value := header.Get("Content-Type")
	if value == "" {
		return "", nil
	}
	media, _, err := mime.ParseMediaType(value)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return "unreadable", nil
	}
	return media, nil
}

// cacheable is a response that is the same for everybody, and may be kept for its age.
type cacheable struct {
	age  time.Duration
	body any
}

// answered is a response with a status of its own; one without a body has status 204.
type answered struct {
	status int
	body   any
}

func (s *server) writeAnswer(w http.ResponseWriter, r *http.Request, response answered) {
	if response.body == nil {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.writeJSON(w, r, response.status, response.body)
}

// writeJSON writes the response. It does not escape HTML: the document's error messages and ISVs' URLs
// stay as they are.
func (s *server) writeJSON(w http.ResponseWriter, r *http.Request, status int, body any) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		s.log.ErrorContext(r.Context(), "cannot encode the response", "error", err)
		status = http.StatusInternalServerError
		buffer.Reset()
		buffer.WriteString(`{"message":"an unexpected error has occurred"}`)
	}
	write(w, status, typeJSON+"; charset=utf-8", bytes.TrimSuffix(buffer.Bytes(), []byte("\n")))
}

func write(w http.ResponseWriter, status int, contentType string, response []byte) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store")
	}
	header.Set("Content-Length", strconv.Itoa(len(response)))
	w.WriteHeader(status)
	_, _ = w.Write(response) // it fails only if the caller has gone
}

type errorBody struct {
	Message string `json:"message"`
}

// writeError writes an error response. The cause goes to the access line, where it is logged once.
func (s *server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	e := asError(err)
	recordOf(r.Context()).cause = e.cause
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(e.RetryAfter)))
	}
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if e.Body != nil {
		s.writeJSON(w, r, e.Status, e.Body)
		return
	}
	s.writeJSON(w, r, e.Status, errorBody{e.Message})
}

// refuse makes a handler that responds with an error.
func (s *server) refuse(why func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.writeError(w, r, why(w, r))
	})
}
