package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/store"
)

// transcriptWidth is how wide the chats in responses are, in columns.
const transcriptWidth = 100

type putTestsResponse struct {
	Cases    int           `json:"cases"`
	Warnings []problemView `json:"warnings"`
}

// putTests handles PUT /bots/{name}/tests: it replaces the tests. They must fit the newest version or, so
// that one can go back with the tests of then, the one that the query names.
func (b *bots) putTests(ctx context.Context, req *request, text []byte) (putTestsResponse, error) {
	name := req.vars["name"]
	q, err := parseQuery(req.query, "version")
	if err != nil {
		return putTestsResponse{}, err
	}
	version, err := b.find(ctx, req.account.Name, name, q["version"])
	if err != nil {
		return putTestsResponse{}, err
	}
	var checked checkedTests
	err = b.work.do(ctx, req.account.Name, func() error {
		loaded, err := loadStored(version)
		if err != nil {
			return err
		}
		checked, err = checkTests(text, version, loaded)
		return err
	})
	if err != nil {
		return putTestsResponse{}, err
	}
	if saidToBeJSON(req.header) && !isValidJSON(text) {
		return putTestsResponse{}, errNotJSON()
	}
	cases := len(checked.file.Cases)
	err = b.store.PutTests(ctx, req.account.Name, name, store.BotTests{
		Cases: cases, ContentType: typeOfText(req.header, text), By: req.account.Name, At: b.now(), Source: text,
	})
	if errors.Is(err, store.ErrTooManyBytes) {
		return putTestsResponse{}, errTooManyBytes()
	}
	if err != nil {
		return putTestsResponse{}, errNotRead(err, name)
	}
	return putTestsResponse{cases, showProblems(checked.warnings)}, nil
}

// checkedTests is a test file that fits a version, with what was found in it.
type checkedTests struct {
	file     *script.File
	warnings []tree.Problem
}

// checkTests loads a test file and holds it against the version that it is for.
func checkTests(text []byte, version store.BotVersion, loaded *definition.Bot) (checkedTests, error) {
	file, found := script.Read(text)
	if file == nil {
		return checkedTests{}, errProblems("the test file", found)
	}
	problems := tree.Tidy(append(slices.Clone(found), file.Check(loaded)...))
	switch {
	case tree.Fatal(found):
		return checkedTests{}, errProblems("the test file", problems)
	case tree.Fatal(problems):
		message := fmt.Sprintf("the tests do not fit %s: they have %s", versionLabel(version), summary(problems))
		return checkedTests{}, errUnprocessable(message, problems...)
	}
	return checkedTests{file, problems}, nil
}

// versionLabel is a version as errors name it.
func versionLabel(v store.BotVersion) string { return fmt.Sprintf("%s version %d", v.Name, v.Number) }

// loadStored loads a version. A later release of the service may refuse what an earlier one took.
func loadStored(version store.BotVersion) (*definition.Bot, error) {
	loaded, err := definition.Load(version.Source)
	if problems, ok := errors.AsType[definition.Problems](err); ok {
		return nil, errProblems(versionLabel(version), problems)
	}
	return loaded, err
}

// tests handles GET /bots/{name}/tests: the test file as it was put.
func (b *bots) tests(ctx context.Context, req *request, _ struct{}) (document, error) {
	_, owner, err := oneOwnerQuery(req)
	if err != nil {
		return document{}, err
	}
	found, err := b.store.Tests(ctx, owner, req.vars["name"])
	if err == nil && found.Revision == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return document{}, errNotRead(err, req.vars["name"])
	}
	return document{contentType: found.ContentType, text: found.Source}, nil
}

// testRequest says which version to test: empty means the newest.
type testRequest struct{ version string }

func decodeTest(body []byte) (testRequest, error) {
	fields, err := decodeOptional(body)
	if err != nil {
		return testRequest{}, err
	}
	var in testRequest
	in.version, err = fields.version("version")
	return in, err
}

type testsView struct {
	Version int        `json:"version"`
	Passed  int        `json:"passed"`
	Failed  int        `json:"failed"`
	Cases   []caseView `json:"cases"`
}

type caseView struct {
	Name   string `json:"name"`
	Line   int    `json:"line"`
	Passed bool   `json:"passed"`
	// Failure and Transcript are those of a case that failed. The transcript is left out where those of
	// the cases before it are long already.
	Failure    *failureView `json:"failure,omitempty"`
	Transcript string       `json:"transcript,omitempty"`
}

type failureView struct {
	Line    int    `json:"line"`
	Step    string `json:"step"`
	Problem string `json:"problem"`
}

// test handles POST /bots/{name}/test: it plays the stored tests. The response is JSON, or JUnit's XML
// if the caller accepts that.
func (b *bots) test(ctx context.Context, req *request, in testRequest) (any, error) {
	name := req.vars["name"]
	version, err := b.find(ctx, req.account.Name, name, in.version)
	if err != nil {
		return nil, err
	}
	tests, err := b.store.Tests(ctx, req.account.Name, name)
	if err != nil {
		return nil, errNotRead(err, name)
	}
	if tests.Revision == 0 {
		return nil, errConflict(fmt.Sprintf("%s has no tests; PUT them to /bots/%s/tests", name, name), nil)
	}
	var results []*script.Result
	err = b.work.do(ctx, req.account.Name, func() error {
		loaded, err := loadStored(version)
		if err != nil {
			return err
		}
		results, err = b.playStored(ctx, version, loaded, tests)
		return err
	})
	if err != nil {
		return nil, err
	}
	if acceptsJUnit(req.header) {
		return junit(version, results)
	}
	return showResults(version, results), nil
}

// playStored plays stored tests on a version, which has been loaded. Call it within the workshop.
func (b *bots) playStored(ctx context.Context, version store.BotVersion, loaded *definition.Bot, tests store.BotTests) ([]*script.Result, error) {
	checked, err := checkTests(tests.Source, version, loaded)
	if err != nil {
		return nil, err
	}
	return playCases(ctx, checked.file.Cases, loaded, b.now)
}

func showResults(version store.BotVersion, results []*script.Result) testsView {
	view := testsView{Version: version.Number, Cases: make([]caseView, len(results))}
	for i, r := range results {
		view.Cases[i] = caseView{Name: r.Case.Name, Line: r.Case.Line, Passed: r.Passed()}
		if r.Passed() {
			view.Passed++
			continue
		}
		view.Failed++
		view.Cases[i].Failure = &failureView{r.Failure.Line, r.Failure.Step, r.Failure.Problem}
		if len(r.Entries) > 0 {
			var text strings.Builder
			transcript.WriteResult(&text, r, transcriptWidth, false)
			view.Cases[i].Transcript = text.String()
		}
	}
	return view
}

func junit(version store.BotVersion, results []*script.Result) (document, error) {
	var report bytes.Buffer
	suite := transcript.Suite{Name: version.Name, File: version.Name + ".test.yaml", Results: results}
	err := transcript.WriteJUnit(&report, []transcript.Suite{suite})
	return document{contentType: typeJUnit + "; charset=utf-8", text: report.Bytes()}, err
}

// acceptsJUnit reports whether a caller names a type of JUnit's reports.
func acceptsJUnit(header http.Header) bool {
	for wanted := range strings.SplitSeq(strings.Join(header.Values("Accept"), ","), ",") {
		switch media, _, _ := mime.ParseMediaType(wanted); media {
		case typeJUnit, "application/xml", "text/xml":
			return true
		}
	}
	return false
}
