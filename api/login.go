package api

import (
	"context"
	"errors"

	"github.com/chattigo/api-isv/store"
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

// login handles POST /login. A disabled user gets the same response as an unknown one. The document has
// different messages for an unknown user and a wrong password; both take as long.
func (s *server) login(ctx context.Context, req *request, in loginRequest) (loginResponse, error) {
	recordOf(ctx).client = req.client
	if !storable(in.Username) {
		return loginResponse{}, errUnknownUser(in.Username)
	}
	attempt, err := s.logins.begin(in.Username, req.client)
	if err != nil {
		return loginResponse{}, err
	}
	account, err := s.store.Account(ctx, in.Username)
	switch {
	case errors.Is(err, store.ErrNotFound) || (err == nil && account.Disabled):
		return loginResponse{}, s.refuseUnknown(ctx, attempt, in)
	case err != nil:
		attempt.undo()
		return loginResponse{}, errUnavailable(err)
	}
	recordOf(ctx).account = account.Name
	if err := s.checkPassword(ctx, attempt, account, in.Password); err != nil {
		return loginResponse{}, err
	}
	token, err := s.tokens.issue(account)
	if err != nil {
		return loginResponse{}, err
	}
	return loginResponse{User: account.Name, Access: true, AccessToken: token}, nil
}

// checkPassword counts an attempt, unless the password is right, was wrong before, or could not be checked.
func (s *server) checkPassword(ctx context.Context, a *attempt, account store.Account, password string) error {
	if s.logins.wrong.has(account, password) {
		a.undo()
		return errInvalidPassword()
	}
	if err := a.ofAccount(); err != nil {
		return err
	}
	right := false
	err := s.logins.hash(ctx, account.Name, func() (err error) {
		right, err = VerifyPassword(account.PasswordHash, password)
		return err
	})
	switch {
	case err != nil:
		a.undo()
		return err
	case !right:
		s.logins.wrong.add(account, password)
		return errInvalidPassword()
	}
	a.succeeded()
	return nil
}

// refuseUnknown does the work of a wrong password. A name that has logged in before is one that was disabled.
func (s *server) refuseUnknown(ctx context.Context, a *attempt, in loginRequest) error {
	if err := a.ofNobody(); err != nil {
		return err
	}
	err := s.logins.hash(ctx, "", func() error {
		_, err := VerifyPassword(unknownHash, in.Password)
		return err
	})
	if err != nil {
		a.undo()
		return err
	}
	return errUnknownUser(in.Username)
}
