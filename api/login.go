package api

import (
	"context"
	"errors"
	"time"

	"github.com/chattigo/api-isv/store"
)

const (
	// maxHashes is how many passwords are hashed at once: each takes 19 MiB and a core.
	maxHashes = 2
	// maxHashesWaiting more logins wait for up to hashWait; further ones get 503.
	maxHashesWaiting = 64
	hashWait         = 5 * time.Second
)

type loginRequest struct {
	Username string
	Password string
}

type loginResponse struct {
	User        string `json:"user"`
	Access      bool   `json:"access"`
	AccessToken string `json:"access_token"`
}

func decodeLogin(body []byte) (loginRequest, error) {
	object, err := decodeObject(body)
	if err != nil {
		return loginRequest{}, err
	}
	var in loginRequest
	return in, object.texts(text{"username", &in.Username}, text{"password", &in.Password})
}

// login handles POST /login. A disabled user gets the same response as an unknown one.
func (s *server) login(ctx context.Context, _ *request, in loginRequest) (loginResponse, error) {
	if !storable(in.Username) {
		return loginResponse{}, errUnknownUser(in.Username)
	}
	account, err := s.store.Account(ctx, in.Username)
	switch {
	case errors.Is(err, store.ErrNotFound) || (err == nil && account.Disabled):
		return loginResponse{}, errUnknownUser(in.Username)
	case err != nil:
		return loginResponse{}, errUnavailable(err)
	}
	if err := s.checkPassword(ctx, account, in.Password); err != nil {
		return loginResponse{}, err
	}
	token, err := s.tokens.issue(account)
	if err != nil {
		return loginResponse{}, err
	}
	return loginResponse{User: account.Name, Access: true, AccessToken: token}, nil
}

func (s *server) checkPassword(ctx context.Context, account store.Account, password string) error {
	if err := s.hashing.enter(ctx); err != nil {
		return errUnavailable(err)
	}
	defer s.hashing.leave()
	ok, err := VerifyPassword(account.PasswordHash, password)
	switch {
	case err != nil:
		return err
	case !ok:
		return errInvalidPassword()
	}
	return nil
}
