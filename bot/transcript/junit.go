package transcript

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/script"
)

// The elements and attributes of JUnit's XML that build servers read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		File     string      `xml:"file,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}
)

// junitWidth is how wide the chats in a report are, in columns.
const junitWidth = 100

// Suite holds the results of one test file. Name is the bot's.
type Suite struct {
	Name, File string
	Results    []*script.Result
}

// WriteJUnit writes results as JUnit's XML.
func WriteJUnit(w io.Writer, suites []Suite) error {
	var all junitSuites
	var took time.Duration
	for _, s := range suites {
		suite, suiteTook := s.junit()
		all.Suites = append(all.Suites, suite)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		took += suiteTook
	}
	all.Time = seconds(took)
	text, err := xml.MarshalIndent(all, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	}
	if err != nil {
		return fmt.Errorf("cannot write JUnit report: %w", err)
	}
	return nil
}

func (s Suite) junit() (suite junitSuite, took time.Duration) {
	suite = junitSuite{Name: s.Name, File: s.File, Tests: len(s.Results)}
	for _, r := range s.Results {
		c := junitCase{Name: r.Case.Name, Class: s.Name, File: s.File, Line: r.Case.Line, Time: seconds(r.Took)}
		if !r.Passed() {
			suite.Failures++
			c.Failure = junitFailureOf(r)
		}
		took += r.Took
		suite.Cases = append(suite.Cases, c)
	}
	suite.Time = seconds(took)
	return suite, took
}

func junitFailureOf(r *script.Result) *junitFailure {
	var transcript strings.Builder
	WriteResult(&transcript, r, junitWidth, false)
	message, _, _ := strings.Cut(r.Failure.Problem, "\n")
	return &junitFailure{
		Message: fmt.Sprintf("line %d: %s: %s", r.Failure.Line, r.Failure.Step, message),
		Type:    "expectation", Text: forXML("\n" + transcript.String()),
	}
}

// forXML replaces the characters that XML cannot hold. Package xml does so everywhere but in CDATA.
func forXML(text string) string {
	return strings.Map(func(c rune) rune {
		if c == 0xfffe || c == 0xffff || c < ' ' && c != '\n' {
			return utf8.RuneError
		}
		return c
	}, text)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
