package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"
)

// maxEcho bounds, in bytes, a caller's name or id that an error message repeats.
const maxEcho = 256

// apiError is the error response to a caller: a status, one sentence that is safe to show, and the
// cause, which is only logged.
type apiError struct {
	Status  int
	Message string
	// Body is the whole response, for one that says more than the message; it has that too.
	Body any
	// RetryAfter is rounded up to whole seconds for the header; 0 sends none.
	RetryAfter time.Duration
	cause      error
}

// Error returns the sentence and the cause: it is for logs, not for callers.
func (e *apiError) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.cause.Error()
}

// Unwrap returns the cause.
func (e *apiError) Unwrap() error { return e.cause }

// The error messages of the document, byte for byte.
const (
	messageInvalidToken    = "JWT was invalid"
	messageUnauthorized    = "unauthorized Access"
	messageNoToken         = "token up for parsing was not passed through the header. Please read the API documentation at https://development.chattigo.com"
	messageInvalidPassword = "invalid Password"
	formatUnknownUser      = "unsupported get request. username ‘%s’ does not exist, or an unexpected error has occurred with your service provider"
	formatUnknownObject    = "unsupported get request. Object with ID '%s' does not exist"
)

func errInvalidToken(cause error) error {
	return &apiError{Status: http.StatusUnauthorized, Message: messageInvalidToken, cause: cause}
}

func errUnauthorized() error {
	return &apiError{Status: http.StatusUnauthorized, Message: messageUnauthorized}
}

func errNoToken() error {
	return &apiError{Status: http.StatusUnauthorized, Message: messageNoToken}
}

func errNoRoute() error {
	return &apiError{Status: http.StatusNotFound, Message: "there is no such route"}
}

func errInvalidPassword() error { return errBadRequest(messageInvalidPassword) }

func errUnknownUser(name string) error {
	return errBadRequest(fmt.Sprintf(formatUnknownUser, cut(name)))
}

func errUnknownObject(id string) error {
	return errBadRequest(fmt.Sprintf(formatUnknownObject, cut(id)))
}

func errBadRequest(message string) error {
	return &apiError{Status: http.StatusBadRequest, Message: message}
}

// errUnavailable asks the caller to send the same again in 2 s.
func errUnavailable(cause error) error {
	return &apiError{
		Status: http.StatusServiceUnavailable, RetryAfter: 2 * time.Second, cause: cause,
		Message: "the service cannot take this request right now; please send it again",
	}
}

// errConflict is for a request that does not fit the state of the conversation.
func errConflict(message string, cause error) error {
	return &apiError{Status: http.StatusConflict, Message: message, cause: cause}
}

func errUnsupportedType(message string) error {
	return &apiError{Status: http.StatusUnsupportedMediaType, Message: message}
}

func errTooLarge(limit int64) *apiError {
	return &apiError{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("the body is larger than %d bytes", limit)}
}

// asError returns the [apiError] in an error, or one with status 500: any other error is a fault of
// ours.
func asError(err error) *apiError {
	if known, ok := errors.AsType[*apiError](err); ok {
		return known
	}
	return &apiError{Status: http.StatusInternalServerError, Message: "an unexpected error has occurred", cause: err}
}

// cut shortens a caller's text to maxEcho bytes without splitting a character.
func cut(s string) string { return cutAt(s, maxEcho) }

func cutAt(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = s[:limit]
	for s != "" {
		if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size > 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s
}
