package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/archive"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/store"
)

// maxRecordText bounds what a caller wants to see in a recorded test, in bytes.
const maxRecordText = 200

// recordedName is the name of the case where the caller gives none.
const recordedName = "recorded"

// recording makes tests of archived conversations.
type recording struct {
	store    Store
	channels *channels
	work     *workshop
}

// ofRecording makes an action of the server of one of its recording.
func ofRecording[In, Out any](do func(*recording, context.Context, *request, In) (Out, error)) action[In, Out] {
	return func(s *server, ctx context.Context, req *request, in In) (Out, error) {
		return do(s.recording, ctx, req, in)
	}
}

// record handles GET /conversations/{id}/record: a closed conversation as a test that passes, with its
// personal data replaced.
func (r *recording) record(ctx context.Context, req *request, _ struct{}) (document, error) {
	q, err := parseQuery(req.query, "bot", "name")
	if err != nil {
		return document{}, err
	}
	for _, key := range []string{"bot", "name"} {
		if len(q[key]) > maxRecordText || strings.ContainsFunc(q[key], isControl) {
			return document{}, errBadRequest(fmt.Sprintf("%s must be a line of at most %d bytes", key, maxRecordText))
		}
	}
	row, err := r.find(ctx, req)
	if err != nil {
		return document{}, err
	}
	var text []byte
	err = r.work.do(ctx, req.account.Name, func() error {
		source, pages, err := r.read(ctx, row)
		if err != nil {
			return err
		}
		text, err = recordPages(source, row, pages, q)
		return err
	})
	return document{contentType: typeYAML, text: text}, err
}

func isControl(r rune) bool { return r < ' ' || r == '\u007f' || r == '\ufffd' }

// find returns the conversation that the path names, if it is closed. One of another account is as one
// that does not exist.
func (r *recording) find(ctx context.Context, req *request) (store.Conversation, error) {
	id := req.vars["id"]
	if !storable(id) {
		return store.Conversation{}, errUnknownObject(id)
	}
	row, err := r.store.Conversation(ctx, id)
	if err != nil {
		return store.Conversation{}, errNotRead(err, id)
	}
	channel, err := r.channels.byWaID.get(ctx, row.Channel)
	switch {
	case err != nil:
		return store.Conversation{}, errNotRead(err, id)
	case !req.account.Operator && channel.Account != req.account.Name:
		return store.Conversation{}, errUnknownObject(id)
	case row.ClosedAt.IsZero():
		return store.Conversation{}, errConflict("the conversation is still open; it can be recorded once it is closed", nil)
	}
	return row, nil
}

// read reads the definition that answered, and the transcript.
func (r *recording) read(ctx context.Context, row store.Conversation) (source []byte, pages []store.Page, err error) {
	found, err := r.store.Bot(ctx, row.Bot)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil, errUnprocessable("the conversation cannot become a test: the definition that answered is not stored any more")
	case err != nil:
		return nil, nil, errUnavailable(err)
	}
	pages, err = r.store.PagesUpTo(ctx, row.ID, archive.MaxTranscript)
	switch {
	case errors.Is(err, store.ErrTooLarge):
		return nil, nil, errUnprocessable(fmt.Sprintf("the conversation cannot become a test: its transcript is larger than %d MiB", archive.MaxTranscript>>20))
	case err != nil:
		return nil, nil, errUnavailable(err)
	}
	return found.Source, pages, nil
}

// recordPages writes the test.
func recordPages(source []byte, row store.Conversation, pages []store.Page, q query) ([]byte, error) {
	answering, err := definition.LoadStored(source)
	if problems, ok := errors.AsType[definition.Problems](err); ok {
		return nil, errProblems("the definition that answered", problems)
	}
	if err != nil {
		return nil, err
	}
	var c rerun.Conversation
	if c, err = archive.Read(row, pages); err != nil {
		return nil, errUnprocessable("the conversation cannot become a test: its transcript cannot be read")
	}
	text, err := archive.Record(answering, c, cmp.Or(q["bot"], answering.Name+".bot.yaml"), cmp.Or(q["name"], recordedName))
	if errors.Is(err, archive.ErrNotRecordable) {
		return nil, errUnprocessable(err.Error())
	}
	return text, err
}
